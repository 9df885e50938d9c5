"""The room shown beside the list of the live dashboard.

It shows what its user may read today without entering: held messages, as in the moderation queue. The talk itself is
shown to a user who is in the room already, whom everybody there has seen coming in.
"""

from dataclasses import dataclass
from typing import Any

from tutoring.accounts.models import User
from tutoring.moderation.live_dashboard import LiveRoom
from tutoring.policy.rooms.participation import may_read_room
from tutoring.rooms import queries as rooms
from tutoring.rooms.moderation import queries as moderation_queries
from tutoring.rooms.moderation.queries import HeldMessage
from tutoring.rooms.serializers import serialize_messages_for

LAST = 6  # messages


@dataclass(frozen=True)
class ChosenRoom:
    """A room of the dashboard with its held messages. `said` is None for a user who has to enter to read."""

    row: LiveRoom
    held: list[HeldMessage]
    said: list[dict[str, Any]] | None


def chosen_room(person: User, row: LiveRoom) -> ChosenRoom:
    """Returns what this user may read of a room, without entering it."""
    held = moderation_queries.held_in(person, row.room.id) if row.held else []
    return ChosenRoom(row, held, _said(person, row) if row.watching else None)


def _said(person: User, row: LiveRoom) -> list[dict[str, Any]] | None:
    known = rooms.room_facts(row.room, person)
    if not may_read_room(known):
        return None
    newest = rooms.messages_before(row.room.id, limit=LAST).items
    return serialize_messages_for(person, known, row.room.id, newest)
