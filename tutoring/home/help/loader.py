"""Loads content/help; errors in a file are returned as faults with file and line."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from markdown_it.token import Token
from markupsafe import Markup
from pydantic import ValidationError

from tutoring.home.help import screenshots, style_check
from tutoring.home.help.schema import Head, Tour, TourFile, Translation
from tutoring.home.help.screenshots import Picture
from tutoring.lessons.content import markdown, strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics, line_at
from tutoring.lessons.content.lesson_parser import KEBAB, ParsedFile, parse_step_file, read_head
from tutoring.lessons.content.markdown import RawStep
from tutoring.lessons.content.rendering import Renderer
from tutoring.lessons.content.strict_yaml import YamlFault
from tutoring.lessons.content.types import Fault
from tutoring.lessons.content.validation_messages import problems

STUCK = "khi-bi-ket"  # the id of the part that ends every page
LABEL = re.compile(r"\*\*[“\"]([^”\"*]+)[”\"]\*\*")
_PICTURE = "picture:"


@dataclass(frozen=True)
class Part:
    """One part of a page under its heading: HTML pieces and pictures in turn."""

    id: str
    title: str
    pieces: tuple[Markup | Picture, ...]


@dataclass(frozen=True)
class Text:
    """A page in one language, with the product labels that it quotes: (line, label)."""

    title: str
    summary: str
    parts: tuple[Part, ...]
    labels: tuple[tuple[int, str], ...]
    links: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A help page."""

    head: Head
    texts: dict[str, Text]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class HelpContent:
    """The content of content/help."""

    pages: tuple[Page, ...]
    tours: tuple[Tour, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


@dataclass(frozen=True)
class _Around:
    """What a page may refer to, and whether its picture files must exist."""

    slugs: set[str]
    lessons: Collection[str] | None
    wants_pictures: bool


def load(content: Path, lessons: Collection[str] | None = None, *, wants_pictures: bool = True) -> HelpContent:
    """Loads every help page of a folder laid out like content/.

    Without `lessons`, links to lessons are not checked. Without `wants_pictures`, picture files may be missing.
    """
    folder, noted = content / "help", list[Diagnostics]()
    slugs = {path.parent.name for path in folder.glob("*/vi.md")}
    around = _Around(slugs, lessons, wants_pictures)
    found = [_page(folder / slug, around, noted) for slug in sorted(slugs)]
    tours = _tours(folder / "tour.yml", noted) if folder.is_dir() else ()
    pages = sorted((one for one in found if one), key=lambda one: (one.head.kind, one.head.order, one.head.id))
    return HelpContent(
        tuple(pages),
        tours,
        tuple(sorted({one for notes in noted for one in notes.faults})),
        tuple(sorted({one for notes in noted for one in notes.warnings})),
    )


def _page(folder: Path, around: _Around, noted: list[Diagnostics]) -> Page | None:
    notes = Diagnostics(f"content/help/{folder.name}/vi.md")
    noted.append(notes)
    raw = parse_step_file(notes.text(folder / "vi.md"), notes)
    head = read_head(Head, raw, notes) if raw else None
    if raw is None or head is None:
        return None
    if head.id != folder.name:
        notes.fault(raw.head_line("id"), "folder", f"id “{head.id}” phải trùng tên thư mục “{folder.name}”")
    other_notes = Diagnostics(f"content/help/{folder.name}/en.md")
    noted.append(other_notes)
    other = parse_step_file(notes.text(folder / "en.md"), other_notes)
    translation = read_head(Translation, other, other_notes) if other else None
    if other is None or translation is None:
        return None
    found = _pictures(folder, head, raw, translation, around.wants_pictures, (notes, other_notes))
    _check_other(raw, other, other_notes)
    known = _Known(around, found)
    texts = {
        "vi": _text(head.title, head.summary, raw, known, "vi", notes),
        "en": _text(translation.title, translation.summary, other, known, "en", other_notes),
    }
    for line, one in _unused(head, raw, known):
        notes.fault(line, "picture-unused", f"hình “{one}” có khai nhưng không dùng")
    if notes.faults or other_notes.faults:
        return None
    return Page(head, texts, tuple(found.values()))


def _pictures(
    folder: Path,
    head: Head,
    raw: ParsedFile,
    translation: Translation,
    wanted: bool,
    both: tuple[Diagnostics, Diagnostics],
) -> dict[str, Picture]:
    notes, other_notes = both
    found = {}
    for n, shot in enumerate(head.pictures):
        line = raw.head_line("pictures", n)
        if shot.id not in translation.pictures:
            other_notes.fault(1, "alt", f"thiếu lời tả (pictures) của hình “{shot.id}”")
        alt = {"vi": shot.alt, "en": translation.pictures.get(shot.id, "")}
        if (picture := screenshots.read(folder, shot.id, alt, wanted, notes, line)) is not None:
            found[shot.id] = picture
    for file in sorted(folder.glob("*.webp")):
        if file.stem not in {shot.id for shot in head.pictures}:
            notes.fault(1, "picture-stray", f"tệp {file.name} chưa khai trong pictures; khai hoặc xoá")
    return found


class _Known:
    """What a text may refer to, and which pictures it has used."""

    def __init__(self, around: _Around, found: dict[str, Picture]) -> None:
        self.slugs, self.lessons, self.pictures = around.slugs, around.lessons, found
        self.used: set[str] = set()

    def link(self, target: str) -> str | None:
        """Returns the address of a link, or None when its target is not allowed."""
        kind, _, name = target.partition(":")
        if kind == "help":
            return f"/help/{name}" if name in self.slugs else None
        if kind == "lesson":
            return f"/lessons/{name}" if self.lessons is None or name in self.lessons else None
        return target if re.fullmatch(r"/[a-z0-9/-]*(#[a-z-]+)?", target) else None


def _check_other(raw: ParsedFile, other: ParsedFile, notes: Diagnostics) -> None:
    if [step.id for step in raw.steps] != [step.id for step in other.steps]:
        notes.fault(other.before + 1, "parts", "bản dịch phải có đúng các phần (## … {#ma}) của bản gốc, cùng thứ tự")


def _text(title: str, summary: str, raw: ParsedFile, known: _Known, lang: str, notes: Diagnostics) -> Text:
    style_check.check(raw, lang, notes)
    renderer = Renderer(lambda _src: None, known.link, str)
    parts, links = [], list[str]()
    for step in raw.steps:
        if step.id is None or not KEBAB.fullmatch(step.id):
            notes.fault(step.line, "part-id", f"phần “{step.title}” cần mã: ## {step.title} {{#ma-phan}}")
        for block in (*step.blocks, *(screen.block for screen in step.screens)):
            notes.fault(block.line, "block", "trang trợ giúp không dùng khối; chỉ dùng đoạn văn, danh sách và hình")
        for line, target in markdown.links(step.tokens):
            if known.link(target) is None:
                say = f"không dẫn tới “{target}”; chỉ dùng help:ma-trang, lesson:ma-bai hoặc /dia-chi của trang này"
                notes.fault(raw.before + line + 1, "link", say)
            links.append(known.link(target) or "")
        parts.append(Part(step.id or "", step.title, tuple(_pieces(step, raw, known, renderer, notes))))
    if not raw.steps or raw.steps[-1].id != STUCK:
        notes.fault(raw.before + 1, "stuck", f"trang phải kết thúc bằng phần “Khi bị kẹt” {{#{STUCK}}}")
    body = style_check.body(raw)
    labels = tuple((raw.before + line_at(body, hit.start()), hit[1]) for hit in LABEL.finditer(body))
    return Text(title, summary, tuple(parts), labels, tuple(links))


def _pieces(
    step: RawStep, raw: ParsedFile, known: _Known, renderer: Renderer, notes: Diagnostics
) -> list[Markup | Picture]:
    """Renders the part's paragraphs and lists as HTML, split at each picture."""
    pieces, run = list[Markup | Picture](), list[Token]()
    tokens, n = list(step.tokens), 0
    while n < len(tokens):
        inline = tokens[n + 1] if tokens[n].type == "paragraph_open" and tokens[n].level == 0 else None
        children = (inline.children or []) if inline is not None else []
        if len(children) == 1 and children[0].type == "image":
            name = str(children[0].attrGet("src") or "").removeprefix(_PICTURE)
            known.used.add(name)
            if run:
                pieces.append(Markup(renderer.html(run, str)))
                run = []
            if (picture := known.pictures.get(name)) is not None:
                pieces.append(picture)
            else:
                line = raw.before + (tokens[n].map or [0])[0] + 1
                notes.fault(line, "picture", f"không có hình “{name}”; khai trong pictures rồi viết ![](picture:mã)")
            n += 3
            continue
        run.append(tokens[n])
        n += 1
    if run:
        pieces.append(Markup(renderer.html(run, str)))
    for at, _src, alone in markdown.images(step.tokens):
        if not alone:
            notes.fault(raw.before + at + 1, "picture", "hình phải đứng riêng một dòng, có dòng trống trước sau")
    return pieces


def _unused(head: Head, raw: ParsedFile, known: _Known) -> list[tuple[int, str]]:
    return [
        (raw.head_line("pictures", n), shot.id) for n, shot in enumerate(head.pictures) if shot.id not in known.used
    ]


def _tours(path: Path, notes_of_all: list[Diagnostics]) -> tuple[Tour, ...]:
    notes = Diagnostics(f"content/help/{path.name}")
    notes_of_all.append(notes)
    text = notes.text(path)
    if text is None:
        return ()
    try:
        parsed = strict_yaml.parse(text)
        return tuple(TourFile.model_validate(parsed.data).tours)
    except YamlFault as error:
        notes.fault(error.line, "yaml", error.say)
    except ValidationError as error:
        for line, code, say in problems(error, parsed):
            notes.fault(line, code, say)
    return ()
