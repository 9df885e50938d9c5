"""Queries for duty: who of a unit may watch, and when their next online turn begins.

Also lists the duty turns of a week as members of a unit read them: who, when, online or at the ward's service centre.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import DutyShift, DutySlot, Membership, Unit
from tutoring.community.queries import above, ancestors
from tutoring.community.units.scopes import ids_above
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.policy.access import STAFF
from tutoring.policy.rooms.participation import observer_roles

MAX_OBSERVERS = 100  # people of one unit


@dataclass(frozen=True)
class NextDutyTurn:
    """A person who may watch, and their next duty turn; None if the rota has none."""

    person: User
    at: datetime | None


def turns_ahead(unit_id: int, *, minors: bool) -> list[NextDutyTurn]:
    """Returns all who may watch over this unit, here or above, by their next turn.

    People without a turn come last.
    """
    moment = clock.now()
    told = {"places": ancestors(unit_id), "roles": sorted(observer_roles(minors)), "moment": moment}
    people: dict[int, User] = {}
    begins: dict[int, list[datetime]] = {}
    for person, weekday, starts in db.session.execute(_slots(), told):
        people[person.id] = person
        if weekday is not None:
            begins.setdefault(person.id, []).append(_next(weekday, starts, moment))
    for user_id, at in db.session.execute(_shifts(), told):
        begins.setdefault(user_id, []).append(at)
    turns = [NextDutyTurn(person, min(begins.get(id, []), default=None)) for id, person in people.items()]
    return sorted(turns, key=lambda turn: (turn.at is None, turn.at or moment, turn.person.id))


class Rota:
    """Who watches over some units, here or above, now and next; three queries for any number.

    The rules are those of `on_duty` and `turns_ahead` for a single unit.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._moment, self._over = clock.now(), {unit.id: ids_above(unit.path) for unit in units}
        places = frozenset[int]().union(*self._over.values())
        self._people: dict[int, User] = {}
        self._watches: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)  # by person: (unit id, role)
        self._now: defaultdict[int, set[int]] = defaultdict(set)  # by person: unit ids
        self._begins: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
        if places:
            self._read(places)

    def _read(self, places: frozenset[int]) -> None:
        people, slots, shifts = _rota()
        told = {"places": ids_parameter(places)}
        for person, unit_id, role in db.session.execute(people, told):
            self._people[person.id] = person
            self._watches[person.id].append((unit_id, role))
        here = clock.local(self._moment)
        weekday, minute = here.weekday(), here.hour * 60 + here.minute
        for slot in db.session.execute(slots, told):
            self._begins[slot.user_id].append((slot.unit_id, _next(slot.weekday, slot.starts, self._moment)))
            if slot.weekday == weekday and slot.starts <= minute < slot.ends:
                self._now[slot.user_id].add(slot.unit_id)
        for shift in db.session.execute(shifts, {**told, "moment": self._moment}):
            if shift.starts_at > self._moment:
                self._begins[shift.user_id].append((shift.unit_id, shift.starts_at))
            else:
                self._now[shift.user_id].add(shift.unit_id)

    def _watchers(self, unit: Unit, minors: bool) -> Iterator[User]:
        """Yields the people who may watch over this unit, ordered by id."""
        over, roles = self._over[unit.id], observer_roles(minors)
        for id, person in sorted(self._people.items()):
            if any(place in over and role in roles for place, role in self._watches[id]):
                yield person

    def on_duty(self, unit: Unit, *, minors: bool) -> list[User]:
        """Returns the people on duty online for this unit now."""
        over = self._over[unit.id]
        return [one for one in self._watchers(unit, minors) if not over.isdisjoint(self._now[one.id])]

    def ahead(self, unit: Unit, *, minors: bool) -> list[NextDutyTurn]:
        """Returns all who may watch over this unit by their next turn; those without one come last."""
        over = self._over[unit.id]
        turns = [
            NextDutyTurn(one, min((at for place, at in self._begins[one.id] if place in over), default=None))
            for one in self._watchers(unit, minors)
        ]
        return sorted(turns, key=lambda turn: (turn.at is None, turn.at or self._moment, turn.person.id))


@built_once
def _rota() -> tuple[Any, Any, Any]:
    places: Any = sa.bindparam("places")
    people = (
        sa.select(User, Membership.unit_id, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(
            in_ids(Membership.unit_id, places), Membership.state == "active",
            Membership.role.in_(sorted(observer_roles(True) | observer_roles(False))),
            Membership.confirmed_at.is_not(None), User.state == "active", User.kind == "adult",
        )
    )  # fmt: skip
    slots = sa.select(DutySlot.unit_id, DutySlot.user_id, DutySlot.weekday, DutySlot.starts, DutySlot.ends).where(
        in_ids(DutySlot.unit_id, places), DutySlot.place == "online"
    )
    shifts = sa.select(DutyShift.unit_id, DutyShift.user_id, DutyShift.starts_at).where(
        in_ids(DutyShift.unit_id, places), DutyShift.ends_at > sa.bindparam("moment")
    )
    return people, slots, shifts


def _next(weekday: int, starts: int, moment: datetime) -> datetime:
    here = clock.local(moment)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + timedelta(days=(weekday - here.weekday()) % 7, minutes=starts)
    return first if first > here else first + timedelta(days=7)


@cache
def _slots() -> Any:
    # bound ids instead of a subquery, so that the index is used
    places: sa.BindParameter[Any] = sa.bindparam("places", expanding=True)
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
        .limit(MAX_OBSERVERS * 7)
    )


