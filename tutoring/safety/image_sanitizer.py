"""Sanitizes uploaded pictures: an isolated process (`image_worker.py`) decodes and redraws them.

What the process returns is not trusted: its form and sizes are checked here.
"""

import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.safety.worker_process import SandboxedWorker

LARGEST_INPUT = 9 * 1024 * 1024
LARGEST_OUTPUT = 4 * 1024 * 1024
SHOWN_SIDE = 1600

WORKER = SandboxedWorker(
    script=Path(__file__).with_name("image_worker.py"),
    code="picture",
    says={
        "type": N_("Chỉ gửi được ảnh JPEG, PNG hoặc WEBP. Hãy chọn ảnh khác hoặc chụp màn hình."),
        "large": N_("Ảnh này lớn quá. Hãy chụp lại với cỡ nhỏ hơn, hoặc gửi ảnh chụp màn hình."),
        "unreadable": N_("Ảnh này không mở được. Hãy chụp lại hoặc chọn ảnh khác."),
    },
    empty=N_("Hãy chọn một ảnh trước khi gửi."),
    busy=N_("Đang có nhiều ảnh được gửi. Hãy chờ một chút rồi gửi lại."),
    unsupported=N_("Máy chủ này chưa nhận ảnh được. Hãy kể bằng lời."),
    largest=LARGEST_INPUT,
    too_large="large",
    seconds=12.0,
    patience=10.0,
    places=threading.Semaphore(2),  # two at once in a process: conversations need the rest
)


@dataclass(frozen=True)
class Picture:
    """A redrawn picture: WEBP without metadata."""

    data: bytes
    width: int
    height: int


def sanitize(data: bytes) -> Picture:
    """Returns the picture without hidden data; raises InvalidInput or, when busy, RateLimited.

    It takes about a second: never call it while a transaction is open.
    """
    return checked(WORKER.sanitize(data))


def checked(webp: bytes) -> Picture:
    """Checks a worker's untrusted output: exactly one lossy frame and no other byte."""
    if not 30 <= len(webp) <= LARGEST_OUTPUT or webp[:4] != b"RIFF" or webp[8:16] != b"WEBPVP8 ":
        raise _unreadable()
    whole, frame = struct.unpack("<I", webp[4:8])[0], struct.unpack("<I", webp[16:20])[0]
    width, height = (side & 0x3FFF for side in struct.unpack("<HH", webp[26:30]))
    sizes = whole + 8 == len(webp) and frame + frame % 2 + 20 == len(webp)
    if not sizes or webp[23:26] != b"\x9d\x01\x2a" or not (0 < width <= SHOWN_SIDE and 0 < height <= SHOWN_SIDE):
        raise _unreadable()
    return Picture(webp, width, height)


def _unreadable() -> InvalidInput:
    return WORKER.refused("unreadable")
