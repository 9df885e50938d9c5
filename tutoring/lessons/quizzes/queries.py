"""Reads of quizzes: the pool of a lesson, a user's tries, and the result of a try."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.content.types import SOURCE
from tutoring.lessons.quizzes import grading
from tutoring.lessons.quizzes.models import QuizQuestion, QuizTry

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Marked:
    """A graded question; it holds the right answers only when the quiz is passed."""

    lang: str  # of the texts
    prompt: str
    right: bool
    chosen: list[str]  # texts of the options
    says: list[str]  # of the wrong ones among them
    answer: list[str]  # texts of the right options; empty before passing
    step: int | None  # the step that teaches it, while it exists


def quiz_pool(slug: str) -> list[dict[str, Any]]:
    """Returns all questions of a lesson with their keys, for the server only."""
    query = sa.select(QuizQuestion.body).where(QuizQuestion.lesson_slug == slug).order_by(QuizQuestion.position)
    return list(db.session.scalars(query))


def is_translated(slug: str, lang: str) -> bool:
    """Returns whether every question of a lesson can be asked in a language."""
    return lang == SOURCE or all(lang in one.get("translations", ()) for one in quiz_pool(slug))


def quiz_size(slug: str) -> int:
    """Returns how many questions a quiz of this lesson has; 0 when there is none."""
    query = sa.select(sa.func.count()).where(QuizQuestion.lesson_slug == slug)
    pool = db.session.scalar(query) or 0
    return min(pool, grading.DRAWN) if pool >= grading.MIN_POOL_SIZE else 0


def tries(user_id: int, slug: str, most: int) -> list[QuizTry]:
    """Returns a user's tries at a lesson's quiz, the last one first."""
    query = sa.select(QuizTry).where(QuizTry.user_id == user_id, QuizTry.lesson_slug == slug)
    return list(db.session.scalars(query.order_by(QuizTry.id.desc()).limit(most)))


def open_try(user_id: int, slug: str) -> QuizTry | None:
    """Returns the open try, or None."""
    query = sa.select(QuizTry).where(
        QuizTry.user_id == user_id, QuizTry.lesson_slug == slug, QuizTry.closed_at.is_(None)
    )
    return db.session.scalar(query)


def own_try(user_id: int, try_id: int) -> QuizTry:
    """Returns a try of this user; raises NotFound for the tries of others."""
    found = db.session.get(QuizTry, try_id) if 0 < try_id <= _LARGEST_ID else None
    if found is None or found.user_id != user_id:
        raise NotFound
    return found


def shown_questions(row: QuizTry, lang: str) -> list[dict[str, Any]]:
    """Returns the questions of a try without their keys, with the answers so far.

    A question without a translation stays Vietnamese; its "lang" says so.
    """
    return [
        {
            "id": question["id"],
            "kind": question["kind"],
            "lang": question["lang"],
            "prompt": question["prompt"],
            "options": [{"id": option["id"], "text": option["text"]} for option in question["options"]],
            "chosen": row.answers.get(question["id"], []),
        }
        for question in _in_language(row, lang)
    ]


def _in_language(row: QuizTry, lang: str) -> Iterator[dict[str, Any]]:
    for question in row.questions:
        texts = question.get("translations", {}).get(lang)  # tries begun earlier have no translations
        if texts is None:
            yield {**question, "lang": SOURCE}
            continue
        options = [{**option, **texts["options"][option["id"]]} for option in question["options"]]
        yield {**question, "lang": lang, "prompt": texts["prompt"], "options": options}


def marked(row: QuizTry, lesson: Lesson, lang: str) -> list[Marked]:
    """Returns the graded questions of a try that was handed in."""
    return [_marked(question, row, lesson) for question in _in_language(row, lang)]


def _marked(question: dict[str, Any], row: QuizTry, lesson: Lesson) -> Marked:
    chosen = [option for option in question["options"] if option["id"] in row.answers.get(question["id"], [])]
    return Marked(
        lang=question["lang"],
        prompt=question["prompt"],
        right=grading.is_right(question, [option["id"] for option in chosen]),
        chosen=[option["text"] for option in chosen],
        says=[option["say"] for option in chosen if option["say"] and not option["correct"]],
        answer=[option["text"] for option in question["options"] if option["correct"]] if row.passed else [],
        step=lesson.number_of(question["step"]),
    )
