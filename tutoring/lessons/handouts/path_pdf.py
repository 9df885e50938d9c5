"""Draws all lessons of a path as one PDF on A4 with fpdf2, in the fonts of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tutoring.kernel import clock
from tutoring.lessons.content.screens.outline import outline
from tutoring.lessons.handouts.blocks import Picture, Screen, Words, blocks
from tutoring.lessons.pictures import screen_drawing
from tutoring.web import assets
from tutoring.web.drawings.qr_codes import draw_qr

TEXT = "Be Vietnam Pro"
LEFT, TOP, BOTTOM, WIDE, PAGE = 18.0, 16.0, 18.0, 174.0, 297.0  # millimetres
_POINT = 0.3528  # millimetres
SIZE, LEADING = 11.0, 1.42 * _POINT  # points, and millimetres of a line for each point
_PICTURE = 62.0  # width of a phone in mm
_TALLEST = 110.0  # of a picture in mm
_CODE = 24.0  # side of a QR code in mm


@dataclass(frozen=True)
class PrintedStep:
    """A step with what is said beside it: whose part it is, and its mistakes with the right way."""

    title: str
    html: str
    part: str
    mistakes: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PrintedLesson:
    """A lesson with its steps; `warning` is said where it should have been read again."""

    title: str
    summary: str
    address: str
    warning: str
    steps: Sequence[PrintedStep]


@dataclass(frozen=True)
class PrintedPath:
    """The contents of the file and its fixed words, in one language."""

    title: str
    summary: str
    site: str
    language: str
    foot: str
    wrong: str
    right: str
    picture: str
    lessons: Sequence[PrintedLesson]


class PaperBrush:
    """Draws on a page of a PDF, scaled: `scale` is millimetres for one unit."""

    def __init__(self, pdf: Any, scale: float, left: float, top: float) -> None:
        self._pdf, self._scale, self._left, self._top = pdf, scale, left, top

    def _font(self, size: float, bold: bool) -> None:
        self._pdf.set_font(TEXT, "B" if bold else "", size * self._scale / _POINT)

    def width(self, text: str, size: float, bold: bool) -> float:
        self._font(size, bold)
        return float(self._pdf.get_string_width(text)) / self._scale

    def text(self, x: float, top: float, text: str, size: float, bold: bool, colour: str) -> None:
        self._font(size, bold)
        self._pdf.set_text_color(assets.colour(colour))
        self._pdf.text(self._left + x * self._scale, self._top + (top + size * 1.07) * self._scale, text)

    def box(self, x: float, top: float, wide: float, high: float, fill: str, edge: str, stroke: float) -> None:
        if fill:
            self._pdf.set_fill_color(assets.colour(fill))
        if edge:
            self._pdf.set_draw_color(assets.colour(edge))
            self._pdf.set_line_width(stroke * self._scale)
        self._pdf.rect(
            self._left + x * self._scale, self._top + top * self._scale, wide * self._scale, high * self._scale,
            style=("F" if fill else "") + ("D" if edge else "") or "D", round_corners=True,
            corner_radius=min(10.0, high / 2) * self._scale,
        )  # fmt: skip


def draw_path(path: PrintedPath) -> bytes:
    """Returns the file: a title page with the list of lessons, then each lesson on a sheet of its own."""
    pdf = _file(path)
    _title_page(pdf, path)
    for number, lesson in enumerate(path.lessons, 1):
        pdf.add_page()
        _lesson(pdf, path, number, lesson)
    return bytes(pdf.output())


def _file(path: PrintedPath) -> Any:
    # Imported lazily: an idle server does not need fpdf2 in memory.
    pdf = import_module("fpdf").FPDF(format="A4")
    for weight, style in ((400, ""), (700, "B")):
        pdf.add_font(TEXT, style, assets.font(weight))
    pdf.set_margins(LEFT, TOP, LEFT)
    pdf.set_auto_page_break(True, BOTTOM)
    pdf.c_margin = 0
    pdf.set_title(path.title)
    pdf.set_author(path.site)
    pdf.set_lang(path.language)
    pdf.set_creation_date(clock.local(clock.now()))

    def footer() -> None:
        pdf.set_y(PAGE - 12)
        pdf.set_font(TEXT, "", 8)
        pdf.set_text_color(assets.colour("ink-soft"))
        pdf.cell(0, 4, f"{path.foot}  ·  {pdf.page_no()}", align="C")

    pdf.footer = footer
    pdf.add_page()
    return pdf


def _say(pdf: Any, text: str, size: float = SIZE, bold: bool = False, colour: str = "ink", wide: float = 0) -> None:
    """Writes a paragraph from the left margin."""
    pdf.set_font(TEXT, "B" if bold else "", size)
    pdf.set_text_color(assets.colour(colour))
    pdf.set_x(LEFT)
    pdf.multi_cell(wide, size * LEADING, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _title_page(pdf: Any, path: PrintedPath) -> None:
    pdf.set_fill_color(assets.colour("primary-dark"))
    pdf.rect(LEFT, TOP, WIDE, 16, style="F", round_corners=True, corner_radius=2)
    pdf.set_font(TEXT, "B", 16)
    pdf.set_text_color(assets.colour("on-dark"))
    pdf.set_xy(LEFT + 5, TOP)
    pdf.cell(WIDE - 10, 16, path.site)
    pdf.set_y(TOP + 30)
    _say(pdf, path.title, 30, bold=True)
    _say(pdf, path.summary, 14, colour="ink-soft")
    pdf.ln(8)
    for number, lesson in enumerate(path.lessons, 1):
        _say(pdf, f"{number}. {lesson.title}", 13)
        pdf.ln(1)


def _lesson(pdf: Any, path: PrintedPath, number: int, lesson: PrintedLesson) -> None:
    pdf.start_section(f"{number}. {lesson.title}")
    top = pdf.get_y()
    draw_qr(pdf, lesson.address, LEFT + WIDE - _CODE, top, _CODE)
    pdf.set_y(top)
    wide = WIDE - _CODE - 6
    _say(pdf, f"{number}. {lesson.title}", 20, bold=True, wide=wide)
    _say(pdf, lesson.summary, SIZE, colour="ink-soft", wide=wide)
    _say(pdf, lesson.address, 9, colour="primary", wide=wide)
    pdf.set_y(max(pdf.get_y(), top + _CODE) + 2)
    if lesson.warning:
        _say(pdf, lesson.warning, SIZE, bold=True, colour="bad")
        pdf.ln(2)
    for place, step in enumerate(lesson.steps, 1):
        _step(pdf, path, place, step)


def _step(pdf: Any, path: PrintedPath, place: int, step: PrintedStep) -> None:
    if pdf.will_page_break(30):  # a title does not stand alone at the foot
        pdf.add_page()
    pdf.ln(3)
    pdf.set_draw_color(assets.colour("line"))
    pdf.set_line_width(0.3)
    pdf.line(LEFT, pdf.get_y(), LEFT + WIDE, pdf.get_y())
    pdf.ln(2)
    _say(pdf, f"{place}. {step.title}" + (f" ({step.part})" if step.part else ""), 14, bold=True)
    for block in blocks(step.html):
        match block:
            case Words(runs, sign):
                _words(pdf, runs, sign)
            case Screen():
                _screen(pdf, path, block)
            case Picture(alt):
                _words(pdf, [(f"{path.picture} ", True), (alt, False)])
    for wrong, right in step.mistakes:
        ended = wrong if wrong.endswith((".", "?", "!", "…", "”")) else f"{wrong}."
        _words(pdf, [(f"{path.wrong} ", True), (f"{ended} ", False), (f"{path.right} ", True), (right, False)], "•")


def _words(pdf: Any, runs: Sequence[tuple[str, bool]], sign: str = "") -> None:
    line, indent = SIZE * LEADING, 7.0 if sign else 0.0
    if pdf.will_page_break(line):
        pdf.add_page()
    pdf.set_text_color(assets.colour("ink"))
    if sign:
        pdf.set_font(TEXT, "B", SIZE)
        pdf.set_x(LEFT)
        pdf.cell(indent, line, sign)
    pdf.set_left_margin(LEFT + indent)
    pdf.set_x(LEFT + indent)
    for text, bold in runs:
        pdf.set_font(TEXT, "B" if bold else "", SIZE)
        pdf.write(line, screen_drawing.drawable(text))
    pdf.set_left_margin(LEFT)
    pdf.ln(line + 1.2)


def _screen(pdf: Any, path: PrintedPath, block: Screen) -> None:
    """Draws a picture of a screen; one that is taller than it may be is described in words."""
    found = outline(block.figure)
    scale = _PICTURE / screen_drawing.WIDTH
    high = screen_drawing.paint(PaperBrush(pdf, scale, 0, 0), found, 0, 0, float("inf"), shown=False) * scale
    if high > _TALLEST:
        return _words(pdf, [(f"{path.picture} ", True), (block.said, False)])
    if pdf.will_page_break(high + 4):
        pdf.add_page()
    top = pdf.get_y() + 1
    screen_drawing.paint(PaperBrush(pdf, scale, LEFT, top), found, 0, 0, float("inf"))
    pdf.set_y(top + high + 3)
    if found.caption:
        _words(pdf, [(found.caption, False)])
    return None
