"""Draws the outline of a screen row by row with a brush; the brush knows the format, PNG or PDF."""

from dataclasses import dataclass
from typing import Protocol

from tutoring.lessons.content.screens.outline import Outline, Row
from tutoring.web.drawings.line_wrapping import wrapped

FONT, LEADING, PAD, GAP, CELL_GAP, PILL = 15.0, 1.42, 12.0, 8.0, 6.0, 11.0
WIDTH = 260.0  # of a phone; sizes are for this width, and the brush scales them
WIDE = 400.0  # of a window and of drawings without a screen


# Signs of pictures that the fonts of the site do not have.
_OTHER_SIGNS = str.maketrans({"●": "•", "○": "o", "★": "*", "─": "–", "⌫": "←"})


def drawable(text: str) -> str:
    """Returns a text in signs that the fonts have."""
    return text.translate(_OTHER_SIGNS)


class Brush(Protocol):
    """What draws; places and sizes are numbers of one unit, from the top left. Colours are names of tokens.css."""

    def text(self, x: float, top: float, text: str, size: float, bold: bool, colour: str) -> None: ...

    def width(self, text: str, size: float, bold: bool) -> float: ...

    def box(self, x: float, top: float, wide: float, high: float, fill: str, edge: str, stroke: float) -> None: ...


@dataclass(frozen=True)
class _Placed:
    """One cell of a row with its lines, where it will be drawn."""

    left: float
    wide: float
    lines: list[str]
    pill: str


def natural_width(picture: Outline) -> float:
    """Returns the width for which the sizes of letters are right."""
    return WIDTH if picture.frame == "phone" else WIDE


def wrap(brush: Brush, text: str, wide: float, size: float, bold: bool = False) -> list[str]:
    """Wraps a text; a word wider than the line is cut, as an address on a narrow screen."""
    return wrapped(drawable(text), wide, lambda one: brush.width(one, size, bold), cut=True)


def _placed(brush: Brush, row: Row, left: float, wide: float) -> list[_Placed]:
    many = max(1, len(row.cells))
    each = (wide - CELL_GAP * (many - 1)) / many
    pills = dict(row.marks)
    inner = each - 2 * (PAD if row.kind not in ("text", "cells") else CELL_GAP)
    return [
        _Placed(left + n * (each + CELL_GAP), each, wrap(brush, text, inner, FONT, row.kind == "bar"), pills.get(n, ""))
        for n, text in enumerate(row.cells)
    ]


_FILLS = {"box": "wash", "filled": "primary", "received": "wash", "sent": "primary-wash", "cells": "primary-wash"}


def _draw_row(brush: Brush, row: Row, left: float, top: float, wide: float, shown: bool) -> float:
    """Returns the height of a row; it is drawn when `shown`."""
    cells = _placed(brush, row, left, wide)
    pad = 5.0 if row.kind != "bar" else 8.0
    high = max(len(cell.lines) for cell in cells) * FONT * LEADING + 2 * pad
    below = PILL if any(cell.pill for cell in cells) else 0.0
    if shown:
        for cell in cells:
            _draw_cell(brush, row, cell, top, high, pad)
    return high + below


def _draw_cell(brush: Brush, row: Row, cell: _Placed, top: float, high: float, pad: float) -> None:
    fill, ring = _FILLS.get(row.kind, ""), bool(cell.pill)
    if fill or ring:
        brush.box(cell.left, top, cell.wide, high, fill, "focus" if ring else "", 4.0)
    colour = "on-dark" if row.kind == "filled" else "ink"
    for n, line in enumerate(cell.lines):
        bold = row.kind in ("bar", "filled")
        middle = row.kind in ("cells", "filled", "box")
        start = (cell.wide - brush.width(line, FONT, bold)) / 2 if middle else PAD if fill else CELL_GAP
        brush.text(cell.left + start, top + pad + n * FONT * LEADING, line, FONT, bold, colour)
    if ring:
        size = FONT * 0.86
        long = brush.width(cell.pill, size, True) + 14
        right = cell.left + cell.wide - 4
        brush.box(right - long, top + high - PILL + 2, long, 2 * PILL - 2, "focus", "night", 2.0)
        brush.text(right - long + 7, top + high - PILL + 3, cell.pill, size, True, "night")


def paint(brush: Brush, picture: Outline, left: float, top: float, most: float, shown: bool = True) -> float:
    """Returns the height of a picture, at most `most`; it is drawn when `shown`. Rows below that are left out."""
    wide = natural_width(picture)
    border = 6.0 if picture.frame == "phone" else 2.0
    heights = [_draw_row(brush, row, left + border + PAD, 0, wide - 2 * (border + PAD), False) for row in picture.rows]
    many, high = 0, 2 * (border + PAD)
    for one in heights:
        if many and high + one + GAP > most:
            break
        many, high = many + 1, high + one + GAP
    if shown:
        brush.box(left, top, wide, high, "paper", "line-strong" if picture.frame != "card" else "line", border)
        y = top + border + PAD
        for row, one in zip(picture.rows[:many], heights, strict=False):
            _draw_row(brush, row, left + border + PAD, y, wide - 2 * (border + PAD), True)
            y += one + GAP
    return high
