"""What acts of the desk hold while they stand: rooms from which nothing is erased, people who only read."""

from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, DeskAct
from tutoring.rooms.commands import Stop
from tutoring.rooms.models import Seat


def _held() -> sa.ColumnElement[bool]:
    return sa.and_(DeskAct.kind == "legal_hold", DeskAct.undone_at.is_(None))


def rooms_on_hold() -> sa.Select[Any]:
    """The rooms of acts that hold, and every room of a person whom one is about."""
    return (
        sa.select(Seat.room_id)
        .join(DeskAct, sa.or_(DeskAct.room_id == Seat.room_id, DeskAct.about_id == Seat.user_id))
        .where(_held())
    )


def held_rooms() -> set[int]:
    """The same as ids: pictures that were taken away there stay."""
    return set(db.session.scalars(rooms_on_hold()))


def is_held(user_id: int) -> bool:
    """Whether something of this person must not be erased now."""
    query = sa.select(DeskAct.id).where(DeskAct.about_id == user_id, _held())
    return db.session.scalar(query.limit(1)) is not None


def is_in_open_case(user_id: int) -> bool:
    """Whether a case about this person is open: what they are called stays as it is."""
    query = sa.select(Case.id).where(Case.about_id == user_id, Case.state == "open")
    return db.session.scalar(query.limit(1)) is not None


def quarantine_of(user_id: int) -> Stop | None:
    """Until when somebody only reads in every room by an act of the desk, and what they are told."""
    query = sa.select(DeskAct).where(
        DeskAct.about_id == user_id, DeskAct.kind == "quarantine", DeskAct.undone_at.is_(None),
        DeskAct.until > clock.now(),
    )  # fmt: skip
    found = db.session.scalar(query.order_by(DeskAct.id.desc()).limit(1))
    return Stop(found.until, found.words) if found is not None and found.until is not None else None
