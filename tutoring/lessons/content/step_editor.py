"""Edits the text of a lesson: replaces one step, and reads and sets version and review.

Also inserts plain texts written by users as a mistake or a first task. Pure.
"""

import datetime as dt
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass

from tutoring.kernel.text import words
from tutoring.lessons.content import markdown, strict_yaml
from tutoring.lessons.content.diagnostics import ODD
from tutoring.lessons.content.lint import TO_WRITE
from tutoring.lessons.content.markdown import LayoutFault
from tutoring.lessons.content.schema import MAX_SLUG_CHARS
from tutoring.lessons.content.strict_yaml import YamlFault

_VERSION = re.compile(r"^version:[ \t]*(\d+)", re.MULTILINE)
_REVIEW = re.compile(r"^review:[ \t]*(?:\{.*\}[ \t]*|(?:\n[ \t]+[^\n]*)+)$", re.MULTILINE)
_EVERY = re.compile(r"every_days:[ \t]*(\d+)")
_REVIEWER_PLACEHOLDER = "?"
_BROKEN = "\ufffd"  # letters lost in transmission: the author must type them again, so they are not dropped


@dataclass(frozen=True)
class StepExcerpt:
    """A step of a lesson: its text, and the lines of the file (from 1) that it covers."""

    text: str
    first: int
    last: int


def tidy(typed: str) -> tuple[str, int]:
    """Returns a text fit for storage, and how many hidden characters were dropped.

    Line ends and letters (NFC) are normalised.
    """
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    kept = ODD.sub(lambda hit: _BROKEN if hit[0] == _BROKEN else "", text)
    return kept, len(text) - len(kept)


def digest(text: str) -> str:
    """Returns a hash of the wording; blank lines around the text do not count."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def cut(text: str, step_id: str) -> StepExcerpt | None:
    """Returns the step with this id, or None when the lesson has none."""
    lines = text.split("\n")
    try:
        _head, body, before = markdown.split(text)
        steps, _stray = markdown.steps(body, before)
    except LayoutFault:
        return None
    for n, step in enumerate(steps):
        if step.id == step_id:
            last = steps[n + 1].line - 1 if n + 1 < len(steps) else len(lines)
            return StepExcerpt("\n".join(lines[step.line - 1 : last]).strip("\n"), step.line, last)
    return None


def replaced(text: str, step_id: str, step: str) -> str | None:
    """Returns the lesson with another text for this step, or None when it has no such step."""
    old = cut(text, step_id)
    if old is None:
        return None
    lines = text.split("\n")
    rest = lines[old.last :]
    new = [*step.strip("\n").split("\n"), ""]
    return "\n".join([*lines[: old.first - 1], *new, *rest]).rstrip("\n") + "\n"


def find_replacement_problem(text: str, step_id: str, step: str) -> str:
    """Returns why `step` cannot replace this step without changing others, or an empty text."""
    try:
        return _find_problem(text, step_id, step)
    except LayoutFault as fault:
        return fault.say


def _find_problem(text: str, step_id: str, step: str) -> str:
    alone, stray = markdown.steps(step.strip("\n"), 0)
    if stray or len(alone) != 1:
        return "chỉ viết một bước, bắt đầu bằng một dòng ## ; muốn thêm hay bớt bước thì đề nghị sửa cả bài"
    if alone[0].id != step_id:
        return f"giữ nguyên mã {{#{step_id}}} sau tên bước: tiến độ của người học gắn với mã này"
    spliced = replaced(text, step_id, step)
    if spliced is None or _others(spliced, step_id) != _others(text, step_id):
        return "bước này lấn sang bước khác; mỗi dòng ``` mở ra phải có một dòng ``` đóng lại"
    return ""


def _others(text: str, step_id: str) -> list[tuple[str | None, str]]:
    _head, body, before = markdown.split(text)
    return [(one.id, one.digest) for one in markdown.steps(body, before)[0] if one.id != step_id]


def _parted(text: str) -> tuple[str, str]:
    """Returns the head of a lesson with its two --- lines, and the steps."""
    try:
        _front, body, _before = markdown.split(text)
    except LayoutFault:
        return "", text
    return text[: len(text) - len(body)], body


def version(text: str) -> int:
    """Returns the version that a text states, or 0 when it states none."""
    found = _VERSION.search(_parted(text)[0])
    return int(found[1]) if found and len(found[1]) < 9 else 0


def above(text: str, before: int) -> str:
    """Returns the text with a version higher than `before`."""
    if version(text) > before:
        return text
    head, body = _parted(text)
    return _VERSION.sub(f"version: {before + 1}", head, count=1) + body


def takes_review(text: str) -> bool:
    """Returns whether `reviewed` can set the review.

    If it could not, the review named by the author would stay in the text.
    """
    try:
        front, _body, _before = markdown.split(reviewed(text, _REVIEWER_PLACEHOLDER, dt.date.min))
        return bool(strict_yaml.parse(front).data["review"].get("by") == _REVIEWER_PLACEHOLDER)
    except (LayoutFault, YamlFault):
        return False


def reviewed(text: str, by: str, on: dt.date) -> str:
    """Returns the text with the reviewer and date of the review set.

    A text without a review entry is returned unchanged.
    """

    def say(found: re.Match[str]) -> str:
        every = _EVERY.search(found[0])
        days = f", every_days: {every[1]}" if every else ""
        return f"review: {{by: {json.dumps(by, ensure_ascii=False)}, on: {on.isoformat()}{days}}}"

    head, body = _parted(text)
    return _REVIEW.sub(say, head, count=1) + body


_MISTAKES = re.compile(r"^```mistakes[ \t]*\n(?:.*\n)*?(?=```[ \t]*$)", re.MULTILINE)
_STUCK = re.compile(r"^```stuck[ \t]*$", re.MULTILINE)
_FIRST_TASK = f"\n{TO_WRITE} một việc cần làm.\n"
_SIGNS = re.compile(r"^[\s#>*+|~`-]+|[`{}<>]")


def plain(text: str) -> str:
    """Returns the text as one line without characters that have a meaning in the lesson format."""
    return " ".join(_SIGNS.sub("", text).split())


def with_mistake(step: str, wrong: str, fix: str) -> str:
    """Returns the step with one more usual mistake, after the existing ones."""
    said = json.dumps(plain(wrong), ensure_ascii=False), json.dumps(plain(fix), ensure_ascii=False)
    line = f"- {{wrong: {said[0]}, fix: {said[1]}}}\n"
    if (there := _MISTAKES.search(step)) is not None:
        return step[: there.end()] + line + step[there.end() :]
    block = f"```mistakes\n{line}```\n"
    if (stuck := _STUCK.search(step)) is not None:
        return step[: stuck.start()] + block + step[stuck.start() :]
    return f"{step.rstrip()}\n\n{block}"


def with_first_task(lesson: str, text: str) -> str:
    """Returns a lesson made from the template whose first step holds this text, by paragraphs."""
    paragraphs = [line for line in map(plain, text.split("\n")) if line]
    return lesson.replace(_FIRST_TASK, "\n" + "\n\n".join(paragraphs) + "\n", 1)


def slug_of(title: str, taken: set[str]) -> str:
    """Returns a slug for a lesson with this title that is not taken."""
    stem = ""
    for word in words(title):
        if len(stem) + len(word) + 1 > MAX_SLUG_CHARS - 3:
            break
        stem = f"{stem}-{word}" if stem else word
    stem = stem if stem and stem[0].isalpha() else f"bai-{stem}".strip("-")
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
