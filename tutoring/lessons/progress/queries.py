"""Reads of progress: of one learner, of many learners, and of the teach-back list."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel.database.sql import built_once, each_value, ids_parameter, in_ids, stream_rows
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.localized import Resume
from tutoring.lessons.catalogue.models import SOURCE, Lesson, in_language
from tutoring.lessons.progress.models import CONFIRMED, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes.models import QuizQuestion, QuizTry


def progress_of(user_id: int) -> dict[str, LessonProgress]:
    """Returns a user's progress by lesson; the most recent lesson comes first."""
    query = (
        sa.select(LessonProgress)
        .where(LessonProgress.user_id == user_id)
        .order_by(LessonProgress.updated_at.desc(), LessonProgress.id.desc())
    )
    return {row.lesson_slug: row for row in db.session.scalars(query)}


def progress_in(user_id: int, slug: str) -> LessonProgress | None:
    """Returns a user's progress in one lesson, or None when it was never begun."""
    return db.session.scalar(
        sa.select(LessonProgress).where(LessonProgress.user_id == user_id, LessonProgress.lesson_slug == slug)
    )


def practised_by(user_ids: Collection[int], slug: str) -> set[int]:
    """Returns those of these users who practised this lesson or were seen doing it."""
    query = sa.select(LessonProgress.user_id).where(
        LessonProgress.user_id.in_(user_ids),
        LessonProgress.lesson_slug == slug,
        LessonProgress.confirmed.in_(CONFIRMED[CONFIRMED.index("practised") :]),
    )
    return set(db.session.scalars(query))


def steps_done(user_id: int, slug: str) -> set[str]:
    """Returns the ids of the steps that a user has completed."""
    query = sa.select(StepDone.step_id).where(StepDone.user_id == user_id, StepDone.lesson_slug == slug)
    return set(db.session.scalars(query))


def resume_at(lesson: Lesson, progress: LessonProgress | None, done: Iterable[str]) -> int:
    """Returns the step to continue with: the current one, or else the first step not yet done."""
    if progress is None:
        return 1
    here = lesson.number_of(progress.step_id)
    if here is not None:
        return here
    gone_through = set(done)
    open_steps = (n for n, entry in enumerate(lesson.outline, 1) if entry["id"] not in gone_through)
    return next(open_steps, lesson.step_count)


def resume(user_id: int, lang: str) -> Resume | None:
    """Returns the user's most recent unfinished lesson, with the step to continue with."""
    row = db.session.execute(_unfinished(), {"user": user_id}).first()
    if row is None:
        return None
    found, progress = row
    return Resume(
        found.slug, found.title(lang), resume_number(user_id, found, progress), found.step_count,
        found.picture or found.path.picture, found.path.hue,
    )  # fmt: skip


@cache
def _unfinished() -> sa.Select[Lesson, LessonProgress]:
    return (
        sa.select(Lesson, LessonProgress)
        .join(LessonProgress, LessonProgress.lesson_slug == Lesson.slug)
        .options(joinedload(Lesson.path))
        .where(
            LessonProgress.user_id == sa.bindparam("user"), LessonProgress.state == "started",
            Lesson.retired_at.is_(None),
        )
        .order_by(LessonProgress.updated_at.desc(), LessonProgress.id.desc())
        .limit(1)
    )  # fmt: skip


def resume_number(user_id: int, lesson: Lesson, progress: LessonProgress | None) -> int:
    """Returns the step of a lesson to continue with; 1 when it was never begun."""
    gone = progress is not None and lesson.number_of(progress.step_id) is None
    return resume_at(lesson, progress, steps_done(user_id, lesson.slug) if gone else ())


def quizzes_among(slugs: Collection[str]) -> frozenset[str]:
    """Returns those of these lessons that have a quiz."""
    return frozenset(db.session.scalars(_quizzes(), {"slugs": ids_parameter(slugs)}))


