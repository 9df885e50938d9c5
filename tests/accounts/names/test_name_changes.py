"""A name is no way to speak to a child: seldom changed, judged with those before it, kept while one may not write."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.accounts.names import commands as names_commands
from tutoring.accounts.names.commands import update_profile
from tutoring.accounts.names.models import FormerName
from tutoring.accounts.names.queries import names_at
from tutoring.community import commands as community
from tutoring.community.queries import nomination
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.moderation.cases import evidence
from tutoring.moderation.models import Case, Evidence
from tutoring.moderation.reports.commands import report
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.safety import names

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]


def renames(user: User, called: str, form: str = "") -> None:
    update_profile(user, user.full_name, called, form or user.address_form)


@pytest.mark.parametrize(
    "called",
    ["0912", "345", "Khoa 2", "Khoa ２", "đừng kể mẹ nhé", "gửi ảnh em đi", "Bí mật nhé, gặp riêng anh", "Khоа",
     "một hai ba bốn năm sáu", "Thầy Khoa", "cô Hằng", "Co Hang", "Giáo viên", "Quản trị viên", "zalo khoa_k8"],
)  # fmt: skip
def test_a_name_says_nothing_but_who_somebody_is(who: Who, called: str) -> None:
    before = who("khoa").called_name
    with pytest.raises(InvalidInput) as refused:
        renames(who("khoa"), called)
    assert refused.value.field == "called"
    db.session.expire_all()
    assert who("khoa").called_name == before


@pytest.mark.parametrize("called", ["Khoa Nguyễn", "Anh Khoa", "K'Sor Khoa", "Ngọc-Khoa", "Mẹ Na", "Cơ", "Có"])
def test_names_of_people_pass(who: Who, called: str) -> None:
    renames(who("khoa"), called)
    assert who("khoa").called_name == called


@pytest.mark.parametrize("steps", [("Đừng kể", "mẹ nhé"), ("gửi ảnh", "em đi"), ("mẹ nhé", "Đừng kể")])
def test_names_one_after_the_other_make_no_sentence(who: Who, steps: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        for step in steps:
            renames(who("khoa"), step)


def test_a_name_changes_twice_a_month_and_back_again_is_a_change_too(who: Who) -> None:
    first = who("khoa").called_name
    renames(who("khoa"), "Anh Khoa")
    renames(who("khoa"), "Anh Khoa")  # nothing is changed, nothing is counted
    renames(who("khoa"), first)
    with pytest.raises(Conflict) as refused:
        renames(who("khoa"), "Khoa Khoa")
    assert refused.value.code == "seldom"
    with clock.travel(clock.now() + timedelta(days=31)):
        renames(who("khoa"), "Khoa Khoa")


def test_the_audit_says_that_a_name_changed_and_keeps_no_name(who: Who) -> None:
    renames(who("khoa"), "Anh Khoa")
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "change_name")).one()
    assert (row.target, row.facts, row.reason) == (f"user:{who('khoa').id}", {}, "")
    assert [one.called_name for one in names_commands.former_names(who("khoa").id)] == ["Khoa"]


@command
def mute(room_id: int, user_id: int) -> None:
    seat = db.session.scalars(sa.select(Seat).where(Seat.room_id == room_id, Seat.user_id == user_id)).one()
    seat.muted_until = clock.now() + timedelta(hours=1)


@command
def pause(user_id: int) -> None:
    found = nomination(user_id)
    assert found is not None
    found.state = "paused"


def muted(world: World) -> None:
    mute(open_pair(world), world["khoa"])


def waiting(world: World) -> None:
    moderation_commands.enter_as_observer(person(world["hang"]), room := open_pair(world))
    moderation_commands.hold_everything(person(world["hang"]), room)


def paused(world: World) -> None:
    pause(world["khoa"])


def reported(world: World) -> None:
    open_pair(world)
    report(person(world["minh"]), "person", str(world["khoa"]), "other", "Bạn ấy hay trêu em")


@pytest.mark.parametrize("stop", [muted, waiting, paused, reported])
def test_who_is_muted_paused_or_under_a_case_keeps_the_name(
    inside: World, who: Who, stop: Callable[[World], None]
) -> None:
    stop(inside)
    with pytest.raises(Conflict) as refused:
        renames(who("khoa"), "Anh Khoa")
    assert refused.value.code == "not_now" and "báo" not in str(refused.value).lower()


def test_only_staff_are_called_teacher(who: Who) -> None:
    for name, form in (("khoa", "thầy"), ("bay", "cô"), ("lan", "cô")):
        with pytest.raises(InvalidInput) as refused:
            renames(who(name), who(name).called_name, form)
        assert refused.value.field == "address_form"
        assert not names.TAUGHT & set(names_commands.address_forms(who(name)))
    renames(who("quang"), "Quang", "cô")
    renames(who("quang"), "Quang", "thầy")


def test_the_page_offers_teacher_to_staff_alone(as_: As) -> None:
    assert 'value="cô"' in as_("hang").get("/account/profile").text
    page = as_("bay").get("/account/profile").text
    assert 'value="cô"' not in page and 'value="thầy"' not in page and 'value="bác"' in page


@pytest.mark.parametrize("called", ["Hằng", "Hang", "H ằng", "Hằng."])
def test_nobody_takes_the_name_of_a_teacher_of_the_place(who: Who, called: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        renames(who("khoa"), called)
    assert refused.value.code == "taken"
    renames(who("khoa"), "Thu Hằng")


def test_an_open_room_says_who_is_called_otherwise_now(inside: World, who: Who) -> None:
    room = open_pair(inside)
    messages_commands.post_message(who("khoa"), room, new_id(), "Chào em")
    renames(who("khoa"), "Nam Khoa")
    last = db.session.scalars(sa.select(Message).where(Message.room_id == room).order_by(Message.seq.desc())).first()
    assert last is not None and (last.kind, last.text) == ("system", "Khoa đổi tên thành Nam Khoa.")


@command
def freeze(room_id: int, user_id: int) -> int:
    moment = clock.now()
    case = Case(kind="room", target=str(room_id), room_id=room_id, about_id=user_id, minors=True, grade="S2",
                look_by=moment, decide_by=moment)  # fmt: skip
    db.session.add(case)
    db.session.flush()
    evidence.freeze(case)
    return case.id


def test_the_evidence_keeps_the_name_under_which_each_line_was_read(inside: World, who: Who) -> None:
    room = open_pair(inside)
    messages_commands.post_message(who("khoa"), room, new_id(), "Chào em")
    with clock.travel(clock.now() + timedelta(seconds=1)):
        renames(who("khoa"), "Nam Khoa")
        with clock.travel(clock.now() + timedelta(seconds=1)):
            messages_commands.post_message(who("khoa"), room, new_id(), "Em mở bài ra nhé")
            case_id = freeze(room, inside["khoa"])
    kept = evidence.opened(db.session.scalars(sa.select(Evidence).where(Evidence.case_id == case_id)).one())
    assert [line["name"] for line in kept["messages"] if line["author"]] == ["Khoa", "Nam Khoa"]


def test_former_names_go_with_the_account(inside: World, who: Who) -> None:
    room = open_pair(inside)
    renames(who("khoa"), "Nam Khoa")
    renames(who("khoa"), "Khoa Nam")
    erase_account(inside["khoa"])
    assert db.session.scalars(sa.select(FormerName)).all() == []
    lines = db.session.scalars(sa.select(Message.text).where(Message.room_id == room)).all()
    assert not any("Khoa" in line for line in lines)
    assert names_at([(None, clock.now())]) == {}


def test_nobody_signs_up_as_a_teacher_with_a_code_for_others(app: Flask, world: World) -> None:
    with app.app_context():
        code = community.create_code(person(world["muoi"]), world["kp3"], "learner").code
    form = {"full_name": "Trần Văn Thử", "password": "ghế mây suối trăng", "adult": "y"}
    client = app.test_client()
    assert 'value="thầy"' not in client.get(f"/join/{code}").text
    assert client.post(f"/join/{code}", data=form | {"address_form": "thầy"}).status_code == 422
    page = client.post(f"/join/{code}", data=form | {"called": "Cô Hằng", "address_form": "bạn"})
    assert page.status_code == 422 and "đừng ghi chức vụ" in page.text


@pytest.mark.parametrize("called", ["Cô Hằng", "0912", "gửi ảnh em đi"])
def test_no_profile_of_a_child_begins_with_such_a_name(inside: World, who: Who, called: str) -> None:
    year = clock.today().year - 11
    with pytest.raises(InvalidInput):
        community.add_child(who("lan"), inside["lop6a"], called, 6, year, "mẹ", HELP_PURPOSES)
    assert community.add_child(who("lan"), inside["lop6a"], "Na 2", 6, year, "mẹ", HELP_PURPOSES).called_name == "Na 2"
