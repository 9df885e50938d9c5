"""Acts of an observer that a slip of the finger may have caused, and how each is undone.

The audit chain gives their time. An act is offered for ten seconds, while what it did still stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.moderation.queries import UNDO

ON_MESSAGES = ("refuse_message", "hide_message")
ON_ROOMS = ("hold_room", "unhold_room", "lock_room", "unlock_room")
ON_SEATS = ("mute", "unmute")

HELD = N_("Từ bây giờ bạn xem từng tin trong phòng.")
UNHELD = N_("Phòng gửi tin bình thường trở lại.")
LOCKED = N_("Phòng đã được khoá.")
MUTED = N_("%(name)s tạm ngừng viết.")


@dataclass(frozen=True)
class UndoableAct:
    """One act: what was done to whom, and the form that undoes it. `message_id` is set for acts on messages."""

    said: str
    about: User | None
    endpoint: str
    room_id: int
    fields: dict[str, int] = field(default_factory=dict)
    message_id: int | None = None


def rows_of(person: User, actions: Sequence[str], within: timedelta) -> Sequence[AuditRow]:
    """Returns what this user did of these actions lately, newest first."""
    query = sa.select(AuditRow).where(
        AuditRow.actor_id == person.id, AuditRow.action.in_(actions), AuditRow.at > clock.now() - within
    )
    return db.session.scalars(query.order_by(AuditRow.id.desc())).all()


def room_of(row: AuditRow) -> int:
    """Returns the room of a row about a room."""
    return int(row.target.removeprefix("room:"))


def hidden_by(person: User, rows: Sequence[AuditRow]) -> dict[tuple[int, int], Message]:
    """Returns the messages of these rows that this user still keeps from being read, by room and number."""
    if not rows:
        return {}
    these = [sa.and_(Message.room_id == room_of(row), Message.seq == row.facts["seq"]) for row in rows]
    query = sa.select(Message).options(joinedload(Message.author))
    query = query.where(sa.or_(*these), Message.status == "hidden", Message.decided_by_id == person.id)
    return {(one.room_id, one.seq): one for one in db.session.scalars(query)}


def undoable_acts(person: User, within: timedelta = UNDO) -> list[UndoableAct]:
    """Returns what this user can undo now, newest first."""
    rows = rows_of(person, (*ON_MESSAGES, *ON_ROOMS, *ON_SEATS), within)
    return [*_on_messages(person, [row for row in rows if row.action in ON_MESSAGES]),
            *_on_rooms([row for row in rows if row.action in ON_ROOMS]),
            *_on_seats([row for row in rows if row.action in ON_SEATS])]  # fmt: skip


def _on_messages(person: User, rows: Sequence[AuditRow]) -> list[UndoableAct]:
    found, acts = hidden_by(person, rows), []
    for row in rows:
        one = found.pop((room_of(row), row.facts["seq"]), None)
        if one is None or one.author is None:
            continue
        if row.action == "refuse_message":
            said, endpoint = N_("Tin của %(name)s không được gửi."), "rooms.undo_refuse"
        elif "was" in row.facts:
            said, endpoint = N_("Tin của %(name)s đã được ẩn."), "rooms.undo_hide"
        else:
            continue
        acts.append(UndoableAct(said, one.author, endpoint, one.room_id, {"seq": one.seq}, one.id))
    return acts


def _alone(rows: Sequence[AuditRow]) -> list[AuditRow]:
    """Leaves out what was done and undone, or done twice: there is nothing sure to go back to."""
    keys = [(row.target, row.action.removeprefix("un"), row.facts.get("user")) for row in rows]
    return [row for row, key in zip(rows, keys, strict=True) if keys.count(key) == 1]


def _on_rooms(rows: Sequence[AuditRow]) -> list[UndoableAct]:
    rows = _alone(rows)
    if not rows:
        return []
    query = sa.select(Room).where(Room.id.in_([room_of(row) for row in rows]), Room.closed_at.is_(None))
    rooms, acts = {one.id: one for one in db.session.scalars(query)}, []
    for row in rows:
        room = rooms.get(room_of(row))
        if room is None:
            continue
        if row.action == "hold_room" and room.hold_all:
            acts.append(UndoableAct(HELD, None, "rooms.hold", room.id, {"on": 0}))
        elif row.action == "unhold_room" and not room.hold_all:
            acts.append(UndoableAct(UNHELD, None, "rooms.hold", room.id, {"on": 1}))
        elif row.action == "lock_room" and room.locked_at is not None:
            acts.append(UndoableAct(LOCKED, None, "rooms.unlock", room.id))
    return acts


def _on_seats(rows: Sequence[AuditRow]) -> list[UndoableAct]:
    rows = [row for row in _alone(rows) if row.action == "mute" and not row.facts.get("again")]
    if not rows:
        return []
    these = [sa.and_(Seat.room_id == room_of(row), Seat.user_id == row.facts["user"]) for row in rows]
    query = sa.select(Seat).options(joinedload(Seat.user)).where(sa.or_(*these), Seat.muted_until > clock.now())
    return [
        UndoableAct(MUTED, one.user, "rooms.unmute", one.room_id, {"user": one.user_id})
        for one in db.session.scalars(query)
    ]
