"""Draws the cards of a class as A4 sheets of eight, to be cut: QR code, code, first steps, the called name."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tutoring.kernel import clock
from tutoring.kernel.site_identity import site_name
from tutoring.web import assets
from tutoring.web.drawings.qr_codes import draw_qr

_FONT = "Be Vietnam Pro"
_WIDTH, _HEIGHT = 105.0, 74.25  # millimetres: two columns of four
_EDGE = 7.0  # printers leave about 5 mm of a sheet white
_CODE = 33.0  # side of the QR code in mm
_POINT = 25.4 / 72
_LEADING = 1.42  # stacked Vietnamese marks need it


@dataclass(frozen=True)
class Card:
    """The texts of one card; `link` is the content of the QR code."""

    called: str
    code: str
    link: str


@dataclass(frozen=True)
class CardWords:
    """What all cards of a sheet say: a heading, numbered steps, and a last line."""

    title: str
    steps: Sequence[str]
    last: str


def drawn(cards: Sequence[Card], words: CardWords) -> bytes:
    """Returns the sheets as a PDF; its title names neither pupil nor class."""
    # Imported lazily: an idle server does not need fpdf2 in memory.
    pdf = import_module("fpdf").FPDF(format="A4")
    for weight, style in ((400, ""), (700, "B")):
        pdf.add_font(_FONT, style, assets.font(weight))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_lang("vi")
    pdf.set_title(words.title)
    pdf.set_creator(site_name())
    pdf.set_creation_date(clock.local(clock.now()))
    for at, card in enumerate(cards):
        if at % 8 == 0:
            pdf.add_page()
            _cuts(pdf)
        _card(pdf, card, words, at % 2 * _WIDTH, at % 8 // 2 * _HEIGHT)
    return bytes(pdf.output())


def _cuts(pdf: Any) -> None:
    pdf.set_draw_color(150)
    pdf.set_line_width(0.2)
    pdf.set_dash_pattern(dash=2, gap=2)
    pdf.line(_WIDTH, 0, _WIDTH, 297)
    for row in (1, 2, 3):
        pdf.line(0, row * _HEIGHT, 210, row * _HEIGHT)
    pdf.set_dash_pattern()


def _card(pdf: Any, card: Card, words: CardWords, x: float, y: float) -> None:
    left, width = x + _EDGE, _WIDTH - 2 * _EDGE
    below = _text(pdf, card.called, left, y + _EDGE - 1, width, _fitting(pdf, card.called, width), "B")
    draw_qr(pdf, card.link, left, below + 1, _CODE)
    beside, narrow = left + _CODE + 3, width - _CODE - 3
    at = below + 1
    for number, step in enumerate(words.steps, 1):
        at = _text(pdf, f"{number}. {step}", beside, at, narrow, 8) + 0.6
    at = max(at, below + 1 + _CODE) + 1
    at = _text(pdf, f"{card.code[:5]}-{card.code[5:]}", left, at, width, 13, "B")
    _text(pdf, words.last, left, at, width, 7)


def _fitting(pdf: Any, text: str, width: float) -> float:
    """Returns the size in points at which a name stands on one line."""
    pdf.set_font(_FONT, "B", 16)
    return min(16.0, 16 * width / max(float(pdf.get_string_width(text)), 1))


def _text(pdf: Any, text: str, x: float, y: float, width: float, size: float, style: str = "") -> float:
    """Writes a text; returns the y below it."""
    pdf.set_font(_FONT, style, size)
    pdf.set_text_color(0)
    pdf.set_xy(x, y)
    pdf.multi_cell(width, size * _POINT * _LEADING, text, align="L", new_x="LEFT", new_y="NEXT")
    return float(pdf.get_y())
