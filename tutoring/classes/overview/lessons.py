"""The lessons of the overview in the language of the reader: title, path and steps."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.database.sql import built_once, each_value, ids_parameter, stream_rows
from tutoring.lessons.catalogue.models import Lesson, LessonPath, in_language


@dataclass(frozen=True, slots=True)
class LessonOutline:
    """A lesson in one language; `numbers` are those of its steps by their ids."""

    slug: str
    path_slug: str
    retired: bool
    title: str
    path_title: str
    numbers: Mapping[str, int]
    step_titles: Sequence[str]
    topic: str | None  # the first that it teaches

    def number_of(self, step_id: str) -> int:
        """Returns the number of a step; 1 where the step is gone."""
        return self.numbers.get(step_id, 1)


def lessons_of(slugs: Collection[str], lang: str, paths: Collection[str] = ()) -> dict[str, LessonOutline]:
    """Returns these lessons and those of some paths that are offered, by slug, in the order of each path.

    One statement.
    """
    values = {"slugs": ids_parameter(sorted(slugs)), "paths": ids_parameter(sorted(paths))}
    return {row[0]: _outline(*row, lang) for row in stream_rows(_lessons(), values)}


@built_once
def _lessons() -> Any:
    slug, path = (each_value(sa.bindparam(name), sa.String()) for name in ("slugs", "paths"))
    offered = sa.and_(Lesson.path_slug.in_(sa.select(path.c.value)), Lesson.retired_at.is_(None))
    texts = (sa.cast(one, sa.Text) for one in (Lesson.texts, LessonPath.texts, Lesson.outline))
    topic = Lesson.facts[("teaches", 0)].as_string()
    return (
        sa.select(Lesson.slug, Lesson.path_slug, Lesson.retired_at.is_not(None), *texts, topic)
        .join(Lesson.path)
        .where(sa.or_(Lesson.slug.in_(sa.select(slug.c.value)), offered))
        .order_by(Lesson.path_slug, Lesson.position, Lesson.slug)
    )


@lru_cache(maxsize=256)  # parsing the steps of twenty lessons takes longer than reading a class; the key is the text
def _outline(
    slug: str, path_slug: str, retired: bool, texts: str, path_texts: str, outline: str, topic: str | None, lang: str
) -> LessonOutline:
    steps = json.loads(outline)
    return LessonOutline(
        slug, path_slug, retired, _title(texts, lang), _title(path_texts, lang),
        MappingProxyType({str(one["id"]): n for n, one in enumerate(steps, 1)}),
        tuple(str(in_language(one["titles"], lang)) for one in steps), topic,
    )  # fmt: skip


def _title(texts: str, lang: str) -> str:
    return str(in_language(json.loads(texts), lang)["title"])