@built_once
def _quizzes() -> sa.Select[str]:
    slug = each_value(sa.bindparam("slugs"), sa.String())
    pools = sa.select(QuizQuestion.lesson_slug).where(QuizQuestion.lesson_slug.in_(sa.select(slug.c.value)))
    return pools.group_by(QuizQuestion.lesson_slug).having(sa.func.count() >= grading.MIN_POOL_SIZE)


def get_lesson_states_of_users(
    user_ids: Iterable[int], slugs: Collection[str]
) -> dict[int, dict[str, tuple[str, str]]]:
    """Returns state and confirmation of these lessons, by user and lesson.

    Lessons that a user never began are left out. One query.
    """
    query = sa.select(
        LessonProgress.user_id, LessonProgress.lesson_slug, LessonProgress.state, LessonProgress.confirmed
    ).where(in_ids(LessonProgress.user_id, user_ids), LessonProgress.lesson_slug.in_(slugs))
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for user_id, slug, state, confirmed in stream_rows(query):
        found.setdefault(user_id, {})[slug] = (state, confirmed)
    return found


def quizzes_passed_by(user_ids: Iterable[int], slugs: Collection[str]) -> dict[int, set[str]]:
    """Returns by user those of these lessons whose quiz the user has passed. One query."""
    query = sa.select(QuizTry.user_id, QuizTry.lesson_slug).distinct()
    query = query.where(in_ids(QuizTry.user_id, user_ids), QuizTry.lesson_slug.in_(slugs), QuizTry.passed.is_(True))
    found: dict[int, set[str]] = {}
    for user_id, slug in stream_rows(query):
        found.setdefault(user_id, set()).add(slug)
    return found


def holds_taught(held: dict[str, int], lesson: Lesson) -> bool:
    """Returns whether a user with these skills holds all that a lesson teaches.

    The level must be the one that helping on the lesson requires.
    """
    taught = lesson.facts["teaches"]
    return bool(taught) and all(held.get(skill, 0) >= lesson.level for skill in taught)


def teach_back(lesson: Lesson, lang: str) -> dict[str, str]:
    """Returns the lines of the list by the digest of their Vietnamese text.

    A changed line therefore counts as unticked.
    """
    lists = lesson.facts.get("teach_back") or {}
    if not lists:
        return {}
    source, shown = lists[SOURCE], in_language(lists, lang)
    if len(shown) != len(source):
        shown = source
    return {
        hashlib.sha256(line.encode()).hexdigest()[:12]: text for line, text in zip(source, shown, strict=True)
    }  # fmt: skip


@dataclass(frozen=True)
class TeachBack:
    """The teach-back list of a lesson with the parent's progress."""

    slug: str
    title: str
    lines: int
    ticked: int


def teach_back_of(path_slug: str, user_id: int, lang: str) -> list[TeachBack]:
    """Returns the lessons of a path with such a list, in order, with the user's ticks."""
    query = sa.select(Lesson).where(Lesson.path_slug == path_slug, Lesson.retired_at.is_(None))
    lists = [
        (one, lines)
        for one in db.session.scalars(query.order_by(Lesson.position, Lesson.slug))
        if (lines := teach_back(one, lang))
    ]
    slugs = [one.slug for one, _ in lists]
    mine = sa.select(TaughtBack.lesson_slug, TaughtBack.line)
    mine = mine.where(TaughtBack.user_id == user_id, TaughtBack.lesson_slug.in_(slugs))
    ticks = {(slug, line) for slug, line in db.session.execute(mine)}
    return [
        TeachBack(one.slug, one.title(lang), len(lines), sum((one.slug, line) in ticks for line in lines))
        for one, lines in lists
    ]


def taught_back(user_id: int, slug: str) -> set[str]:
    """Returns the digests of the lines that a user has ticked."""
    query = sa.select(TaughtBack.line).where(TaughtBack.user_id == user_id, TaughtBack.lesson_slug == slug)
    return set(db.session.scalars(query))
