"""Reads of calls: the open call of a room, who may take part, and its JSON shapes."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.rooms.calls import why_no_call
from tutoring.rooms.calls.models import RoomCall
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import is_room_id, room_facts, seats, shown_name

RINGS = timedelta(seconds=45)  # how long a call rings
LOST = timedelta(seconds=20)  # how long a side with a lost connection may resume


def _calls() -> sa.Select[RoomCall]:
    both = joinedload(RoomCall.asker), joinedload(RoomCall.answerer)
    return sa.select(RoomCall).options(*both).execution_options(populate_existing=True)


def open_in(room_id: int) -> RoomCall | None:
    """Returns the ringing or ongoing call of a room."""
    return db.session.scalar(_calls().where(RoomCall.room_id == room_id, RoomCall.ended_at.is_(None)))


def asked_of(room_id: int, user: User) -> RoomCall | None:
    """Returns the call in a room that rings for this user."""
    found = open_in(room_id)
    waits = found is not None and found.state == "asked" and found.answerer_id == user.id
    return found if waits and found is not None and not find_timeout_reason(found, clock.now()) else None


def open_in_any(room_ids: Collection[int]) -> list[int]:
    """Returns those of these rooms that have an open call."""
    query = sa.select(RoomCall.room_id).where(RoomCall.ended_at.is_(None), RoomCall.room_id.in_(room_ids))
    return list(db.session.scalars(query.order_by(RoomCall.room_id)))


def call(call_id: int) -> RoomCall:
    """Returns a call with its two people."""
    return db.session.scalars(_calls().where(RoomCall.id == call_id)).one()


def own_call_in_room(user: User, room_id: int, call_id: int) -> RoomCall:
    """Returns a call of this user in this room, open or ended; raises NotFound.

    Observers get NotFound too: calls are not observed.
    """
    found = None
    if is_room_id(call_id):
        found = db.session.scalar(_calls().where(RoomCall.id == call_id, RoomCall.room_id == room_id))
    if found is None or found.side_of(user.id) is None:
        raise NotFound
    return found


def is_busy(user_ids: Collection[int], but_room: int) -> bool:
    """Returns whether one of these users is in a call in another room."""
    one = sa.or_(RoomCall.asker_id.in_(user_ids), RoomCall.answerer_id.in_(user_ids))
    query = sa.select(RoomCall.id).where(RoomCall.ended_at.is_(None), RoomCall.room_id != but_room, one)
    return db.session.scalar(query.limit(1)) is not None


def find_refusal_code(room: Room, users: Sequence[User], seated: Sequence[Seat] | None = None) -> str:
    """Returns a code for why one of these users may not be in a call here now; empty if all may."""
    seated = seats(room.id) if seated is None else seated
    adults = not any(one.user.is_minor for one in seated)
    found = (why_no_call(room_facts(room, user), adults, room.hold_all) for user in users)
    return next(filter(None, found), "")


def others(room: Room, user: User) -> list[User]:
    """Returns the people whom this user may call here now."""
    seated = seats(room.id)
    if find_refusal_code(room, [user], seated):
        return []
    return [one.user for one in seated if one.user_id != user.id and not find_refusal_code(room, [one.user], seated)]


def may_be_here(room: Room, user: User) -> bool:
    """Returns whether the user's page of this room may ask for a microphone or screen.

    The page asks only once there is another person to call.
    """
    never = room.minors or room.lasts or room.closed_at is not None  # true for most rooms, and saves the queries
    return not never and not find_refusal_code(room, [user])


def find_timeout_reason(found: RoomCall, now: datetime) -> str:
    """Returns why a call has timed out: unanswered, or a lost side did not resume; else empty."""
    if found.state == "asked" and found.asked_at + RINGS <= now:
        return "no_answer"
    lost = [at for at in (found.asker_lost_at, found.answerer_lost_at) if at is not None and at + LOST <= now]
    return "lost" if lost else ""


def person(user: User) -> dict[str, str]:
    """Serializes a person of a call."""
    return {"id": str(user.id), "name": shown_name(user)}


def shape(found: RoomCall) -> dict[str, Any]:
    """Serializes a call for the pages of both sides."""
    return {
        "id": str(found.id), "room": str(found.room_id), "asker": person(found.asker),
        "answerer": person(found.answerer), "state": found.state, "why": found.why,
    }  # fmt: skip


def shape_for(found: RoomCall, user: User, sid: str | None) -> dict[str, Any]:
    """Serializes a call for one side, with that side and whether this socket holds it."""
    side = found.side_of(user.id)
    return {**shape(found), "mine": side, "here": sid is not None and found.line_of(side) == sid}
