"""Rooms of the demonstration community for tests."""

import uuid
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from tests.factories import World
from tutoring.kernel import rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms.models import Message, Room
from tutoring.rooms.sessions import commands as sessions_commands

LESSON = "vao-lop-bang-duong-dan"


def new_id() -> str:
    """A client id as a browser makes it."""
    return str(uuid.uuid4())


def open_pair(world: World) -> int:
    """Minh of class 6 is helped by Khoa; Lan, his mother, holds a seat too."""
    seats = [(world["minh"], "learner"), (world["khoa"], "helper"), (world["lan"], "guardian")]
    return sessions_commands.open_room(
        world["lop6a"], seats, "join-class", lesson_slug=LESSON, step_number=2, minors=True, observed=True
    ).id


def open_adults(world: World) -> int:
    """Bảy is helped by Lan, in their neighbourhood."""
    seats = [(world["bay"], "learner"), (world["lan"], "helper")]
    return sessions_commands.open_room(world["kp3"], seats, "portal", minors=False, observed=True).id


@command
def has_said(room_id: int, author_id: int, texts: Sequence[str]) -> None:
    """Messages that somebody wrote in a room before, put there as rows: nothing looks at them or announces them."""
    room = db.session.get_one(Room, room_id)
    told = [
        {"room_id": room_id, "seq": room.last_seq + n, "author_id": author_id, "client_id": new_id(), "text": text}
        for n, text in enumerate(texts, 1)
    ]
    db.session.execute(sa.insert(Message), told)
    room.last_seq += len(told)


@pytest.fixture
def pair(inside: World) -> int:
    """The room of Minh and Khoa."""
    return open_pair(inside)


@pytest.fixture
def adults(inside: World) -> int:
    """The room of Bảy and Lan."""
    return open_adults(inside)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is too quick: for tests that write a lot."""
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    monkeypatch.setattr(rate_limits, "hit_each_of", lambda names, keys: [[None] * len(names) for _ in keys])
