"""What acts of the desk hold while they stand: rooms from which nothing is erased, people who only read.

Reads of acts of the desk: of a case, of a person, and the one that somebody may read about themselves.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import DECISION, may_read_action
from tutoring.policy.rooms.participation import TAKING_PART
from tutoring.rooms import queries as rooms
from tutoring.rooms.messages.screening import Stop
from tutoring.rooms.models import Seat


def _held() -> sa.ColumnElement[bool]:
    return sa.and_(ModerationAction.kind == "legal_hold", ModerationAction.undone_at.is_(None))


def rooms_on_hold() -> sa.Select[Any]:
    """The rooms of acts that hold, and every room of a person whom one is about."""
    return (
        sa.select(Seat.room_id)
        .join(
            ModerationAction,
            sa.or_(ModerationAction.room_id == Seat.room_id, ModerationAction.about_id == Seat.user_id),
        )
        .where(_held())
    )


def held_rooms() -> set[int]:
    """The same as ids: pictures that were taken away there stay."""
    return set(db.session.scalars(rooms_on_hold()))


def is_held(user_id: int) -> bool:
    """Whether something of this person must not be erased now."""
    query = sa.select(ModerationAction.id).where(ModerationAction.about_id == user_id, _held())
    return db.session.scalar(query.limit(1)) is not None


def is_in_open_case(user_id: int) -> bool:
    """Whether a case about this person is open: what they are called stays as it is."""
    query = sa.select(Case.id).where(Case.about_id == user_id, Case.state == "open")
    return db.session.scalar(query.limit(1)) is not None


def quarantine_of(user_id: int) -> Stop | None:
    """Until when somebody only reads in every room by an act of the desk, and what they are told."""
    query = sa.select(ModerationAction).where(
        ModerationAction.about_id == user_id,
        ModerationAction.kind == "quarantine",
        ModerationAction.undone_at.is_(None),
        ModerationAction.until > clock.now(),
    )
    found = db.session.scalar(query.order_by(ModerationAction.id.desc()).limit(1))
    return Stop(found.until, found.words) if found is not None and found.until is not None else None


MOST = 50


def done_act(act_id: int) -> ModerationAction:
    """An act, for those who have to do with it by themselves: reactions."""
    return db.session.get_one(ModerationAction, act_id)


def acts_of_case(case_id: int) -> Sequence[ModerationAction]:
    """What was done within a case, newest first."""
    query = (
        sa.select(ModerationAction)
        .options(
            joinedload(ModerationAction.about), joinedload(ModerationAction.by), joinedload(ModerationAction.undone_by)
        )
        .where(ModerationAction.case_id == case_id, ModerationAction.kind != DECISION)
    )
    return db.session.scalars(query.order_by(ModerationAction.id.desc()).limit(MOST)).all()


def act_for(person: User, act_id: int) -> ModerationAction:
    """What was done to this person, or in a room in which they take part; raises Missing for everybody else."""
    found = db.session.get(ModerationAction, act_id)
    if found is None:
        raise NotFound
    seat = rooms.seat(found.room_id, person.id) if found.room_id is not None else None
    takes_part = seat is not None and seat.role in TAKING_PART and seat.removed_at is None
    if not may_read_action(person.id in (found.about_id, found.toward_id), found.about_id is None, takes_part):
        raise NotFound
    return found
