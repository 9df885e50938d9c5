"""Which wrong options people choose, in the questions of steps and in quizzes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tutoring.insights.hiding import FEWEST, guarded
from tutoring.insights.queries.scope import Line, Place, Scope
from tutoring.kernel.db import db
from tutoring.lessons.models import Attempt, LessonStep, QuizTry, in_language

NEWEST = 2000  # quiz tries that are looked through: they are JSON, which the two databases read differently

Key = tuple[str, str, str]  # lesson, step, checkpoint


@dataclass
class _Option:
    """Answers with an option, and at least how many people gave them."""

    answers: int = 0
    people: int = 0


def wrong_options(scope: Scope) -> list[Line]:
    """Wrong answers to the questions of steps (`part`) among all answers to them (`whole`)."""
    asked = {(lesson, step, point): (answers, people) for lesson, step, point, answers, people in _totals(scope)}
    blocks = _checkpoints(scope)
    options: dict[tuple[Key, str], _Option] = {}
    for lesson, step, checkpoint, answer, answers, people in _wrong(scope):
        key = (lesson, step, checkpoint)
        if key not in blocks or asked.get(key, (0, 0))[1] < FEWEST:
            continue
        for text in _texts(blocks[key], answer):
            option = options.setdefault((key, text), _Option())
            option.answers += answers
            # Somebody may have chosen it in two combinations: the larger of them is certain, their sum is not.
            option.people = max(option.people, people)
    lines = [
        Line(place, blocks[key]["prompt"], text, guarded(one.answers, one.people, *asked[key]))
        for (key, text), one in options.items()
        if (place := scope.step(key[0], key[1]))
    ]
    return scope.ranked(lines, "part", "whole")


_QUESTION = (Attempt.lesson_slug, Attempt.step_id, Attempt.checkpoint_id)
_COUNTS = (sa.func.count(), sa.func.count(Attempt.user_id.distinct()))


def _of(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    return Attempt.lesson_slug.in_(scope.slugs()), Attempt.at >= scope.since


def _totals(scope: Scope) -> Any:
    return db.session.execute(sa.select(*_QUESTION, *_COUNTS).where(*_of(scope)).group_by(*_QUESTION))


def _wrong(scope: Scope) -> Any:
    query = sa.select(*_QUESTION, Attempt.answer, *_COUNTS).where(*_of(scope), Attempt.correct.is_(False))
    return db.session.execute(query.group_by(*_QUESTION, Attempt.answer))


def _checkpoints(scope: Scope) -> dict[Key, dict[str, Any]]:
    """The questions of the present bank that were answered wrong, in the language of the page."""
    answered = sa.select(Attempt.lesson_slug).where(
        *_of(scope),
        Attempt.correct.is_(False),
        Attempt.lesson_slug == LessonStep.lesson_slug,
        Attempt.step_id == LessonStep.step_id,
    )
    query = sa.select(LessonStep.lesson_slug, LessonStep.step_id, LessonStep.texts).where(answered.exists())
    return {
        (lesson, step, block["id"]): block
        for lesson, step, texts in db.session.execute(query)
        if lesson in scope.lessons
        for block in in_language(texts, scope.lang)["blocks"]
        if block["type"] == "checkpoint"
    }


def _texts(block: dict[str, Any], answer: str) -> Iterator[str]:
    """The wrong options in an answer. What was typed is not kept; of an order no single option is the wrong one."""
    if block["kind"] in {"type", "order"}:
        yield ""
        return
    chosen = answer.split(",")
    found = [one["text"] for one in block["options"] if one["id"] in chosen and not one["correct"]]
    yield from found or [""]


@dataclass
class _Asked:
    place: Place
    prompt: str
    answers: int = 0
    people: set[int] = field(default_factory=set)
    chosen: Counter[str] = field(default_factory=Counter)
    by: dict[str, set[int]] = field(default_factory=dict)


def quiz_options(scope: Scope) -> list[Line]:
    """Wrong options in the newest quiz tries handed in (`part`), among all answers to the question (`whole`)."""
    query = (
        sa.select(QuizTry.lesson_slug, QuizTry.user_id, QuizTry.questions, QuizTry.answers)
        .where(QuizTry.lesson_slug.in_(scope.slugs()), QuizTry.closed_at >= scope.since)
        .order_by(QuizTry.id.desc())
        .limit(NEWEST)
    )
    asked: dict[tuple[str, str], _Asked] = {}
    for slug, user_id, questions, answers in db.session.execute(query):
        for question in questions if slug in scope.lessons else ():
            place = scope.step(slug, question["step"]) or scope.place(slug)
            one = asked.setdefault((slug, question["id"]), _Asked(place, question["prompt"]))
            _count(one, user_id, question, answers.get(question["id"], []))
    lines = [
        Line(one.place, one.prompt, text, guarded(times, len(one.by[text]), one.answers, len(one.people)))
        for one in asked.values()
        if len(one.people) >= FEWEST
        for text, times in one.chosen.items()
    ]
    return scope.ranked(lines, "part", "whole")


def _count(one: _Asked, user_id: int, question: dict[str, Any], chosen: list[str]) -> None:
    one.answers += 1
    one.people.add(user_id)
    for option in question["options"]:
        if option["id"] in chosen and not option["correct"]:
            one.chosen[option["text"]] += 1
            one.by.setdefault(option["text"], set()).add(user_id)
