"""Parses the files of one lesson and checks their steps, wording and references."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tutoring.lessons.content import blocks, lint, markdown, strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics, hidden, line_at
from tutoring.lessons.content.fact_placeholders import pointers, without_pointers
from tutoring.lessons.content.markdown import LayoutFault, RawStep
from tutoring.lessons.content.schema import MAX_STEPS, MIN_STEPS, Fact
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.lessons.content.validation_messages import problems

Model = TypeVar("Model", bound=BaseModel)
PARTS = ("con", "ba-me")  # the child's, the parent's
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class ReferenceTargets:
    """What a lesson may refer to."""

    lessons: frozenset[str]
    paths: frozenset[str]
    skills: frozenset[str]
    facts: Mapping[str, Fact]
    today: dt.date | None
    for_staff: frozenset[str] = frozenset()  # the ids of paths for staff
    pictures: frozenset[str] = frozenset()  # the names in pictures.txt
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by language: words of pictures of screens
    steps: Mapping[str, str] = field(default_factory=dict)  # by id: the addresses of the steps of the lesson itself

    def within(self, slug: str, page: "Page") -> "ReferenceTargets":
        """Returns these targets with the steps of one lesson."""
        return replace(self, steps={one.id: f"/lessons/{slug}/{n}" for n, one in enumerate(page.steps, 1) if one.id})


@dataclass(frozen=True)
class ParsedFile:
    """A parsed file: its head, the number of lines before the body, and the body's steps (## …)."""

    text: str
    head: Parsed
    before: int
    steps: tuple[RawStep, ...]

    def head_line(self, *path: int | str) -> int:
        """Returns the line of the file that holds a part of the head."""
        return self.head.line(path) + 1


@dataclass(frozen=True)
class Page(ParsedFile):
    """A parsed lesson file, with the YAML of its steps' blocks."""

    blocks: tuple[tuple[Parsed, ...], ...]  # per step


def parse_step_file(text: str | None, notes: Diagnostics) -> ParsedFile | None:
    """Parses what every file of steps has; returns None after recording a fault."""
    if text is None:
        return None
    try:
        front, body, before = markdown.split(text)
        head = strict_yaml.parse(front)
        steps, stray = markdown.steps(body, before)
    except LayoutFault as error:
        notes.fault(error.line, "layout", error.say)
        return None
    except YamlFault as error:
        notes.fault(error.line + 1, "yaml", error.say)
        return None
    for line, say in stray:
        notes.fault(line, "stray-text", say)
    return ParsedFile(text, head, before, tuple(steps))


def read_page(path: Path, notes: Diagnostics, written: str | None = None) -> Page | None:
    """Parses a lesson file, or `written` in its place; returns None after recording a fault."""
    raw = parse_step_file(notes.text(path) if written is None else notes.plain(written), notes)
    if raw is None:
        return None
    parsed = [[blocks.parse(block, notes) for block in step.blocks] for step in raw.steps]
    if any(one is None for row in parsed for one in row):
        return None
    in_steps = tuple(tuple(p for p in row if p) for row in parsed)
    return Page(raw.text, raw.head, raw.before, raw.steps, in_steps)


def read_head(model: type[Model], page: ParsedFile, notes: Diagnostics) -> Model | None:
    """Returns the head validated by its model, or None after recording each fault."""
    try:
        return model.model_validate(page.head.data)
    except ValidationError as error:
        for line, code, say in problems(error, page.head):
            notes.fault(line + 1, code, say)
        return None


def check_steps(page: Page, notes: Diagnostics) -> None:
    """Checks the number of steps, that each has a unique id and a known origin, and their headings."""
    if not MIN_STEPS <= len(page.steps) <= MAX_STEPS:
        say = f"bài có {len(page.steps)} bước; cần từ {MIN_STEPS} đến {MAX_STEPS} bước"
        notes.fault(page.before + 1, "step-count", say)
    _check_origins(page.steps, notes)
    seen: set[str] = set()
    for step in page.steps:
        if step.id is None:
            notes.fault(step.line, "step-id", f"bước “{step.title}” chưa có mã; thêm {{#ma-buoc}} sau tên bước")
        elif not KEBAB.fullmatch(step.id):
            notes.fault(step.line, "step-id", f"mã bước “{step.id}” chỉ gồm chữ thường không dấu, số và gạch nối")
        elif step.id in seen:
            notes.fault(step.line, "step-id", f"mã bước “{step.id}” dùng hai lần trong bài")
        if step.part is not None and step.part not in PARTS:
            say = f"“.{step.part}” không phải phần của ai; chỉ dùng {{#ma-buoc .con}} hoặc {{#ma-buoc .ba-me}}"
            notes.fault(step.line, "part", say)
        if not step.title:
            notes.fault(step.line, "step-title", "bước chưa có tên")
        for token in step.tokens:
            if token.type == "heading_open" and token.tag != "h3":
                line = page.before + (token.map or [0])[0] + 1
                notes.fault(line, "heading", "trong một bước chỉ dùng đề mục nhỏ ###")
        for at, words in markdown.plain(step.tokens):
            if say := hidden(words):  # a hidden character written as &#x202e;
                notes.fault(page.before + at + 1, "odd-character", say)
        seen.add(step.id or "")


