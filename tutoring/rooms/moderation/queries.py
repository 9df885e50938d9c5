"""Reads of moderation: held messages, appeals, and facts about senders for screening."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.rooms.maths.texts import visible_text
from tutoring.rooms.models import Message, MessageAppeal, MessageOriginal, Room, Seat
from tutoring.rooms.risk.queries import kinds_of
from tutoring.rooms.visibility import WatchedKind, WatchedUnits, observed_when_bound

WINDOW = timedelta(seconds=60)
PIECES = 4
NEW_UNTIL = 3  # sessions; a user with fewer is new
MOST = 50
BEFORE = 5  # messages shown before a held one


def newest_texts(room: Any, author: Any, since: Any) -> sa.Select[str]:
    """Query of an author's last few texts in a room since a moment, newest first.

    It can run alone or as a subquery. `coalesce` hides the room from the planner's indexes, so PostgreSQL reads
    ix_message_newest. Otherwise it would read the whole room, or sort everything since that moment.
    """
    here = sa.func.coalesce(Message.room_id == room, sa.false())
    query = sa.select(Message.text).where(here, Message.author_id == author, Message.at > since)
    return query.order_by(Message.at.desc(), Message.seq.desc()).limit(PIECES)


def recent_texts_by(room_id: int, author_id: int) -> list[str]:
    """Returns the author's last texts here within a minute, as they show: a number may be spread over them."""
    found = list(db.session.scalars(newest_texts(room_id, author_id, clock.now() - WINDOW)))
    return [visible_text(one) for one in reversed(found)]


def masks_of(author_id: int, since: datetime) -> int:
    """Returns how many messages of a user were masked since then, in all rooms."""
    query = sa.select(sa.func.count()).where(
        Message.author_id == author_id, Message.status == "masked", Message.at > since
    )
    return db.session.scalar(query) or 0


def last_mask(author_id: int, since: datetime, enough: int) -> datetime | None:
    """Returns when a user's newest message was masked, if at least `enough` were since then."""
    query = sa.select(Message.at).where(Message.author_id == author_id, Message.status == "masked", Message.at > since)
    found = list(db.session.scalars(query.order_by(Message.at.desc()).limit(enough)))
    return found[0] if len(found) >= enough else None


def open_seats(user_id: int) -> list[Seat]:
    """Returns the user's seats in open rooms."""
    query = (
        sa.select(Seat)
        .join(Room, Room.id == Seat.room_id)
        .where(Seat.user_id == user_id, Seat.removed_at.is_(None), Room.closed_at.is_(None))
        .order_by(Seat.id)
    )
    return list(db.session.scalars(query))


def is_new(user_id: int) -> bool:
    """Returns whether a user has fewer than three past sessions."""
    return len(db.session.scalars(_past_sessions(), {"user": user_id}).all()) < NEW_UNTIL


@cache
def _past_sessions() -> sa.Select[int]:
    return (
        sa.select(Seat.id)
        .join(Room, Room.id == Seat.room_id)
        .where(Seat.user_id == sa.bindparam("user"), Seat.joined_at.is_not(None), Room.closed_at.is_not(None))
        .where(Room.kind.in_(("pair", "group")))
        .limit(NEW_UNTIL)
    )


# ---- the moderation queue --------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldMessage:
    """A message that waits for a decision, with the messages before it."""

    message: Message
    room: Room
    before: list[Message]
    appeal: MessageAppeal | None
    has_original: bool  # the original holds more than is shown here
    risks: list[str]  # kinds of its risk signals


def _rows(watcher: User, which: str, **values: Any) -> list[HeldMessage]:
    watched = WatchedUnits(watcher.id)
    told = {"watcher": watcher.id, **watched.values, **values}
    found = db.session.execute(_judged(watched.kind, which), told).all()
    before = _before([row[0] for row in found])
    risks = kinds_of([row[0] for row in found if row[0].held_for == "risk"])
    return [
        HeldMessage(row[0], row[1], before.get(row[0].id, []), row[2], row[3] is not None, risks.get(row[0].id, []))
        for row in found
    ]


@built_once  # building it takes longer than running it
def _judged(kind: WatchedKind, which: str) -> Any:
    """Builds the messages in rooms that the watcher may observe and takes no part in."""
    query = (
        sa.select(Message, Room, MessageAppeal, MessageOriginal.message_id)
        .join(Room, Room.id == Message.room_id)
        .outerjoin(MessageAppeal, MessageAppeal.message_id == Message.id)
        .outerjoin(MessageOriginal, MessageOriginal.message_id == Message.id)
        .options(
            joinedload(Message.author), joinedload(Message.picture), joinedload(Message.voice), joinedload(Room.unit)
        )
    )
    return _to_judge(query, kind, which)


