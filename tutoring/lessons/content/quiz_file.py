"""Reads the pool of questions that a lesson's quiz draws from."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from tutoring.lessons.content import blocks, lint, strict_yaml
from tutoring.lessons.content.blocks import Block
from tutoring.lessons.content.diagnostics import Diagnostics, line_at
from tutoring.lessons.content.lesson_parser import Page
from tutoring.lessons.content.schema import Slug, Strict, Words, refuse
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.lessons.content.style.questions import weak_points
from tutoring.lessons.content.types import QUIZ_FILE
from tutoring.lessons.content.validation_messages import problems

DRAWN = 5  # questions of one quiz
POOL = 2 * DRAWN  # so that a second try gets other questions

_POINTER = re.compile(r"\{fact:")


class QuizOption(Strict):
    """One answer. A wrong one explains why, without revealing the right one."""

    id: Slug
    text: Words
    correct: bool = False
    say: Words | None = None


class QuizQuestion(Strict):
    """One question, about one step of the lesson."""

    id: Slug
    step: Slug
    kind: Literal["single", "multiple"]
    prompt: Words
    options: Annotated[list[QuizOption], Field(min_length=3, max_length=6)]

    @model_validator(mode="after")
    def _answerable(self) -> "QuizQuestion":
        ids = {option.id for option in self.options}
        right = sum(option.correct for option in self.options)
        if len(ids) != len(self.options):
            raise refuse("option-id", "hai lựa chọn trùng id; mỗi lựa chọn một id")
        if self.kind == "single" and right != 1:
            raise refuse("correct", "câu single cần đúng một lựa chọn correct: true")
        if self.kind == "multiple" and not 2 <= right < len(ids):
            raise refuse("correct", "câu multiple cần ít nhất hai lựa chọn correct: true và một lựa chọn sai")
        silent = [option.id for option in self.options if not option.correct and not option.say]
        if silent:
            raise refuse("feedback", f"lựa chọn sai “{silent[0]}” cần lời giải thích (say)")
        return self


class QuizFile(Strict):
    """The file content/lessons/<id>/quiz.yml."""

    schema_: Literal[1] = Field(alias="schema")
    questions: Annotated[list[QuizQuestion], Field(min_length=POOL)]


def read_quiz(
    folder: Path, shown: str, page: Page, everything: list[Diagnostics], written: str | None = None
) -> tuple[Block, ...]:
    """Returns the pool in quiz.yml; empty when the file is missing or cannot be parsed.

    `written` replaces the text of the file.
    """
    notes = Diagnostics(f"{shown}/{QUIZ_FILE}")
    everything.append(notes)
    if written is None and not (folder / QUIZ_FILE).is_file():
        notes.warn(1, "no-quiz", "bài chưa có quiz.yml: học xong chưa được trả lời câu hỏi để nhận kỹ năng")
        return ()
    text = notes.text(folder / QUIZ_FILE) if written is None else written
    if text is None:
        return ()
    try:
        parsed = strict_yaml.parse(text)
        quiz = QuizFile.model_validate(parsed.data)
    except YamlFault as error:
        notes.fault(error.line, "yaml", error.say)
        return ()
    except ValidationError as error:
        for line, code, say in problems(error, parsed):
            notes.fault(line, code, say)
        return ()
    _check(quiz, text, parsed, page, notes)
    return tuple(one.model_dump(mode="json") for one in quiz.questions)


def _check(quiz: QuizFile, text: str, parsed: Parsed, page: Page, notes: Diagnostics) -> None:
    steps, seen = {step.id for step in page.steps}, set[str]()
    for n, one in enumerate(quiz.questions):
        if one.id in seen:
            notes.fault(parsed.line(("questions", n)), "checkpoint-id", f"mã câu hỏi “{one.id}” dùng hai lần")
        seen.add(one.id)
        if one.step not in steps:
            line = parsed.line(("questions", n, "step"))
            notes.fault(line, "quiz-step", f"bài không có bước “{one.step}”")
        for path, code, say in weak_points(one.model_dump()):
            notes.warn(parsed.line(("questions", n, *path)), code, say)
    for where, words in blocks.sentences(parsed.data):
        count = lint.count_longest_sentence(words)
        if count > lint.MAX_SENTENCE_SYLLABLES:
            say = f"câu dài {count} tiếng; nhiều nhất {lint.MAX_SENTENCE_SYLLABLES}, hãy tách câu"
            notes.fault(parsed.line(where), "long-sentence", say)
    for look, code in (
        (lint.unwritten, "unwritten"),
        (lint.old_words, "old-word"),
        (lint.hosts, "host"),
        (lint.numbers, "number"),
    ):
        for offset, say in look(text):
            notes.fault(line_at(text, offset), code, say)
    if hit := _POINTER.search(text):
        notes.fault(line_at(text, hit.start()), "fact", "trong quiz.yml không dùng {fact:…}")
