"""What drawings of materials share: the QR code as squares, our colours, lines that fit."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import segno

QUIET = 4  # modules around a QR code that stay white
Colour = tuple[int, int, int]


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


@cache
def colours(static: Path) -> dict[str, Colour]:
    """The colours of the style sheets by name, so that paper and screen are of one kind."""
    text = (static / "css" / "tokens.css").read_text("utf-8")
    return {name: _rgb(value) for name, value in re.findall(r"--([\w-]+): #([0-9a-f]{6}|[0-9a-f]{3});", text)}


def _rgb(value: str) -> Colour:
    full = value if len(value) == 6 else "".join(char * 2 for char in value)
    return int(full[:2], 16), int(full[2:4], 16), int(full[4:], 16)


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
