"""Reads of how far people are.

Reads of how far many people are in some lessons, each in one question.

The "dạy lại cho con" list of a lesson, and what of it somebody has ticked.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.kernel.db import db, in_ids, stream_rows
from tutoring.lessons.catalogue.localized import Resume
from tutoring.lessons.catalogue.models import SOURCE, Lesson, in_language
from tutoring.lessons.progress.models import CONFIRMED, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes.models import QuizQuestion, QuizTry


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


def quizzes_among(slugs: Collection[str]) -> frozenset[str]:
    """Those of these lessons that have a quiz."""
    pools = sa.select(QuizQuestion.lesson_slug).where(QuizQuestion.lesson_slug.in_(slugs))
    pools = pools.group_by(QuizQuestion.lesson_slug).having(sa.func.count() >= grading.LEAST)
    return frozenset(db.session.scalars(pools))


def standing_of_many(user_ids: Iterable[int], slugs: Collection[str]) -> dict[int, dict[str, tuple[str, str]]]:
    """For each of these people who has begun one of these lessons: its state and how far it is confirmed."""
    query = sa.select(
        LessonProgress.user_id, LessonProgress.lesson_slug, LessonProgress.state, LessonProgress.confirmed
    ).where(in_ids(LessonProgress.user_id, user_ids), LessonProgress.lesson_slug.in_(slugs))
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for user_id, slug, state, confirmed in stream_rows(query):
        found.setdefault(user_id, {})[slug] = (state, confirmed)
    return found


def quizzes_passed_by(user_ids: Iterable[int], slugs: Collection[str]) -> dict[int, set[str]]:
    """Of which of these lessons each of these people has passed the quiz."""
    query = sa.select(QuizTry.user_id, QuizTry.lesson_slug).distinct()
    query = query.where(in_ids(QuizTry.user_id, user_ids), QuizTry.lesson_slug.in_(slugs), QuizTry.passed.is_(True))
    found: dict[int, set[str]] = {}
    for user_id, slug in stream_rows(query):
        found.setdefault(user_id, set()).add(slug)
    return found


def holds_taught(held: dict[str, int], lesson: Lesson) -> bool:
    """Whether somebody with these skills holds all that a lesson teaches, at the level that helping on it asks for."""
    taught = lesson.facts["teaches"]
    return bool(taught) and all(held.get(skill, 0) >= lesson.level for skill in taught)


def teach_back(lesson: Lesson, lang: str) -> dict[str, str]:
    """Lines of the list by the digest of their Vietnamese words, so that a changed line asks anew."""
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
    """The list of a lesson as a parent stands with it."""

    slug: str
    title: str
    lines: int
    ticked: int


def teach_back_of(path_slug: str, user_id: int, lang: str) -> list[TeachBack]:
    """The lessons of a path that have such a list, in order, with how much of it somebody has ticked."""
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
    """Digests of the lines that a person has ticked."""
    query = sa.select(TaughtBack.line).where(TaughtBack.user_id == user_id, TaughtBack.lesson_slug == slug)
    return set(db.session.scalars(query))
