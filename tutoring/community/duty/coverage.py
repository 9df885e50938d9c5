"""Opening hours of rooms with minors, and the gaps in them: hours in which no person is on duty.

A coordinator sets the hours for a unit and all below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.community.models import DutySlot, Membership, Unit
from tutoring.community.queries import above, ancestors
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES

DAY = 24 * 60
Gap = tuple[int, int]


@dataclass(frozen=True)
class Hours:
    """Opening hours from `opens` to `closes`, in minutes since local midnight.

    `set_at` is the unit that set them, or None for the default.
    """

    opens: int = 6 * 60 + 30
    closes: int = 21 * 60 + 30
    set_at: int | None = None
    paused: str = ""  # why all rooms are closed now, at any hour; children read it

    @property
    def always(self) -> bool:
        """Returns whether rooms are never closed."""
        return self.opens == 0 and self.closes == DAY

    def open_at(self, moment: datetime) -> bool:
        """Returns whether rooms with minors may be open at this moment."""
        return not self.paused and self.within(moment)

    def within(self, moment: datetime) -> bool:
        """Returns whether a moment is within the hours.

        A pause is ignored, so that it changes no deadline of those who watch over children.
        """
        return self.opens <= _minute(moment) < self.closes

    def ends(self, moment: datetime) -> datetime | None:
        """Returns the closing time of this day, or None if rooms never close."""
        return None if self.always else _at(moment, self.closes)

    def opens_next(self, moment: datetime) -> datetime:
        """Returns when rooms open again, given a moment at which they are closed."""
        today = _at(moment, self.opens)
        return today if moment < today else _at(moment + timedelta(days=1), self.opens)


def _minute(moment: datetime) -> int:
    here = clock.local(moment)
    return here.hour * 60 + here.minute


def _at(moment: datetime, minute: int) -> datetime:
    """Returns this minute of the moment's local day."""
    midnight = clock.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(minutes=minute)


def hours_of(unit_id: int) -> Hours:
    """Returns the hours of a unit: its own, those of the nearest unit above, or the default."""
    return nearest(db.session.execute(_hours(), {"unit": unit_id}).all())


def nearest(rows: Sequence[Any]) -> Hours:
    """Returns hours and pause from the rows of a unit and those above it, nearest first."""
    set_ = next((row for row in rows if row.opens is not None and row.closes is not None), None)
    paused = next((row.paused_why for row in rows if row.paused_at is not None), "")
    return Hours(paused=paused) if set_ is None else Hours(set_.opens, set_.closes, set_.id, paused)


@cache
def _hours() -> Any:
    tree = above(sa.bindparam("unit", type_=sa.Integer))
    return (
        sa.select(Unit.opens, Unit.closes, Unit.id, Unit.paused_at, Unit.paused_why)
        .join(tree, tree.c.id == Unit.id)
        .where(sa.or_(Unit.opens.is_not(None), Unit.paused_at.is_not(None)))
        .order_by(tree.c.depth)
    )


# ---- hours without anyone on duty -----------------------------------------------------------------------------


def gaps(opens: int, closes: int, turns: list[Gap]) -> list[Gap]:
    """Returns the intervals between two minutes of a day that no turn covers."""
    found: list[Gap] = []
    here = opens
    for starts, ends in sorted(turns):
        if starts >= closes:
            break
        if starts > here:
            found.append((here, starts))
        here = max(here, ends)
    if here < closes:
        found.append((here, closes))
    return found


def unwatched(unit_id: int) -> list[list[Gap]]:
    """Returns, for each day from Monday, the hours without a weekly turn, here or above.

    A turn counts only while its person holds a role that allows watching over children.
    """
    hours = hours_of(unit_id)
    return [gaps(hours.opens, hours.closes, turns) for turns in _turns(unit_id)]


def _turns(unit_id: int) -> list[list[Gap]]:
    """Returns the weekly online turns over children, here or above, for each day from Monday."""
    units = ancestors(unit_id)
    query = (
        sa.select(DutySlot.weekday, DutySlot.starts, DutySlot.ends)
        .join(Membership, sa.and_(Membership.user_id == DutySlot.user_id, Membership.unit_id.in_(units)))
        .where(
            DutySlot.unit_id.in_(units),
            DutySlot.place == "online",
            Membership.state == "active",
            Membership.confirmed_at.is_not(None),
            Membership.role.in_(CHILD_OBSERVER_ROLES),
        )
    )
    week: list[list[Gap]] = [[] for _ in range(7)]
    for weekday, starts, ends in db.session.execute(query):
        week[weekday].append((starts, ends))
    return week


def watched_next(unit_id: int, moment: datetime) -> datetime | None:
    """Returns when the next weekly turn over children begins within opening hours.

    It is called while no observer is on duty.
    """
    hours, week = hours_of(unit_id), _turns(unit_id)
    for days in range(8):
        day = moment + timedelta(days=days)
        for starts, ends in sorted(week[clock.local(day).weekday()]):
            first = _at(day, max(starts, hours.opens))
            if first > moment and max(starts, hours.opens) < min(ends, hours.closes):
                return first
    return None
