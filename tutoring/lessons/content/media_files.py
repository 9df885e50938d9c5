"""Checks the media files of a lesson: existence, size, legibility, no active content."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.schema import Medium as Declared
from tutoring.lessons.content.types import Medium

MAX_BYTES = {
    ".svg": 6_000,
    ".webp": 40_000,
    ".png": 40_000,
    ".jpg": 40_000,
    ".opus": 400_000,
    ".mp3": 400_000,
}
DRAWN_WIDTH = 320  # pictures are drawn at the width of a small phone
MIN_FONT_SIZE_PX = 15
MAX_DRAWING_WIDTH = 10_000  # of a drawing, in its own units
_SVG = "{http://www.w3.org/2000/svg}"
_TAGS = {
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title",
    "desc", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "symbol", "use",
}  # fmt: skip


@dataclass(frozen=True)
class _Size:
    width: int
    height: int


def read_medium(folder: Path, lesson_id: str, declared: Declared, alts: dict[str, str], longs: dict[str, str],
                notes: Diagnostics, line: int) -> Medium | None:  # fmt: skip
    """Returns the medium of a declared picture or recording, or None after recording a fault."""
    file = folder / "media" / declared.file
    if not file.is_file():
        notes.fault(line, "media-missing", f"không có tệp media/{declared.file}")
        return None
    try:
        raw = file.read_bytes()
    except OSError:
        notes.fault(line, "unreadable", f"không đọc được tệp media/{declared.file}")
        return None
    most = MAX_BYTES[file.suffix]
    if len(raw) > most:
        notes.fault(line, "media-heavy", f"media/{declared.file} nặng {len(raw)} byte; nhiều nhất {most} byte")
    size = _svg(raw, declared.file, notes, line) if file.suffix == ".svg" else None
    version = hashlib.sha256(raw).hexdigest()[:10]
    return Medium(
        id=declared.id,
        file=file,
        url=f"/lessons/{lesson_id}/media/{declared.file}?v={version}",
        alt=alts,
        long=longs,
        licence=declared.licence,
        bytes=len(raw),
        width=size.width if size else None,
        height=size.height if size else None,
    )


def _svg(raw: bytes, name: str, notes: Diagnostics, line: int) -> _Size | None:
    text = raw.decode("utf-8", "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        notes.fault(line, "svg-unsafe", f"media/{name}: bỏ DOCTYPE và ENTITY")
        return None
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        notes.fault(line, "svg-broken", f"media/{name}: viết sai kiểu SVG ({error})")
        return None
    box = [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    if root.tag != f"{_SVG}svg" or len(box) != 4 or not all(0 < side <= MAX_DRAWING_WIDTH for side in box[2:]):
        notes.fault(line, "svg-broken", f"media/{name}: cần thẻ svg có viewBox")
        return None
    for element in root.iter():
        why = _unsafe(element)
        if why:
            notes.fault(line, "svg-unsafe", f"media/{name}: {why}")
        for letters in _letter_sizes(element):
            if letters * DRAWN_WIDTH / box[2] < MIN_FONT_SIZE_PX:
                notes.fault(line, "svg-small", f"media/{name}: chữ trong hình nhỏ hơn {MIN_FONT_SIZE_PX}, "
                            f"khó đọc trên máy nhỏ; viết to hơn hoặc bớt chữ (đang là {letters:g})")  # fmt: skip
    return _Size(round(box[2]), round(box[3]))


def _letter_sizes(element: ElementTree.Element) -> list[float]:
    """Returns the font sizes that an element sets, in units of the drawing.

    They come from an attribute or a style, as a number or in px.
    """
    written = f"font-size:{element.get('font-size', '')};{element.get('style', '')}"
    return [float(size) for size in re.findall(r"font-size:\s*(\d+(?:\.\d+)?)(?:px)?\s*(?:;|$)", written)]


def _unsafe(element: ElementTree.Element) -> str | None:
    tag = str(element.tag).removeprefix(_SVG)
    if tag not in _TAGS:
        return f"không dùng thẻ <{tag}> trong hình"
    for key, value in element.attrib.items():
        if key.lower().startswith("on"):
            return f"bỏ “{key}” khỏi hình"
        if key.endswith("href") and not value.startswith("#"):
            return "hình không được lấy gì từ bên ngoài"
        if "url(" in value and not re.fullmatch(r"url\(#[\w-]+\)", value):
            return "hình không được lấy gì từ bên ngoài"
    return None
