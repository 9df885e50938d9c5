"""A folder of broken lessons: each is caught, and for its own reason alone."""

import datetime as dt
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutoring.cli.content import group
from tutoring.lessons.content import LessonContent, load

FOLDER = Path(__file__).parent / "faulty"
CAUGHT_AS = {
    "amount-in-prose": "number",
    "author-reviews": "reviewer",
    "citizen-number": "number",
    "english-word": "old-word",
    "folder-and-id": "folder",
    "foreign-link": "link",
    "hotline-in-prose": "number",
    "leads-to-no-step": "back-to",
    "long-sentence": "long-sentence",
    "missing-key": "missing",
    "no-checkpoint": "no-checkpoint",
    "no-head": "layout",
    "no-hint": "too-short",
    "no-right-answer": "correct",
    "nobody-s-part": "part",
    "not-utf-8": "encoding",
    "octal-number": "int-type",
    "odd-letters": "odd-character",
    "old-place-name": "old-word",
    "old-service-word": "old-word",
    "one-step-only": "step-count",
    "part-without-list": "family",
    "picture-fetches": "svg-unsafe",
    "picture-heavy": "media-heavy",
    "picture-runs-script": "svg-unsafe",
    "picture-small-letters": "svg-small",
    "picture-undeclared": "media-undeclared",
    "picture-unused": "media-unused",
    "picture-without-words": "alt",
    "quiz-of-no-step": "quiz-step",
    "quiz-too-small": "too-short",
    "quiz-without-key": "correct",
    "repeated-key": "yaml",
    "repeated-step-id": "step-id",
    "requires-back": "cycle",
    "requires-in-a-circle": "cycle",
    "requires-nothing-known": "requires",
    "review-too-rare": "less-than-equal",
    "reviewed-tomorrow": "future",
    "same-place": "order",
    "service-without-source": "sources",
    "shares-too-much": "literal-error",
    "step-without-id": "step-id",
    "stray-file": "media-stray",
    "translation-gives-key": "blocks-differ",
    "translation-lacks-block": "blocks-differ",
    "translation-other-options": "blocks-differ",
    "two-stuck": "stuck",
    "unknown-block": "block-type",
    "unknown-fact": "fact",
    "unknown-key": "extra-forbidden",
    "unknown-path": "path",
    "unknown-skill": "skill",
    "unknown-state-address": "host",
    "wrong-without-words": "feedback",
    "yaml-alias": "yaml",
}


@pytest.fixture(scope="module")
def bank() -> LessonContent:
    return load(FOLDER, dt.date(2026, 11, 25))


def test_every_broken_lesson_is_expected_to_be_caught() -> None:
    here = {one.name for one in (FOLDER / "lessons").iterdir()}
    assert here - {"good-one"} == set(CAUGHT_AS)
    assert len(CAUGHT_AS) >= 25


@pytest.mark.parametrize(("slug", "code"), CAUGHT_AS.items())
def test_a_broken_lesson_is_caught_for_its_own_reason(bank: LessonContent, slug: str, code: str) -> None:
    found = [one for one in bank.faults if one.file.split("/")[2] == slug]
    assert {one.code for one in found} == {code}
    assert all(one.line >= 1 and one.say for one in found)
    assert slug in bank.broken


def test_what_is_sound_is_handed_out(bank: LessonContent) -> None:
    assert [one.id for one in bank.lessons] == ["good-one"]


def test_the_command_says_every_fault_at_once_and_fails() -> None:
    from_command = CliRunner().invoke(group, ["check", str(FOLDER)])
    assert from_command.exit_code == 1
    lines = [line for line in from_command.output.splitlines() if not line.startswith("warning: ")]
    assert {line.split("/")[2] for line in lines} == set(CAUGHT_AS)
    assert all(re.match(r"faulty/lessons/[a-z0-9-]+/[a-z.]+:\d+: \S", line) for line in lines)
