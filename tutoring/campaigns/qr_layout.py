"""What drawings of materials share: the QR code as squares, lines that fit."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import segno

QUIET = 4  # modules around a QR code that stay white


class Square(NamedTuple):
    """A dark module, or several in a row: column and row without the quiet zone."""

    x: int
    y: int
    length: int


def qr_rows(text: str) -> tuple[int, list[Square]]:
    """How many modules a side has, and the dark ones, row by row."""
    matrix = segno.make(text, error="m", micro=False).matrix
    return len(matrix), [square for y, row in enumerate(matrix) for square in _runs(y, row)]


def _runs(y: int, row: bytearray) -> Iterator[Square]:
    for found in re.finditer(b"\x01+", bytes(row)):
        yield Square(found.start(), y, found.end() - found.start())


def wrapped(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """A text in lines none of which is wider; a single word that is stays whole."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
