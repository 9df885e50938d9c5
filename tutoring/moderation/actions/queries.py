"""Queries of moderation actions: legal holds, quarantines, actions of a case or a user.

They tell which rooms keep their content, and which users only read.
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
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES
from tutoring.rooms import queries as rooms
from tutoring.rooms.hooks import WriteRestriction
from tutoring.rooms.models import Seat


def _held() -> sa.ColumnElement[bool]:
    return sa.and_(ModerationAction.kind == "legal_hold", ModerationAction.undone_at.is_(None))


def rooms_on_hold() -> sa.Select[Any]:
    """Selects the rooms under legal hold, and every room of a user under legal hold."""
    return (
        sa.select(Seat.room_id)
        .join(
            ModerationAction,
            sa.or_(ModerationAction.room_id == Seat.room_id, ModerationAction.about_id == Seat.user_id),
        )
        .where(_held())
    )


def held_rooms() -> set[int]:
    """Returns the same rooms as ids; pictures removed there are not deleted."""
    return set(db.session.scalars(rooms_on_hold()))


def is_held(user_id: int) -> bool:
    """Returns whether content of this user is under legal hold and must not be erased."""
    query = sa.select(ModerationAction.id).where(ModerationAction.about_id == user_id, _held())
    return db.session.scalar(query.limit(1)) is not None


def is_in_open_case(user_id: int) -> bool:
    """Returns whether a case about this user is open; the display name must not change meanwhile."""
    query = sa.select(Case.id).where(Case.about_id == user_id, Case.state == "open")
    return db.session.scalar(query.limit(1)) is not None


def quarantine_of(user_id: int) -> WriteRestriction | None:
    """Returns the end of a user's quarantine and its text, or None.

    A quarantined user only reads in every room.
    """
    query = sa.select(ModerationAction).where(
        ModerationAction.about_id == user_id,
        ModerationAction.kind == "quarantine",
        ModerationAction.undone_at.is_(None),
        ModerationAction.until > clock.now(),
    )
    found = db.session.scalar(query.order_by(ModerationAction.id.desc()).limit(1))
    return WriteRestriction(found.until, found.words) if found is not None and found.until is not None else None


MOST = 50


def get_action(act_id: int) -> ModerationAction:
    """Returns an action without a permission check, for reactions."""
    return db.session.get_one(ModerationAction, act_id)


def acts_of_case(case_id: int) -> Sequence[ModerationAction]:
    """Returns the actions of a case, newest first."""
    query = (
        sa.select(ModerationAction)
        .options(
            joinedload(ModerationAction.about), joinedload(ModerationAction.by), joinedload(ModerationAction.undone_by)
        )
        .where(ModerationAction.case_id == case_id, ModerationAction.kind != DECISION)
    )
    return db.session.scalars(query.order_by(ModerationAction.id.desc()).limit(MOST)).all()


def act_for(person: User, act_id: int) -> ModerationAction:
    """Returns an action that concerns this user, or a room where the user is a participant.

    Raises NotFound for all other users.
    """
    found = db.session.get(ModerationAction, act_id)
    if found is None:
        raise NotFound
    seat = rooms.seat(found.room_id, person.id) if found.room_id is not None else None
    takes_part = seat is not None and seat.role in PARTICIPANT_ROLES and seat.removed_at is None
    if not may_read_action(person.id in (found.about_id, found.toward_id), found.about_id is None, takes_part):
        raise NotFound
    return found
