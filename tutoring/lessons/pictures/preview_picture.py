"""Draws the picture of a lesson's preview card: 1200 × 630 pixels, its title beside the picture of a step."""

import hashlib
import io
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from tutoring.lessons.content.screens.outline import outline
from tutoring.lessons.pictures import screen_drawing
from tutoring.web import assets

WIDE, HIGH = 1200, 630
EDGE, BAR, LINE, LEADING = 64, 92, 30, 1.42
SIDE = 420  # what the picture of a step takes at the right, with the gap before it
LOOK = 1  # increase it when the drawing changes, so that cached pictures are made again


class PreviewPicture(NamedTuple):
    """What the picture shows. `figure` is the HTML of a picture of a screen, or empty."""

    title: str
    summary: str
    path: str
    site: str
    figure: str


def picture_digest(lesson_hash: str, path: str, site: str, lang: str) -> str:
    """Returns a part of the picture's address; it changes with the lesson, its path's title and the site's name."""
    return hashlib.sha256("\n".join((lesson_hash, path, site, lang, str(LOOK))).encode()).hexdigest()[:12]


class PixelBrush:
    """Draws on a Pillow image, scaled."""

    def __init__(self, draw: Any, fonts: Any, scale: float) -> None:
        self._draw, self._fonts, self._scale = draw, fonts, scale
        self._opened: dict[tuple[int, bool], Any] = {}  # each width is asked of a font, and opening one reads its file

    def font(self, size: float, bold: bool) -> Any:
        wanted = round(size * self._scale), bold
        if wanted not in self._opened:
            path, layout = str(assets.font(700 if bold else 400)), self._fonts.Layout.BASIC
            self._opened[wanted] = self._fonts.truetype(path, wanted[0], layout_engine=layout)
        return self._opened[wanted]

    def width(self, text: str, size: float, bold: bool) -> float:
        return float(self._draw.textlength(text, self.font(size, bold))) / self._scale

    def text(self, x: float, top: float, text: str, size: float, bold: bool, colour: str) -> None:
        place = (x * self._scale, top * self._scale)
        self._draw.text(place, text, assets.colour(colour), self.font(size, bold))

    def box(self, x: float, top: float, wide: float, high: float, fill: str, edge: str, stroke: float) -> None:
        corners = tuple(round(one * self._scale) for one in (x, top, x + wide, top + high))
        self._draw.rounded_rectangle(
            corners, round(10 * self._scale), fill=assets.colour(fill) if fill else None,
            outline=assets.colour(edge) if edge else None, width=round(stroke * self._scale) if edge else 0,
        )  # fmt: skip


@lru_cache(maxsize=32)  # some 20 kB each
def draw_preview(picture: PreviewPicture) -> bytes:
    """Returns the picture as PNG; a lesson without a picture of a screen has its title alone."""
    # Imported lazily; Pillow opens no uploaded file here.
    image_of, draw_of, font_of = (import_module(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    image = image_of.new("RGB", (WIDE, HIGH), assets.colour("ground"))
    draw = draw_of.Draw(image)
    plain = PixelBrush(draw, font_of, 1)
    width = float(WIDE - 2 * EDGE - (SIDE if picture.figure else 0))
    if picture.figure:
        _draw_step(draw, font_of, picture.figure)
    # After the step: a long picture ends below the bar.
    draw.rectangle((0, 0, WIDE, BAR), assets.colour("primary-dark"))
    draw.rectangle((0, BAR, WIDE, BAR + 8), assets.colour("scarf"))
    draw.text((EDGE, BAR / 2), picture.site, assets.colour("on-dark"), plain.font(40, True), anchor="lm")
    room = WIDE - 3 * EDGE - draw.textlength(picture.site, plain.font(40, True))
    if draw.textlength(picture.path, plain.font(28, False)) <= room:
        place = (WIDE - EDGE, BAR / 2)
        draw.text(place, picture.path, assets.colour("on-dark"), plain.font(28, False), anchor="rm")
    for size in (64, 56, 50, 44, 38, 34, 30):
        title = screen_drawing.wrap(plain, picture.title, width, size, True)
        summary = screen_drawing.wrap(plain, picture.summary, width, LINE)
        if (size * len(title) + LINE * len(summary)) * LEADING + 24 <= HIGH - BAR - 120:
            break
    top = BAR + 56.0
    for line in title:
        plain.text(EDGE, top, line, size, True, "ink")
        top += size * LEADING
    top += 24
    for line in summary:
        plain.text(EDGE, top, line, LINE, False, "ink-soft")
        top += LINE * LEADING
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_step(draw: Any, fonts: Any, figure: str) -> None:
    found = outline(figure)
    scale = (SIDE - 20) / screen_drawing.natural_width(found)
    brush = PixelBrush(draw, fonts, scale)
    most = (HIGH - BAR - 64) / scale
    high = screen_drawing.paint(brush, found, 0, 0, most, shown=False)
    top = (BAR + 8 + (HIGH - BAR - 8 - high * scale) / 2) / scale
    screen_drawing.paint(brush, found, (WIDE - EDGE - SIDE + 20) / scale, top, most)
