"""Serves media files of lessons from the content folder, and what pictures of screens need; draws QR codes."""

import io
import re
from pathlib import Path

import segno
from flask import send_file
from markupsafe import Markup
from werkzeug.wrappers import Response

from tutoring.kernel.errors import NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.web.assets import file_address

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
SHEET = "lessons/screens.css"
_PICTURE = '<figure class="screen">'
YEAR = 365 * 86400


def send(content: Path, slug: str, name: str, versioned: bool) -> Response:
    """Returns a media file of a lesson.

    A versioned address carries the file's hash and is cached for a year.
    """
    kind = TYPES.get(Path(name).suffix)
    if kind is None or not _SLUG.fullmatch(slug) or not _NAME.fullmatch(name):
        raise NotFound
    folder = (content / "lessons" / slug / "media").resolve()
    file = (folder / name).resolve()
    if file.parent != folder or not file.is_file():  # a symbolic link out of the folder is refused too
        raise NotFound
    response = send_file(file, mimetype=kind, max_age=YEAR if versioned else None)
    if versioned:
        response.cache_control.public = True
        response.cache_control.immutable = True
    # Embedded lessons (../embeds) have no origin, and would be refused a file of the same origin alone.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # An SVG opened directly must not run scripts.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@blueprint.app_template_filter()
def pictured(html: str) -> Markup:
    """Returns the sanitised HTML of a step with a link to the style sheet of pictures before its first one.

    Words above the picture are shown before the sheet is there, and a step without a picture does not fetch it.
    """
    link = f'<link rel="stylesheet" href="{file_address(SHEET)}">'
    return Markup(str(html).replace(_PICTURE, link + _PICTURE, 1))


def qr(address: str) -> Markup:
    """Returns the address as a QR code in SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, scale=4, border=2, svgclass="qr", lineclass=None
    )
    return Markup(drawn.getvalue().decode())
