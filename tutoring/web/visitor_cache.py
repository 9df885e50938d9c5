"""In-memory page cache for anonymous visitors, who all get the same lesson page.

A page is cached for a few seconds only, so that newly loaded content shows soon on every process without a signal. A
cached page is answered before Flask begins, with the very headers it was made with.

Flask makes such a page from a bare request, which holds only what the page is stored under. So no header of the first
visitor reaches the next one. A request with a header outside `HARMLESS` is answered by Flask alone, and is not stored.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from flask import Flask, Response, request, session
from werkzeug.http import parse_cookie

from tutoring.web import compression
from tutoring.web.assets import SCHEME_COOKIE, SCHEMES
from tutoring.web.i18n import COOKIE, LANGUAGES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIVES = 10.0
MOST = 128  # pages of some 8 KiB compressed, 40 KiB uncompressed
PREFIXES = ("/lessons", "/embed/lessons/", "/campaigns/", "/d/", "/campaigns.atom", "/sitemap.xml", "/robots.txt")
PART = "part=step"
SAME_FOR_ALL = frozenset({"", PART, *(f"lang={language}" for language in LANGUAGES)})  # queries
BROUGHT = re.compile(r"from=[A-Z0-9]{6}")  # the code of a campaign sheet
MARK = "tutoring.shared"
# Headers that change no page for visitors. Flask does not see them when it makes a page that is stored.
HARMLESS = frozenset(
    "HTTP_" + name.upper().replace("-", "_")
    for name in (
        "Host", "Cookie", "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "User-Agent", "Referer",
        "Connection", "Keep-Alive", "TE", "Via", "Priority", "Cache-Control", "Pragma", "If-None-Match", "DNT",
        "If-Modified-Since", "Save-Data", "Upgrade-Insecure-Requests", "X-Real-IP", "X-Request-ID", "X-Forwarded-For",
        "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded", "Purpose",
    )
)  # fmt: skip
HARMLESS_PREFIX = "HTTP_SEC_"  # Sec-Fetch-Site, Sec-CH-UA and so on
# Headers of a request body. Other keys of an environment belong to the server, such as wsgi.errors.
BODY = ("CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_TRANSFER_ENCODING")
VARIES_BY = frozenset({"accept-encoding", "cookie"})  # both are part of the cache key


@dataclass(frozen=True)
class Page:
    """A cached response with its ETag and expiry."""

    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    until: float


class SharedPages:
    """WSGI middleware that caches the pages that `cached_for_visitors` has marked."""

    def __init__(self, inner: "WSGIApplication", session_cookie: str) -> None:
        self._inner = inner
        self._session_cookie = session_cookie
        self.pages: dict[tuple[str, ...], Page] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not self._may_store(environ):
            return self._inner(environ, start_response)
        bare = _bare(environ)
        # Some pages contain the host; a page made for one name must not be shown under another.
        names = ("PATH_INFO", "QUERY_STRING", "HTTP_COOKIE", "HTTP_ACCEPT_ENCODING", "HTTP_HOST", "wsgi.url_scheme")
        key = tuple(str(bare[name]) for name in names)
        page = self.pages.get(key)
        if page is None or page.until < time.monotonic():
            made = self._make(bare, start_response)
            if not isinstance(made, Page):
                return made
            self._keep(key, made)
            page = made
        if environ.get("HTTP_IF_NONE_MATCH") == page.etag:
            start_response("304 NOT MODIFIED", [pair for pair in page.headers if pair[0] != "Content-Length"])
            return []
        start_response("200 OK", page.headers)
        return [page.body]

    def _may_store(self, environ: "WSGIEnvironment") -> bool:
        """Whether the request may be cached: no session, body, unusual header or query."""
        return (
            environ["REQUEST_METHOD"] == "GET"
            and environ["PATH_INFO"].startswith(PREFIXES)
            and not environ.get("SCRIPT_NAME")
            and bool(environ.get("HTTP_HOST"))
            and self._session_cookie not in environ.get("HTTP_COOKIE", "")
            and _everybodys(environ.get("QUERY_STRING", ""))
            and "json" not in environ.get("HTTP_ACCEPT", "").lower()
            and all(environ.get(name, "") in ("", "0") for name in BODY)
            and all(
                name in HARMLESS or name.startswith(HARMLESS_PREFIX)
                for name in environ
                if name.startswith("HTTP_") and name not in BODY
            )
        )

    def _make(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Page | Iterable[bytes]:
        held: list[tuple[str, str]] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if environ.get(MARK) and status == "200 OK" and _is_everybodys(headers):
                held.extend(headers)
                return held.append  # never called; our answers come as a whole
            return start_response(status, headers, *error)

        answer = self._inner(environ, start)
        if not held:
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return Page([*held, ("ETag", etag)], body, etag, time.monotonic() + LIVES)

    def _keep(self, key: tuple[str, ...], page: Page) -> None:
        if len(self.pages) >= MOST:
            self.pages.clear()
        self.pages[key] = page


def _everybodys(query: str) -> bool:
    return query in SAME_FOR_ALL or BROUGHT.fullmatch(query) is not None


def _is_everybodys(headers: list[tuple[str, str]]) -> bool:
    """Whether these response headers let the page be stored and given to others."""
    for name, value in headers:
        words = {word.strip().lower() for word in value.split(",")}
        match name.lower():
            case "set-cookie":
                return False
            case "cache-control" if words & {"no-store", "private"}:
                return False
            case "vary" if not words <= VARIES_BY:
                return False
    return True


def _bare(environ: "WSGIEnvironment") -> "WSGIEnvironment":
    """Returns the request without everything that must not change a page.

    Of its headers, only the host, the best encoding and the cookies for language and scheme remain.
    """
    bare = {name: value for name, value in environ.items() if not name.startswith("HTTP_") and name not in BODY}
    bare["QUERY_STRING"] = environ.get("QUERY_STRING", "")
    bare["HTTP_HOST"] = environ["HTTP_HOST"]
    bare["HTTP_ACCEPT_ENCODING"] = compression.best(environ.get("HTTP_ACCEPT_ENCODING", ""))
    language, scheme = _choices(environ.get("HTTP_COOKIE", ""))
    bare["HTTP_COOKIE"] = f"{COOKIE}={language}; {SCHEME_COOKIE}={scheme}"
    return bare


def _choices(cookies: str) -> tuple[str, str]:
    """Returns the language and scheme that the cookies choose."""
    sent = parse_cookie(cookies) if COOKIE in cookies or SCHEME_COOKIE in cookies else {}
    language, scheme = sent.get(COOKIE), sent.get(SCHEME_COOKIE)
    return language if language in LANGUAGES else "vi", scheme if scheme in SCHEMES else SCHEMES[0]


_all: "WeakSet[SharedPages]" = WeakSet()


def init(app: Flask) -> None:
    """Installs the cache in front of this application."""
    pages = SharedPages(app.wsgi_app, app.config["SESSION_COOKIE_NAME"])
    app.wsgi_app = pages  # type: ignore[method-assign]
    _all.add(pages)


def kept() -> list[str]:
    """Returns the paths of the cached pages."""
    return sorted(key[0] for pages in _all for key in pages.pages)


def forget() -> None:
    """Drops all cached pages."""
    for pages in _all:
        pages.pages.clear()


def cached_for_visitors(view: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a view whose page is the same for all anonymous visitors."""

    @wraps(view)
    def run(**values: Any) -> Any:
        made = view(**values)
        if isinstance(made, str | Response) and not session and not session.modified:
            request.environ[MARK] = True
        return made

    return run
