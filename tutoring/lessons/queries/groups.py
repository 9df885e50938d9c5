"""Reads of how far many people are in some lessons, each in one question."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from tutoring.kernel.db import among, columns, db
from tutoring.lessons import quizzing
from tutoring.lessons.models import Lesson, LessonProgress, QuizQuestion, QuizTry


def quizzes_among(slugs: Collection[str]) -> frozenset[str]:
    """Those of these lessons that have a quiz."""
    pools = sa.select(QuizQuestion.lesson_slug).where(QuizQuestion.lesson_slug.in_(slugs))
    pools = pools.group_by(QuizQuestion.lesson_slug).having(sa.func.count() >= quizzing.LEAST)
    return frozenset(db.session.scalars(pools))


def standing_of_many(user_ids: Iterable[int], slugs: Collection[str]) -> dict[int, dict[str, tuple[str, str]]]:
    """For each of these people who has begun one of these lessons: its state and how far it is confirmed."""
    query = sa.select(
        LessonProgress.user_id, LessonProgress.lesson_slug, LessonProgress.state, LessonProgress.confirmed
    ).where(among(LessonProgress.user_id, user_ids), LessonProgress.lesson_slug.in_(slugs))
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for user_id, slug, state, confirmed in columns(query):
        found.setdefault(user_id, {})[slug] = (state, confirmed)
    return found


def quizzes_passed_by(user_ids: Iterable[int], slugs: Collection[str]) -> dict[int, set[str]]:
    """Of which of these lessons each of these people has passed the quiz."""
    query = sa.select(QuizTry.user_id, QuizTry.lesson_slug).distinct()
    query = query.where(among(QuizTry.user_id, user_ids), QuizTry.lesson_slug.in_(slugs), QuizTry.passed.is_(True))
    found: dict[int, set[str]] = {}
    for user_id, slug in columns(query):
        found.setdefault(user_id, set()).add(slug)
    return found


def holds_taught(held: dict[str, int], lesson: Lesson) -> bool:
    """Whether somebody with these skills holds all that a lesson teaches, at the level that helping on it asks for."""
    taught = lesson.facts["teaches"]
    return bool(taught) and all(held.get(skill, 0) >= lesson.level for skill in taught)
