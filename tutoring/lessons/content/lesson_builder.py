"""Builds a lesson from its files, after each of them has been parsed."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from html import unescape
from pathlib import Path

from tutoring.lessons.content import blocks, lesson_parser, markdown, quiz_translations, validation
from tutoring.lessons.content.blocks import Block
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.fact_placeholders import FactPlaceholders
from tutoring.lessons.content.lesson_parser import Page, ReferenceTargets
from tutoring.lessons.content.markdown import RawStep
from tutoring.lessons.content.media_files import read_medium
from tutoring.lessons.content.quiz_file import read_quiz
from tutoring.lessons.content.rendering import Picture, Renderer
from tutoring.lessons.content.schema import Front
from tutoring.lessons.content.screens import step_screens
from tutoring.lessons.content.screens.step_screens import Screens
from tutoring.lessons.content.style import check as style_check
from tutoring.lessons.content.translations import Translation, read_translations
from tutoring.lessons.content.types import (
    QUIZ_FILE,
    SOURCE,
    SOURCE_FILE,
    Lesson,
    LessonText,
    Medium,
    Review,
    Sound,
    Step,
    StepText,
)

_TAG = re.compile(r"<[^>]+>")


def read_lesson(
    folder: Path, shown: str, around: ReferenceTargets, written: Mapping[str, str] | None = None
) -> tuple[Lesson | None, list[Diagnostics]]:
    """Returns the lesson in a folder (None if it has faults), and the diagnostics of its files.

    `written` texts replace those files.
    """
    notes, texts = Diagnostics(f"{shown}/{SOURCE_FILE}"), written or {}
    everything = [notes]
    page = lesson_parser.read_page(folder / SOURCE_FILE, notes, texts.get(SOURCE_FILE))
    head = lesson_parser.read_head(Front, page, notes) if page else None
    if page is None or head is None:
        return None, everything
    around = around.within(head.id, page)
    lesson_parser.check_steps(page, notes)
    lesson_parser.check_words(page, notes, vietnamese=True)
    lesson_parser.check_references(page, around, notes)
    validation.check_head(head, page, folder, around, notes)
    validation.check_family(head, page, notes)
    full = source_blocks(page, around, notes)
    validation.check_blocks(page, full, around, notes)
    validation.check_completeness(page, full, head, notes)
    screens = {step.line: step_screens.read(step, notes) for step in page.steps}
    translations = read_translations(folder, shown, head, around, everything)
    media = read_media(folder, head, page, translations, notes)
    quiz = read_quiz(folder, shown, page, everything, texts.get(QUIZ_FILE))
    quiz = quiz_translations.translated(folder, shown, quiz, [one.head.lang for one in translations], everything)
    if any(one.faults for one in everything):
        return None, everything
    whole = [[block for block in row if block] for row in full]
    style_check.check_page(page, notes)
    checkpoints = [block for row in whole for block in row if block["type"] == "checkpoint"]
    style_check.check_answers(page, checkpoints, quiz, notes)
    steps = [
        _step(n, step, row, screens[step.line], translations, media, around, _sounds(head, step, media))
        for n, (step, row) in enumerate(zip(page.steps, whole, strict=True), 1)
    ]
    if any(one.faults for one in everything):
        return None, everything
    return _lesson(head, steps, translations, media, quiz), everything


def source_blocks(page: Page, around: ReferenceTargets, notes: Diagnostics) -> list[list[blocks.Block | None]]:
    """Returns the blocks of each step with facts filled in; None for each faulty block."""
    facts = FactPlaceholders(around.facts, SOURCE)
    return [
        [
            blocks.check(raw, parsed, blocks.filled(parsed.data, facts.fill), notes)
            for raw, parsed in zip(step.blocks, row, strict=True)
        ]
        for step, row in zip(page.steps, page.blocks, strict=True)
    ]


def read_media(
    folder: Path, head: Front, page: Page, translations: list[Translation], notes: Diagnostics
) -> dict[str, Medium]:
    """Returns the pictures and recordings that a lesson declares, by id."""
    used = {target.removeprefix("media:") for step in page.steps for _, target, _ in markdown.images(step.tokens)}
    found: dict[str, Medium] = {}
    for n, declared in enumerate(head.media):
        line = page.head_line("media", n)
        if declared.id in found:
            notes.fault(line, "media-id", f"mã hình “{declared.id}” khai hai lần")
        if declared.is_sound:
            validation.check_sound(declared, page, line, notes)
        elif declared.id not in used:
            notes.fault(line, "media-unused", f"hình “{declared.id}” có khai nhưng không bước nào dùng")
        alts, longs = {SOURCE: declared.alt or ""}, {SOURCE: declared.long} if declared.long else {}
        for one in translations:
            text = one.head.media.get(declared.id)
            if declared.alt and (text is None or not text.alt):
                one.notes.fault(one.page.head_line("media"), "alt", f"thiếu lời tả (alt) của hình “{declared.id}”")
            elif text is not None:
                alts[one.head.lang] = text.alt or ""
                longs |= {one.head.lang: text.long} if text.long else {}
        medium = read_medium(folder, head.id, declared, alts, longs, notes, line)
        if medium is not None:
            found[declared.id] = medium
    declared_ids = {declared.id for declared in head.media}
    for name in sorted(used - declared_ids):
        notes.fault(page.before + 1, "media-undeclared", f"hình “{name}” được dùng nhưng chưa khai trong media")
    files = {declared.file for declared in head.media}
    for file in sorted((folder / "media").glob("*")) if (folder / "media").is_dir() else []:
        if file.name not in files:
            notes.fault(1, "media-stray", f"tệp media/{file.name} chưa khai trong media; khai hoặc xoá")
    return found


def _step(
    position: int, source: RawStep, originals: list[Block], screens: Screens, translations: list[Translation],
    media: Mapping[str, Medium], around: ReferenceTargets, sounds: Mapping[str, Sound],
) -> Step:  # fmt: skip
    facts = FactPlaceholders(around.facts, SOURCE)
    texts = {SOURCE: step_text(source, originals, SOURCE, media, around, facts, screens)}
    stale = set()
    for one in translations:
        state = one.state(source)
        if state == "ok":
            facts = FactPlaceholders(around.facts, one.head.lang)
            texts[one.head.lang] = step_text(
                one.step(source), one.blocks(source, originals, facts), one.head.lang, media, around, facts, screens
            )
            for label in step_screens.untranslated(screens, one.head.lang, around.labels):
                say = f"content/screens.yml chưa có chữ “{label}” trong hình của bước “{source.id}”"
                one.notes.warn(1, "screen-word", say)
        else:
            what = "đã cũ vì bản gốc vừa đổi" if state == "stale" else "chưa có"
            one.notes.warn(1, state, f"bản dịch của bước “{source.id}” {what} (mã bản gốc: {source.digest})")
        if state == "stale":
            stale.add(one.head.lang)
    return Step(
        source.id or "", position, texts, source.digest, frozenset(stale), source.part or "", sounds,
        source.origin or "",
    )  # fmt: skip


def _sounds(head: Front, step: RawStep, media: Mapping[str, Medium]) -> dict[str, Sound]:
    read = [one for one in head.media if one.reads == step.id and one.source_hash == step.digest and one.id in media]
    return {one.lang: Sound(media[one.id].url, media[one.id].bytes) for one in read}


def step_text(
    step: RawStep,
    made: list[Block],
    lang: str,
    media: Mapping[str, Medium],
    around: ReferenceTargets,
    facts: FactPlaceholders,
    screens: Screens = step_screens.NONE,
) -> StepText:
    """Returns a step in one language, ready for display.

    `screens` are those of the source: a translation has the same, with the words of its language.
    """

    def picture(target: str) -> Picture | None:
        medium = media.get(target.removeprefix("media:"))
        if medium is None:
            return None
        alt = medium.alt.get(lang) or medium.alt[SOURCE]
        return Picture(medium.url, alt, medium.long.get(lang), medium.width, medium.height)

    title = facts.fill(step.title)
    renderer = Renderer(picture, lambda target: lesson_parser.link(target, around), facts.fill)
    drawn = step_screens.drawn(screens, lang, around.labels, facts.fill)
    pieces = dict(renderer.pieces(step.tokens, facts.note, drawn))
    said = [text for block in made for _, text in blocks.sentences(block)]
    words = " ".join([unescape(_TAG.sub(" ", "".join(pieces.values()))), *said])
    html = "".join((drawn.pop(lead, "") if lead else "") + piece for lead, piece in pieces.items())
    html += "".join(drawn.values())  # at the end, and before a part that this language has not
    return StepText(lang, title, html, tuple(made), " ".join(words.split()))


def _lesson(
    head: Front, steps: list[Step], translations: list[Translation], media: Mapping[str, Medium],
    quiz: tuple[Block, ...],
) -> Lesson:  # fmt: skip
    texts = {SOURCE: LessonText(head.title, head.summary)}
    texts |= {one.head.lang: LessonText(one.head.title, one.head.summary) for one in translations}
    lesson = Lesson(
        id=head.id,
        version=head.version,
        path=head.path,
        order=head.order,
        level=head.level,
        minutes=head.minutes,
        audience=tuple(head.audience),
        devices=tuple(head.devices),
        requires=tuple(head.requires),
        teaches=tuple(head.teaches),
        aliases=tuple(head.aliases),
        authors=tuple(head.authors),
        licence=head.licence,
        as_of=head.as_of,
        sources=tuple(one.model_dump(mode="json", exclude_none=True) for one in head.sources),
        unverified=tuple(one.model_dump(mode="json") for one in head.unverified),
        review=Review(head.review.by, head.review.on, head.review.every_days, validation.due(head)),
        texts=texts,
        steps=tuple(steps),
        media=tuple(media.values()),
        content_hash="",
        teach_back=_teach_back(head, translations),
        quiz=quiz,
        picture=head.picture or "",
    )
    return replace(lesson, content_hash=_hash(lesson))


def _teach_back(head: Front, translations: list[Translation]) -> dict[str, tuple[str, ...]]:
    if not head.teach_back:
        return {}
    found = {one.head.lang: tuple(one.head.teach_back) for one in translations if one.head.teach_back}
    return {SOURCE: tuple(head.teach_back), **found}


def _hash(lesson: Lesson) -> str:
    """Returns a hash of everything that is shown; the location of the folder does not count."""
    shown = asdict(lesson)
    for medium in shown["media"]:
        del medium["file"]  # the address carries the hash of the file
    text = json.dumps(
        shown, sort_keys=True, default=lambda one: sorted(one) if isinstance(one, frozenset) else str(one)
    )
    return hashlib.sha256(text.encode()).hexdigest()
