"""The safety card: at once, true, in words for three ages, without scripts, and put away on a shared phone."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_adults, open_pair
from tutoring.community.models import DutyShift, DutySlot
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.models import Case
from tutoring.rooms.presence import commands as presence_commands
from tutoring.welfare.cards import age_of

As = Callable[[str], FlaskClient]
BEATEN = "Bố em say rượu đánh em chảy máu"


@pytest.fixture
def pair(app: Flask, world: World) -> int:
    with app.app_context():
        return open_pair(world)


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def writes(client: FlaskClient, room_id: int, text: str) -> str:
    """Post by the form alone, as a phone without scripts does, and see the page that comes of it."""
    page = client.get(f"/rooms/{room_id}").text
    data = {"csrf_token": token(page), "client_id": new_id(), "text": text}
    return client.post(f"/rooms/{room_id}/messages", data=data, follow_redirects=True).text


def card_in(page: str) -> str:
    found = re.search(r"<section[^>]* data-care=.*?</section>", page, re.DOTALL)
    return " ".join(found[0].split()) if found else ""


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


def test_the_card_stands_on_the_page_at_once_without_scripts(pair: int, as_: As) -> None:
    card = card_in(writes(as_("minh"), pair, BEATEN))
    assert card.index("tel:111") < card.index("tel:113") < card.index("tel:115")
    assert "Chỉ thầy cô trực đọc được lời này, anh Khoa và ba mẹ không thấy" in card
    assert "cô Hằng" in card and "Chưa ai mở lời này" in card and "Có người mở thì tên và giờ hiện ở đây" in card


def test_a_page_with_scripts_is_told_to_show_it(pair: int, as_: As) -> None:
    client = as_("minh")
    page = client.get(f"/rooms/{pair}").text
    found = re.search(r'<meta name="csrf"[^>]* content="([^"]+)"', page)
    assert found is not None
    head = {"Accept": "application/json", "X-CSRFToken": found[1]}
    sent = {"client_id": new_id(), "text": BEATEN}
    first = client.post(f"/rooms/{pair}/messages", json=sent, headers=head).json
    again = client.post(f"/rooms/{pair}/messages", json=sent, headers=head).json  # out of the outbox once more
    assert first == again and first is not None and first["care"] is True
    assert 'id="care" data-live="care"' in client.get(f"/rooms/{pair}").text


def test_neither_the_other_side_nor_a_guardian_is_shown_card_or_words(pair: int, as_: As) -> None:
    writes(as_("minh"), pair, BEATEN)
    for name in ("khoa", "lan"):
        page = as_(name).get(f"/rooms/{pair}").text
        assert card_in(page) == "" and "chảy máu" not in page, name


def test_who_opened_it_stands_there_once_it_is_so(app: Flask, world: World, pair: int, as_: As) -> None:
    client = as_("minh")
    assert "đã mở lúc" not in writes(client, pair, BEATEN)
    with app.app_context():
        cases_commands.look(person(world["hang"]), db.session.scalars(sa.select(Case.id)).one())
    card = card_in(client.get(f"/rooms/{pair}").text)
    assert re.search(r"Cô Hằng đã mở lúc .*?\d\d:\d\d", card) and "em cứ gọi 111" in card


def test_with_nobody_on_duty_it_says_so_and_offers_no_teacher(app: Flask, pair: int, as_: As) -> None:
    with app.app_context():
        nobody_on_duty()
    card = card_in(writes(as_("minh"), pair, BEATEN))
    assert "không có thầy cô nào đang trực" in card and "Hãy gọi 111 trước" in card
    assert "Đang trực" not in card
    assert re.findall(r"tel:(\d+)", card)[0] == "111"


def test_what_may_be_about_staff_offers_no_teacher(pair: int, as_: As) -> None:
    page = writes(as_("minh"), pair, "Thầy chủ nhiệm sờ vào người em")
    card = card_in(page)
    assert "người phụ trách cấp trên" in card and "cô Hằng" not in card and "thầy cô trực" not in card.lower()
    assert "Người phụ trách cấp trên vẫn đọc được" in card
    assert "Người khác trong phòng không thấy lời này" in page and "Chỉ thầy cô trực" not in page


def test_three_ages_are_spoken_to_in_their_own_words(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ages = {name: age_of(person(world[name])) for name in ("an", "minh", "khoa", "lan")}
        adults = open_adults(world)
    assert ages == {"an": "young", "minh": "teen", "khoa": "teen", "lan": "grown"}
    pages = {name: as_(name).get("/safety").text for name in ages}
    assert "người lớn em tin" in pages["an"] and "cả ngày đêm, không mất tiền" in pages["minh"]
    assert "Chuyện của trẻ em thì gọi 111" in pages["lan"]
    assert 'data-care="grown"' in writes(as_("lan"), adults, "Chồng tôi đánh tôi, tôi không muốn sống nữa")


def test_a_child_puts_card_and_words_away(pair: int, as_: As) -> None:
    client = as_("minh")
    page = writes(client, pair, BEATEN)
    assert "chảy máu" in page
    data = {"csrf_token": token(page), "back": f"/rooms/{pair}"}
    away = client.post("/safety/hide", data=data, follow_redirects=True).text
    assert card_in(away) == "" and "chảy máu" not in away and "Nội dung này đã cất đi" in away
    assert "chảy máu" not in client.get(f"/rooms/{pair}/messages/1").text


def test_the_words_stand_in_no_notice_and_in_no_address(app: Flask, world: World, pair: int, as_: As) -> None:
    writes(as_("minh"), pair, BEATEN)
    with app.app_context():
        cases_commands.look(person(world["hang"]), db.session.scalars(sa.select(Case.id)).one())
        tables = [table for table in db.metadata.sorted_tables if table.name != "disclosure"]
        rows = [str(row) for table in tables for row in db.session.execute(sa.select(table))]
        assert not [row for row in rows if "chảy máu" in row]
        presence_commands.leave(person(world["khoa"]), pair)


def test_the_safety_page_is_for_everybody(app: Flask) -> None:
    page = app.test_client().get("/safety")
    assert page.status_code == 200 and "tel:111" in page.text
