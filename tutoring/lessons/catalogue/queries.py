"""Reads of paths, lessons, steps and single sentences."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import contains_eager, defer, joinedload

from tutoring.kernel.database.sql import built_once, each_value, ids_parameter, stream_rows
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.localized import LessonHead, PathText, StepText
from tutoring.lessons.catalogue.models import SOURCE, Lesson, LessonPath, LessonStep, in_language
from tutoring.lessons.catalogue.sentence_markup import marked, text_digest
from tutoring.lessons.content.schema import STAFF_FROM
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes.models import QuizQuestion

_NOT_FOR_LISTS = (defer(Lesson.facts), defer(Lesson.recordings), defer(Lesson.answers))


def find_lesson(slug: str) -> Lesson | None:
    """Returns a lesson of the current catalogue with its path, or None."""
    query = sa.select(Lesson).options(joinedload(Lesson.path)).where(Lesson.slug == slug, Lesson.retired_at.is_(None))
    return db.session.scalar(query)


def found_lessons(slugs: Iterable[str]) -> dict[str, Lesson]:
    """Returns those of these lessons that are in the current catalogue, by slug."""
    query = sa.select(Lesson).where(Lesson.slug.in_(list(slugs)), Lesson.retired_at.is_(None))
    return {found.slug: found for found in db.session.scalars(query)}


def latest_lessons(limit: int | None = None) -> list[Lesson]:
    """Returns the lessons of the current catalogue, the last loaded first, in one query: heads only."""
    query = (
        sa.select(Lesson)
        .options(*_NOT_FOR_LISTS)
        .where(Lesson.retired_at.is_(None))
        .order_by(Lesson.loaded_at.desc(), Lesson.slug)
    )
    return list(db.session.scalars(query.limit(limit)))


def next_slugs(slug: str) -> list[str]:
    """Returns the lessons to study after this one, in the order of the catalogue.

    The next lesson of its path comes first, then the lessons that require it, then the rest of its path.
    """
    query = sa.select(Lesson.slug, Lesson.path_slug, Lesson.position, Lesson.facts).where(Lesson.retired_at.is_(None))
    rows = list(db.session.execute(query.order_by(Lesson.path_slug, Lesson.position, Lesson.slug)))
    here = next((row for row in rows if row.slug == slug), None)
    if here is None:
        return []
    after = [row.slug for row in rows if row.path_slug == here.path_slug and row.position > here.position]
    asking = [row.slug for row in rows if slug in row.facts["requires"]]
    return list(dict.fromkeys([*after[:1], *asking, *after]))


def lesson(slug: str) -> Lesson:
    """Returns a lesson of the current catalogue with its path; raises NotFound."""
    found = find_lesson(slug)
    if found is None:
        raise NotFound
    return found


def lessons_teaching(skill_id: str, lang: str, limit: int = 3) -> list[tuple[str, str]]:
    """Returns slugs and titles of lessons that teach a skill, in the order of their paths."""
    query = sa.select(Lesson).where(Lesson.retired_at.is_(None)).order_by(Lesson.path_slug, Lesson.position)
    found = [one for one in db.session.scalars(query) if skill_id in one.facts["teaches"]]
    return [(one.slug, one.title(lang)) for one in found[:limit]]


def lessons_for(skill_ids: Iterable[str], lang: str) -> dict[str, tuple[str, str, bool]]:
    """Returns for each skill the first lesson that teaches it.

    The entry holds slug, title and whether it has a quiz. A lesson with a quiz comes before one without. Two
    queries, independent of the number of skills.
    """
    query = sa.select(Lesson).where(Lesson.retired_at.is_(None)).order_by(Lesson.path_slug, Lesson.position)
    wanted, all_lessons = set(skill_ids), list(db.session.scalars(query))
    pools = sa.select(QuizQuestion.lesson_slug).group_by(QuizQuestion.lesson_slug)
    quizzes = set(db.session.scalars(pools.having(sa.func.count() >= grading.MIN_POOL_SIZE)))
    found: dict[str, tuple[str, str, bool]] = {}
    for one in sorted(all_lessons, key=lambda one: one.slug not in quizzes):
        for skill_id in wanted.intersection(one.facts["teaches"]):
            found.setdefault(skill_id, (one.slug, one.title(lang), one.slug in quizzes))
    return found


def pictures_for(skill_ids: Iterable[str]) -> dict[str, str]:
    """Returns for each skill the picture of the first lesson that teaches it, in one query."""
    taught = Lesson.facts["teaches"].label("teaches")
    picture = sa.func.coalesce(sa.func.nullif(Lesson.picture, ""), LessonPath.picture)
    query = sa.select(taught, picture).join(Lesson.path).where(Lesson.retired_at.is_(None))
    found: dict[str, str] = {}
    for skills, name in db.session.execute(query.order_by(LessonPath.position, Lesson.position, Lesson.slug)):
        for skill_id in skills or ():
            found.setdefault(skill_id, name)
    return {skill_id: found[skill_id] for skill_id in skill_ids if skill_id in found}


def looks_of(slugs: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Returns the picture and the hue of those of these lessons that are in the current catalogue, in one query."""
    picture = sa.func.coalesce(sa.func.nullif(Lesson.picture, ""), LessonPath.picture)
    query = sa.select(Lesson.slug, picture, LessonPath.hue).join(Lesson.path)
    rows = db.session.execute(query.where(Lesson.slug.in_(list(slugs)), Lesson.retired_at.is_(None)))
    return {slug: (name, hue) for slug, name, hue in rows}


