"""A room of adults taken along as a file."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import has_said, new_id, open_adults, open_pair
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands

As = Callable[[str], FlaskClient]


@pytest.fixture
def room(app: Flask, world: World) -> int:
    with app.app_context():
        return open_adults(world)


@pytest.mark.usefixtures("unhurried")
def test_who_took_part_takes_along_what_everybody_sees(app: Flask, as_: As, world: World, room: int) -> None:
    with app.app_context():
        has_said(room, world["lan"], [f"dòng {n}\nvà tiếp" for n in range(103)])
        messages_commands.withdraw_message(person(world["lan"]), room, 2)
        moderation_commands.hide_message(person(world["muoi"]), room, 3, "Có thông tin riêng")
        moderation_commands.hold_everything(person(world["muoi"]), room)
        messages_commands.post_message(person(world["bay"]), room, new_id(), "đang chờ")
        newest = queries.room(room).last_seq
    answer = as_("lan").get(f"/rooms/{room}/export")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    lines = answer.data.decode("utf-8-sig").split("\r\n")
    assert "Lan" in lines[1] and "Bảy" in lines[1]
    said = [line for line in lines if ": dòng" in line]
    assert len(said) == 101 and not any(line.endswith(("dòng 1", "dòng 2")) for line in said)
    assert "đang chờ" not in answer.text and newest > 103
    assert "đang chờ" in as_("bay").get(f"/rooms/{room}/export").text  # one's own words
    assert f"/rooms/{room}/export" in as_("lan").get(f"/rooms/{room}/end").text


def test_nobody_takes_along_a_room_with_a_child_or_one_that_they_only_watch(
    app: Flask, as_: As, world: World, room: int
) -> None:
    with app.app_context():
        pair = open_pair(world)
        moderation_commands.enter_as_observer(person(world["muoi"]), room)
    for name in ("minh", "khoa", "lan"):
        assert as_(name).get(f"/rooms/{pair}/export").status_code == 404
        assert f"/rooms/{pair}/export" not in as_(name).get(f"/rooms/{pair}/end").text
    for name in ("muoi", "quang", "minh"):
        assert as_(name).get(f"/rooms/{room}/export").status_code == 404
