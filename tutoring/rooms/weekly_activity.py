"""A child's week in rooms, as reported to its guardian: times, partners and counts, no text."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.policy.rooms.participation import PERSISTENT_KINDS
from tutoring.rooms.models import Message, Room, Seat, SentPicture, VoiceNote

MOST = 60  # sessions of one child in one week
# Reasons to hold a message because of its content. A hold of all messages, by an observer or after a report, says
# nothing about the child.
_WAITED = ("found", "picture", "voice", "risk", "fault")


@dataclass
class Counts:
    """How many messages, pictures and voice notes a child sent, and how many were masked or held."""

    messages: int = 0
    pictures: int = 0
    voice_notes: int = 0
    masked: int = 0
    held: int = 0


@dataclass(frozen=True)
class WeekRoom:
    """One session of a child, or a persistent room in which it wrote.

    `partners` are the other participants of a session.
    """

    room: Room
    partners: list[User] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def week_of(child_id: int, start: datetime, end: datetime) -> list[WeekRoom]:
    """Returns the sessions a child joined in a period, then the persistent rooms it wrote in."""
    sessions = list(
        db.session.scalars(
            sa.select(Room)
            .join(Seat, Seat.room_id == Room.id)
            .options(joinedload(Room.unit))
            .where(*_came(child_id), Room.opened_at >= start, Room.opened_at < end)
            .order_by(Room.opened_at, Room.id)
            .limit(MOST)
        )
    )
    wrote = _lasting(child_id, start, end)
    counts = _counts(child_id, [room.id for room in (*sessions, *wrote)], start, end)
    partners = _partners(child_id, [room.id for room in sessions])
    rooms = [WeekRoom(one, partners.get(one.id, []), counts.get(one.id, Counts())) for one in sessions]
    return rooms + [WeekRoom(one, [], counts.get(one.id, Counts())) for one in wrote]


def _came(child_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Seat.user_id == child_id,
        Seat.role.in_(("learner", "helper")),
        Seat.joined_at.is_not(None),
        Room.kind.not_in(sorted(PERSISTENT_KINDS)),
        sa.not_(Room.is_talk),
    )


def _wrote(child_id: Any, start: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    # A guardian may be the danger: no count reveals that the child told of danger, or talks about it.
    talk = sa.exists().where(Room.id == Message.room_id, Room.is_talk).correlate(Message)
    told = sa.or_(Message.disclosed, talk)
    return Message.author_id == child_id, Message.at >= start, Message.at < end, sa.not_(told)


def _lasting(child_id: int, start: datetime, end: datetime) -> list[Room]:
    wrote = sa.select(Message.room_id).where(*_wrote(child_id, start, end))
    query = (
        sa.select(Room)
        .options(joinedload(Room.unit))
        .where(Room.id.in_(wrote), Room.kind.in_(sorted(PERSISTENT_KINDS)))
    )
    return list(db.session.scalars(query.order_by(Room.id)))


def _counts(child_id: int, room_ids: Collection[int], start: datetime, end: datetime) -> dict[int, Counts]:
    masked = sa.case((Message.status == "masked", 1), else_=0)
    told_of_danger = sa.cast(Message.found, sa.Text).contains('"distress"')
    held = sa.case((sa.and_(Message.held_for.in_(_WAITED), sa.not_(told_of_danger)), 1), else_=0)
    query = (
        sa.select(
            Message.room_id,
            sa.func.count(),
            sa.func.count(SentPicture.id),
            sa.func.count(VoiceNote.id),
            sa.func.sum(masked),
            sa.func.sum(held),
        )
        .outerjoin(SentPicture, SentPicture.message_id == Message.id)
        .outerjoin(VoiceNote, VoiceNote.message_id == Message.id)
        .where(in_ids(Message.room_id, room_ids), *_wrote(child_id, start, end))
        .group_by(Message.room_id)
    )
    found = db.session.execute(query) if room_ids else ()
    return {
        room_id: Counts(every - pictures - notes, pictures, notes, hid, held)
        for room_id, every, pictures, notes, hid, held in found
    }


def _partners(child_id: int, room_ids: Collection[int]) -> dict[int, list[User]]:
    query = (
        sa.select(Seat)
        .options(joinedload(Seat.user))
        .where(in_ids(Seat.room_id, room_ids), Seat.user_id != child_id, Seat.role.in_(("learner", "helper")))
        .order_by(Seat.id)
    )
    found: dict[int, list[User]] = {}
    for seat in db.session.scalars(query) if room_ids else ():
        found.setdefault(seat.room_id, []).append(seat.user)
    return found


def was_active(child_id: Any, start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    """SQL condition: whether a child, given by a column, wrote or joined a session in a period."""
    wrote = sa.exists().where(*_wrote(child_id, start, end))
    came = sa.exists().where(Seat.room_id == Room.id, *_came(child_id), Room.opened_at >= start, Room.opened_at < end)
    return sa.or_(wrote, came)
