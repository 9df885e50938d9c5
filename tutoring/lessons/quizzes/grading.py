"""Draws a quiz from a lesson's pool and grades its answers; says how many must be right. Plain data, no database.

A question is {"id", "step", "kind", "prompt", "options": [{"id", "text", "correct", "say"}]}.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tutoring.lessons.progress.option_order import Option, catch_alls_last

DRAWN = 5  # questions of one quiz
MIN_POOL_SIZE = 3  # a smaller pool makes no quiz
PASS = 80  # per cent
# In safety no wrong answer is acceptable; a helper must know nine of ten (docs/safety.md).
STRICT = {"an-toan-so": 100, "nguoi-dong-hanh": 90}

Question = dict[str, Any]
Answers = Mapping[str, Collection[str]]


def draw(pool: Sequence[Question], earlier: Iterable[Collection[str]], source: random.Random) -> list[Question]:
    """Draws the questions of a new try in random order; none when the pool is too small.

    The options are shuffled too, and stay so for this try. `earlier` are the question ids of earlier tries, newest
    first. New questions come first, then the ones seen longest ago. Questions of the last try are repeated only when
    there are no others.
    """
    if len(pool) < MIN_POOL_SIZE:
        return []
    tries_ago: dict[str, int] = {}
    count = 0
    for count, ids in enumerate(earlier, 1):
        for question_id in ids:
            tries_ago.setdefault(question_id, count)
    mixed = source.sample(pool, len(pool))
    mixed.sort(key=lambda question: tries_ago.get(question["id"], count + 1), reverse=True)
    chosen = mixed[:DRAWN]
    source.shuffle(chosen)
    return [{**question, "options": _mixed(question["options"], source)} for question in chosen]


def _mixed(options: Sequence[Option], source: random.Random) -> list[Option]:
    return catch_alls_last(source.sample(options, len(options)))


def needed(total: int, path: str) -> int:
    """Returns the number of right answers needed to pass in a lesson of this path."""
    return -(-total * STRICT.get(path, PASS) // 100)


def of_these(questions: Iterable[Question], sent: Answers) -> dict[str, list[str]]:
    """Returns the answers to these questions with known options; everything else is dropped."""
    found = {}
    for question in questions:
        chosen = set(sent.get(question["id"], ()))
        ids = [option["id"] for option in question["options"] if option["id"] in chosen]
        if ids:
            found[question["id"]] = ids
    return found


def unanswered(questions: Iterable[Question], answers: Answers) -> list[str]:
    """Returns the ids of the questions without an answer."""
    return [question["id"] for question in questions if not answers.get(question["id"])]


def is_right(question: Question, chosen: Collection[str]) -> bool:
    """Returns whether exactly the right options were chosen."""
    return set(chosen) == {option["id"] for option in question["options"] if option["correct"]}


def count_right(questions: Iterable[Question], answers: Answers) -> int:
    """Returns the number of questions answered right."""
    return sum(is_right(question, answers.get(question["id"], ())) for question in questions)
