"""Reads of attendance: who is in a room now, and how long two sides were there together.

The interval functions are pure; a stretch is a pair of start and end.
"""

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.rooms.models import Attendance, Seat

Stretch = tuple[datetime, datetime]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Merges overlapping stretches, in order: two devices at once count once."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def together(one: Iterable[Stretch], other: Iterable[Stretch]) -> timedelta:
    """Returns the total time that lies in stretches of both."""
    return sum((end - start for start, end in shared(one, other)), timedelta(0))


def shared(one: Iterable[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """Returns the intersections of both lists of stretches, in order."""
    theirs = merged(other)
    found = [(max(start, begin), min(end, finish)) for start, end in merged(one) for begin, finish in theirs]
    return [(start, end) for start, end in found if start < end]


def awake(there: Iterable[Stretch], acts: Iterable[datetime], within: timedelta) -> list[Stretch]:
    """Returns the stretches in which a person was present and had acted within `within` before."""
    return shared(there, [(at, at + within) for at in acts])


VISIT = timedelta(minutes=2)  # how long a page visit counts as presence
SOCKET_ALIVE = timedelta(seconds=90)
REFRESH = timedelta(seconds=30)  # minimum time between two stored page visits


def present(room_id: int, most: int | None = None) -> list[Seat]:
    """Returns the people in the room now, by live socket or recent page visit; at most `most`."""
    moment = clock.now()
    told = {"room": room_id, "alive": moment - SOCKET_ALIVE, "asked": moment - VISIT}
    query = _present() if most is None else _present().limit(most)
    return list(db.session.scalars(query, told))


@cache  # used whenever a person comes or goes
def _present() -> Any:
    room_id: Any = sa.bindparam("room")
    asked: Any = sa.bindparam("asked")
    sockets = (
        sa.select(Attendance.user_id)
        .join(LiveSocket, LiveSocket.sid == Attendance.sid)
        .where(
            Attendance.room_id == room_id,
            Attendance.until_at.is_(None),
            LiveSocket.seen_at > sa.bindparam("alive"),
        )
    )
    pages = sa.select(Attendance.user_id).where(
        Attendance.room_id == room_id,
        Attendance.user_id == Seat.user_id,
        Attendance.sid.is_(None),
        Attendance.until_at > asked,
        sa.or_(Seat.left_at.is_(None), Attendance.until_at > Seat.left_at),
    )
    return (
        sa.select(Seat)
        .options(joinedload(Seat.user))
        .where(
            Seat.room_id == room_id,
            Seat.removed_at.is_(None),
            sa.or_(Seat.user_id.in_(sockets), pages.correlate(Seat).exists()),
        )
        .order_by(Seat.id)
    )


class PresentUser(NamedTuple):
    """A person who is in a room now."""

    user_id: int
    role: str
    user: PersonSummary


def present_in(room_ids: Collection[int]) -> dict[int, list[PresentUser]]:
    """Returns the people in several rooms now, with one query, as `present` does for one."""
    moment = clock.now()
    told = {"rooms": ids_parameter(room_ids), "alive": moment - SOCKET_ALIVE, "asked": moment - VISIT}
    found: dict[int, list[PresentUser]] = {room_id: [] for room_id in room_ids}
    for room_id, role, *facts in db.session.execute(_present_in(), told):
        found[room_id].append(PresentUser(facts[0], role, PersonSummary(*facts)))
    return found


@built_once
def _present_in() -> Any:
    asked: Any = sa.bindparam("asked")
    there = Attendance.room_id, Attendance.user_id
    in_these = in_ids(Attendance.room_id, sa.bindparam("rooms"))
    sockets = (
        sa.select(*there)
        .join(LiveSocket, LiveSocket.sid == Attendance.sid)
        .where(in_these, Attendance.until_at.is_(None), LiveSocket.seen_at > sa.bindparam("alive"))
    )
    seated = sa.and_(Seat.room_id == Attendance.room_id, Seat.user_id == Attendance.user_id)
    pages = (
        sa.select(*there)
        .join(Seat, seated)
        .where(
            in_these, Attendance.sid.is_(None), Attendance.until_at > asked,
            sa.or_(Seat.left_at.is_(None), Attendance.until_at > Seat.left_at),
        )
    )  # fmt: skip
    here = sa.union(sockets, pages).subquery()
    facts = (getattr(User, field.name) for field in fields(PersonSummary))
    return (
        sa.select(Seat.room_id, Seat.role, *facts)
        .join(here, sa.and_(Seat.room_id == here.c.room_id, Seat.user_id == here.c.user_id))
        .join(User, User.id == Seat.user_id)
        .where(Seat.removed_at.is_(None))
        .order_by(Seat.id)
    )


def needs_visit(room_id: int, user_id: int) -> bool:
    """Returns whether a page visit has to be stored now; a cheap query without a lock."""
    told = {"room": room_id, "user": user_id, "since": clock.now() - REFRESH}
    return db.session.scalar(_recent_visit(), told) is None


@cache
def _recent_visit() -> sa.Select[int]:
    recent = sa.select(Attendance.id).where(
        Attendance.room_id == sa.bindparam("room"),
        Attendance.user_id == sa.bindparam("user"),
        sa.or_(Attendance.until_at.is_(None), Attendance.until_at > sa.bindparam("since")),
    )
    return recent.limit(1)


def minutes_together(room_id: int) -> int:
    """Returns the whole minutes that a learner and a helper were both in the room."""
    query = (
        sa.select(Seat.role, Attendance.from_at, Attendance.until_at)
        .join(Seat, sa.and_(Seat.room_id == Attendance.room_id, Seat.user_id == Attendance.user_id))
        .where(Attendance.room_id == room_id, Seat.role.in_(("learner", "helper")))
    )
    sides: dict[str, list[Stretch]] = {"learner": [], "helper": []}
    moment: datetime = clock.now()
    for role, start, end in db.session.execute(query):
        sides[role].append((start, end or moment))
    return int(together(sides["learner"], sides["helper"]).total_seconds() // 60)
