"""Reads the events of a month from their tables, user by user.

Each source is read in order of user ids and never as a whole; a merge makes them one stream.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.insights.models import Milestone
from tutoring.insights.monthly_statistics import device_sources
from tutoring.insights.monthly_statistics.device_sources import Equipped
from tutoring.insights.monthly_statistics.months import begins, following, read, within
from tutoring.insights.monthly_statistics.unit_index import Stay
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress, StepDone
from tutoring.notebook.models import FirstDossier
from tutoring.pairing.models import HelpRequest
from tutoring.policy.pairing.awaiting_device import HELPED_THERE
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.volunteer_minutes.models import HelpSession

LEARNS = ("learner", "parent")
DAYS = ("reached_on", "learned_on", "studied_on", "practised_on", "filed_on")  # columns of milestones


@dataclass(frozen=True)
class Asked:
    """A request: its topic and time, its state, and how long it waited until it was taken up."""

    at: datetime
    topic: str
    unmet: bool
    taken_up: bool
    waited: int | None  # seconds; None without immediate waiting: a weekly time was wished for, or the help desk helped


@dataclass(frozen=True)
class Helped:
    """Minutes of a learner with a helper."""

    at: datetime
    topic: str
    minutes: int


@dataclass(frozen=True)
class Finished:
    at: datetime
    lesson: str


@dataclass(frozen=True)
class Rehearsed:
    at: datetime
    passed: bool
    result: dict[str, Any]


@dataclass(frozen=True)
class StepTaken:
    at: datetime


@dataclass(frozen=True)
class Filed:
    day: date


Fact = Asked | Helped | Finished | Rehearsed | StepTaken | Filed | Equipped
Known = tuple[date | None, ...]  # the days of a milestone row, in the order of DAYS


@dataclass
class Person:
    """A user with stored milestones and the facts of the month."""

    id: int
    stays: list[Stay]
    known: Known | None
    facts: list[Fact]


def people(month: date) -> Iterator[Person]:
    """Yields every user with a milestone or a fact in this month, and where they learn."""
    gone = _erased(month)
    sources: tuple[Iterator[tuple[int, Any]], ...] = (
        _stays(LEARNS),
        _known(),
        _asked(month),
        _helped(month),
        _finished(month),
        _steps(month),
        _rehearsed(month),
        _filed(month),
        *(source(month) for source in device_sources.SOURCES),
    )
    for person_id, rows in groupby(heapq.merge(*sources, key=itemgetter(0)), key=itemgetter(0)):
        person = Person(person_id, [], None, [])
        for _, what in rows:
            if isinstance(what, Stay):
                person.stays.append(what)
            elif isinstance(what, tuple):
                person.known = what
            else:
                person.facts.append(what)
        if (person.facts or person.known) and person_id not in gone:
            yield person


def helpers(month: date) -> Iterator[tuple[int, list[Stay], list[Helped]]]:
    """Yields every user who helped in this month, with all their memberships."""
    gone = _erased(month)
    sources: tuple[Iterator[tuple[int, Any]], ...] = (_stays(()), _helped(month, HelpSession.helper_id))
    for person_id, rows in groupby(heapq.merge(*sources, key=itemgetter(0)), key=itemgetter(0)):
        both = [what for _, what in rows]
        minutes = [what for what in both if isinstance(what, Helped)]
        if minutes and person_id not in gone:
            yield person_id, [what for what in both if isinstance(what, Stay)], minutes


def _erased(month: date) -> frozenset[int]:
    """Returns users erased since the month began, who no longer count.

    Users erased earlier did nothing in it.
    """
    return frozenset(db.session.scalars(sa.select(User.id).where(User.erased_at >= begins(month))))


def _stays(roles: tuple[str, ...]) -> Iterator[tuple[int, Stay]]:
    since = sa.func.coalesce(Membership.confirmed_at, Membership.created_at, type_=Membership.created_at.type)
    query = sa.select(Membership.user_id, Membership.unit_id, since, Membership.ended_at)
    query = query.where(Membership.state != "waiting").order_by(Membership.user_id, Membership.id)
    for person_id, *stay in read(query.where(Membership.role.in_(roles)) if roles else query):
        yield person_id, Stay(*stay)


def _known() -> Iterator[tuple[int, Known]]:
    days = (getattr(Milestone, name) for name in DAYS)
    for person_id, *known in read(sa.select(Milestone.user_id, *days).order_by(Milestone.user_id)):
        yield person_id, tuple(known)


def _asked(month: date) -> Iterator[tuple[int, Asked]]:
    row = HelpRequest
    query = sa.select(row.learner_id, row.created_at, row.topic, row.state, row.helped_seconds, row.waited_seconds,
                      row.wish, row.outcome)  # fmt: skip
    query = query.where(within(row.created_at, month)).order_by(row.learner_id, row.id)
    for person_id, at, topic, state, helped, waited, wish, outcome in read(query):
        taken_up = state in ("helping", "ended") or helped > 0
        # A request that the help desk held for want of a device and solved face to face waited for no helper.
        at_once = wish == "now" and outcome != HELPED_THERE
        yield (
            person_id,
            Asked(at, topic, state == "cancelled" and not taken_up, taken_up, waited if at_once else None),
        )


def _helped(month: date, whose: Any = HelpSession.learner_id) -> Iterator[tuple[int, Helped]]:
    row = HelpSession
    query = sa.select(whose, row.ended_at, row.topic, row.minutes).where(
        within(row.ended_at, month), row.struck_at.is_(None), row.minutes > 0
    )
    for person_id, *helped in read(query.order_by(whose, row.id)):
        yield person_id, Helped(*helped)


def _finished(month: date) -> Iterator[tuple[int, Finished]]:
    row = LessonProgress
    query = sa.select(row.user_id, row.finished_at, row.lesson_slug).where(within(row.finished_at, month))
    for person_id, *finished in read(query.order_by(row.user_id, row.id)):
        yield person_id, Finished(*finished)


def _steps(month: date) -> Iterator[tuple[int, StepTaken]]:
    row = StepDone
    query = sa.select(row.user_id, row.at).where(within(row.at, month))
    for person_id, at in read(query.order_by(row.user_id, row.at)):
        yield person_id, StepTaken(at)


def _rehearsed(month: date) -> Iterator[tuple[int, Rehearsed]]:
    row = PracticeRun
    query = sa.select(row.user_id, row.ended_at, row.passed, row.result).where(within(row.ended_at, month))
    for person_id, at, passed, result in read(query.order_by(row.user_id, row.ended_at, row.id)):
        if result is not None:
            yield person_id, Rehearsed(at, passed, result)


def _filed(month: date) -> Iterator[tuple[int, Filed]]:
    row = FirstDossier
    query = sa.select(row.owner_id, row.said_on).where(row.said_on >= month, row.said_on < following(month))
    for person_id, day in read(query.order_by(row.owner_id)):
        yield person_id, Filed(day)
