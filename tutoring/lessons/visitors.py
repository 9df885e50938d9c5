"""Finished pages for visitors: without a sign-in everybody sees the same lesson, so it is rendered once.

Kept for a few seconds only, so that newly loaded content shows soon on every process without a signal.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import current_app, request, session
from werkzeug.wrappers import Response

from tutoring.web.i18n import language

LIVES = 10.0
MOST = 1024
PART = b"part=step"


@dataclass(frozen=True)
class _Page:
    body: bytes
    etag: str
    until: float


_pages: dict[tuple[str, bytes, str], _Page] = {}


def forget() -> None:
    """Render everything anew from now on."""
    _pages.clear()


def _answer(page: _Page) -> Response:
    response = Response(page.body, mimetype="text/html")
    headers = response.headers
    headers["ETag"] = page.etag
    headers["Vary"] = "Cookie"
    if request.headers.get("If-None-Match") == page.etag:
        response.status_code = 304
        response.set_data(b"")
    return response


def shared(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page be rendered once for all visitors who bring no session; answered questions are not kept."""

    @wraps(view)
    def run(**values: Any) -> Any:
        query = request.query_string
        if (query and query != PART) or current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
            return view(**values)
        key, moment = (request.path, query, language()), time.monotonic()
        page = _pages.get(key)
        if page is None or page.until < moment:
            made = view(**values)
            if not isinstance(made, str) or session.modified:  # a page with a session in it is one person's
                return made
            body = made.encode()
            if len(_pages) >= MOST:
                _pages.clear()
            page = _Page(body, f'"{hashlib.sha256(body).hexdigest()[:20]}"', moment + LIVES)
            _pages[key] = page
        return _answer(page)

    return run
