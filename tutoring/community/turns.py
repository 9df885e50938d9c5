"""Turns of duty as people of a place read them: whom one meets, when, online or at the ward's service centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import DutyShift, DutySlot, Membership
from tutoring.community.queries import above
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.access import STAFF

DAYS = 7
MOST = 200  # turns of one week


@dataclass(frozen=True)
class Turn:
    """One turn of one day, in minutes since midnight of local time."""

    person: User
    unit_id: int
    day: date
    starts: int
    ends: int
    place: str
    now: bool
    weekly: bool = True  # otherwise somebody went on duty by themselves, for this once


def week_of(unit_id: int, places: Sequence[int]) -> list[Turn]:
    """The next time of each turn of these places (the unit and some above it), whoever is there now first, then by
    time. A turn counts while its person holds a role of staff at the unit or above it. Two questions."""
    here = clock.local(clock.now())
    today, minute = here.date(), here.hour * 60 + here.minute
    told = {"unit": unit_id, "places": list(places), "roles": sorted(STAFF), "moment": clock.now()}
    found = []
    for person, slot in db.session.execute(_slots(), told):
        ahead = (slot.weekday - here.weekday()) % DAYS
        if ahead == 0 and slot.ends <= minute:
            ahead = DAYS  # over for today: the same day next week
        on = ahead == 0 and slot.starts <= minute
        day = today + timedelta(days=ahead)
        found.append(Turn(person, slot.unit_id, day, slot.starts, slot.ends, slot.place, on))
    for person, shift in db.session.execute(_shifts(), told):
        ends = clock.local(shift.ends_at)
        until = ends.hour * 60 + ends.minute if ends.date() == today else 24 * 60
        found.append(Turn(person, shift.unit_id, today, minute, until, "online", True, weekly=False))
    return sorted(_once(found), key=lambda turn: (not turn.now, turn.day, turn.starts, turn.place, turn.person.id))


def _once(found: list[Turn]) -> list[Turn]:
    """Nobody stands twice as being there now at the same place: the turn that ends last."""
    last: dict[tuple[int, str], Turn] = {}
    for turn in found:
        key = (turn.person.id, turn.place)
        if turn.now and (key not in last or turn.ends > last[key].ends):
            last[key] = turn
    return [turn for turn in found if not turn.now or last[turn.person.id, turn.place] is turn]


def _named(table: Any) -> sa.ColumnElement[bool]:
    tree = above(sa.bindparam("unit", type_=sa.Integer))
    holds = sa.exists().where(
        Membership.user_id == table.user_id,
        Membership.unit_id.in_(sa.select(tree.c.id)),
        Membership.state == "active",
        Membership.role.in_(sa.bindparam("roles", expanding=True)),
        Membership.confirmed_at.is_not(None),
    )
    at = table.unit_id.in_(sa.bindparam("places", expanding=True))
    return sa.and_(at, holds, User.id == table.user_id, User.state == "active", User.kind == "adult")


@cache
def _slots() -> Any:
    query = sa.select(User, DutySlot).where(_named(DutySlot))
    return query.order_by(DutySlot.weekday, DutySlot.starts, DutySlot.id).limit(MOST)


@cache
def _shifts() -> Any:
    moment: sa.BindParameter[Any] = sa.bindparam("moment")
    on = sa.and_(DutyShift.starts_at <= moment, DutyShift.ends_at > moment)
    return sa.select(User, DutyShift).where(_named(DutyShift), on).order_by(DutyShift.id).limit(MOST)
