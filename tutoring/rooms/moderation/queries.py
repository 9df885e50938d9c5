"""What waits for a watcher, held messages and appeals; and what the write path has to know of a sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.rooms.models import Message, MessageAppeal, MessageOriginal, Room, Seat
from tutoring.rooms.risk.queries import kinds_of
from tutoring.rooms.visibility import watched_by

WINDOW = timedelta(seconds=60)
PIECES = 4
NEW_UNTIL = 3  # sessions; who has fewer behind them is new
MOST = 50
BEFORE = 5  # messages shown before one that waits


def newest_texts(room: Any, author: Any, since: Any) -> sa.Select[str]:
    """The last few texts of an author in a room since a moment, the newest first, alone or within a question.

    Within coalesce the room is in no index, and no planner takes it to leave next to nothing: they are read off
    ix_message_newest, instead of all that was ever written in this room, or all since then to be sorted.
    """
    here = sa.func.coalesce(Message.room_id == room, sa.false())
    query = sa.select(Message.text).where(here, Message.author_id == author, Message.at > since)
    return query.order_by(Message.at.desc(), Message.seq.desc()).limit(PIECES)


def lately_by(room_id: int, author_id: int) -> list[str]:
    """This author's last texts here within a minute, oldest first: a number may be spread over them."""
    return list(db.session.scalars(newest_texts(room_id, author_id, clock.now() - WINDOW)))[::-1]


def masks_of(author_id: int, since: datetime) -> int:
    """How many of somebody's messages were masked since then, in all rooms."""
    query = sa.select(sa.func.count()).where(
        Message.author_id == author_id, Message.status == "masked", Message.at > since
    )
    return db.session.scalar(query) or 0


def last_mask(author_id: int, since: datetime, enough: int) -> datetime | None:
    """When somebody's newest message was masked, if at least so many were since then."""
    query = sa.select(Message.at).where(Message.author_id == author_id, Message.status == "masked", Message.at > since)
    found = list(db.session.scalars(query.order_by(Message.at.desc()).limit(enough)))
    return found[0] if len(found) >= enough else None


def open_seats(user_id: int) -> list[Seat]:
    """Where somebody sits now."""
    query = (
        sa.select(Seat)
        .join(Room, Room.id == Seat.room_id)
        .where(Seat.user_id == user_id, Seat.removed_at.is_(None), Room.closed_at.is_(None))
        .order_by(Seat.id)
    )
    return list(db.session.scalars(query))


def is_new(user_id: int) -> bool:
    """Whether somebody has fewer than three sessions behind them."""
    past = (
        sa.select(Seat.id)
        .join(Room, Room.id == Seat.room_id)
        .where(Seat.user_id == user_id, Seat.joined_at.is_not(None), Room.closed_at.is_not(None))
        .where(Room.kind.in_(("pair", "group")))
        .limit(NEW_UNTIL)
    )
    return len(db.session.scalars(past).all()) < NEW_UNTIL


# ---- the desk --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """One message that waits for a watcher's yes or no, with what was said before it."""

    message: Message
    room: Room
    before: list[Message]
    appeal: MessageAppeal | None
    has_original: bool  # more was written than is shown here
    risks: list[str]  # kinds of the signs of risk that were noted of it


def _judged_by(watcher: User) -> sa.ColumnElement[bool]:
    """Rooms that this person may look into and takes no part in."""
    part = sa.select(Seat.room_id).where(
        Seat.user_id == watcher.id, sa.or_(Seat.role != "observer", Seat.removed_at.is_not(None))
    )
    return sa.and_(watched_by(watcher), Room.id.not_in(part))


def _rows(watcher: User, *which: sa.ColumnElement[bool]) -> list[Waiting]:
    query = (
        sa.select(Message, Room, MessageAppeal, MessageOriginal.message_id)
        .join(Room, Room.id == Message.room_id)
        .outerjoin(MessageAppeal, MessageAppeal.message_id == Message.id)
        .outerjoin(MessageOriginal, MessageOriginal.message_id == Message.id)
        .options(joinedload(Message.author), joinedload(Message.picture), joinedload(Room.unit))
        .where(_judged_by(watcher), Message.author_id != watcher.id, *which)
        .order_by(Message.at, Message.id)
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    before = _before([row[0] for row in found])
    risks = kinds_of([row[0] for row in found if row[0].held_for == "risk"])
    return [
        Waiting(row[0], row[1], before.get(row[0].id, []), row[2], row[3] is not None, risks.get(row[0].id, []))
        for row in found
    ]


def _before(messages: list[Message]) -> dict[int, list[Message]]:
    """The few messages before each of these, in one query."""
    if not messages:
        return {}
    near = [
        sa.and_(Message.room_id == one.room_id, Message.seq < one.seq, Message.seq >= one.seq - BEFORE)
        for one in messages
    ]
    query = sa.select(Message).options(joinedload(Message.author)).where(sa.or_(*near)).order_by(Message.seq)
    all_found = list(db.session.scalars(query))
    return {
        one.id: [m for m in all_found if m.room_id == one.room_id and one.seq - BEFORE <= m.seq < one.seq]
        for one in messages
    }


def held_for(watcher: User) -> list[Waiting]:
    """Messages that wait for this watcher, longest first. What is sealed in a welfare case waits there."""
    return _rows(watcher, Message.status == "held", Message.disclosed.is_(False))


def appeals_for(watcher: User) -> list[Waiting]:
    """Appeals that this watcher may decide, longest first: not on what they did themselves."""
    return _rows(watcher, MessageAppeal.message_id.is_not(None), MessageAppeal.decided_at.is_(None))


UNDO = timedelta(seconds=10)
ON_ITS_WAY = timedelta(seconds=5)  # a tap in the tenth second arrives later


def refused_lately(person: User, within: timedelta = UNDO) -> list[Message]:
    """Messages that this person has refused a moment ago, which may still wait again; newest first."""
    rows = db.session.scalars(
        sa.select(AuditRow)
        .where(AuditRow.actor_id == person.id, AuditRow.action == "refuse_message", AuditRow.at > clock.now() - within)
        .order_by(AuditRow.id.desc())
    ).all()
    if not rows:
        return []
    these = [
        sa.and_(Message.room_id == int(row.target.removeprefix("room:")), Message.seq == row.facts["seq"])
        for row in rows
    ]
    query = (
        sa.select(Message)
        .options(joinedload(Message.author))
        .where(sa.or_(*these), Message.status == "hidden", Message.decided_by_id == person.id)
    )
    return list(db.session.scalars(query.order_by(Message.id.desc())))


def has_original(message_id: int) -> bool:
    """Whether more was written than what others see, and is still kept."""
    query = sa.select(MessageOriginal.message_id).where(MessageOriginal.message_id == message_id)
    return db.session.scalar(query) is not None


def appeal_of(message_id: int) -> MessageAppeal | None:
    """The author's appeal on a message."""
    return db.session.get(MessageAppeal, message_id)
