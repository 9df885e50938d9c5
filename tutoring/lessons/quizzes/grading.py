"""Drawing a quiz from a lesson's pool and grading it: plain data in, plain data out, nothing asked of a database.

A question is {"id", "step", "kind", "prompt", "options": [{"id", "text", "correct", "say"}]}.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

DRAWN = 5  # questions of one quiz
LEAST = 3  # a smaller pool makes no quiz
PASS = 80  # per cent
# In safety one wrong answer is one too many; who helps others knows nine of ten (SAFETY §4).
STRICT = {"an-toan-so": 100, "nguoi-dong-hanh": 90}

Question = dict[str, Any]
Answers = Mapping[str, Collection[str]]


def draw(pool: Sequence[Question], earlier: Iterable[Collection[str]], source: random.Random) -> list[Question]:
    """Questions for a new try, in random order with their options mixed; none when the pool is too small.

    `earlier` are the question ids of tries before, the last one first. What was never seen comes first, then
    what was seen longest ago, so those of the last try come back only when there are no others.
    """
    if len(pool) < LEAST:
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
    return [
        {**question, "options": source.sample(question["options"], len(question["options"]))} for question in chosen
    ]


def needed(total: int, path: str) -> int:
    """How many of so many questions must be right in a lesson of this path."""
    return -(-total * STRICT.get(path, PASS) // 100)


def of_these(questions: Iterable[Question], sent: Answers) -> dict[str, list[str]]:
    """What was answered to these questions with options that they have; everything else is left out."""
    found = {}
    for question in questions:
        chosen = set(sent.get(question["id"], ()))
        ids = [option["id"] for option in question["options"] if option["id"] in chosen]
        if ids:
            found[question["id"]] = ids
    return found


def unanswered(questions: Iterable[Question], answers: Answers) -> list[str]:
    """Ids of the questions without an answer."""
    return [question["id"] for question in questions if not answers.get(question["id"])]


def is_right(question: Question, chosen: Collection[str]) -> bool:
    """All right options, and none besides."""
    return set(chosen) == {option["id"] for option in question["options"] if option["correct"]}


def count_right(questions: Iterable[Question], answers: Answers) -> int:
    """How many of these questions were answered right."""
    return sum(is_right(question, answers.get(question["id"], ())) for question in questions)
