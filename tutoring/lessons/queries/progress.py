"""Reads of how far people are."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.models import (
    CONFIRMED,
    Lesson,
    LessonProgress,
    StepDone,
)
from tutoring.lessons.texts import Resume


def progress_of(user_id: int) -> dict[str, LessonProgress]:
    """How far a person is, by lesson; the lesson touched last comes first."""
    query = (
        sa.select(LessonProgress)
        .where(LessonProgress.user_id == user_id)
        .order_by(LessonProgress.updated_at.desc(), LessonProgress.id.desc())
    )
    return {row.lesson_slug: row for row in db.session.scalars(query)}


def progress_in(user_id: int, slug: str) -> LessonProgress | None:
    """How far a person is in one lesson, or None when it was never begun."""
    return db.session.scalar(
        sa.select(LessonProgress).where(LessonProgress.user_id == user_id, LessonProgress.lesson_slug == slug)
    )


def practised_by(user_ids: Collection[int], slug: str) -> set[int]:
    """Who of these people has done this lesson in the practice portal, or was seen doing it."""
    query = sa.select(LessonProgress.user_id).where(
        LessonProgress.user_id.in_(user_ids),
        LessonProgress.lesson_slug == slug,
        LessonProgress.confirmed.in_(CONFIRMED[CONFIRMED.index("practised") :]),
    )
    return set(db.session.scalars(query))


def steps_done(user_id: int, slug: str) -> set[str]:
    """Ids of the steps that a person has gone through."""
    query = sa.select(StepDone.step_id).where(StepDone.user_id == user_id, StepDone.lesson_slug == slug)
    return set(db.session.scalars(query))


def resume_at(lesson: Lesson, progress: LessonProgress | None, done: Iterable[str]) -> int:
    """The step to go on with: where the person was; if that is gone, the first one not gone through yet."""
    if progress is None:
        return 1
    here = lesson.number_of(progress.step_id)
    if here is not None:
        return here
    gone_through = set(done)
    open_steps = (n for n, entry in enumerate(lesson.outline, 1) if entry["id"] not in gone_through)
    return next(open_steps, lesson.step_count)


def resume(user_id: int, lang: str) -> Resume | None:
    """The lesson that a person touched last and has not finished, with the step to go on with."""
    query = (
        sa.select(Lesson, LessonProgress)
        .join(LessonProgress, LessonProgress.lesson_slug == Lesson.slug)
        .where(LessonProgress.user_id == user_id, LessonProgress.state == "started", Lesson.retired_at.is_(None))
        .order_by(LessonProgress.updated_at.desc(), LessonProgress.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    found, progress = row
    return Resume(found.slug, found.title(lang), resume_number(user_id, found, progress), found.step_count)


def resume_number(user_id: int, lesson: Lesson, progress: LessonProgress | None) -> int:
    """The step of a lesson for this person to go on with; 1 when it was never begun."""
    gone = progress is not None and lesson.number_of(progress.step_id) is None
    return resume_at(lesson, progress, steps_done(user_id, lesson.slug) if gone else ())
