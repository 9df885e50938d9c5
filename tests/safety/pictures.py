"""Pictures for tests: honest ones that carry secrets beside what is seen, hostile ones, and mutants of both."""

import io
import os
import random
import struct
import subprocess
import threading
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

from tutoring.safety import image_sanitizer
from tutoring.safety.worker_process import SandboxedWorker, command

SECRET = b"0912345678-nha-em-so-7"  # stands in each honest picture where nobody sees it
REASONS = {b"type", b"large", b"unreadable"}
MOST_MEMORY = 512 * 1024  # KiB


def seen(width: int = 120, height: int = 90) -> Image.Image:
    """Something to look at: red on the upper left, blue on the lower right."""
    made = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, width // 2, height // 2), "red")
    draw.rectangle((width // 2, height // 2, width, height), "blue")
    return made


def encoded(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def located(orientation: int = 1) -> bytes:
    """EXIF that says where the picture was taken, and with what."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = SECRET.decode()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (10.0, 46.0, 36.9)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (106.0, 41.0, 43.6)
    gps[ExifTags.GPS.GPSProcessingMethod] = SECRET
    return exif.tobytes()


def photo(**more: Any) -> bytes:
    """A JPEG as telephones make it, with its place and a comment."""
    return encoded(seen(), "JPEG", exif=located(), comment=SECRET, **more)


def _texts() -> PngImagePlugin.PngInfo:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SECRET.decode())
    said.add_itxt("Author", SECRET.decode())
    return said


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, body: bytes, interlaced: bool = False) -> bytes:
    """A PNG that says it is so large, whatever its body is."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def interlaced() -> bytes:
    """A PNG in seven passes, which Pillow reads but does not write."""
    image = seen()
    rows = []
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for y in range(y0, image.height, dy):
            line = b"".join(bytes(image.getpixel((x, y))) for x in range(x0, image.width, dx))  # type: ignore[arg-type]
            rows.append(b"\0" + line)
    return png(image.width, image.height, zlib.compress(b"".join(rows)), interlaced=True)


def bomb() -> bytes:
    """9 KiB that say 81 million pixels and keep their word."""
    return encoded(Image.new("1", (9000, 9000)), "PNG", optimize=True)


def several() -> bytes:
    """A JPEG of two pictures."""
    return encoded(seen(), "MPO", save_all=True, append_images=[seen(60, 40)])


@cache
def seeds() -> dict[str, bytes]:
    """What mutants are made of."""
    palette = seen().quantize(16)
    html = b"<html><script>alert(1)</script></html>"
    return {
        "photo": photo(),
        "progressive": photo(progressive=True, icc_profile=SECRET),
        "palette": encoded(palette, "PNG", transparency=3, pnginfo=_texts(), exif=located()),
        "interlaced": interlaced(),
        "webp": encoded(seen(), "WEBP", exif=located(), xmp=SECRET),
        "moving": encoded(seen(), "WEBP", save_all=True, append_images=[seen().rotate(90)], exif=located()),
        "several": several(),
        "gif": encoded(palette, "GIF", comment=SECRET),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "page in a photo": encoded(seen(), "JPEG", comment=html) + html,
    }


@cache
def hostile() -> dict[str, bytes]:
    """Files that must not come through."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as kept:
        kept.writestr("a.txt", SECRET)
    whole = photo()
    zeros = zlib.compress(bytes(1 << 20))
    return {
        "bomb": bomb(),
        "179 MP": png(13_400, 13_400, zeros),
        "huge side": encoded(Image.new("L", (10_001, 2)), "PNG"),
        "endless sides": png(2**31 - 1, 2**31 - 1, zeros),
        "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "html": b"<!doctype html><script>alert(document.cookie)</script>",
        "gif": encoded(seen().quantize(16), "GIF"),
        "bmp": encoded(seen(), "BMP"),
        "tiff": encoded(seen(), "TIFF"),
        "pdf": encoded(seen(), "PDF"),
        "several in one": several(),
        "truncated": whole[: len(whole) // 2],
        "head alone": whole[:3],
        "archive": archive.getvalue() + whole,
        "archive named as photo": b"\xff\xd8\xff\xe0" + archive.getvalue(),
        "text bomb": _with_text(b"A" * 60_000_000),
        "huge webp": b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\x3f\0\xff\x3f\0VP8L\0\0\0\0",
    }


def _with_text(text: bytes) -> bytes:
    made = encoded(seen(), "PNG")
    return made[:33] + _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text, 9)) + made[33:]


LARGE: dict[str, Callable[[Image.Image], bytes]] = {
    "photo": lambda image: encoded(image, "JPEG", progressive=True),
    "printer's photo": lambda image: encoded(image.convert("CMYK"), "JPEG", progressive=True),
    "webp": lambda image: encoded(image, "WEBP", method=0),
    "drawing": lambda image: encoded(image.convert("RGBA"), "PNG", compress_level=1),
}


def large(kind: str) -> bytes:
    """One of the largest pictures that are taken, 24 million points, of the kinds that need most memory."""
    return LARGE[kind](seen(6000, 4000))


# ---- mutants ---------------------------------------------------------------------------------------------

_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def mutants(count: int, seed: int, huge: float = 0.0) -> Iterator[bytes]:
    """Pictures with something wrong, the same ones for the same seed; this share of them is as large as can be."""
    chance = random.Random(seed)
    kept = list(seeds().values())
    heavy = [large(kind) for kind in LARGE] if huge else []
    for _ in range(count):
        data = bytearray(chance.choice(heavy if chance.random() < huge else kept))
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            mutate(data, chance, kept)
        yield mended(bytes(data)) if chance.random() < 0.5 else bytes(data)


def mutate(data: bytearray, chance: random.Random, kept: list[bytes]) -> None:
    """Changes some bytes of a file: flips, cuts, copies, or parts of another one."""
    # Heads are where decoders believe what they read.
    at = chance.randrange(min(len(data), 200) if chance.random() < 0.5 else len(data)) if data else 0
    match chance.randrange(7):
        case 0 if data:
            data[at] ^= 1 << chance.randrange(8)
        case 1 if data:
            data[at] = chance.randrange(256)
        case 2:
            width = chance.choice((1, 2, 4))
            value = chance.choice(_EDGES) & ((1 << 8 * width) - 1)
            data[at : at + width] = value.to_bytes(width, chance.choice(("big", "little")))
        case 3:
            del data[at : at + chance.choice((1, 4, 50, 5000))]
        case 4:
            data[at:at] = chance.randbytes(chance.choice((1, 4, 50)))
        case 5:
            data[at:at] = data[chance.randrange(len(data) + 1) :][:200]
        case _:
            other = chance.choice(kept)
            data[at:] = other[chance.randrange(len(other)) :]


def mended(data: bytes) -> bytes:
    """A PNG whose checksums are right again, so that what is wrong gets past the first door."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    out, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if at + 12 + length > len(data):
            break
        out += _chunk(data[at + 4 : at + 8], data[at + 8 : at + 8 + length])
        at += 12 + length
    return bytes(out + data[at:])


# ---- many at once ----------------------------------------------------------------------------------------


@dataclass
class Fed:
    """What came of many pictures."""

    said: Counter[str] = field(default_factory=Counter)
    memory: int = 0  # KiB: the most that any process held
    slowest: float = 0.0  # seconds

    @property
    def clean(self) -> int:
        return self.said["clean"]


class _Worker:
    """One process as the app starts it, asked for several pictures within the bounds that are meant for one."""

    def __init__(self, worker: SandboxedWorker) -> None:
        self.worker = worker
        self.process = subprocess.Popen(
            command(worker.script),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )

    def ask(self, data: bytes) -> bytes | None:
        """Its answer; None when it died over it."""
        assert self.process.stdin and self.process.stdout
        watch = threading.Timer(self.worker.seconds, self.process.kill)
        watch.start()
        try:
            self.process.stdin.write(struct.pack(">I", len(data)) + data)
            self.process.stdin.flush()
            head = self.process.stdout.read(4)
            return self.process.stdout.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None
        except BrokenPipeError:
            return None
        finally:
            watch.cancel()

    def memory(self) -> int:
        """The most that it held, in KiB, while it still lives."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)

    def close(self) -> int:
        """End it; returns the most that it ever held, in KiB, as the system counts it."""
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        _pid, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return int(used.ru_maxrss)


def feed(
    many: Iterable[bytes],
    each: int = 100,
    kind: SandboxedWorker = image_sanitizer.WORKER,
    judged: Callable[[bytes | None], str] | None = None,
) -> Fed:
    """Give all of these to workers, some to each, and hold every answer to what was promised."""
    fed, worker, left = Fed(), None, 0
    judged = judged or _judged
    for data in many:
        if worker is None:
            worker, left = _Worker(kind), each
        begun = time.monotonic()
        said = worker.ask(data)
        fed.slowest = max(fed.slowest, time.monotonic() - begun)
        fed.said[judged(said)] += 1
        left -= 1
        if said is not None:
            fed.memory = max(fed.memory, worker.memory())
        if said is None or not left:
            used = worker.close()
            fed.memory = max(fed.memory, used if said is None else 0)
            worker = None
    if worker is not None:
        worker.close()
    return fed


def _judged(said: bytes | None) -> str:
    if said is None:
        return "died"
    if said[:1] == b"+":
        image_sanitizer.checked(said[1:])  # one frame and nothing besides
        assert SECRET not in said and SECRET[:10] not in said
        return "clean"
    assert said in REASONS, said[:40]
    return said.decode()
