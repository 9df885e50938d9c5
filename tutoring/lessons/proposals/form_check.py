"""Checks what a form holds, and says what is wrong beside the field that it is about."""

from dataclasses import dataclass, field
from pathlib import Path

from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.content import QUIZ_FILE, SOURCE_FILE
from tutoring.lessons.content.draft_check import Draft
from tutoring.lessons.content.form import document as documents
from tutoring.lessons.content.form import quiz
from tutoring.lessons.content.form.document import Document
from tutoring.lessons.content.form.plain_words import plain
from tutoring.lessons.content.form.quiz import Quiz
from tutoring.lessons.content.form.yaml_text import Lines
from tutoring.lessons.content.step_editor import cut, find_replacement_problem, replaced
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals.models import Proposal
from tutoring.safety.free_text import has_personal_contact


@dataclass(frozen=True)
class Note:
    """A sentence about a field: a fault must be mended before sending, other sentences are advice."""

    say: str
    fault: bool


@dataclass
class FormCheck:
    """What is wrong, by field; `by_step` counts faults and advice of each step of the lesson."""

    notes: dict[str, list[Note]] = field(default_factory=dict)
    elsewhere: list[Note] = field(default_factory=list)  # in the step or the head, about no single field
    by_step: dict[int, tuple[int, int]] = field(default_factory=dict)
    faults: int = 0  # in the whole proposal
    steps: tuple[StepText, ...] = ()

    def add(self, name: str, note: Note) -> None:
        found = self.notes.setdefault(name, []) if name else self.elsewhere
        if note.say and note not in found:
            found.append(note)


def check_step(folder: Path, row: Proposal, document: Document, number: int) -> FormCheck:
    """Checks a proposal with one step written one value a line, so that each line names its field."""
    lines = documents.spread_step(document, number)
    text = "\n".join(line for line, _ in lines)
    if row.step_id is None:
        steps = [*document.steps]
        steps[number - 1] = f"\n{text}\n"
        whole = Document(document.front, tuple(steps)).text
        step_id = document.outline()[number - 1][0]
    else:
        stands, step_id = preview.lesson_text(folder, row.lesson_slug), row.step_id
        why = preview.GONE if stands is None else find_replacement_problem(stands, step_id, text)
        if why or stands is None:
            return FormCheck(elsewhere=[Note(plain("layout", why), True)], faults=1)
        whole = replaced(stands, step_id, text) or ""
    found = cut(whole, step_id)
    checked = FormCheck()
    draft = preview.draft_of(folder, row.lesson_slug, whole)
    first = found.first if found else 1
    _note(checked, draft, lines, first)
    _count(checked, draft, whole, None if row.step_id is None else step_id)
    _note_private(checked, preview.part_text(folder, row.lesson_slug, row.step_id), lines)
    checked.steps = tuple(preview.shown_step(row.lesson_slug, step) for step in draft.steps if step.id == step_id)
    return checked


def check_head(folder: Path, row: Proposal, document: Document) -> FormCheck:
    """Checks a proposal for a whole lesson with its head written one value a line."""
    lines = documents.spread_head(document)
    front = "".join(f"{line}\n" for line, _ in lines)
    whole = Document(front, document.steps).text
    checked = FormCheck()
    draft = preview.draft_of(folder, row.lesson_slug, whole)
    _note(checked, draft, lines, 2)
    _count(checked, draft, whole, None)
    _note_private(checked, preview.part_text(folder, row.lesson_slug, None), lines)
    return checked


def check_quiz(folder: Path, row: Proposal, questions: Quiz) -> FormCheck:
    """Checks a proposal for the questions of a quiz, written one value a line."""
    lines = quiz.spread(questions)
    lesson = preview.lesson_text(folder, row.lesson_slug)
    if lesson is None:
        return FormCheck(elsewhere=[Note(plain("layout", preview.NO_LESSON), True)], faults=1)
    checked = FormCheck()
    draft = preview.draft_of(folder, row.lesson_slug, lesson, "\n".join(line for line, _ in lines))
    _note(checked, draft, lines, 1, QUIZ_FILE)
    for fault in draft.faults:
        if fault.is_in(QUIZ_FILE):
            checked.faults += 1
        else:
            checked.add("", Note(plain(fault.code, fault.say), True))
    _note_private(checked, preview.text_now(folder, row), lines)
    return checked


def _note(checked: FormCheck, draft: Draft, lines: Lines, first: int, file: str = SOURCE_FILE) -> None:
    """Adds what is wrong in these lines, which begin at line `first` of the lesson."""
    for found, is_fault in ((draft.faults, True), (draft.warnings, False)):
        for fault in found:
            at = fault.line - first
            if fault.is_in(file) and 0 <= at < len(lines):
                code = "missing" if is_fault and lines[at][0].endswith(': ""') else fault.code
                checked.add(_field(lines, at), Note(plain(code, fault.say), is_fault))


def _field(lines: Lines, at: int) -> str:
    """Returns the field of a line; a line without one belongs to the next that has one."""
    return next((name for _, name in lines[at:] if name), "")


def _count(checked: FormCheck, draft: Draft, whole: str, step_id: str | None) -> None:
    """Counts what is wrong in each step, or in one alone."""
    spans = _spans(whole)
    for found, is_fault in ((draft.faults, 1), (draft.warnings, 0)):
        for fault in found:
            if not fault.is_in(SOURCE_FILE) or not plain(fault.code, fault.say):
                continue
            number = next((n for n, (_, first, last) in enumerate(spans, 1) if first <= fault.line <= last), 0)
            mine = step_id is None or (number > 0 and spans[number - 1][0] == step_id)
            checked.faults += is_fault if mine else 0
            faults, advice = checked.by_step.get(number, (0, 0))
            checked.by_step[number] = faults + is_fault, advice + (not is_fault)


def _spans(whole: str) -> list[tuple[str, int, int]]:
    """Returns the id, first and last line of each step."""
    try:
        document = documents.read(whole, whole=True)
    except documents.Unreadable:
        return []
    found, line = [], whole.count("\n") - "\n".join(document.steps).count("\n") + 1
    for text, (step_id, _) in zip(document.steps, document.outline(), strict=True):
        last = line + text.count("\n")
        found.append((step_id, line, last))
        line = last + 1
    return found


def _note_private(checked: FormCheck, before: str | None, lines: Lines) -> None:
    for line, name in lines:
        if has_personal_contact(line) and line.strip() not in (before or ""):
            if not any(note.fault for note in checked.notes.get(name, ())):
                checked.faults += 1
            checked.add(name, Note(plain("private", preview.PRIVATE), True))
