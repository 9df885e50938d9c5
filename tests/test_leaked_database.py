"""Whoever steals the database or a backup of it reads no telephone, email, code, citizen number, masked message."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.rooms.conftest import open_adults, open_pair
from tests.swapped import swapped
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import find_by_name_typed
from tutoring.accounts.registration import create_user
from tutoring.kernel import rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.encryption import FieldKey
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages import screening

PHONES = [f"09{n:02}51{n:02}73" for n in range(10, 28)]
EMAILS = [f"nguoi.{n}.rieng@example.vn" for n in range(10)]
CONTACTS = [f"03{n:02}84{n:02}96" for n in range(10, 16)]
TOLD = {  # what somebody writes into a room: the part that must be nowhere
    "Số em 0977 311 584 nha": "0977 311 584",
    "không chín một hai ba bốn năm sáu bảy tám nhé": "ba bốn năm sáu",
    "mail em: rieng.tu@gmail.com": "rieng.tu@gmail",
    "Mã OTP của mẹ em là 739164": "739164",
    "CCCD của mẹ là 079203004567": "079203004567",
    "stk 0071000812345 vietcombank": "0071000812345",
    "thẻ 4111 1111 1111 1111": "4111 1111",
    "mật khẩu của em là meo-con-7712": "meo-con-7712",
    "vào https://nhan-qua-rieng.xyz/abc nhé": "nhan-qua-rieng",
}


def thief() -> str:
    """Everything in the database, as it lies on the disk."""
    found = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table.name}"')):
                found.append(" ".join(map(str, row)))
    return "\n".join(found)


def forms(number: str) -> list[str]:
    """A telephone number as it might stand somewhere."""
    return [number, number[1:], f"+84{number[1:]}", f"{number[:4]} {number[4:7]} {number[7:]}"]


def stands(one: str, stolen: str) -> bool:
    """Whether it is there; digits not as a part of a moment, a digest or an id, where chance puts any six of them."""
    return re.search(rf"(?<![\w.]){one}(?!\w)", stolen) is not None if one.isdigit() else one in stolen


@pytest.mark.parametrize("around", ["OTP là {}", '["{}"]', "a\n{}.", "b' {}'", "({})"])
def test_a_code_in_a_text_would_be_seen(around: str) -> None:
    assert stands("739164", around.format(739164))
    assert not stands("739164", "2026-12-03 10:05:12.739164+00:00 a739164 7391640")


def test_of_fifty_private_things_none_can_be_read(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    monkeypatch.setattr(screening, "STOP_AFTER", 99)  # so many masked messages would stop their sender

    @command
    def fill() -> None:
        for handle in (*PHONES, *EMAILS):
            create_user("Người Có Liên Lạc", "bốn từ dễ nhớ", handle=handle)
        for contact in CONTACTS:
            db.session.add(Guardian(child_id=world["khoa"], named="Người thân", contact=contact))
        pair, adults = open_pair(world), open_adults(world)
        for text in TOLD:
            messages_commands.post_message(person(world["minh"]), pair, str(uuid.uuid4()), text)
        for text in list(TOLD)[:4]:
            messages_commands.post_message(person(world["bay"]), adults, str(uuid.uuid4()), text)

    with app.app_context():
        fill()
        stolen = thief()
        private = [form for number in (*PHONES, *CONTACTS) for form in forms(number)] + EMAILS + list(TOLD.values())
        assert len(PHONES) + len(CONTACTS) + len(EMAILS) + len(TOLD) >= 43
        assert [one for one in private if stands(one, stolen)] == []
        assert "Người Có Liên Lạc" in stolen  # the thief does read the rest: the test can fail


def test_people_are_still_found_by_what_they_type(app: Flask, world: World) -> None:
    with app.app_context():

        @command
        def add() -> int:
            return create_user("Người Có Số", "bốn từ dễ nhớ", handle="0912 345 678").id

        number = add()
        for typed in ("0912345678", "+84 912 345 678", "0912.345.678"):
            assert [user.id for user in find_by_name_typed(typed)] == [number]
        assert find_by_name_typed("0912345679") == []


def test_a_lost_key_loses_the_numbers_and_nothing_else(app: Flask, world: World) -> None:
    with app.app_context():

        @command
        def add() -> int:
            return create_user("Người Có Thư", "bốn từ dễ nhớ", handle="thu@example.vn").id

        number = add()
        with swapped(app, field_key=FieldKey("another key altogether, long enough")):
            db.session.expire_all()
            user = db.session.get_one(User, number)
            assert user.full_name == "Người Có Thư" and user.email is None
