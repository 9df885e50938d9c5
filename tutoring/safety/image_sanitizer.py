"""Sanitizes uploaded pictures: an isolated process decodes and redraws them."""

import platform
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from tutoring.kernel.errors import InvalidInput, RateLimited
from tutoring.kernel.text import N_
from tutoring.safety import worker_process

WORKER = Path(__file__).with_name("image_worker.py")
LARGEST_INPUT = 9 * 1024 * 1024
LARGEST_OUTPUT = 4 * 1024 * 1024
SHOWN_SIDE = 1600
LONGEST = 12.0  # seconds of wall clock for one picture
PATIENCE = 10.0  # seconds in the queue before it

_places = threading.Semaphore(2)  # two at once in a process: conversations need the rest

_SAYS = {
    "type": N_("Chỉ gửi được ảnh JPEG, PNG hoặc WEBP. Hãy chọn ảnh khác hoặc chụp màn hình."),
    "large": N_("Ảnh này lớn quá. Hãy chụp lại với cỡ nhỏ hơn, hoặc gửi ảnh chụp màn hình."),
    "unreadable": N_("Ảnh này không mở được. Hãy chụp lại hoặc chọn ảnh khác."),
}


@dataclass(frozen=True)
class Picture:
    """A redrawn picture: WEBP without metadata."""

    data: bytes
    width: int
    height: int


def refused(why: str) -> InvalidInput:
    """Returns the domain error for a rejected picture, in plain words."""
    return InvalidInput(_SAYS.get(why, _SAYS["unreadable"]), code="picture", field="file")


def sanitize(data: bytes) -> Picture:
    """Returns the picture without hidden data; raises InvalidInput or, when busy, RateLimited.

    It takes about a second: never call it while a transaction is open.
    """
    if platform.system() != "Linux":  # other systems cannot reliably limit a process's memory
        raise InvalidInput(N_("Máy chủ này chưa nhận ảnh được. Hãy kể bằng lời."), code="picture", field="file")
    if not data:
        raise InvalidInput(N_("Hãy chọn một ảnh trước khi gửi."), code="empty", field="file")
    if len(data) > LARGEST_INPUT:
        raise refused("large")
    if not _places.acquire(timeout=PATIENCE):
        raise RateLimited(N_("Đang có nhiều ảnh được gửi. Hãy chờ một chút rồi gửi lại."), retry_after=10)
    try:
        said = _ask(data)
    finally:
        _places.release()
    if said[:1] != b"+":
        raise refused(said[:20].decode("ascii", "replace"))
    return checked(said[1:])


def _ask(data: bytes) -> bytes:
    return worker_process.ask(WORKER, data, LONGEST)


def checked(webp: bytes) -> Picture:
    """Checks a worker's untrusted output: exactly one lossy frame and no other byte."""
    if not 30 <= len(webp) <= LARGEST_OUTPUT or webp[:4] != b"RIFF" or webp[8:16] != b"WEBPVP8 ":
        raise refused("unreadable")
    whole, frame = struct.unpack("<I", webp[4:8])[0], struct.unpack("<I", webp[16:20])[0]
    width, height = (side & 0x3FFF for side in struct.unpack("<HH", webp[26:30]))
    sizes = whole + 8 == len(webp) and frame + frame % 2 + 20 == len(webp)
    if not sizes or webp[23:26] != b"\x9d\x01\x2a" or not (0 < width <= SHOWN_SIDE and 0 < height <= SHOWN_SIDE):
        raise refused("unreadable")
    return Picture(webp, width, height)
