"""Ids that the form sets by itself: of questions, options and sources."""

import re
from collections.abc import Collection
from string import ascii_lowercase

from tutoring.lessons.content.form.values import KIND, Values

_ID = re.compile(r"^id:[ \t]*([a-z0-9-]+)[ \t]*$", re.MULTILINE)


def question_ids(text: str) -> set[str]:
    """Returns the ids of the questions in a text."""
    return set(_ID.findall(text))


def complete_step(values: Values, taken: Collection[str]) -> None:
    """Gives an id to each question and option without one; `taken` are ids of other questions of the lesson."""
    questions = [block for block in values.get("blocks", ()) if block[KIND] == "checkpoint"]
    used = {*taken, *(one["id"] for one in questions)}
    for question in questions:
        if not question["id"]:
            question["id"] = _next(used, "c")
            used.add(question["id"])
        _complete_options(question)


def complete_quiz(values: Values) -> None:
    """Gives an id to each question and option of a quiz without one, or with one that another has."""
    used: set[str] = set()
    ids = {one["id"] for one in values["questions"]}
    for question in values["questions"]:
        if not question["id"] or question["id"] in used:
            question["id"] = _next({*ids, *used}, "q")
        used.add(question["id"])
        _complete_options(question)


def _complete_options(question: Values) -> None:
    letters = {option["id"] for option in question["options"]}
    for option in question["options"]:
        if not option["id"]:
            option["id"] = next((one for one in ascii_lowercase if one not in letters), _next(letters, "o"))
            letters.add(option["id"])


def complete_head(values: Values) -> None:
    """Gives an id to each source without one."""
    used = {one["id"] for one in values["sources"]}
    for source in values["sources"]:
        if not source["id"]:
            source["id"] = _next(used, "s")
            used.add(source["id"])


def _next(used: Collection[str], stem: str) -> str:
    return next(name for n in range(1, len(used) + 2) if (name := f"{stem}{n}") not in used)
