"""QR codes as squares, which print sharply at any size."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import segno

QUIET = 4  # white modules around a QR code


class Square(NamedTuple):
    """A run of dark modules: column and row without the quiet zone."""

    x: int
    y: int
    length: int


def qr_rows(text: str) -> tuple[int, list[Square]]:
    """Returns the number of modules per side and the dark runs, row by row."""
    matrix = segno.make(text, error="m", micro=False).matrix
    return len(matrix), [square for y, row in enumerate(matrix) for square in _runs(y, row)]


def _runs(y: int, row: bytearray) -> Iterator[Square]:
    for found in re.finditer(b"\x01+", bytes(row)):
        yield Square(found.start(), y, found.end() - found.start())


def draw_qr(pdf: Any, text: str, x: float, y: float, side: float, colour: str | int = 0) -> None:
    """Draws the QR code of a text on a page of a PDF; `side` is its width with the quiet zone."""
    modules, squares = qr_rows(text)
    module = side / (modules + 2 * QUIET)
    pdf.set_fill_color(colour)
    for square in squares:
        left, top = x + (QUIET + square.x) * module, y + (QUIET + square.y) * module
        pdf.rect(left, top, square.length * module, module, style="F")
