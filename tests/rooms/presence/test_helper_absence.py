"""While nobody helps, the child reads in one kind sentence what comes next, as it calls these people."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import open_adults, open_pair
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.rooms import queries
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence.helper_absence import helper_absence
from tutoring.rooms.presence.queries import present
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.web.i18n import addressed_to

Who = Callable[[str], User]
As = Callable[[str], FlaskClient]


def told(reader: User, room_id: int) -> str:
    """What this reader is told now."""
    room = queries.room(room_id)
    here = {seat.user_id for seat in present(room_id)}
    with addressed_to(reader):  # as on the reader's own page
        found = helper_absence(reader, room, queries.room_facts(room, reader), queries.seats(room_id), here)
    return found.say + (" +" if found.asks_anew else "") if found is not None else ""


@pytest.fixture
def met(who: Who, pair: int) -> int:
    """The room of Minh and Khoa, who are both there."""
    for name in ("minh", "khoa", "lan"):
        presence_commands.visit(who(name), pair)
    return pair


def test_nothing_is_said_while_somebody_helps_or_has_not_come_yet(who: Who, pair: int) -> None:
    assert told(who("minh"), pair) == ""
    presence_commands.visit(who("khoa"), pair)
    assert told(who("minh"), pair) == ""


def test_a_muted_helper(who: Who, inside: World, met: int) -> None:
    moderation_commands.mute(who("hang"), met, inside["khoa"], 60, "Xin liên lạc riêng")
    alone = "Anh Khoa đang tạm ngừng viết; em chờ một chút, người trực đang xem và sẽ giúp em."
    assert told(who("minh"), met) == alone
    presence_commands.visit(who("hang"), met)
    assert told(who("minh"), met) == "Anh Khoa đang tạm ngừng viết; em viết cho cô Hằng nhé, em không làm gì sai."
    assert told(who("lan"), met) == "Em Khoa đang tạm ngừng viết; bạn viết cho cô Hằng nhé, bạn không làm gì sai."
    for name in ("khoa", "hang"):
        assert told(who(name), met) == ""
    moderation_commands.unmute(who("hang"), met, inside["khoa"])
    assert told(who("minh"), met) == ""


def test_a_helper_who_leaves(who: Who, met: int) -> None:
    presence_commands.leave(who("khoa"), met)
    alone = "Anh Khoa không ở trong phòng; em chờ một chút, lâu quá thì bấm Kết thúc rồi nhờ người khác."
    assert told(who("minh"), met) == alone
    moderation_commands.enter_as_observer(who("hang"), met)
    presence_commands.visit(who("hang"), met)
    assert told(who("minh"), met) == "Anh Khoa không còn ở trong phòng; cô Hằng ở đây với em."
    clock.move(timedelta(seconds=1))
    presence_commands.visit(who("khoa"), met)
    assert told(who("minh"), met) == ""


def test_a_helper_whose_page_is_gone_counts_as_away_after_a_while_and_not_at_once(
    who: Who, met: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence_commands.leave(who("khoa"), met)
    clock.move(timedelta(seconds=1))
    presence_commands.visit(who("khoa"), met)  # back after a break: that farewell says nothing any more
    monkeypatch.setattr("tests.rooms.presence.test_helper_absence.present", lambda _room: [])
    assert told(who("minh"), met) == ""
    clock.move(timedelta(minutes=2))
    assert told(who("minh"), met).startswith("Anh Khoa không ở trong phòng")


def test_a_removed_helper(who: Who, inside: World, met: int) -> None:
    moderation_commands.remove_member(who("hang"), met, inside["khoa"], "Xin liên lạc riêng")
    free = "Anh Khoa không giúp tiếp ở đây; em không làm gì sai và nhờ người khác được ngay. +"
    assert told(who("minh"), met) == free
    presence_commands.visit(who("hang"), met)
    assert told(who("minh"), met) == "Anh Khoa không giúp tiếp ở đây; cô Hằng ở đây với em, em không làm gì sai. +"


def test_nothing_is_said_once_the_room_is_closed(who: Who, met: int) -> None:
    presence_commands.leave(who("khoa"), met)
    sessions_commands.end_as_child(who("minh"), met)
    assert told(who("minh"), met) == ""


def test_a_grown_up_is_addressed_as_one(who: Who, inside: World) -> None:
    room = open_adults(inside)
    for name in ("bay", "lan"):
        presence_commands.visit(who(name), room)
    presence_commands.leave(who("lan"), room)
    assert told(who("bay"), room) == (
        "Chị Lan không ở trong phòng; bạn chờ một chút, lâu quá thì bấm Kết thúc rồi nhờ người khác."
    )


def test_a_name_is_said_as_the_reader_says_it(who: Who) -> None:
    said = [who("khoa").said_by(who(name)) for name in ("minh", "lan", "hang")]
    assert said == ["anh Khoa", "em Khoa", "em Khoa"]
    assert who("hang").said_by(who("minh")) == who("hang").said_by(who("lan")) == "cô Hằng"


def test_the_page_of_the_child_shows_it_and_no_other_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    for name in ("minh", "khoa", "lan"):
        as_(name).get(f"/rooms/{room}")
    as_("hang").post(f"/rooms/{room}/remove", data={"user": world["khoa"], "reason": "Xin liên lạc riêng"})
    minh = as_("minh").get(f"/rooms/{room}").text
    said = re.search(r'<div id="next">(.*?)</div>\s*<p class="typing"', minh, re.DOTALL)
    assert said is not None and "em không làm gì sai" in said[1] and 'href="/ask"' in re.sub(r"\s+", "", said[1])
    assert "không giúp tiếp ở đây" not in as_("hang").get(f"/rooms/{room}").text
    with app.app_context():
        assert person(world["minh"]).is_minor
