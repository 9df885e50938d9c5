"""Pictures and recordings of lessons, served from the content folder; and the QR code on a handout."""

import io
import re
from pathlib import Path

import segno
from flask import send_file
from markupsafe import Markup
from werkzeug.wrappers import Response

from tutoring.kernel.errors import NotFound

TYPES = {
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
YEAR = 365 * 86400


def send(content: Path, slug: str, name: str, versioned: bool) -> Response:
    """A file of a lesson; an address that carries the file's hash may be kept for good."""
    kind = TYPES.get(Path(name).suffix)
    if kind is None or not _SLUG.fullmatch(slug) or not _NAME.fullmatch(name):
        raise NotFound
    folder = (content / "lessons" / slug / "media").resolve()
    file = (folder / name).resolve()
    if file.parent != folder or not file.is_file():  # a link that leads out of the folder is refused too
        raise NotFound
    response = send_file(file, mimetype=kind, max_age=YEAR if versioned else None)
    if versioned:
        response.cache_control.public = True
        response.cache_control.immutable = True
    # A drawing opened by itself must not be able to run anything.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def qr(address: str) -> Markup:
    """The address as a QR code, drawn as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, scale=4, border=2, svgclass="qr", lineclass=None
    )
    return Markup(drawn.getvalue().decode())
