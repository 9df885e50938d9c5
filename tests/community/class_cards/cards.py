"""A class whose list came in, and its cards, for tests."""

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.community.class_lists.test_class_lists import switch_on
from tests.factories import World, person
from tutoring.community.class_cards import commands
from tutoring.community.class_cards.commands import Answers, NewAccount
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_lists import commands as class_lists
from tutoring.community.class_lists.models import ClassLine
from tutoring.kernel.db import db

PURPOSES = ["profile", "pairing", "chat"]
PASSWORD = "bốn quả cam ngọt"
MOTHER = Answers("mẹ", PURPOSES, PURPOSES)


def staged(world: World, *pupils: tuple[str, int], place: str = "lop4a", by: str = "hang") -> None:
    """Stages these pupils, each a full name and a year of birth."""
    switch_on(world)
    text = "Họ tên,Năm sinh\n" + "".join(f"{name},{year}\n" for name, year in pupils)
    teacher = person(world[by])
    class_lists.accept_draft(teacher, world[place], class_lists.check_file(teacher, world[place], text.encode()))


def printed(world: World, place: str = "lop4a", by: str = "hang") -> dict[str, str]:
    """Prints the cards of a class; returns the codes by called name."""
    return {one.called: one.code for one in commands.print_cards(person(world[by]), world[place])}


def mother(name: str = "Trần Thị Mẹ", handle: str = "") -> NewAccount:
    return NewAccount(name, PASSWORD, handle)


def claimed(code: str, name: str = "Trần Thị Mẹ", answers: Answers = MOTHER, once: str = "") -> ClassClaim:
    """A claim by a new guardian."""
    return commands.claim_card(code, once or f"{code}{name}", answers, None, mother(name))


def line_of(called: str) -> ClassLine:
    return db.session.scalars(sa.select(ClassLine).where(ClassLine.called == called)).one()


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of a card's page."""
    return {"once": re.search(r'name="once"[^>]*value="([^"]+)"', page)[1]}  # type: ignore[index]


def fill(client: FlaskClient, code: str, **fields: object) -> dict[str, object]:
    """What a mother writes on the page of a card."""
    page = client.get(f"/card/{code}")
    assert page.status_code == 200, page.text
    return form_of(page.text) | {
        "full_name": "Trần Thị Mẹ", "password": PASSWORD, "relation": "mẹ", "purposes": PURPOSES, "assents": PURPOSES,
        "adult": "y",
    } | fields  # fmt: skip
