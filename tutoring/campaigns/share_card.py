"""Draws the share card: 1200 × 630 pixels with one message, a QR code and the address.

It shows no people and no emblems.
"""

import hashlib
import io
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tutoring.kernel.site_identity import SHIPPED_NAME
from tutoring.web import assets
from tutoring.web.drawings.line_wrapping import wrapped
from tutoring.web.drawings.qr_codes import QUIET, qr_rows

WIDE, HIGH = 1200, 630
EDGE = 64
BAR = 92
CODE = 348  # the QR code with its quiet zone
TOP, GAP, ADDRESS = BAR + 40, 16, 112  # top of the title, the space below it, the space left for the address
LINE = 29  # font size of the sentence under the title
LEADING = 1.42  # line height that stacked Vietnamese marks need
LOOK = 1  # increase it when the drawing changes, so that cached pictures are made again


class Card(NamedTuple):
    """The contents of a card."""

    title: str
    line: str
    place: str
    address: str  # as people type it
    link: str  # the content of the QR code
    site: str = SHIPPED_NAME

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join((*self, str(LOOK))).encode()).hexdigest()[:12]


@lru_cache(maxsize=16)
def draw_card(card: Card, static: Path) -> bytes:
    """Returns the card as PNG."""
    # Imported lazily; Pillow opens no uploaded file here.
    image_of, draw_of, font_of = (import_module(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    image = image_of.new("RGB", (WIDE, HIGH), assets.colour("paper"))
    draw = draw_of.Draw(image)

    def font(size: int, weight: int = 400) -> Any:
        path = static / "vendor" / f"bvp-{weight}.ttf"
        return font_of.truetype(str(path), size, layout_engine=font_of.Layout.BASIC)

    draw.rectangle((0, 0, WIDE, BAR), assets.colour("primary-dark"))
    draw.rectangle((0, BAR, WIDE, BAR + 8), assets.colour("scarf"))
    draw.text((EDGE, BAR / 2), card.site, assets.colour("on-dark"), font(40, 700), anchor="lm")
    draw.text((WIDE - EDGE, BAR / 2), card.place, assets.colour("on-dark"), font(30), anchor="rm")
    _code(draw, card.link)
    width = WIDE - 3 * EDGE - CODE

    def lines_of(text: str, size: int, weight: int) -> list[str]:
        return wrapped(text, width, lambda one: float(draw.textlength(one, font(size, weight))))

    size, title, line = _fitting(lines_of, card)
    top = float(TOP)
    for one in title:
        draw.text((EDGE, top), one, assets.colour("ink"), font(size, 700))
        top += size * LEADING
    top += GAP
    for one in line:
        draw.text((EDGE, top), one, assets.colour("ink-soft"), font(LINE))
        top += LINE * LEADING
    draw.text((EDGE, HIGH - 48), card.address, assets.colour("primary"), font(34, 700), anchor="ls")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _fitting(lines_of: Callable[[str, int, int], list[str]], card: Card) -> tuple[int, list[str], list[str]]:
    """Returns the largest title that fits with its line above the address; nothing is cut off."""
    line = lines_of(card.line, LINE, 400)
    for size in (64, 56, 50, 44, 38, 34, 30):
        title = lines_of(card.title, size, 700)
        if TOP + size * LEADING * len(title) + GAP + LINE * LEADING * len(line) <= HIGH - ADDRESS:
            break
    return size, title, line


def code_place(modules: int) -> tuple[int, int, int]:
    """Returns left and top of the QR code's first module, and the module size in whole pixels."""
    side = CODE // (modules + 2 * QUIET)
    rest = CODE - side * modules
    return WIDE - EDGE - CODE + rest // 2, (HIGH + BAR - CODE) // 2 + rest // 2, side


def _code(draw: Any, link: str) -> None:
    modules, squares = qr_rows(link)
    left, top, side = code_place(modules)
    around = QUIET * side
    draw.rectangle(
        (left - around, top - around, left + modules * side + around - 1, top + modules * side + around - 1),
        assets.colour("paper"), outline=assets.colour("line"),
    )  # fmt: skip
    for square in squares:
        x, y = left + square.x * side, top + square.y * side
        draw.rectangle((x, y, x + square.length * side - 1, y + side - 1), assets.colour("ink"))
