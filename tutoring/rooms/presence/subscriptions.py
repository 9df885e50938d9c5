"""Rechecks which users may still receive which rooms, for all sockets of a process at once.

It runs after a process missed pushes of others. `queries.readable_room` and `queries.may_hear` check a single entry.
"""

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.community.models import Unit
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.policy.accounts import HELP_PURPOSES, roles_that_count
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, RoomFacts, may_read_room
from tutoring.rooms.hooks import may_attend_talk
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries

PASSING = ("pair", "group", "desk")  # kinds of rooms that are not persistent


def surely_hear(room_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Returns the (user, room) pairs where a seat alone suffices: participants of open sessions.

    For observers, and in persistent rooms, more has to be checked (`still_hear`).
    """
    query = (
        sa.select(Seat.user_id, Seat.room_id)
        .join(Room, Room.id == Seat.room_id)
        .where(
            in_ids(Seat.room_id, room_ids), Seat.role.in_(PARTICIPANT_ROLES), Seat.removed_at.is_(None),
            Room.closed_at.is_(None), Room.handed_over.is_(False), Room.kind.in_(PASSING),
        )
    )  # fmt: skip
    return {(user_id, room_id) for user_id, room_id in db.session.execute(query)}


def still_hear(asked: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Returns which of these (user, room) pairs may still receive the room's pushes.

    The rules are those of `readable_room` and `may_hear`, in five queries at most for any number of pairs.
    """
    if not asked:
        return set()
    query = (
        sa.select(Seat, Room, Unit.path)
        .join(Room, Room.id == Seat.room_id)
        .join(Unit, Unit.id == Room.unit_id)
        .options(joinedload(Seat.user))
        .where(
            in_ids(Seat.user_id, {user_id for user_id, _room in asked}),
            in_ids(Seat.room_id, {room_id for _user, room_id in asked}), Seat.removed_at.is_(None),
        )
    )  # fmt: skip
    rows = [row for row in db.session.execute(query) if (row.Seat.user_id, row.Seat.room_id) in asked]
    places = persistent_rooms_queries.Places({row.Seat.user for row in rows})
    return {(row.Seat.user_id, row.Seat.room_id) for row in rows if _hears(*row, places)}


def _hears(mine: Seat, found: Room, path: str, places: persistent_rooms_queries.Places) -> bool:
    user, role, held = mine.user, mine.role, frozenset[str]()
    if role == "observer":
        held = roles_that_count(places.belonging.roles_at(user.id, path), user.lacks_factor)
        if found.is_talk and not may_attend_talk(found.id, user):
            return False
    elif found.lasts and role != places.place_of(user, found):
        return False
    if not may_read_room(RoomFacts(role=role, minors=found.minors, held=held, kind=found.kind)):
        return False
    if found.handed_over and role == "helper":
        return False
    return found.closed_at is None or not user.is_minor or places.consents[user.id] >= HELP_PURPOSES


def newest_numbers(room_ids: list[int]) -> list[tuple[int, int]]:
    """Returns rooms with the numbers of their newest messages."""
    query = sa.select(Room.id, Room.last_seq).where(in_ids(Room.id, room_ids)).order_by(Room.id)
    return [(room_id, seq) for room_id, seq in db.session.execute(query)]
