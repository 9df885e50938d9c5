"""Lessons that a unit takes up together in a month, with how far the reader is in each.

The poster that invites people into a group: a code of the unit that many may still use.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.community.duty.queries import DutyTurn
from tutoring.community.models import JoinCode
from tutoring.groups.access import Place
from tutoring.groups.models import GroupLesson
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress.models import LessonProgress


@dataclass(frozen=True)
class MonthLesson:
    """One of them as one person sees it."""

    slug: str
    title: str
    minutes: int
    steps: int
    progress: LessonProgress | None


@dataclass(frozen=True)
class Month:
    """The lessons of this month, and whose choice they are."""

    unit_id: int
    lessons: list[MonthLesson]


def first_of(day: date) -> date:
    """The month in which a day lies."""
    return day.replace(day=1)


def this_month() -> date:
    """The present month, in Vietnam."""
    return first_of(clock.today())


def after(month: date) -> date:
    """The month that follows."""
    return first_of(month + timedelta(days=32))


def before(month: date) -> date:
    """The month that went before."""
    return first_of(month - timedelta(days=1))


def month_of(place: Place, person_id: int, lang: str) -> Month | None:
    """The lessons of this month: the unit's own, or its ward's while it has none. One question."""
    query = (
        sa.select(GroupLesson.unit_id, Lesson, LessonProgress)
        .join(Lesson, Lesson.slug == GroupLesson.lesson_slug)
        .outerjoin(
            LessonProgress,
            sa.and_(LessonProgress.lesson_slug == Lesson.slug, LessonProgress.user_id == person_id),
        )
        .where(GroupLesson.unit_id.in_(place.over), GroupLesson.month == this_month(), Lesson.retired_at.is_(None))
        .order_by(GroupLesson.position)
    )
    rows = list(db.session.execute(query))
    for unit_id in place.over:
        found = [
            MonthLesson(lesson.slug, lesson.title(lang), lesson.minutes, lesson.step_count, progress)
            for of, lesson, progress in rows
            if of == unit_id
        ]
        if found:
            return Month(unit_id, found)
    return None


def chosen(unit_id: int, month: date) -> list[str]:
    """What a unit has chosen for a month, in order."""
    query = sa.select(GroupLesson.lesson_slug).where(GroupLesson.unit_id == unit_id, GroupLesson.month == month)
    return list(db.session.scalars(query.order_by(GroupLesson.position)))


def begin_with(unit_id: int, month: date) -> tuple[list[str], bool]:
    """What the form of a month begins with: what is chosen, or the month before; and whether it is that."""
    here = chosen(unit_id, month)
    return (here, False) if here else (chosen(unit_id, before(month)), True)


def known(slugs: Sequence[str]) -> set[str]:
    """Those of these lessons that are in the present bank."""
    query = sa.select(Lesson.slug).where(Lesson.slug.in_(slugs), Lesson.retired_at.is_(None))
    return set(db.session.scalars(query))


LEAST_LEFT = 20  # uses
LEAST_LIFE = timedelta(days=21)


def poster_code(unit_id: int) -> JoinCode | None:
    """The newest code for learners of a unit that is still good for a poster, or None."""
    query = sa.select(JoinCode).where(
        JoinCode.unit_id == unit_id,
        JoinCode.role == "learner",
        JoinCode.revoked_at.is_(None),
        JoinCode.confirmed_at.is_not(None),
        JoinCode.expires_at > clock.now() + LEAST_LIFE,
        JoinCode.max_uses - JoinCode.uses >= LEAST_LEFT,
    )
    return db.session.scalar(query.order_by(JoinCode.id.desc()).limit(1))


@dataclass(frozen=True)
class Times:
    """When somebody is on duty at one place of the same hours, by weekday; nobody is named on a poster."""

    place: str
    starts: int
    ends: int
    weekdays: list[int]


def times_of(turns: Iterable[DutyTurn]) -> list[Times]:
    """The weekly hours of a rota, each once."""
    days: dict[tuple[str, int, int], set[int]] = {}
    for turn in turns:
        if turn.weekly:
            days.setdefault((turn.place, turn.starts, turn.ends), set()).add(turn.day.weekday())
    found = [Times(place, starts, ends, sorted(on)) for (place, starts, ends), on in days.items()]
    return sorted(found, key=lambda one: (one.place != "centre", one.weekdays, one.starts))