def _to_judge(query: Any, kind: WatchedKind, which: str) -> Any:
    watcher: sa.BindParameter[int] = sa.bindparam("watcher", type_=sa.Integer)
    part = sa.select(Seat.room_id).where(
        Seat.user_id == watcher, sa.or_(Seat.role != "observer", Seat.removed_at.is_not(None))
    )
    mine = observed_when_bound(kind), Room.id.not_in(part), Message.author_id != watcher
    return query.where(*mine, *_WHICH[which]()).order_by(Message.at, Message.id).limit(MOST)


@dataclass(frozen=True)
class HeldInBrief:
    """A held message without its text and its author: enough to say where something waits, and since when."""

    message_id: int
    at: datetime
    held_for: str
    unit_id: int
    unit_name: str
    minors: bool
    room_open: bool


def held_in_brief_for(watcher: User) -> list[HeldInBrief]:
    """Returns the messages of `held_for` in brief."""
    watched = WatchedUnits(watcher.id)
    found = db.session.execute(_held_in_brief(watched.kind), {"watcher": watcher.id, **watched.values})
    return [HeldInBrief(*row) for row in found]


@built_once
def _held_in_brief(kind: WatchedKind) -> Any:
    query = (
        sa.select(
            Message.id, Message.at, Message.held_for, Room.unit_id, Unit.name, Room.minors, Room.closed_at.is_(None)
        )
        .join(Room, Room.id == Message.room_id)
        .join(Unit, Unit.id == Room.unit_id)
    )
    return _to_judge(query, kind, "held")


def why_held(message_ids: Iterable[int]) -> list[tuple[Message, str, list[str]]]:
    """Returns these held messages with the name of the unit and the kinds of risk; without a permission check."""
    found = db.session.execute(_held_with_units(), {"messages": ids_parameter(message_ids)}).all()
    risks = kinds_of([row[0] for row in found if row[0].held_for == "risk"])
    return [(row[0], row[1], risks.get(row[0].id, [])) for row in found]


@built_once
def _held_with_units() -> Any:
    query = sa.select(Message, Unit.name).join(Room, Room.id == Message.room_id).join(Unit, Unit.id == Room.unit_id)
    here = in_ids(Message.id, sa.bindparam("messages"))
    return query.options(joinedload(Message.author)).where(here, Message.status == "held")


def _is_held() -> list[sa.ColumnElement[bool]]:
    return [Message.status == "held", Message.disclosed.is_(False)]


def _is_held_here() -> list[sa.ColumnElement[bool]]:
    return [Message.room_id == sa.bindparam("room"), *_is_held()]


def _is_appealed() -> list[sa.ColumnElement[bool]]:
    by_another = sa.func.coalesce(Message.decided_by_id, 0) != sa.bindparam("watcher", type_=sa.Integer)
    return [MessageAppeal.message_id.is_not(None), MessageAppeal.decided_at.is_(None), by_another]


_WHICH = {"held": _is_held, "held_here": _is_held_here, "appealed": _is_appealed}


def _before(messages: list[Message]) -> dict[int, list[Message]]:
    """Returns the few messages before each of these, with one query."""
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


def held_for(watcher: User) -> list[HeldMessage]:
    """Returns held messages for this observer, oldest first; not those of welfare cases."""
    return _rows(watcher, "held")


def held_in(watcher: User, room_id: int) -> list[HeldMessage]:
    """Returns the held messages of one room for this observer, oldest first; not those of welfare cases."""
    return _rows(watcher, "held_here", room=room_id)


def appeals_for(watcher: User) -> list[HeldMessage]:
    """Returns appeals that this observer may decide, oldest first.

    Appeals about the observer's own messages and against the observer's own actions are left out.
    """
    return _rows(watcher, "appealed")


def waits_in(room_id: int) -> tuple[bool, bool]:
    """Returns whether a held message waits in a room, and whether an appeal about one of its messages does."""
    held = sa.exists().where(Message.room_id == room_id, Message.status == "held")
    appealed = sa.exists().where(
        Message.room_id == room_id, MessageAppeal.message_id == Message.id, MessageAppeal.decided_at.is_(None)
    )
    row = db.session.execute(sa.select(held.label("held"), appealed.label("appealed"))).one()
    return bool(row.held), bool(row.appealed)


UNDO = timedelta(seconds=10)
UNDO_GRACE = timedelta(seconds=5)  # a tap in the tenth second arrives later


def has_original(message_id: int) -> bool:
    """Returns whether an original is still stored."""
    query = sa.select(MessageOriginal.message_id).where(MessageOriginal.message_id == message_id)
    return db.session.scalar(query) is not None


def appeal_of(message_id: int) -> MessageAppeal | None:
    """Returns the author's appeal on a message."""
    return db.session.get(MessageAppeal, message_id)
