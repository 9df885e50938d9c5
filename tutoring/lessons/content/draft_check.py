"""Checks the draft of a lesson, and prepares its steps for the preview. Pure."""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tutoring.lessons.content import lesson_parser
from tutoring.lessons.content import loader as folders
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.fact_placeholders import FactPlaceholders
from tutoring.lessons.content.lesson_builder import read_lesson, read_media, source_blocks, step_text
from tutoring.lessons.content.lesson_parser import ReferenceTargets
from tutoring.lessons.content.schema import Fact, Front
from tutoring.lessons.content.screens import step_screens
from tutoring.lessons.content.types import QUIZ_FILE, SOURCE, SOURCE_FILE, Fault, Lesson, Place, Step


@dataclass(frozen=True)
class Draft:
    """A lesson's text as checked. `steps` hold what can be parsed, even when there are faults."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    lesson: Lesson | None  # None when there are faults
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Checked:
    """A draft with what it was checked against."""

    around: ReferenceTargets
    known: Mapping[str, Place]
    draft: Draft


_CHECKED_MOST = 16  # drafts; a lesson of many pictures takes about 0.3 MB
_checked: OrderedDict[tuple[object, ...], _Checked] = OrderedDict()
_checked_lock = threading.Lock()


def check_text(
    folder: Path, slug: str, text: str, others: Iterable[Place], today: dt.date | None = None,
    edited: Mapping[str, Fact] = folders.AS_SHIPPED, quiz: str | None = None,
) -> Draft:  # fmt: skip
    """Checks an unsaved vi.md of a lesson against the folder and the other lessons.

    `quiz` replaces its quiz.yml.

    The last drafts are cached: the same text is checked once against the same files, facts and lessons.
    """
    known = {one.id: one for one in others if one.id != slug}
    around = folders.around(folder, {slug, *known}, today, edited)
    key = folder, slug, text, quiz, _stamps(folders.lesson_folder(folder, slug))
    with _checked_lock:
        kept = _checked.get(key)
        if kept is not None and kept.around == around and kept.known == known:
            _checked.move_to_end(key)
            return kept.draft
    draft = _check(folder, slug, text, known, around, quiz)
    with _checked_lock:
        _checked[key] = _Checked(around, known, draft)
        _checked.move_to_end(key)
        while len(_checked) > _CHECKED_MOST:
            _checked.popitem(last=False)
    return draft


def _stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """The files of a lesson with the time of their last change and their size: they change under a running site."""
    found = []
    for file in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):  # it was removed since the folder was listed
            stat = file.stat()
            found.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _check(
    folder: Path, slug: str, text: str, known: Mapping[str, Place], around: ReferenceTargets, quiz: str | None
) -> Draft:
    shown = f"{folder.name}/lessons/{slug}"
    written = {SOURCE_FILE: text} | ({} if quiz is None else {QUIZ_FILE: quiz})
    lesson, everything = read_lesson(folders.lesson_folder(folder, slug), shown, around, written)
    if lesson is not None:
        beside = Diagnostics(f"{shown}/vi.md")
        folders.check_against_others(lesson, {**known, slug: folders.place_of(lesson)}, known.values(), beside)
        everything.append(beside)
    faults = tuple(sorted({one for notes in everything for one in notes.faults}))
    return Draft(
        faults=faults,
        warnings=tuple(sorted({one for notes in everything for one in notes.warnings})),
        lesson=None if faults else lesson,
        steps=lesson.steps if lesson else _rough(folders.lesson_folder(folder, slug), text, around),
    )


def _rough(folder: Path, text: str, around: ReferenceTargets) -> tuple[Step, ...]:
    """Returns the steps as far as they can be parsed."""
    notes = Diagnostics("")
    page = lesson_parser.read_page(folder / "vi.md", notes, text)
    if page is None:
        return ()
    head = lesson_parser.read_head(Front, page, notes)
    media = read_media(folder, head, page, [], notes) if head else {}
    around = around.within(head.id, page) if head else around
    found = []
    for n, (step, row) in enumerate(zip(page.steps, source_blocks(page, around, notes), strict=True), 1):
        blocks = [block for block in row if block]
        facts = FactPlaceholders(around.facts, SOURCE)
        screens = step_screens.read(step, notes)
        shown = step_text(step, blocks, SOURCE, media, around, facts, screens)
        found.append(
            Step(step.id or "", n, {SOURCE: shown}, step.digest, part=step.part or "", origin=step.origin or "")
        )
    return tuple(found)
