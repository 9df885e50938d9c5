"""The picture files of help pages: present, small, and of known size.

A known size keeps the layout from shifting while pictures load.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tutoring.lessons.content.diagnostics import Diagnostics

MAX_BYTES = 25_000
SCALE = 1.5  # pixels of a file per CSS pixel of a page


@dataclass(frozen=True)
class Picture:
    """A screenshot of the site: `alt` by language, width and height as displayed."""

    id: str
    file: Path
    url: str
    alt: dict[str, str]
    width: int
    height: int
    bytes: int


def size_of(raw: bytes) -> tuple[int, int] | None:
    """Returns the size of a WebP picture as our script writes it; None for anything else."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WEBP":
        return None
    if raw[12:16] == b"VP8 ":
        return int.from_bytes(raw[26:28], "little") & 0x3FFF, int.from_bytes(raw[28:30], "little") & 0x3FFF
    if raw[12:16] == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def read(
    folder: Path, picture_id: str, alt: dict[str, str], wanted: bool, notes: Diagnostics, line: int
) -> Picture | None:
    """Reads the file of a declared picture, or notes a fault and returns None.

    Without `wanted` the file is not read, because it is about to be created.
    """
    file = folder / f"{picture_id}.webp"
    if not wanted:
        return Picture(picture_id, file, "", alt, 0, 0, 0)
    try:
        raw = file.read_bytes()
    except OSError:
        notes.fault(line, "picture-missing", f"chưa có tệp {file.name}; chạy: python3 dev.py flask help pictures")
        return None
    size = size_of(raw)
    if size is None:
        notes.fault(line, "picture-broken", f"{file.name} không phải hình WebP")
        return None
    if len(raw) > MAX_BYTES:
        notes.fault(line, "picture-heavy", f"{file.name} nặng {len(raw)} byte; nhiều nhất {MAX_BYTES} byte")
    url = f"/help/{folder.name}/{file.name}?v={hashlib.sha256(raw).hexdigest()[:10]}"
    width, height = (round(side / SCALE) for side in size)
    return Picture(picture_id, file, url, alt, width, height, len(raw))
