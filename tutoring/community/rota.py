"""Who of a unit may watch, and when their next turn of duty online begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import DutyShift, DutySlot, Membership
from tutoring.community.queries import lineage
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.rooms import watching_roles

MOST = 100  # people of one unit


@dataclass(frozen=True)
class Turn:
    """Somebody who may watch, and when they are on duty next; None where the rota does not say so."""

    person: User
    at: datetime | None


def turns_ahead(unit_id: int, *, minors: bool) -> list[Turn]:
    """Everybody who may watch over this unit, here or above, by when their next turn begins; without one last."""
    moment = clock.now()
    told = {"places": lineage(unit_id), "roles": sorted(watching_roles(minors)), "moment": moment}
    people: dict[int, User] = {}
    begins: dict[int, list[datetime]] = {}
    for person, weekday, starts in db.session.execute(_slots(), told):
        people[person.id] = person
        if weekday is not None:
            begins.setdefault(person.id, []).append(_next(weekday, starts, moment))
    for user_id, at in db.session.execute(_shifts(), told):
        begins.setdefault(user_id, []).append(at)
    turns = [Turn(person, min(begins.get(id, []), default=None)) for id, person in people.items()]
    return sorted(turns, key=lambda turn: (turn.at is None, turn.at or moment, turn.person.id))


def _next(weekday: int, starts: int, moment: datetime) -> datetime:
    here = clock.local(moment)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + timedelta(days=(weekday - here.weekday()) % 7, minutes=starts)
    return first if first > here else first + timedelta(days=7)


@cache
def _slots() -> Any:
    places: sa.BindParameter[Any] = sa.bindparam("places", expanding=True)  # by numbers, so that their index serves
    watches = sa.exists().where(
        Membership.user_id == User.id,
        Membership.unit_id.in_(places),
        Membership.state == "active",
        Membership.role.in_(sa.bindparam("roles", expanding=True)),
        Membership.confirmed_at.is_not(None),
    )
    turn = sa.and_(DutySlot.user_id == User.id, DutySlot.unit_id.in_(places), DutySlot.place == "online")
    return (
        sa.select(User, DutySlot.weekday, DutySlot.starts)
        .outerjoin(DutySlot, turn)
        .where(watches, User.state == "active", User.kind == "adult")
        .order_by(User.id, DutySlot.id)
        .limit(MOST * 7)
    )


@cache
def _shifts() -> Any:
    places: sa.BindParameter[Any] = sa.bindparam("places", expanding=True)
    query = sa.select(DutyShift.user_id, DutyShift.starts_at)
    return query.where(DutyShift.unit_id.in_(places), DutyShift.starts_at > sa.bindparam("moment")).limit(MOST)