def _check_origins(steps: Sequence[RawStep], notes: Diagnostics) -> None:
    """Checks that each step named by `from` is another one of the lesson that was not split from a third."""
    origins = {step.id: step.origin for step in steps}
    for step in steps:
        if step.origin is None:
            continue
        if step.origin not in origins:
            notes.fault(step.line, "origin", f"from={step.origin}: không có bước “{step.origin}” trong bài")
        elif step.origin == step.id:
            notes.fault(step.line, "origin", f"from={step.origin}: bước không thể tách ra từ chính nó")
        elif origins[step.origin] is not None:
            say = f"from={step.origin}: bước ấy cũng tách ra từ bước khác; ghi from={origins[step.origin]}"
            notes.fault(step.line, "origin", say)


def check_words(page: Page, notes: Diagnostics, vietnamese: bool) -> None:
    """Runs the lint of one file.

    It looks for outdated words, unknown addresses, numbers that may change, HTML tags and long sentences.
    """
    text = page.text
    if vietnamese:
        for offset, say in lint.old_words(text):
            notes.fault(line_at(text, offset), "old-word", say)
    for offset, say in lint.unwritten(text):
        notes.fault(line_at(text, offset), "unwritten", say)
    body = "\n".join(text.split("\n")[page.before :])
    shown = [(page.before, without_pointers(body))]
    shown += [(page.head_line(*path) - 1, words) for path, words in _head_words(page)]
    for before, prose in shown:
        for offset, say in lint.hosts(prose):
            notes.fault(before + line_at(prose, offset), "host", say)
        for offset, say in lint.numbers(prose):
            notes.fault(before + line_at(prose, offset), "number", say)
    for tag in re.finditer(r"<[a-z/!][^<>\n]*>", body, re.IGNORECASE):
        say = f"“{tag[0]}” sẽ hiện ra như chữ; bài không dùng thẻ HTML"
        notes.warn(page.before + line_at(body, tag.start()), "html", say)
    for line, sentence in _sentences(page):
        count = lint.count_longest_sentence(sentence)
        if count > lint.MAX_SENTENCE_SYLLABLES:
            notes.fault(
                line,
                "long-sentence",
                f"câu dài {count} tiếng; nhiều nhất {lint.MAX_SENTENCE_SYLLABLES}, hãy tách câu",
            )
        elif count > lint.LONG_SENTENCE:
            notes.warn(line, "long-sentence", f"câu dài {count} tiếng; nên từ {lint.LONG_SENTENCE} trở xuống")


def _head_words(page: Page) -> list[tuple[tuple[int | str, ...], str]]:
    """Returns the parts of the head that learners read, with their paths.

    They are title, summary, the teach-back list and the descriptions of pictures.
    """
    head = page.head.data if isinstance(page.head.data, dict) else {}
    media = head.get("media") or {}
    each = media.items() if isinstance(media, dict) else enumerate(media if isinstance(media, list) else [])
    found: list[tuple[tuple[int | str, ...], Any]] = [((key,), head.get(key)) for key in ("title", "summary")]
    taught = head.get("teach_back")
    found += [(("teach_back", n), line) for n, line in enumerate(taught if isinstance(taught, list) else [])]
    for key, one in each:
        found += [(("media", key, name), one.get(name)) for name in ("alt", "long") if isinstance(one, dict)]
    return [(path, words) for path, words in found if isinstance(words, str)]


def _sentences(page: Page) -> list[tuple[int, str]]:
    found = [(page.head_line(*path), words) for path, words in _head_words(page) if path[-1] != "alt"]
    for step, parsed in zip(page.steps, page.blocks, strict=True):
        found.append((step.line, step.title))
        found += [(page.before + line + 1, text) for line, text in markdown.plain(step.tokens)]
        for raw, block in zip(step.blocks, parsed, strict=True):
            found += [(raw.line + block.line(where) - 1, text) for where, text in blocks.sentences(block.data)]
    return found


def check_references(page: Page, around: ReferenceTargets, notes: Diagnostics) -> None:
    """Checks that facts and links have a target, and that pictures stand on a line of their own."""
    for offset, name in pointers(page.text):
        if name not in around.facts:
            notes.fault(line_at(page.text, offset), "fact", f"content/facts.yml không có “{name}”")
        elif line_at(page.text, offset) <= page.before:
            notes.fault(line_at(page.text, offset), "fact", "chỉ viết {fact:mã} trong các bước")
    for step in page.steps:
        for line, target in markdown.links(step.tokens):
            if link(target, around) is None:
                say = f"không dẫn tới “{target}”; chỉ dùng lesson:ma-bai, step:ma-buoc hoặc địa chỉ https đã biết"
                notes.fault(page.before + line + 1, "link", say)
        for line, target, alone in markdown.images(step.tokens):
            if not target.startswith("media:"):
                notes.fault(page.before + line + 1, "picture", "hình viết là ![](media:mã) với mã khai trong media")
            elif not alone:
                notes.fault(
                    page.before + line + 1,
                    "picture",
                    "hình phải đứng riêng một dòng, có dòng trống trước sau",
                )


def link(target: str, around: ReferenceTargets) -> str | None:
    """Returns the address of a link in a lesson, or None when the target is not allowed."""
    if target.startswith("lesson:"):
        slug = target.removeprefix("lesson:")
        return f"/lessons/{slug}" if slug in around.lessons else None
    if target.startswith("step:"):
        return around.steps.get(target.removeprefix("step:"))
    return target if lint.known_link(target) else None
