"""What the pages of the form share: what is posted, what stood meanwhile, and what a field may choose from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.content import loader as folders
from tutoring.lessons.content.form import document as documents
from tutoring.lessons.content.form import own_ids, quiz, rows
from tutoring.lessons.content.form.document import Document
from tutoring.lessons.content.form.fields import Field
from tutoring.lessons.content.form.lesson_fields import HEAD, STEP
from tutoring.lessons.content.form.quiz import Quiz
from tutoring.lessons.content.form.steps import RAW, Unwritable, same
from tutoring.lessons.content.form.values import Values, bare, from_tree, tree
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals.models import Proposal
from tutoring.lessons.skills import queries as skills_queries
from tutoring.web.form_versions import digest

GONE = "gone"  # in place of the digest of a step that another window removed meanwhile


@dataclass
class Refusal(Exception):
    """The form was not saved: what the author typed, and why."""

    values: Values
    error: DomainError
    about: str = ""  # the field that it is about
    newer: dict[str, str] = field(default_factory=dict)  # what stands now, by field
    base: str = ""


@dataclass(frozen=True)
class Saved:
    """The form as saved; `at` is the field to go on at."""

    document: Document
    number: int
    at: str = ""


def base_of(values: Values) -> str:
    """Returns the digest by which a page names the version that it was made from."""
    return digest(bare(values))


def steps_base(document: Document) -> str:
    """Returns the digest of the order of steps: a button pressed twice must not hit the next step."""
    return digest({"steps": document.outline()})


def save_step(author: User, row: Proposal, number: int, posted: Iterable[tuple[str, str]], base: str) -> Saved:
    """Saves the posted fields of a step, after the button that was pressed; raises Refusal."""
    sent = list(posted)
    values = from_tree(STEP, tree(sent))
    document = documents.read(row.text, row.step_id is None)
    place = document.number_of(values["id"]) if values["id"] else min(number, len(document.steps))
    if place is None and base == GONE and row.step_id is None:
        try:
            document = documents.with_new_step(document, number - 1)
        except Unwritable as full:
            raise Refusal(values, InvalidInput(full.say), base=GONE) from None
        place = number
    elif place is None:
        say = N_("Bước này vừa bị bỏ ở cửa sổ khác. Bấm “Lưu và xem trước” để thêm lại, hoặc mở lại bài.")
        raise Refusal(values, Conflict(say), base=GONE)
    else:
        stands = document.step(place)
        values["id"] = stands["id"]
        if RAW in stands:
            raise Refusal(values, Conflict(N_("Bước này nay viết theo cách mà mẫu điền chưa có. Sửa ở thẻ Markdown.")))
        _require_same(stands, values, base)
    at = _press(STEP, values, sent)
    own_ids.complete_step(values, own_ids.question_ids(_other_text(row, document, place)))
    made = _write(lambda: documents.with_step(document, place, values), values)
    _store(author, row, made.text, values, dict(sent).get("note"))
    return Saved(made, place, at)


def save_head(author: User, row: Proposal, posted: Iterable[tuple[str, str]], base: str) -> Saved:
    """Saves the posted fields of the head, after the button that was pressed; raises Refusal."""
    sent = list(posted)
    values = from_tree(HEAD, tree(sent))
    document = documents.read(row.text, whole=True)
    _require_same(document.head(), values, base)
    posted_form = dict(sent)
    if "-step:" in posted_form.get("act", "") and posted_form.get("steps") != steps_base(document):
        say = N_("Các bước vừa được đổi. Xem lại danh sách dưới đây rồi bấm lại.")
        raise Refusal(values, Conflict(say), about="steps")
    at = _press(HEAD, values, sent)
    own_ids.complete_head(values)
    try:
        made, at = _change_steps(documents.with_head(document, values), dict(sent).get("act", ""), at)
    except Unwritable as refusal:
        raise Refusal(values, InvalidInput(refusal.say), about="steps") from None
    _store(author, row, made.text, values, dict(sent).get("note"))
    return Saved(made, 0, at)


def save_quiz(author: User, row: Proposal, posted: Iterable[tuple[str, str]], base: str) -> tuple[Quiz, str]:
    """Saves the posted questions after the button that was pressed; returns them and the field to go on at."""
    sent = list(posted)
    values = from_tree(quiz.QUIZ, tree(sent))
    stands = quiz.read(row.text)
    _require_same(stands.values, values, base)
    at = _press(quiz.QUIZ, values, sent)
    own_ids.complete_quiz(values)
    made = quiz.with_questions(stands, values)
    _store(author, row, made.text, values, dict(sent).get("note"))
    return made, at


def anchor_of(name: str) -> str | None:
    """Returns the id of a field on its page, as the templates make it; None without a field."""
    return f"f-{name.replace('.', '-')}" if name else None


def row_of(name: str) -> str:
    """Returns the row that a field stands in, as “questions.3” of “questions.3.options.0.text”."""
    return ".".join(name.split(".")[:2])


def _require_same(stands: Values, values: Values, base: str) -> None:
    """Raises Refusal with both versions where another window saved other words since the page was made."""
    if base != base_of(stands) and not same(stands, values):
        say = N_(
            "Phần này vừa được sửa ở cửa sổ khác. Bản đang lưu ghi ở dưới từng ô khác nhau. Chọn xong, bấm lưu lại."
        )
        raise Refusal(values, Conflict(say), newer=differences(stands, values), base=base_of(stands))


def _press(fields: tuple[Field, ...], values: Values, sent: list[tuple[str, str]]) -> str:
    """Changes the rows by the button that was pressed."""
    typed = dict(sent)
    act, _, name = typed.get("act", "").partition(":")
    return (rows.change(fields, values, act, name, typed.get(f"{name}.new", "")) or "") if name else ""


def _change_steps(document: Document, act: str, at: str) -> tuple[Document, str]:
    """Adds, moves or removes a step by a button such as “up-step:3”."""
    what, _, place = act.partition("-step:")
    if not (place.isascii() and place.isdigit() and len(place) < 4 and int(place) <= len(document.steps)):
        return document, at
    number = int(place)
    if what == "add":
        return documents.with_new_step(document, number), f"step-{number + 1}"
    if number == 0:
        return document, at
    if what == "remove":
        return documents.without_step(document, number), "steps"
    by = {"up": -1, "down": 1}.get(what, 0)
    return documents.with_step_moved(document, number, by), f"step-{min(max(number + by, 1), len(document.steps))}"


def _write(make: Any, values: Values) -> Document:
    try:
        made: Document = make()
    except Unwritable as refusal:
        raise Refusal(values, InvalidInput(refusal.say), about=refusal.field) from None
    return made


def _store(author: User, row: Proposal, text: str, values: Values, note: str | None) -> None:
    said = row.note if note is None else note
    try:
        proposals_commands.save_proposal(author, row.id, text, said, row.updated_at)
    except DomainError as refusal:
        raise Refusal(values, refusal, about="note" if refusal.field == "note" else "") from None


def _other_text(row: Proposal, document: Document, place: int) -> str:
    """Returns the text of the other steps of the lesson."""
    if row.step_id is None:
        return "\n".join(text for n, text in enumerate(document.steps, 1) if n != place)
    return ""


# ---- two versions --------------------------------------------------------------------------------------------------


def differences(stands: Values, values: Values) -> dict[str, str]:
    """Returns what stands now in the fields that differ, by field; "" names those that the author has not."""
    now, typed = dict(_flat(bare(stands), "")), dict(_flat(bare(values), ""))
    found = {name: now.get(name) or gettext("(để trống)") for name in typed if now.get(name, "") != typed[name]}
    only = [text for name, text in now.items() if name not in typed and text]
    return found | ({"": " · ".join(only)} if only else {})


def _flat(values: Any, name: str) -> Iterable[tuple[str, str]]:
    if isinstance(values, dict):
        for key, one in values.items():
            yield from _flat(one, f"{name}.{key}" if name else key)
    elif isinstance(values, list) and any(isinstance(one, dict) for one in values):
        for n, one in enumerate(values):
            yield from _flat(one, f"{name}.{n}")
    elif isinstance(values, list):
        yield name, "; ".join(values)
    elif isinstance(values, bool):
        yield name, gettext("có") if values else gettext("không")
    else:
        yield name, str(values)


# ---- what a field may choose from ----------------------------------------------------------------------------------


def choices(folder: Path, row: Proposal, document: Document, lang: str) -> dict[str, list[tuple[str, str]]]:
    """Returns the choices that depend on the site, by the name of their source."""
    paths = catalogue_queries.paths(lang)
    return {
        "steps": steps(folder, row, document),
        "skills": skills_queries.topics(lang),
        "lessons": [(one.slug, one.title) for path in paths for one in path.lessons if one.slug != row.lesson_slug],
        "paths": [(path.slug, path.title) for path in paths],
        "pictures": [(name, name) for name in sorted(folders.pictures_of(folder))],
    }


def facts(folder: Path) -> list[tuple[str, str]]:
    """Returns the facts that a step may name: what to write, and what learners read."""
    found = {**folders.facts_of(folder), **facts_queries.edited()}
    return [(f"{{fact:{name}}}", one.value.vi) for name, one in sorted(found.items())]


def steps(folder: Path, row: Proposal, document: Document | None = None) -> list[tuple[str, str]]:
    """Returns the steps of a proposal's lesson, by the whole lesson where it changes only a part."""
    if document is None or row.step_id is not None:
        try:
            document = documents.read(preview.lesson_text(folder, row.lesson_slug) or "", whole=True)
        except documents.Unreadable:
            return document.outline() if document else []
    return [(step_id, f"{n}. {title}") for n, (step_id, title) in enumerate(document.outline(), 1) if step_id]
