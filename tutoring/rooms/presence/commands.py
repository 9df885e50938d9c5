"""Commands of presence: attendance over sockets and by page visits, and leaving."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket, User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.rooms.events import PersonLeft, PresenceChanged
from tutoring.rooms.models import Attendance, Seat
from tutoring.rooms.presence.queries import VISIT
from tutoring.rooms.queries import readable_room, seat


@command
def enter(user: User, room_id: int, sid: str) -> None:
    """Records that this socket is in the room; raises NotFound for users who may not read it."""
    room, known = readable_room(user, room_id)
    # The socket's row is locked: its close waits for this, or has been seen and nothing is stored.
    alive = db.session.scalar(sa.select(LiveSocket.sid).where(LiveSocket.sid == sid).with_for_update(read=True))
    if known.closed or alive is None or _open_row(room_id, sid) is not None:
        return
    moment = clock.now()
    visit_row = _visit_row(room_id, user.id, moment)
    if visit_row is not None:  # the page that opened this socket: its stay continues
        visit_row.sid, visit_row.until_at = sid, None
    else:
        db.session.add(Attendance(room_id=room.id, user_id=user.id, sid=sid, from_at=moment))
    _joined(room_id, user.id, moment)
    db.session.flush()
    publish(PresenceChanged((room_id,)))


@command
def visit(user: User, room_id: int) -> None:
    """Records that a user without a socket fetched the room's page."""
    _room, known = readable_room(user, room_id)
    moment = clock.now()
    if known.closed or _has_socket(room_id, user.id):
        return
    row = _visit_row(room_id, user.id, moment)
    if row is not None and row.until_at is not None:
        row.until_at = moment
        return
    db.session.add(Attendance(room_id=room_id, user_id=user.id, from_at=moment, until_at=moment))
    _joined(room_id, user.id, moment)
    db.session.flush()
    publish(PresenceChanged((room_id,)))


def _joined(room_id: int, user_id: int, moment: datetime) -> None:
    mine = seat(room_id, user_id)
    if mine is not None and mine.joined_at is None:
        mine.joined_at = moment


def _open_row(room_id: int, sid: str) -> int | None:
    found: int | None = db.session.scalar(_open(), {"room": room_id, "sid": sid})
    return found


@cache
def _open() -> Any:
    here = Attendance.room_id == sa.bindparam("room"), Attendance.sid == sa.bindparam("sid")
    return sa.select(Attendance.id).where(*here, Attendance.until_at.is_(None))


def _has_socket(room_id: int, user_id: int) -> bool:
    query = sa.select(Attendance.id).where(
        Attendance.room_id == room_id, Attendance.user_id == user_id, Attendance.until_at.is_(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def _visit_row(room_id: int, user_id: int, moment: datetime) -> Attendance | None:
    """Returns the ongoing page visit."""
    found: Attendance | None = db.session.scalar(
        _visits(), {"room": room_id, "person": user_id, "since": moment - VISIT}
    )
    return found


@cache
def _visits() -> Any:
    query = (
        sa.select(Attendance)
        .join(Seat, sa.and_(Seat.room_id == Attendance.room_id, Seat.user_id == Attendance.user_id))
        .where(
            Attendance.room_id == sa.bindparam("room"),
            Attendance.user_id == sa.bindparam("person"),
            Attendance.sid.is_(None),
            Attendance.until_at > sa.bindparam("since"),
            sa.or_(Seat.left_at.is_(None), Attendance.until_at > Seat.left_at),
        )
    )
    return query.order_by(Attendance.id.desc()).limit(1)


@command
def leave(user: User, room_id: int, sid: str | None = None) -> None:
    """Leaves the room with one socket, or without `sid` on all devices; the seat stays."""
    readable_room(user, room_id)
    moment = clock.now()
    if sid is None:
        end_attendance(room_id, user.id, moment)
        mine = seat(room_id, user.id)
        if mine is not None:
            mine.left_at = moment
        publish(PersonLeft(room_id, user.id))
    else:
        _end(moment, Attendance.sid == sid, Attendance.room_id == room_id)
    publish(PresenceChanged((room_id,)))


def end_attendance(room_id: int, user_id: int, at: datetime) -> None:
    """Ends a person's presence in a room on all devices, inside the current command."""
    _end(at, Attendance.user_id == user_id, Attendance.room_id == room_id)


@command
def sockets_gone(gone: Mapping[str, datetime]) -> None:
    """Ends the presence of closed sockets in all rooms."""
    open_rows = (Attendance.sid.in_(gone), Attendance.until_at.is_(None))
    rows = db.session.execute(sa.select(Attendance.sid, Attendance.room_id).where(*open_rows)).all()
    for at in {gone[row.sid] for row in rows}:
        _end(at, Attendance.sid.in_([row.sid for row in rows if gone[row.sid] == at]))
    if rows:
        publish(PresenceChanged(tuple(sorted({row.room_id for row in rows}))))


def _end(at: datetime, *which: sa.ColumnElement[bool]) -> None:
    # A socket that entered after it was last seen alive gets a stay of zero length.
    ended = sa.case((Attendance.from_at > at, Attendance.from_at), else_=sa.literal(at, Attendance.until_at.type))
    db.session.execute(
        sa.update(Attendance)
        .where(Attendance.until_at.is_(None), *which)
        .values(until_at=ended)
        .execution_options(synchronize_session="fetch")
    )
