"""Draws posters and leaflets as A4 PDFs.

They use the site's own fonts. The QR code consists of squares, which print sharply at any size.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tutoring.kernel import clock
from tutoring.kernel.site_identity import site_name
from tutoring.web import assets
from tutoring.web.drawings.qr_codes import draw_qr

TEXT = "Be Vietnam Pro"
EDGE = 15.0  # millimetres


class Sheet(NamedTuple):
    """The contents of a sheet; `scan` and `safe` are sentences in its language."""

    title: str
    steps: tuple[str, ...]
    beware: tuple[str, ...]
    campaign: str
    place: str
    address: str  # as people type it
    link: str  # the content of the QR code
    scan: str
    safe: str
    beware_head: str


class Box(NamedTuple):
    """A part of a page, in millimetres."""

    x: float
    y: float
    width: float
    height: float


def poster(sheet: Sheet, static: Path) -> bytes:
    """Returns a poster: one A4 page in portrait."""
    pdf = _paper(sheet, static, "portrait")
    pdf.add_page()
    _head(pdf, sheet, Box(EDGE, EDGE, 180, 16))
    foot = 74.0
    y = _fitted(pdf, sheet.title, Box(EDGE, 38, 180, 62), (40, 36, 32, 28, 24), 700, assets.colour("ink")) + 7
    _steps(pdf, sheet.steps, Box(EDGE, y, 180, 297 - EDGE - foot - y), (30, 28, 25, 23, 21, 19, 17, 15, 13))
    top = 297 - EDGE - foot + 4
    pdf.set_draw_color(assets.colour("line"))
    pdf.set_line_width(0.6)
    pdf.line(EDGE, top, 210 - EDGE, top)
    draw_qr(pdf, sheet.link, 210 - EDGE - 66, top + 4, 66, assets.colour("ink"))
    box = Box(EDGE, top + 8, 108, 58)
    y = _words(pdf, sheet.scan, box, 17, 400, assets.colour("ink"))
    y = _address(pdf, sheet.address, box._replace(y=y + 1), 19, assets.colour("primary"))
    for line in (*sheet.beware[:1], sheet.safe):
        y = _words(pdf, line, box._replace(y=y + 3), 12, 400, assets.colour("ink-soft"))
    return bytes(pdf.output())


def leaflet(sheet: Sheet, static: Path) -> bytes:
    """Returns a leaflet: one A4 page in landscape, folded in the middle.

    The steps are on the left, the warnings and the QR code on the right.
    """
    pdf = _paper(sheet, static, "landscape")
    pdf.add_page()
    half, inner = 148.5, 148.5 - 2 * 12.0
    _head(pdf, sheet, Box(12, 12, inner, 12))
    y = _fitted(pdf, sheet.title, Box(12, 30, inner, 36), (24, 21, 18), 700, assets.colour("ink")) + 5
    _steps(pdf, sheet.steps, Box(12, y, inner, 198 - y), (20, 18, 16, 15, 14, 13, 12, 11, 10, 9))
    pdf.set_draw_color(assets.colour("line"))
    pdf.set_line_width(0.2)
    pdf.set_dash_pattern(dash=2, gap=2)
    pdf.line(half, 8, half, 202)
    pdf.set_dash_pattern()
    box = Box(half + 12, 14, inner, 100)
    y = box.y
    if sheet.beware:
        y = _words(pdf, sheet.beware_head, box, 18, 700, assets.colour("bad")) + 3
        y = _points(pdf, sheet.beware, box._replace(y=y, height=134 - y), (17, 15, 14, 13, 12, 11, 10, 9)) + 4
    y = max(y, 140.0)
    draw_qr(pdf, sheet.link, half + 12, y, 56, assets.colour("ink"))
    beside = Box(half + 12 + 60, y + 4, inner - 60, 50)
    y = _words(pdf, sheet.scan, beside, 13, 400, assets.colour("ink"))
    y = _address(pdf, sheet.address, beside._replace(y=y + 1), 14, assets.colour("primary"))
    _words(pdf, sheet.safe, beside._replace(y=y + 3), 10, 400, assets.colour("ink-soft"))
    return bytes(pdf.output())


# ---- parts ----------------------------------------------------------------------------------------------------


def _paper(sheet: Sheet, static: Path, orientation: str) -> Any:
    # Imported lazily: an idle server does not need fpdf2 in memory.
    pdf = import_module("fpdf").FPDF(orientation=orientation, format="A4")
    for weight, style in ((400, ""), (700, "B")):
        pdf.add_font(TEXT, style, str(static / "vendor" / f"bvp-{weight}.ttf"))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_title(sheet.title)
    pdf.set_author(sheet.place)
    pdf.set_lang("vi")
    pdf.set_creation_date(clock.local(clock.now()))
    return pdf


def _head(pdf: Any, sheet: Sheet, box: Box) -> None:
    """Draws the unit's name on a dark bar with the brand."""
    pdf.set_fill_color(assets.colour("primary-dark"))
    pdf.rect(box.x, box.y, box.width, box.height, style="F", round_corners=True, corner_radius=2)
    pdf.set_text_color(assets.colour("on-dark"))
    pdf.set_font(TEXT, "B", box.height)
    pdf.set_xy(box.x + 5, box.y)
    pdf.cell(box.width * 0.4, box.height, site_name())
    pdf.set_font(TEXT, "", box.height * 0.75)
    pdf.set_xy(box.x + box.width * 0.4, box.y)
    pdf.cell(box.width * 0.6 - 5, box.height, sheet.place, align="R")


