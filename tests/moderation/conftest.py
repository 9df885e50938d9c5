"""Rooms with a few messages, and what reports make of them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.rooms.conftest import new_id, open_adults, open_pair
from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Report
from tutoring.moderation.reports import commands as reports_commands
from tutoring.rooms.messages import commands as messages_commands

Who = Callable[[str], User]


@pytest.fixture
def pair(inside: World, who: Who) -> int:
    """The room of Minh, Khoa and Minh's mother, in which Khoa has written message 1 and Minh message 2."""
    room_id = open_pair(inside)
    messages_commands.post_message(who("khoa"), room_id, new_id(), "Sao em học chậm vậy")
    messages_commands.post_message(who("minh"), room_id, new_id(), "Dạ thôi ạ")
    return room_id


@pytest.fixture
def adults(inside: World, who: Who) -> int:
    """The room of Bảy and Lan, in which Lan has written message 1."""
    room_id = open_adults(inside)
    messages_commands.post_message(who("lan"), room_id, new_id(), "Chú làm chậm quá")
    return room_id


def said(by: User | None, kind: str, target: str, what: str, words: str = "", marks: tuple[str, ...] = ()) -> Case:
    """The case that this report came into."""
    return db.session.get_one(Case, reports_commands.report(by, kind, target, what, words, marks).case_id)


def reports() -> list[Report]:
    return list(db.session.scalars(sa.select(Report).order_by(Report.id)))
