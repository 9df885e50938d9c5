"""Plain words of people put into a lesson's text, where its writer goes on with them. Pure."""

import json
import re

from tutoring.kernel.text import words
from tutoring.lessons.content.lint import TO_WRITE
from tutoring.lessons.content.schema import LONGEST_SLUG

_MISTAKES = re.compile(r"^```mistakes[ \t]*\n(?:.*\n)*?(?=```[ \t]*$)", re.MULTILINE)
_STUCK = re.compile(r"^```stuck[ \t]*$", re.MULTILINE)
_FIRST_TASK = f"\n{TO_WRITE} một việc cần làm.\n"
_SIGNS = re.compile(r"^[\s#>*+|~`-]+|[`{}<>]")


def plain(text: str) -> str:
    """One line of words, in which nothing means anything to the layout of a lesson."""
    return " ".join(_SIGNS.sub("", text).split())


def with_mistake(step: str, wrong: str, fix: str) -> str:
    """A step with one more of its usual mistakes, at the end of them."""
    said = json.dumps(plain(wrong), ensure_ascii=False), json.dumps(plain(fix), ensure_ascii=False)
    line = f"- {{wrong: {said[0]}, fix: {said[1]}}}\n"
    if (there := _MISTAKES.search(step)) is not None:
        return step[: there.end()] + line + step[there.end() :]
    block = f"```mistakes\n{line}```\n"
    if (stuck := _STUCK.search(step)) is not None:
        return step[: stuck.start()] + block + step[stuck.start() :]
    return f"{step.rstrip()}\n\n{block}"


def with_first_task(lesson: str, text: str) -> str:
    """A lesson of the bare layout whose first step says these words, paragraph by paragraph."""
    paragraphs = [line for line in map(plain, text.split("\n")) if line]
    return lesson.replace(_FIRST_TASK, "\n" + "\n\n".join(paragraphs) + "\n", 1)


def slug_of(title: str, taken: set[str]) -> str:
    """A name for a lesson of this title that no other has."""
    stem = ""
    for word in words(title):
        if len(stem) + len(word) + 1 > LONGEST_SLUG - 3:
            break
        stem = f"{stem}-{word}" if stem else word
    stem = stem if stem and stem[0].isalpha() else f"bai-{stem}".strip("-")
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
