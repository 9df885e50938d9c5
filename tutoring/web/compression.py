"""Response compression: brotli, or gzip where the browser does not support it.

A static file is compressed once, at the highest level; a page is compressed while it is answered. A response for a
session is compressed only where no outsider can have injected text into it. Otherwise the length of a response with
both a secret and a guess would let an eavesdropper recover the secret letter by letter (BREACH).
"""

import gzip
import re
from collections.abc import Callable
from functools import lru_cache

import brotli
from flask import Flask, request, session
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from tutoring.web.assets import tight

TEXT = (
    "text/", "application/json", "application/javascript", "application/manifest+json", "image/svg+xml",
    "application/xml", "application/atom+xml",
)  # fmt: skip
LEAST = 500  # bytes; below that it saves less than the headers cost
WINDOW = 16  # a window of 64 KiB: longer than our pages, and little memory
MOST = 512  # files cached

PAGE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, quality=7, lgwin=WINDOW),
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
}
FILE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, quality=11),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}
_files: dict[tuple[str, str, str], bytes] = {}


@lru_cache(maxsize=64)
def best(accepted: str) -> str:
    """Returns the encoding for this Accept-Encoding: "br", "gzip", or "" for none."""
    return parse_accept_header(accepted, Accept).best_match(tuple(PAGE), "")


def _of_our_pages() -> bool:
    """Whether the request comes from our pages: their referrer cannot be faked by others."""
    return (request.referrer or "").partition("://")[2].startswith(f"{request.host}/")


def _harmless(response: Response) -> bool:
    """Whether the response cannot mix a secret with text of an outsider.

    Every page repeats its own address.
    """
    if not session:
        return True
    plain = request.method in ("GET", "HEAD") and not request.query_string and response.status_code == 200
    return plain or _of_our_pages()


def without_comments(script: bytes) -> bytes:
    """Strips comments and indentation from a script, a fourth of its bytes.

    It removes comment lines, comments behind a statement and the space before each line.
    """
    script = re.sub(rb"^[ \t]*//.*\n", b"", script, flags=re.MULTILINE)
    script = re.sub(rb"(?<=[;{},)]) // [^\"'`\n]*$", b"", script, flags=re.MULTILINE)
    return re.sub(rb"^[ \t]+", b"", script, flags=re.MULTILINE)


def _file(response: Response, how: str) -> bytes:
    key = (request.path, how, response.headers.get("ETag", ""))
    if key not in _files:
        if len(_files) >= MOST:
            _files.clear()
        response.direct_passthrough = False
        data = response.get_data()
        if response.mimetype == "text/javascript":
            data = without_comments(data)
        elif response.mimetype == "text/css":
            data = tight(data.decode()).encode()
        _files[key] = FILE[how](data)
    return _files[key]


def _compressed(response: Response) -> Response:
    headers = response.headers
    if (
        not (response.mimetype or "").startswith(TEXT)
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in headers
        or (response.content_length or LEAST) < LEAST
    ):
        return response
    file = response.direct_passthrough
    if file and not (request.endpoint == "static" or response.cache_control.immutable):
        return response  # a user's private file, which is written while it is read
    if response.is_streamed and not file:
        return response
    response.vary.add("Accept-Encoding")
    how = best(request.headers.get("Accept-Encoding", ""))
    if not how or not (file or _harmless(response)):
        return response
    data = _file(response, how) if file else PAGE[how](response.get_data())
    response.direct_passthrough = False
    response.set_data(data)
    headers["Content-Encoding"] = how
    etag, weak = response.get_etag()
    if etag is not None:
        response.set_etag(f"{etag}-{how}", bool(weak))
        response.make_conditional(request)
    return response


def _bare(response: Response) -> Response:
    """Removes validators from immutable files, which browsers never revalidate."""
    if request.endpoint == "static" and response.cache_control.immutable and response.status_code == 200:
        for name in ("ETag", "Last-Modified", "Content-Disposition"):
            response.headers.pop(name, None)
    return response


def init(app: Flask) -> None:
    """Installs compression; call it before all else that changes responses, as it runs last."""
    app.after_request(_bare)
    app.after_request(_compressed)
