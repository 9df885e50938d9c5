"""Reads the translations of a lesson's quiz: the same questions and options in other words."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from tutoring.lessons.content import lint, strict_yaml
from tutoring.lessons.content.blocks import Block
from tutoring.lessons.content.diagnostics import Diagnostics, line_at
from tutoring.lessons.content.schema import Slug, Strict, Words
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.lessons.content.validation_messages import problems

_HASH = re.compile(r'"[0-9a-f]{10}"')
_FILE = re.compile(r"quiz\.(?P<lang>[a-z]{2}(?:-[a-z]+)?)\.yml")


class TranslatedOption(Strict):
    """One answer in another language; a wrong one explains why."""

    text: Words
    say: Words | None = None


class TranslatedQuestion(Strict):
    """One question in another language. `source_hash` is the digest of the wording that it translates."""

    source_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{10}$")]
    prompt: Words
    options: dict[Slug, TranslatedOption]


class QuizTranslationFile(Strict):
    """The file content/lessons/<id>/quiz.<language>.yml. Questions and options are named by their ids."""

    schema_: Literal[1] = Field(alias="schema")
    questions: dict[Slug, TranslatedQuestion]


def digest(question: Block) -> str:
    """Returns a digest of a question's wording; the order of its options does not count."""
    options = sorted((one["id"], one["text"], one["say"]) for one in question["options"])
    return hashlib.sha256(json.dumps([question["prompt"], options]).encode()).hexdigest()[:10]


def translated(
    folder: Path, shown: str, quiz: Sequence[Block], languages: Sequence[str], everything: list[Diagnostics]
) -> tuple[Block, ...]:
    """Returns the questions with their current `translations` by language.

    Each of the lesson's `languages` should have a file; a missing or outdated translation of a question is a warning.
    """
    made: list[dict[str, Any]] = [{**one, "translations": {}} for one in quiz]
    files = {hit["lang"]: file for file in folder.glob("quiz.*.yml") if (hit := _FILE.fullmatch(file.name))}
    for lang in sorted({*files, *(languages if quiz else ())}):
        notes = Diagnostics(f"{shown}/quiz.{lang}.yml")
        everything.append(notes)
        if lang not in files:
            notes.warn(1, "translation-missing", f"câu hỏi của bài chưa có bản dịch ({lang})")
            continue
        text = notes.text(files[lang])
        if text is None:
            continue
        try:
            parsed = strict_yaml.parse(text)
            questions = QuizTranslationFile.model_validate(parsed.data).questions
        except YamlFault as error:
            notes.fault(error.line, "yaml", error.say)
        except ValidationError as error:
            for line, code, say in problems(error, parsed):
                notes.fault(line, code, say)
        else:
            _check(text, notes)
            for question, texts in _current(questions, {one["id"]: one for one in made}, parsed, notes):
                question["translations"][lang] = texts
    return tuple(made)


def _current(
    questions: dict[str, TranslatedQuestion], originals: dict[str, dict[str, Any]], parsed: Parsed, notes: Diagnostics
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yields each original with its translation, where the translation is of the current wording.

    Questions are added, changed and removed in the browser without their translations, which are then outdated: that
    must not keep the lesson from being loaded.
    """
    for id, one in questions.items():
        line = parsed.line(("questions", id))
        original = originals.get(id)
        if original is None:
            if originals:
                notes.warn(line, "translation-stale", f"quiz.yml không có câu hỏi “{id}”; xoá bản dịch này")
            continue
        if one.source_hash != digest(original):
            say = f"bản dịch của câu “{id}” đã cũ vì bản gốc vừa đổi; dịch lại rồi ghi source_hash: {digest(original)}"
            notes.warn(line, "translation-stale", say)
            continue
        explained = {option["id"]: bool(option["say"]) for option in original["options"]}
        if {key: option.say is not None for key, option in one.options.items()} != explained:
            notes.fault(line, "blocks-differ", f"câu “{id}” cần đúng các lựa chọn và lời giải thích (say) như bản gốc")
            continue
        yield original, one.model_dump(mode="json", include={"prompt", "options"})
    for id, original in originals.items():
        if id not in questions:
            say = f"câu “{id}” chưa có bản dịch; source_hash: {digest(original)}"
            notes.warn(1, "translation-missing", say)


def _check(text: str, notes: Diagnostics) -> None:
    text = _HASH.sub(lambda hit: " " * len(hit[0]), text)  # ten digits in a row would be a telephone number
    for look, code in ((lint.unwritten, "unwritten"), (lint.hosts, "host"), (lint.numbers, "number")):
        for offset, say in look(text):
            notes.fault(line_at(text, offset), code, say)
