"""A message holds a name that suits every reader; each page puts the names there that its own reader says."""

import json
import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_pair
from tutoring.rooms.messages import commands as messages_commands

As = Callable[[str], FlaskClient]


def names_of(page: str) -> dict[str, str]:
    """What the scripts of a page are told: the names by user."""
    found = re.search(r"data-names='([^']*)'", page)
    assert found
    names: dict[str, str] = json.loads(found[1])
    return names


def test_messages_answers_and_reactions_are_named_as_the_reader_says(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        first = messages_commands.post_message(person(world["khoa"]), room, new_id(), "Chào em").seq
        messages_commands.post_message(person(world["minh"]), room, new_id(), "Dạ em chào anh", reply_to=first)
        messages_commands.react(person(world["khoa"]), room, 2, "done")
    pages = {name: as_(name).get(f"/rooms/{room}").text for name in ("minh", "khoa", "lan")}
    assert pages["minh"].count("<b>Anh Khoa</b>") >= 2 and ": Anh Khoa</span>" in pages["minh"]
    assert pages["lan"].count("<b>Em Khoa</b>") >= 2 and ": Em Khoa</span>" in pages["lan"]
    assert "<b>Em Minh</b>" in pages["khoa"] and "<b>Em Minh</b>" in pages["lan"]
    for name, called in {"minh": "Anh Khoa", "lan": "Em Khoa", "khoa": "Khoa"}.items():
        assert names_of(pages[name])[str(world["khoa"])] == called


def test_what_goes_to_all_holds_the_bare_name_and_the_ids(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        first = messages_commands.post_message(person(world["khoa"]), room, new_id(), "Chào em").seq
        messages_commands.post_message(person(world["minh"]), room, new_id(), "Dạ", reply_to=first)
    for name in ("minh", "lan"):
        answer = as_(name).get(f"/rooms/{room}/messages?after=0", headers={"Accept": "application/json"}).get_json()
        one, other = answer["messages"]
        assert (one["name"], one["author"]) == ("Khoa", str(world["khoa"]))
        assert (other["reply"]["name"], other["reply"]["author"]) == ("Khoa", str(world["khoa"]))


def test_the_page_of_one_message_names_its_author_as_the_reader_says(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        seq = messages_commands.post_message(person(world["khoa"]), room, new_id(), "Chào em").seq
    assert "Tin của anh Khoa" in as_("minh").get(f"/rooms/{room}/messages/{seq}").text
    assert "Tin của em Khoa" in as_("lan").get(f"/rooms/{room}/messages/{seq}").text
