"""What a watcher presses: letting a message through is never the easy way, and a slip of the finger is mended."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.moderation.labels import KEYS
from tutoring.notifications.models import Notice
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.labels import found_short
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]


@pytest.fixture
def held(app: Flask, world: World) -> int:
    """A room in which message 1, Khoa's, waits: it asks Minh to another app."""
    with app.app_context():
        room_id = open_pair(world)
        found = messages_commands.post_message(
            person(world["khoa"]), room_id, new_id(), "Kết bạn Zalo của anh: khoa_minh_99 nhé"
        )
        assert found.status == "held" and "handle" in found.kinds
        return room_id


def buttons(page: str) -> dict[str, str]:
    """The attributes of each button of the forms that judge, by where it leads."""
    found = re.findall(r"<button([^>]*formaction=\"([^\"]*)\"[^>]*)>([^<]*)<", page)
    return {action.rsplit("/", 1)[-1]: f"{attributes} {words}" for attributes, action, words in found}


def test_letting_a_dangerous_message_through_is_not_the_filled_button_nor_key_one_and_says_the_kind(
    held: int, as_: As
) -> None:
    (desk,) = re.findall(r'data-address="(/desk\?item=m\d+)"', as_("hang").get("/desk").text)
    for address in (desk, f"/board?room={held}", f"/rooms/{held}/messages/1"):
        found = buttons(as_("hang").get(address).text)
        assert "quiet" in found["release"] and 'data-key="1"' not in found["release"]
        assert "rủ liên lạc riêng" in found["release"] and "bắt nạt" not in found["release"]
        assert "quiet" not in found["refuse"] and 'data-key="1"' in found["refuse"]


def test_the_desk_says_what_was_found_and_not_how_urgent_it_is(held: int, as_: As) -> None:
    page = as_("hang").get("/desk").text
    (line,) = re.findall(r'<li class="line[^>]*id="m\d+">.*?</li>', page, re.DOTALL)
    assert "Tin chờ xem: Em Khoa" in line and "rủ liên lạc riêng" in line and "bắt nạt" not in line


def test_in_the_room_itself_a_message_that_waits_is_only_refused(held: int, as_: As) -> None:
    hang = as_("hang")
    hang.post(f"/rooms/{held}/enter")
    found = buttons(hang.get(f"/rooms/{held}").text)
    assert "release" not in found and "refuse" in found


def test_no_key_lets_a_message_through_on_the_page_of_a_case() -> None:
    assert "release" not in KEYS and "1" not in KEYS.values() and len(set(KEYS.values())) == len(KEYS)


def test_signs_of_risk_are_said_by_their_kind(who: Who, pair: int) -> None:
    waits = messages_commands.post_message(who("khoa"), pair, new_id(), "Mai gặp riêng anh nhé, đừng nói ai biết")
    assert found_short(waits, ["meeting", "secrecy"]).startswith("rủ gặp riêng bên ngoài, dặn giấu người lớn")


def test_a_refusal_is_taken_back_within_ten_seconds_by_who_refused(
    app: Flask, world: World, held: int, as_: As
) -> None:
    hang = as_("hang")
    hang.post(f"/rooms/{held}/refuse", data={"seq": 1, "reason": "Có thông tin riêng"})
    assert "Bấm nhầm thì hoàn tác trong 10 giây." in hang.get("/desk").text
    assert "Bấm nhầm" not in as_("quang").get("/desk").text
    shut = sa.select(Notice).where(Notice.user_id == world["khoa"], Notice.key == f"shut:{held}:1")
    with app.app_context():
        assert db.session.scalar(shut) is not None
    hang.post(f"/rooms/{held}/refuse/undo", data={"seq": 1})
    with app.app_context():
        found = queries.message(held, 1)
        assert (found.status, found.decided_by_id) == ("held", None)
        assert rooms_serializers.serialize_message(found)["text"] is None  # nobody has seen it
        assert db.session.scalar(shut) is None
    assert "Bấm nhầm" not in hang.get("/desk").text


def test_after_ten_seconds_or_by_another_a_refusal_stays(who: Who, pair: int) -> None:
    messages_commands.post_message(who("khoa"), pair, new_id(), "Kết bạn Zalo của anh: khoa_minh_99 nhé")
    moderation_commands.refuse_message(who("hang"), pair, 1, "Có thông tin riêng")
    with pytest.raises(Conflict):
        moderation_commands.take_back_refusal(who("quang"), pair, 1)
    with clock.travel(clock.now() + timedelta(seconds=20)), pytest.raises(Conflict):
        moderation_commands.take_back_refusal(who("hang"), pair, 1)
    assert queries.message(pair, 1).status == "hidden"


def test_in_the_panel_of_the_room_nobody_is_chosen_beforehand(held: int, world: World, as_: As) -> None:
    hang = as_("hang")
    hang.post(f"/rooms/{held}/enter")
    page = hang.get(f"/rooms/{held}").text
    panel = page[page.index('id="order"') :]
    panel = panel[: panel.index("</details>")]
    assert '<option value="" selected>' in panel and panel.count(" selected") == 1
    for verb in ("remove", "mute", "unmute"):
        given = {"user": "", "minutes": 5, "reason": "một lúc"}
        answer = hang.post(f"/rooms/{held}/{verb}", data=given, follow_redirects=True)
        assert "Hãy chọn một người trước." in answer.text


def test_removing_and_locking_stand_before_everything_that_is_less_urgent(held: int, as_: As) -> None:
    hang = as_("hang")
    hang.post(f"/rooms/{held}/enter")
    page = hang.get(f"/rooms/{held}").text
    panel = page[page.index('id="order"') :]
    at = [panel.index(f"/rooms/{held}/{verb}") for verb in ("mute", "remove", "lock", "unmute", "hold", "close")]
    assert at == sorted(at)
