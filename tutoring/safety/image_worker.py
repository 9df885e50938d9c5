"""The sandboxed process that decodes an untrusted picture and redraws it.

worker_loop.py loads it (never imported), with Pillow and the standard library alone. An answer begins with "+" and is a
WEBP without any metadata, or it is the word for why there is none. Run it only through image_sanitizer.py.
"""

import io
import warnings

# All plugins that the three formats may need: once limits apply, no file can be opened, not even a module.
from PIL import (
    ExifTags,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
BEGINNINGS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}
MIB = 1024 * 1024
MEMORY = 512 * MIB
PROCESSOR_SECONDS = 5
LARGEST_REQUEST = 9 * MIB
LONGEST_SIDE = 10_000
MOST_PIXELS = 24_000_000
SHOWN_SIDE = 1600
QUALITY = 80
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class ImageRejected(Exception):
    """The picture is rejected; the message is a word: type, large."""


def kind(data: bytes) -> str:
    """Returns the format that the first bytes announce; raises ImageRejected."""
    for name, beginning in BEGINNINGS.items():
        if data.startswith(beginning) and (name != "WEBP" or data[8:12] == b"WEBP"):
            return name
    raise ImageRejected("type")


def clean(data: bytes) -> bytes:
    """Redraws the first frame upright on white, at most screen size, without other data."""
    promised = kind(data)
    image = Image.open(io.BytesIO(data), formats=[promised])
    if image.format != promised:  # a JPEG of several pictures opens as MPO
        raise ImageRejected("type")
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise ImageRejected("large")
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    if promised == "JPEG":
        image.draft("RGB", (2 * SHOWN_SIDE, 2 * SHOWN_SIDE))  # decoded at a smaller size, which takes less memory
    image.load()
    drawn = _on_white(_smaller(image))
    if turn is not None:
        drawn = drawn.transpose(turn)
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=QUALITY, method=3, exif=b"", xmp=b"", icc_profile=None)
    return out.getvalue()


def _smaller(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    if longest <= SHOWN_SIDE:
        return image
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    shrink = SHOWN_SIDE / longest
    width, height = (max(1, round(side * shrink)) for side in image.size)
    # First by whole numbers, so that the fine filter works on a small copy.
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _on_white(image: Image.Image) -> Image.Image:
    """Returns a new picture that has copied nothing but colours."""
    paper = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper.paste(image, mask=image.getchannel("A"))
    else:
        paper.paste(image.convert("RGB"))
    return paper


def answer(data: bytes) -> bytes:
    """Returns the answer for a picture; every error only rejects it."""
    try:
        return b"+" + clean(data)
    except ImageRejected as refused:
        return str(refused).encode()
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b"large"
    except Exception:
        return b"unreadable"


def load_all() -> None:
    """Loads the decoders and sets Pillow's own limits."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    PngImagePlugin.MAX_TEXT_MEMORY = MIB
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