def titles(slugs: Iterable[str], lang: str) -> dict[str, str]:
    """Returns the titles of those of these lessons that are in the current catalogue."""
    found = stream_rows(_titles(), {"slugs": ids_parameter(slugs)})
    return {slug: str(in_language(texts, lang)["title"]) for slug, texts in found}


@built_once
def _titles() -> sa.Select[Any]:
    slug = each_value(sa.bindparam("slugs"), sa.String())
    return sa.select(Lesson.slug, Lesson.texts).where(
        Lesson.slug.in_(sa.select(slug.c.value)), Lesson.retired_at.is_(None)
    )


def _step_text(row: LessonStep, lang: str, recordings: Mapping[str, Any] = MappingProxyType({})) -> StepText:
    shown = lang if lang in row.texts else SOURCE
    text = row.texts[shown]
    return StepText(
        lesson_slug=row.lesson_slug,
        number=row.position,
        step_id=row.step_id,
        lang=shown,
        fallback=shown != lang,
        title=text["title"],
        html=Markup(text["html"]),  # sanitised when it was loaded
        blocks=text["blocks"],
        part=text.get("part") or "",
        sound=text.get("sound") or _recorded(recordings, row.lesson_slug, row.step_id, shown, text),
    )


def _recorded(
    recordings: Mapping[str, Any], slug: str, step_id: str, lang: str, text: dict[str, Any]
) -> dict[str, Any] | None:
    """Returns the recording of this text, or None where it was made of another one."""
    found = recordings.get(step_id, {}).get(lang)
    if not found or found["text"] != text_digest(text["title"], text["html"]):
        return None
    address = f"/lessons/{slug}/sound-{lang}-{found['text']}"
    return {"url": f"{address}.ogg", "aac": f"{address}.aac", "bytes": found["bytes"]}


def _steps(slug: str, *conditions: sa.ColumnElement[bool]) -> Iterable[LessonStep]:
    query = (
        sa.select(LessonStep)
        .join(Lesson, Lesson.slug == LessonStep.lesson_slug)
        .where(LessonStep.lesson_slug == slug, Lesson.retired_at.is_(None), *conditions)
        .order_by(LessonStep.position)
    )
    return db.session.scalars(query)


def steps(slug: str, lang: str) -> list[StepText]:
    """Returns all steps of a lesson of the current catalogue, in order."""
    return [_step_text(row, lang) for row in _steps(slug)]


def steps_of_path(path_slug: str, lang: str) -> list[StepText]:
    """Returns all steps of the lessons of a path of the current catalogue, in order, in one query."""
    query = (
        sa.select(LessonStep)
        .join(Lesson, Lesson.slug == LessonStep.lesson_slug)
        .where(Lesson.path_slug == path_slug, Lesson.retired_at.is_(None))
        .order_by(Lesson.position, Lesson.slug, LessonStep.position)
    )
    return [_step_text(row, lang) for row in db.session.scalars(query)]


def find_step(slug: str, number: int, lang: str) -> StepText | None:
    """Returns step 1, 2, 3 … of a lesson of the current catalogue, or None."""
    row = next(iter(_steps(slug, LessonStep.position == number)), None)
    return _step_text(row, lang) if row else None


