"""Who can read stands before the field, wherever somebody writes to others."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.test_no_shows import opened
from tests.rooms.conftest import new_id, open_adults, open_pair
from tests.rooms.persistent_rooms.test_persistent_rooms import classmate
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]


def said_before(page: str, field: str) -> str:
    """The words on who reads that stand in the main part before a field of this name."""
    main = page[page.index("<main") :]
    at = main.index(f'name="{field}"')
    found = re.findall(r"<p[^>]* data-readers[^>]*>(.*?)</p>", main[:at], re.DOTALL)
    assert found, f"nobody says who reads {field}"
    return " ".join(re.sub(r"<[^>]+>", "", found[-1]).split())


def lasting(world: World, who: str, unit: str, kind: str) -> int:
    return persistent_rooms_commands.open_lasting(person(world[who]), world[unit], kind).id


def test_every_kind_of_room_says_so_before_its_field(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        lop6 = lasting(world, "hang", "lop6a", "class")
        persistent_rooms_commands.take_seat(person(classmate(world, "Tâm")), lop6)
        places = [
            ("minh", open_pair(world), "có thể đọc phòng này"),
            ("bay", open_adults(world), "đọc"),
            ("minh", lop6, "Học sinh Lớp 6A và thầy cô của trường đọc được"),
            ("lan", lasting(world, "hang", "lop6a", "circle"), "Phụ huynh và thầy cô Lớp 6A đọc được"),
            ("bay", lasting(world, "mai", "phuong", "questions"), "Người dân và người phụ trách"),
        ]
        places.append(("bay", persistent_rooms_commands.ask_at_desk(person(world["bay"]), world["phuong"]).id, "đọc"))
    for name, room_id, words in places:
        assert words in said_before(as_(name).get(f"/rooms/{room_id}").text, "text"), (name, room_id)
    assert "Chỉ bạn và người trực đọc được" in as_("lan").get(f"/desk/{world['phuong']}").text


def test_asking_answering_and_reporting_say_so(app: Flask, world: World, as_: As) -> None:
    assert "ba mẹ đọc được lời của con" in said_before(as_("minh").get("/ask").text, "words")
    with app.app_context():
        learner = person(world["minh"])
        asked = requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id
    assert "người giúp đọc được" in said_before(as_("minh").get(f"/requests/{asked}").text, "words")
    assert "Người bị báo không đọc được" in said_before(as_("minh").get("/report").text, "words")
    assert "Người bị báo không đọc được" in said_before(app.test_client().get("/report").text, "words")


def test_the_end_of_a_session_and_what_comes_after_say_so(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        _asked, room_id = opened(world)
        messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Em chào anh")
    minh = as_("minh")
    assert "thầy cô trực đọc được" in said_before(minh.get(f"/rooms/{room_id}/end").text, "words")
    assert "tin cũ" in said_before(minh.get(f"/rooms/{room_id}/messages/1").text, "text")
    assert "đã tham gia" in said_before(as_("hang").get(f"/rooms/{room_id}/close").text, "summary")
    with app.app_context():
        sessions_commands.end_session(person(world["minh"]), room_id, "partly")
    assert "ba mẹ đọc được" in said_before(minh.get(f"/rooms/{room_id}/again").text, "words")


def test_announcements_and_tasks_say_so(world: World, as_: As) -> None:
    lead, place = as_("muoi"), f"/groups/{world['kp3']}"
    assert "kể cả học sinh" in said_before(lead.get(f"{place}/posts/new").text, "text")
    assert "người được giao đọc được" in said_before(lead.get(f"{place}/tasks/new").text, "details")


@pytest.mark.parametrize("name", ["minh"])
def test_a_second_look_says_so(app: Flask, world: World, as_: As, name: str) -> None:
    with app.app_context():
        room_id = open_pair(world)
        messages_commands.post_message(person(world["minh"]), room_id, new_id(), "Số em là 0912345678")
    assert "thầy cô" in said_before(as_(name).get(f"/rooms/{room_id}/messages/1").text, "words")