@cache
def _shifts() -> Any:
    places: sa.BindParameter[Any] = sa.bindparam("places", expanding=True)
    query = sa.select(DutyShift.user_id, DutyShift.starts_at)
    return query.where(DutyShift.unit_id.in_(places), DutyShift.starts_at > sa.bindparam("moment")).limit(MAX_OBSERVERS)


def find_slot(slot_id: int) -> DutySlot | None:
    """Returns a weekly turn, or None."""
    return db.session.get(DutySlot, slot_id)


DAYS = 7
MAX_TURNS = 200  # turns of one week


@dataclass(frozen=True)
class DutyTurn:
    """One duty turn on one day, in minutes since local midnight."""

    person: User
    unit_id: int
    day: date
    starts: int
    ends: int
    place: str
    now: bool
    weekly: bool = True  # False for a shift that a person took once


def week_of(unit_id: int, places: Sequence[int]) -> list[DutyTurn]:
    """Returns the next occurrence of each turn of `places`, current turns first, then by time.

    `places` are the unit and some units above it. A turn counts while its person holds a staff role at the unit or
    above it. Takes two queries.
    """
    here = clock.local(clock.now())
    today, minute = here.date(), here.hour * 60 + here.minute
    values = {"unit": unit_id, "places": list(places), "roles": sorted(STAFF), "moment": clock.now()}
    found = []
    for person, slot in db.session.execute(_slots_of_turns(), values):
        ahead = (slot.weekday - here.weekday()) % DAYS
        if ahead == 0 and slot.ends <= minute:
            ahead = DAYS  # over for today: the next one is in a week
        on = ahead == 0 and slot.starts <= minute
        day = today + timedelta(days=ahead)
        found.append(DutyTurn(person, slot.unit_id, day, slot.starts, slot.ends, slot.place, on))
    for person, shift in db.session.execute(_shifts_of_turns(), values):
        ends = clock.local(shift.ends_at)
        until = ends.hour * 60 + ends.minute if ends.date() == today else 24 * 60
        found.append(DutyTurn(person, shift.unit_id, today, minute, until, "online", True, weekly=False))
    return sorted(_once(found), key=lambda turn: (not turn.now, turn.day, turn.starts, turn.place, turn.person.id))


@dataclass(frozen=True)
class DutyHours:
    """Hours in which a unit has people on duty. Their number and names are not in it."""

    starts: datetime
    ends: datetime
    place: str


def weekly_hours(weekday: int, starts: int, ends: int, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """Yields start and end of a weekly turn in a range of days, both included; minutes count from local midnight."""
    day = first + timedelta(days=(weekday - first.weekday()) % DAYS)
    while day <= last:
        midnight = datetime.combine(day, time(), clock.LOCAL)
        yield midnight + timedelta(minutes=starts), midnight + timedelta(minutes=ends)
        day += timedelta(days=DAYS)


def hours_between(unit_id: int, first: date, last: date) -> list[DutyHours]:
    """Returns the hours of duty of a unit in a range of days, both included, by their start. Takes two queries."""
    begins = datetime.combine(first, time(), clock.LOCAL)
    until = datetime.combine(last + timedelta(days=1), time(), clock.LOCAL)
    values = {"unit": unit_id, "places": [unit_id], "roles": sorted(STAFF), "begins": begins, "until": until}
    found: set[DutyHours] = set()
    for weekday, starts, ends, place in db.session.execute(_slots_of_hours(), values):
        found.update(DutyHours(*hours, place) for hours in weekly_hours(weekday, starts, ends, first, last))
    for starts_at, ends_at in db.session.execute(_shifts_of_hours(), values):
        found.add(DutyHours(starts_at, ends_at, "online"))
    return sorted(found, key=lambda one: (one.starts, one.ends, one.place))


@cache
def _slots_of_hours() -> Any:
    query = sa.select(DutySlot.weekday, DutySlot.starts, DutySlot.ends, DutySlot.place).where(_named(DutySlot))
    return query.distinct().order_by(DutySlot.weekday, DutySlot.starts, DutySlot.ends).limit(MAX_TURNS)


@cache
def _shifts_of_hours() -> Any:
    within = sa.and_(DutyShift.starts_at < sa.bindparam("until"), DutyShift.ends_at > sa.bindparam("begins"))
    query = sa.select(DutyShift.starts_at, DutyShift.ends_at).where(_named(DutyShift), within)
    return query.order_by(DutyShift.starts_at, DutyShift.id).limit(MAX_TURNS)


def _once(found: list[DutyTurn]) -> list[DutyTurn]:
    """Keeps one current turn per person and place: the one that ends last."""
    last: dict[tuple[int, str], DutyTurn] = {}
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
def _slots_of_turns() -> Any:
    query = sa.select(User, DutySlot).where(_named(DutySlot))
    return query.order_by(DutySlot.weekday, DutySlot.starts, DutySlot.id).limit(MAX_TURNS)


@cache
def _shifts_of_turns() -> Any:
    moment: sa.BindParameter[Any] = sa.bindparam("moment")
    on = sa.and_(DutyShift.starts_at <= moment, DutyShift.ends_at > moment)
    return sa.select(User, DutyShift).where(_named(DutyShift), on).order_by(DutyShift.id).limit(MAX_TURNS)
