"""Enters many sockets in one transaction, for example when all clients reconnect at once.

Only entries that need no decision are handled: a participant in an open room that is not persistent. All others go
through `enter`, which holds all rules.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket
from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, PERSISTENT_KINDS, RoomFacts, may_read_room
from tutoring.rooms.events import PresenceChanged, SocketsEntered
from tutoring.rooms.models import Attendance, Room, Seat
from tutoring.rooms.presence.queries import VISIT
from tutoring.rooms.queries import is_room_id


@dataclass(frozen=True, slots=True)
class Entry:
    """One socket that enters one room."""

    user: PersonSummary
    sid: str
    room_id: int

    @property
    def seat(self) -> tuple[int, int]:
        """Returns the key of the seat: room and user."""
        return self.room_id, self.user.id


@dataclass(frozen=True, slots=True)
class SeatState:
    """A seat in an open room with its policy facts, and the room's newest number and `rev`."""

    known: RoomFacts
    joined: bool
    id: int  # of the room
    last_seq: int
    rev: int


def places(entries: Iterable[Entry]) -> dict[tuple[int, int], SeatState]:
    """Returns the seats of these entries that need no decision, by room and user.

    Their users may read the room and receive its pushes.
    """
    asked = {one.seat for one in entries if is_room_id(one.room_id)}
    if not asked:
        return {}
    told = {
        "rooms": ids_parameter({room for room, _user in asked}),
        "people": ids_parameter({user for _room, user in asked}),
    }
    found = {}
    for row in db.session.connection().execute(_places(), told):
        known = RoomFacts(row.role, removed=False, muted=False, minors=row.minors, closed=False, kind=row.kind)
        if (row.id, row.user_id) in asked and may_read_room(known):
            found[row.id, row.user_id] = SeatState(known, row.joined_at is not None, row.id, row.last_seq, row.rev)
    return found


@built_once
def _places() -> Any:
    columns = Seat.user_id, Seat.role, Seat.joined_at, Room.id, Room.kind, Room.minors, Room.last_seq, Room.rev
    return sa.select(*columns).join(Room, Room.id == Seat.room_id).where(
        in_ids(Seat.room_id, sa.bindparam("rooms")), in_ids(Seat.user_id, sa.bindparam("people")),
        Seat.removed_at.is_(None), Seat.role.in_(sorted(PARTICIPANT_ROLES)),
        Room.closed_at.is_(None), Room.kind.not_in(sorted(PERSISTENT_KINDS)),
    )  # fmt: skip


@command
def enter_together(entries: Sequence[Entry]) -> set[tuple[int, int]]:
    """Stores the presence of these sockets; returns the entered seats. The others go to `enter`."""
    here = places(entries)
    ready = [one for one in entries if one.seat in here]
    if not ready:
        return set()
    publish(SocketsEntered(tuple((one.sid, one.room_id) for one in ready)))
    new = _not_yet(ready)
    if new:
        moment = clock.now()
        _write(new, moment)
        late = sorted({one.seat for one in new if not here[one.seat].joined})
        if late:
            values = [{"room": room, "person": person, "at": moment} for room, person in late]
            db.session.connection().execute(_joining(), values)
        publish(PresenceChanged(tuple(sorted({one.room_id for one in new}))))
    return {one.seat for one in ready}


def _not_yet(entries: Sequence[Entry]) -> list[Entry]:
    """Returns the entries whose socket is alive and not in the room yet.

    The sockets' rows are locked. So the close of each socket waits for this, or has been seen and nothing is stored.
    """
    sids = sorted({one.sid for one in entries})
    alive = sa.select(LiveSocket.sid).where(LiveSocket.sid.in_(sids)).order_by(LiveSocket.sid)
    living = set(db.session.scalars(alive.with_for_update(read=True)))
    inside = sa.select(Attendance.sid, Attendance.room_id)
    open_now = db.session.execute(inside.where(Attendance.sid.in_(sids), Attendance.until_at.is_(None)))
    known = {(sid, room_id) for sid, room_id in open_now}
    found = []
    for one in entries:
        if one.sid in living and (one.sid, one.room_id) not in known:
            known.add((one.sid, one.room_id))
            found.append(one)
    return found


def _write(entries: Sequence[Entry], moment: datetime) -> None:
    """Starts a stay, or continues the one of the page visit that opened the socket."""
    ask, visits, rows, going_on = db.session.connection().execute, _visits(entries, moment), [], []
    for one in entries:
        if (visit := visits.pop(one.seat, None)) is not None:
            going_on.append({"visit": visit, "socket": one.sid})
        else:
            rows.append({"room_id": one.room_id, "user_id": one.user.id, "sid": one.sid, "from_at": moment})
    if rows:
        ask(sa.insert(Attendance.__table__), rows)  # type: ignore[arg-type]
    if going_on:
        ask(_continuing(), going_on)


def _visits(entries: Collection[Entry], moment: datetime) -> dict[tuple[int, int], int]:
    """Returns the newest ongoing page visit of each seat."""
    told = {
        "rooms": ids_parameter({one.room_id for one in entries}),
        "people": ids_parameter({one.user.id for one in entries}),
        "since": moment - VISIT,
    }
    rows = db.session.connection().execute(_visiting(), told)
    return {(row.room_id, row.user_id): row.id for row in rows}


@built_once
def _visiting() -> Any:
    query = sa.select(Attendance.id, Attendance.room_id, Attendance.user_id)
    seated = sa.and_(Seat.room_id == Attendance.room_id, Seat.user_id == Attendance.user_id)
    return query.join(Seat, seated).where(
        in_ids(Attendance.room_id, sa.bindparam("rooms")), in_ids(Attendance.user_id, sa.bindparam("people")),
        Attendance.sid.is_(None), Attendance.until_at > sa.bindparam("since"),
        sa.or_(Seat.left_at.is_(None), Attendance.until_at > Seat.left_at),
    ).order_by(Attendance.id)  # fmt: skip


@cache
def _continuing() -> sa.Update:
    table: Any = Attendance.__table__
    return sa.update(table).where(table.c.id == sa.bindparam("visit")).values(sid=sa.bindparam("socket"), until_at=None)


@cache
def _joining() -> sa.Update:
    table: Any = Seat.__table__
    mine = table.c.room_id == sa.bindparam("room"), table.c.user_id == sa.bindparam("person")
    return sa.update(table).where(*mine, table.c.joined_at.is_(None)).values(joined_at=sa.bindparam("at"))
