"""What works lead to: the title of each lesson, path, quiz or rehearsal, and whether it is still offered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer

from tutoring.classes.work.models import ClassWork
from tutoring.kernel.database.sql import built_once, each_value, ids_parameter
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import SOURCE, Lesson, LessonPath
from tutoring.lessons.content.schema import STAFF_FROM
from tutoring.lessons.progress.queries import quizzes_among
from tutoring.policy.classes import KINDS
from tutoring.practice import scenarios


@dataclass(frozen=True)
class Target:
    """What one work leads to.

    `lessons` are the slugs whose progress counts. What left the catalogue is not `offered` and may have no title.
    """

    kind: str
    title: str
    offered: bool
    picture: str = ""
    hue: str = ""
    lessons: tuple[str, ...] = ()


HELP = Target("help", "", True, "raised-hand", "sun")


@dataclass(frozen=True)
class Catalogue:
    """The lessons, paths and quizzes that some works name, also those that left the catalogue."""

    lang: str
    lessons: dict[str, Lesson] = field(default_factory=dict)
    paths: dict[str, LessonPath] = field(default_factory=dict)
    quizzes: frozenset[str] = frozenset()

    def target(self, kind: str, key: str) -> Target:
        """Returns what a work of this kind leads to."""
        if kind == "help":
            return HELP
        if kind == "rehearsal":
            scenario = scenarios.find_scenario(key)
            title = scenario.title.in_(self.lang) if scenario else ""
            return Target(kind, title, scenario is not None, "memo", "clay")
        return self._path(key) if kind == "path" else self._lesson(kind, key)

    def _lesson(self, kind: str, slug: str) -> Target:
        lesson = self.lessons.get(slug)
        if lesson is None:
            return Target(kind, "", False)
        offered = lesson.retired_at is None and (kind == "lesson" or slug in self.quizzes)
        picture = lesson.picture or lesson.path.picture
        return Target(kind, lesson.title(self.lang), offered, picture, lesson.path.hue, (slug,))

    def _path(self, slug: str) -> Target:
        path, slugs = self.paths.get(slug), self.lessons_of(slug)
        if path is None:
            return Target("path", "", False)
        offered = path.retired_at is None and bool(slugs)
        return Target("path", path.title(self.lang), offered, path.picture, path.hue, slugs)

    def lessons_of(self, path_slug: str) -> tuple[str, ...]:
        """Returns the lessons of a path that are offered, in order."""
        rows = self.lessons.values()
        return tuple(one.slug for one in rows if one.path_slug == path_slug and one.retired_at is None)


def catalogue_of(works: Iterable[ClassWork], lang: str) -> Catalogue:
    """Reads what these works lead to, in at most two statements."""
    wanted = [(one.kind, one.target) for one in works]
    slugs = {key for kind, key in wanted if kind in ("lesson", "quiz")}
    paths = {key for kind, key in wanted if kind == "path"}
    if not slugs and not paths:
        return Catalogue(lang)
    told = {"slugs": ids_parameter(slugs), "paths": ids_parameter(paths)}
    lessons = {one.slug: one for one in db.session.scalars(_lessons(), told)}
    quizzes = sorted({key for kind, key in wanted if kind == "quiz"})
    found = quizzes_among(quizzes) if quizzes else frozenset()
    return Catalogue(lang, lessons, {one.path.slug: one.path for one in lessons.values()}, found)


@built_once
def _lessons() -> sa.Select[Any]:
    slug, path = (each_value(sa.bindparam(name), sa.String()) for name in ("slugs", "paths"))
    is_wanted = sa.or_(Lesson.slug.in_(sa.select(slug.c.value)), Lesson.path_slug.in_(sa.select(path.c.value)))
    return (
        sa.select(Lesson)
        .join(Lesson.path)
        .options(contains_eager(Lesson.path), defer(Lesson.facts))
        .where(is_wanted)
        .order_by(Lesson.path_slug, Lesson.position, Lesson.slug)
    )


def may_be_set(kind: str, key: str) -> bool:
    """Whether a work of this kind can be set: it is in the catalogue, and not for staff alone."""
    if kind == "help":
        return key == ""
    if kind not in KINDS or not key:
        return False
    draft = ClassWork(kind=kind, target=key)
    found = catalogue_of([draft], SOURCE)
    if not found.target(kind, key).offered:
        return False
    return all(path.position < STAFF_FROM for path in found.paths.values())
