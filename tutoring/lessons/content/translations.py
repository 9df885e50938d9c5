"""Translations of a lesson: they have the same steps and blocks and differ only in texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutoring.lessons.content import blocks, lesson_parser
from tutoring.lessons.content.blocks import Block
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.fact_placeholders import FactPlaceholders
from tutoring.lessons.content.lesson_parser import Page, ReferenceTargets
from tutoring.lessons.content.markdown import RawStep
from tutoring.lessons.content.schema import Front, TranslatedFront

_LANGUAGE_FILE = re.compile(r"[a-z]{2}(-[a-z]+)?\.md")


@dataclass(frozen=True)
class Translation:
    """One language file of a lesson. `step_at` maps each step id to its position in the file."""

    head: TranslatedFront
    page: Page
    notes: Diagnostics
    step_at: Mapping[str, int]

    def state(self, source: RawStep) -> str:
        """Returns the state of a step's translation: ok, stale or missing."""
        if source.id not in self.step_at:
            return "missing"
        return "ok" if self.head.source_hash.get(source.id or "") == source.digest else "stale"

    def step(self, source: RawStep) -> RawStep:
        """Returns the translated step."""
        return self.page.steps[self.step_at[source.id or ""]]

    def blocks(self, source: RawStep, originals: list[Block], facts: FactPlaceholders) -> list[Block]:
        """Returns the step's blocks in this language.

        Differences from the original in more than texts are recorded as faults.
        """
        at = self.step_at[source.id or ""]
        step, parsed = self.page.steps[at], self.page.blocks[at]
        kinds, expected = [raw.type for raw in step.blocks], [block["type"] for block in originals]
        if kinds != expected:
            say = f"bản gốc có các khối: {', '.join(expected)}; bản dịch có: {', '.join(kinds)}"
            self.notes.fault(step.line, "blocks-differ", say)
            return []
        made = []
        for raw, one, original in zip(step.blocks, parsed, originals, strict=True):
            try:
                data = laid_over(original, one.data)
            except ValueError as error:
                self.notes.fault(raw.line, "blocks-differ", f"khối {raw.type}: {error}")
                continue
            block = blocks.check(raw, one, blocks.filled(data, facts.fill), self.notes)
            if block is not None:
                made.append(block)
        return made


def laid_over(original: Block, data: object) -> Any:
    """Returns the content of a block with translated texts.

    Raises ValueError where it does not match the original.
    """
    if original["type"] == "mistakes":
        return blocks.overlay(original["items"], data)
    if not isinstance(data, dict):
        raise ValueError("phải viết giống bản gốc")
    return blocks.overlay(original, data)


def read_translations(
    folder: Path, shown: str, head: Front, around: ReferenceTargets, everything: list[Diagnostics]
) -> list[Translation]:
    found = []
    for file in sorted(folder.glob("*.md")):
        if file.name == "vi.md":
            continue
        notes = Diagnostics(f"{shown}/{file.name}")
        everything.append(notes)
        if not _LANGUAGE_FILE.fullmatch(file.name):
            notes.fault(1, "language", "tên tệp phải là mã ngôn ngữ, như en.md")
            continue
        page = lesson_parser.read_page(file, notes)
        made = lesson_parser.read_head(TranslatedFront, page, notes) if page else None
        if page is None or made is None:
            continue
        if made.translates != head.id:
            notes.fault(page.head_line("translates"), "folder", f"translates phải là “{head.id}”")
        if made.lang != file.stem:
            notes.fault(page.head_line("lang"), "language", f"lang phải là “{file.stem}”, như tên tệp")
        if len(made.teach_back or head.teach_back or ()) != len(head.teach_back or ()):
            notes.fault(page.head_line("teach_back"), "blocks-differ", "teach_back phải có số dòng như bản gốc")
        lesson_parser.check_words(page, notes, vietnamese=made.lang.startswith("vi"))
        lesson_parser.check_references(page, around, notes)
        step_at = {step.id: n for n, step in enumerate(page.steps) if step.id}
        found.append(Translation(made, page, notes, step_at))
    return found
