"""The lessons and days that the figures cover, and the lines of the tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.insights.lesson_quality.suppression import NONE, Count
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson, LessonPath, in_language

DAYS = (30, 90, 365)


@dataclass(frozen=True)
class Place:
    """A lesson, or with a number one of its current steps."""

    slug: str
    lesson: str
    number: int | None = None
    step: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a table: where, what, and how many out of how many."""

    place: Place | None = None
    what: str = ""
    more: str = ""
    count: Count = NONE


@dataclass(frozen=True)
class Scope:
    """The lessons of one path, or of all, and the number of past days."""

    lang: str
    path: str
    days: int
    paths: dict[str, str]  # titles
    lessons: dict[str, Lesson]  # in catalogue order
    _order: dict[str, int] = field(repr=False)

    @property
    def since(self) -> datetime:
        return clock.now() - timedelta(days=self.days)

    def slugs(self) -> sa.Select[Any]:
        """Selects the lessons as a subquery, so the statement has the same size for any number."""
        query = sa.select(Lesson.slug).where(Lesson.retired_at.is_(None))
        return query.where(Lesson.path_slug == self.path) if self.path else query

    def place(self, slug: str, number: int | None = None) -> Place:
        """Returns a step by its number, or the whole lesson if that step no longer exists."""
        lesson = self.lessons[slug]
        if number is None or lesson.step_id(number) is None:
            return Place(slug, lesson.title(self.lang))
        step = str(in_language(lesson.outline[number - 1]["titles"], self.lang))
        return Place(slug, lesson.title(self.lang), number, step)

    def step(self, slug: str, step_id: str) -> Place | None:
        """Returns a step by its permanent id, or None when it no longer exists."""
        number = self.lessons[slug].number_of(step_id)
        return self.place(slug, number) if number else None

    def ranked(self, lines: Iterable[Line], *by: str) -> list[Line]:
        """Sorts by shown figures, largest first; ties and suppressed ones keep catalogue order."""

        def key(line: Line) -> tuple[list[int], int, int]:
            figures = [-(getattr(line.count, name) or 0) for name in by]
            place = line.place or Place("", "")
            return figures, self._order.get(place.slug, 0), place.number or 0

        return sorted(lines, key=key)


def scope(path: str, days: int, lang: str) -> Scope:
    """Builds the scope from user input.

    An unknown path means all paths; a number of days that is not offered means 90.
    """
    rows = db.session.scalars(
        sa.select(Lesson)
        .join(LessonPath, LessonPath.slug == Lesson.path_slug)
        .options(joinedload(Lesson.path))
        .where(Lesson.retired_at.is_(None), LessonPath.retired_at.is_(None))
        .order_by(LessonPath.position, LessonPath.slug, Lesson.position, Lesson.slug)
    ).all()
    paths = {row.path_slug: row.path.title(lang) for row in rows}
    path = path if path in paths else ""
    lessons = {row.slug: row for row in rows if path in ("", row.path_slug)}
    days = days if days in DAYS else DAYS[1]
    return Scope(lang, path, days, paths, lessons, {slug: n for n, slug in enumerate(lessons)})
