"""Queries of groups: the lessons of a month with the reader's progress, and the poster.

The poster invites people with a join code of the unit that still has many uses left.
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
    """A lesson of the month as one user sees it."""

    slug: str
    title: str
    minutes: int
    steps: int
    progress: LessonProgress | None


@dataclass(frozen=True)
class Month:
    """The lessons of this month, and the unit that chose them."""

    unit_id: int
    lessons: list[MonthLesson]


def first_of(day: date) -> date:
    """Returns the first day of the month that contains a day."""
    return day.replace(day=1)


def this_month() -> date:
    """Returns the first day of the current month in Vietnam."""
    return first_of(clock.today())


def after(month: date) -> date:
    """Returns the first day of the next month."""
    return first_of(month + timedelta(days=32))


def before(month: date) -> date:
    """Returns the first day of the previous month."""
    return first_of(month - timedelta(days=1))


def month_of(place: Place, person_id: int, lang: str) -> Month | None:
    """Returns the lessons of this month: the unit's own, or its ward's if it has none. One query."""
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
    """Returns the lessons that a unit has chosen for a month, in order."""
    query = sa.select(GroupLesson.lesson_slug).where(GroupLesson.unit_id == unit_id, GroupLesson.month == month)
    return list(db.session.scalars(query.order_by(GroupLesson.position)))


def get_initial_lessons(unit_id: int, month: date) -> tuple[list[str], bool]:
    """Returns the initial values of a month's form, and whether they come from the previous month."""
    here = chosen(unit_id, month)
    return (here, False) if here else (chosen(unit_id, before(month)), True)


def known(slugs: Sequence[str]) -> set[str]:
    """Returns those of these lessons that are not retired."""
    query = sa.select(Lesson.slug).where(Lesson.slug.in_(slugs), Lesson.retired_at.is_(None))
    return set(db.session.scalars(query))


MIN_CODE_USES = 20  # uses
MIN_CODE_LIFETIME = timedelta(days=21)


def poster_code(unit_id: int) -> JoinCode | None:
    """Returns the unit's newest learner code that is still valid for a poster, or None."""
    query = sa.select(JoinCode).where(
        JoinCode.unit_id == unit_id,
        JoinCode.role == "learner",
        JoinCode.revoked_at.is_(None),
        JoinCode.confirmed_at.is_not(None),
        JoinCode.expires_at > clock.now() + MIN_CODE_LIFETIME,
        JoinCode.max_uses - JoinCode.uses >= MIN_CODE_USES,
    )
    return db.session.scalar(query.order_by(JoinCode.id.desc()).limit(1))


@dataclass(frozen=True)
class Times:
    """Duty hours at one place that repeat on some weekdays; a poster names no person."""

    place: str
    starts: int
    ends: int
    weekdays: list[int]


def times_of(turns: Iterable[DutyTurn]) -> list[Times]:
    """Returns the weekly hours of a rota, each once."""
    days: dict[tuple[str, int, int], set[int]] = {}
    for turn in turns:
        if turn.weekly:
            days.setdefault((turn.place, turn.starts, turn.ends), set()).add(turn.day.weekday())
    found = [Times(place, starts, ends, sorted(on)) for (place, starts, ends), on in days.items()]
    return sorted(found, key=lambda one: (one.place != "centre", one.weekdays, one.starts))