def step(slug: str, number: int, lang: str) -> StepText:
    """Returns step 1, 2, 3 … of a lesson of the current catalogue; raises NotFound."""
    found = find_step(slug, number, lang)
    if found is None:
        raise NotFound
    return found


def step_page(slug: str, number: int, lang: str) -> tuple[Lesson, StepText, PathText]:
    """Returns a step, its lesson and its path with lessons, in one query; raises NotFound."""
    rows = db.session.execute(_step_page(), {"slug": slug, "number": number}).all()
    for lesson, row in rows:
        if row is not None:
            return (
                lesson,
                _step_text(row, lang, lesson.recordings),
                _path_text(lesson.path, [one for one, _ in rows], lang),
            )
    raise NotFound


@cache  # the page that most people read
def _step_page() -> sa.Select[Any, Any]:
    slug, number = sa.bindparam("slug", type_=sa.Text), sa.bindparam("number", type_=sa.Integer)
    around = sa.select(Lesson.path_slug).where(Lesson.slug == slug, Lesson.retired_at.is_(None)).scalar_subquery()
    this = sa.and_(LessonStep.lesson_slug == slug, Lesson.slug == slug, LessonStep.position == number)
    return (
        sa.select(Lesson, LessonStep)
        .join(Lesson.path)
        .outerjoin(LessonStep, this)
        .options(contains_eager(Lesson.path))
        .where(Lesson.path_slug == around, Lesson.retired_at.is_(None))
        .order_by(Lesson.position, Lesson.slug)
    )


def _paths(*conditions: sa.ColumnElement[bool]) -> list[tuple[LessonPath, list[Lesson]]]:
    rows = db.session.scalars(
        sa.select(LessonPath).where(*conditions).order_by(LessonPath.position, LessonPath.slug)
    ).all()
    lessons = _lessons(row.slug for row in rows)
    return [(row, [one for one in lessons if one.path_slug == row.slug]) for row in rows]


def _lessons(paths: Iterable[str]) -> list[Lesson]:
    """Returns the lessons of these paths for lists, in order within each path: heads only."""
    query = (
        sa.select(Lesson)
        .options(*_NOT_FOR_LISTS)
        .where(Lesson.retired_at.is_(None), Lesson.path_slug.in_(list(paths)))
        .order_by(Lesson.position, Lesson.slug)
    )
    return list(db.session.scalars(query))


def _path_text(row: LessonPath, lessons: list[Lesson], lang: str) -> PathText:
    heads = [
        LessonHead(
            one.slug, one.title(lang), one.summary(lang), one.minutes, one.step_count, one.version,
            one.picture or row.picture,
        )
        for one in lessons
    ]  # fmt: skip
    return PathText(
        row.slug, row.title(lang), row.summary(lang), heads, row.position >= STAFF_FROM, row.picture, row.hue
    )


def paths(lang: str) -> list[PathText]:
    """Returns all paths with their lessons, in order, also paths without lessons."""
    return [_path_text(row, lessons, lang) for row, lessons in _paths(LessonPath.retired_at.is_(None))]


def path(slug: str, lang: str) -> PathText:
    """Returns a path with its lessons, in order; raises NotFound."""
    return _only(_paths(LessonPath.slug == slug, LessonPath.retired_at.is_(None)), lang)


def any_path(slug: str, lang: str) -> PathText:
    """Returns a path like `path`, also one that has left the catalogue."""
    return _only(_paths(LessonPath.slug == slug), lang)


def _only(found: list[tuple[LessonPath, list[Lesson]]], lang: str) -> PathText:
    if not found:
        raise NotFound
    return _path_text(*found[0], lang)


def path_of(lesson: Lesson, lang: str) -> PathText:
    """Returns the path that a lesson (with its path) belongs to."""
    return _path_text(lesson.path, _lessons([lesson.path_slug]), lang)


def sentence(slug: str, step_id: str, sentence_id: str) -> str | None:
    """Returns the text of a sentence of a step, in the language that holds its id, or None."""
    query = (
        sa.select(LessonStep)
        .join(Lesson, Lesson.slug == LessonStep.lesson_slug)
        .where(LessonStep.lesson_slug == slug, LessonStep.step_id == step_id, Lesson.retired_at.is_(None))
    )
    row = db.session.scalar(query)
    for text in row.texts.values() if row else ():
        for one in marked(text["html"])[1]:
            if one.id == sentence_id:
                return one.text
    return None
