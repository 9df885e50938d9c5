"""Layout helpers shared by the drawings of materials: QR code squares and line wrapping."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

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


def wrapped(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """Wraps a text to a width; a single word that is wider stays whole."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
