"""Counts the monthly figures of each unit, such as a ward, in memory from stored rows; writes nothing.

It also returns on which day each user first reached each milestone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.insights.monthly_statistics import device_sources
from tutoring.insights.monthly_statistics import sources as raw
from tutoring.insights.monthly_statistics.cell_suppression import REST
from tutoring.insights.monthly_statistics.device_sources import Equipped
from tutoring.insights.monthly_statistics.measures import (
    ASKED,
    FILED,
    FINISHED,
    FUNNEL,
    HELPING,
    NEW,
    PRACTISED,
    REACHED,
    RECEIVED,
    SESSIONS,
    STEPS,
    TOGETHER,
    UNMET,
    WAITS,
)
from tutoring.insights.monthly_statistics.months import back, following
from tutoring.insights.monthly_statistics.sources import Asked, Fact, Filed, Finished, Helped, Known, Person, Rehearsed
from tutoring.insights.monthly_statistics.tally import Tally
from tutoring.insights.monthly_statistics.unit_index import Places
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.practice.engine.scoring import result_from_dict

LOOKED_BACK = 12  # months in which a journey may have begun
_NOTHING: Known = (None,) * len(raw.DAYS)


@dataclass
class MonthCount:
    """All cells of a month, and the changed milestones; None means that the row is deleted."""

    places: Places
    tally: Tally = field(default_factory=Tally)
    milestones: dict[int, Known | None] = field(default_factory=dict)


def count(month: date) -> MonthCount:
    """Counts a month. Reads only, a few rows at a time."""
    tree = db.session.execute(sa.select(Unit.id, Unit.parent_id))
    found = MonthCount(Places({row.id: row.parent_id for row in tree}))
    for person in raw.people(month):
        known = milestones(person.known or _NOTHING, person.facts, month)
        if known != (person.known or _NOTHING):
            found.milestones[person.id] = known if any(known) else None
        _Month(found, person, month).add(known)
    for helper_id, stays, sessions in raw.helpers(month):
        for one in sessions:
            found.tally.add(found.places.at(stays, one.at), HELPING, ("",), helper_id, one.minutes)
    for device_id, unit_id in device_sources.received(month):
        found.tally.add(found.places.over(unit_id), RECEIVED, ("",), device_id)
    return found


def day_of(fact: Fact) -> date:
    """Returns the day of a fact in Vietnam."""
    return fact.day if isinstance(fact, Filed) else clock.local(fact.at).date()


def milestones(known: Known, facts: list[Fact], month: date) -> Known:
    """Returns a user's first days after this month has been read.

    Earlier days stay. Days of this month are what the rows say now. A later day is replaced by one of this month.
    """
    days: list[list[date]] = [[] for _ in raw.DAYS]
    for fact in facts:
        day = day_of(fact)
        for number, kinds in enumerate(_MAKES):
            if isinstance(fact, kinds):
                days[number].append(day)
    end = following(month)
    return tuple(
        old if old is not None and old < month else min(found, default=old if old is not None and old >= end else None)
        for old, found in zip(known, days, strict=True)
    )


# The kinds of facts for each of raw.DAYS
_MAKES: tuple[tuple[type, ...], ...] = (
    (Asked, Helped, Finished, Rehearsed, raw.StepTaken), (Finished,), (Helped,), (Rehearsed,), (Filed,)
)  # fmt: skip


class _Month:
    """What one user adds to the cells of a month."""

    def __init__(self, found: MonthCount, person: Person, month: date) -> None:
        self._places, self._tally = found.places, found.tally
        self._person, self._month = person, month

    def add(self, known: Known) -> None:
        reached: dict[int, None] = {}
        for fact in self._person.facts:
            if isinstance(fact, Filed):
                self._add(self._on(fact.day), FILED)
                continue
            numbers = self._places.at(self._person.stays, fact.at)
            if isinstance(fact, Equipped):  # a need for a device is no learning activity
                self._add(numbers, fact.measure, "", *([f"d:{fact.kind}"] if fact.kind else []))
                continue
            reached.update(dict.fromkeys(numbers))
            self._fact(fact, numbers)
        if reached:
            is_new = known[0] is not None and known[0] >= self._month
            self._add(reached, REACHED)
            self._add(reached, NEW, "" if is_new else REST)
        self._journey(known)

    def _fact(self, fact: Fact, numbers: tuple[int, ...]) -> None:
        if isinstance(fact, Asked):
            self._asked(fact, numbers)
        elif isinstance(fact, Helped):
            self._tally.add(numbers, TOGETHER, ("", f"t:{fact.topic}"), self._person.id, fact.minutes)
            self._add(numbers, SESSIONS)
        elif isinstance(fact, Finished):
            self._add(numbers, FINISHED, "", f"l:{fact.lesson}")
        elif isinstance(fact, Rehearsed):
            self._add(numbers, PRACTISED, "", *_shows(fact))

    def _asked(self, fact: Asked, numbers: tuple[int, ...]) -> None:
        when = slot(fact.at)
        keys = "", f"t:{fact.topic}", when, crossed(fact.topic, when)
        self._add(numbers, ASKED, *keys)
        if fact.taken_up and fact.waited is not None:
            self._tally.add(numbers, WAITS, keys, self._person.id, wait=fact.waited)
        elif fact.unmet:
            self._add(numbers, UNMET, *keys)
        else:  # still open, or a weekly time was found
            self._add(numbers, UNMET, *(REST + key for key in keys))

    def _journey(self, known: Known) -> None:
        """Adds the funnel steps at the end of the month, for users who began in the last twelve."""
        begun, end = known[1], following(self._month)
        if begun is None or not back(self._month, LOOKED_BACK - 1) <= begun < end:
            return
        numbers, gone = self._on(begun), STEPS[0]
        self._add(numbers, FUNNEL, gone)
        for step, day in zip(STEPS[1:], known[2:], strict=True):
            if day is None or day >= end:
                self._add(numbers, FUNNEL, REST + step)
                return
            self._add(numbers, FUNNEL, step)

    def _on(self, day: date) -> tuple[int, ...]:
        since = datetime.combine(day, time(), clock.LOCAL)
        return self._places.during(self._person.stays, since, since + timedelta(days=1))

    def _add(self, numbers: tuple[int, ...] | dict[int, None], measure: str, *keys: str) -> None:
        self._tally.add(numbers, measure, keys or ("",), self._person.id)


def slot(at: datetime) -> str:
    """Returns the key of a moment's weekday and hour in Vietnam."""
    here = clock.local(at)
    return f"s:{here.weekday()}-{here.hour}"


def crossed(topic: str, slot_key: str) -> str:
    """Returns the key of a topic at a weekday and hour."""
    return f"x:{topic}:{slot_key.removeprefix('s:')}"


def _shows(fact: Rehearsed) -> Iterator[str]:
    yield "passed" if fact.passed else REST + "passed"
    for one in result_from_dict(fact.result).skills:
        yield f"k:{one.skill}:{'again' if one.level == 'again' else 'well'}"