def _leading(points: float) -> float:
    """Returns the line height in millimetres: stacked Vietnamese marks need 1.4 of the size."""
    return points * 0.3528 * 1.42


def _height(pdf: Any, text: str, width: float, points: float, weight: int) -> float:
    pdf.set_font(TEXT, "B" if weight == 700 else "", points)
    lines = pdf.multi_cell(width, _leading(points), text, dry_run=True, output="LINES", align="L")
    return len(lines) * _leading(points)


def _words(pdf: Any, text: str, box: Box, points: float, weight: int, colour: Any) -> float:
    """Draws a text in a box; returns the y position below it."""
    pdf.set_font(TEXT, "B" if weight == 700 else "", points)
    pdf.set_text_color(colour)
    pdf.set_xy(box.x, box.y)
    pdf.multi_cell(box.width, _leading(points), text, align="L", new_x="LEFT", new_y="NEXT")
    return float(pdf.get_y())


def _address(pdf: Any, text: str, box: Box, largest: int, colour: Any) -> float:
    """Draws an address: on one line if it stays readable, else broken before the code.

    It is never broken within the code.
    """
    for points in range(largest, 10, -1):
        pdf.set_font(TEXT, "B", points)
        if pdf.get_string_width(text) <= box.width:
            return _words(pdf, text, box, points, 700, colour)
    site, slash, code = text.rpartition("/c/")
    y = _words(pdf, site, box, 11, 700, colour)
    return _words(pdf, f"{slash}{code}", box._replace(y=y), largest, 700, colour)


def _fitted(pdf: Any, text: str, box: Box, sizes: tuple[int, ...], weight: int, colour: Any) -> float:
    """Draws a text as large as it fits."""
    fits = (size for size in sizes if _height(pdf, text, box.width, size, weight) <= box.height)
    return _words(pdf, text, box, next(fits, sizes[-1]), weight, colour)


def _steps(pdf: Any, steps: tuple[str, ...], box: Box, sizes: tuple[int, ...]) -> float:
    """Draws numbered steps, as large as all of them fit."""
    size, gap = _size_of_all(pdf, steps, box, sizes)
    y = box.y
    for number, step in enumerate(steps, 1):
        round_ = _leading(size) * 1.1
        pdf.set_fill_color(assets.colour("primary-wash"))
        pdf.ellipse(box.x, y, round_, round_, style="F")
        pdf.set_font(TEXT, "B", size * 0.8)
        pdf.set_text_color(assets.colour("primary-dark"))
        pdf.set_xy(box.x, y)
        pdf.cell(round_, round_, str(number), align="C")
        indent = round_ + size * 0.15
        y = _words(pdf, step, Box(box.x + indent, y, box.width - indent, 0), size, 400, assets.colour("ink")) + gap
    return y


def _points(pdf: Any, lines: tuple[str, ...], box: Box, sizes: tuple[int, ...]) -> float:
    size, gap = _size_of_all(pdf, lines, box, sizes)
    y = box.y
    for line in lines:
        pdf.set_fill_color(assets.colour("bad"))
        pdf.ellipse(box.x, y + _leading(size) / 2 - 0.8, 1.6, 1.6, style="F")
        y = _words(pdf, line, Box(box.x + 5, y, box.width - 5, 0), size, 400, assets.colour("ink")) + gap
    return y


def _size_of_all(pdf: Any, lines: tuple[str, ...], box: Box, sizes: tuple[int, ...]) -> tuple[int, float]:
    for size in sizes:
        gap = size * 0.14
        indent = _leading(size) * 1.1 + size * 0.15
        if sum(_height(pdf, line, box.width - indent, size, 400) + gap for line in lines) <= box.height:
            break
    return size, gap
