"""Security headers and request limits: nothing is ever loaded from other sites."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, make_response, request, send_file, session
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, validate_csrf
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from wtforms import ValidationError

from tutoring.config import Settings
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import InvalidInput, NotFound, RateLimited
from tutoring.policy import access_tables as policy
from tutoring.web import assets, import_maps
from tutoring.web.session_cookies import Sessions
from tutoring.web.socket_io.packet_validation import too_deep

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])


def without_token(view: View) -> View:
    """Exempts a view from CSRF checks: its pages have no session, so the form must be harmless."""
    return cast(View, csrf.exempt(view))


def token_holds() -> bool:
    """Whether such a form came from a page of ours, on a page that may have a session too."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def takes_files(most: int) -> Callable[[View], View]:
    """Allows a larger form for the few views where signed-in users upload files."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def takes_fields(most: int, parts: int) -> Callable[[View], View]:
    """Allows a form with more fields, and a larger one, for the few views where signed-in users fill in so many."""

    def mark(view: View) -> View:
        view.most_bytes, view.most_parts = most, parts  # type: ignore[attr-defined]
        return view

    return mark


def as_picture(data: bytes | None) -> Response:
    """Serves a user's picture with a sandboxed policy; raises NotFound where it is gone."""
    if data is None:
        raise NotFound
    response = Response(data, mimetype="image/webp")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


SOUNDS = {"ogg": "audio/ogg", "aac": "audio/aac", "m4a": "audio/mp4"}  # by the ending of the address


def as_sound(data: bytes, ending: str, tag: str = "", cached: str = "private, no-cache") -> Response:
    """Serves a user's sound in ranges, which some phones need, with a sandboxed policy.

    Without `cached` the browser keeps it and asks each time: a user who lost access gets nothing.
    """
    response = send_file(io.BytesIO(data), mimetype=SOUNDS[ending], conditional=True, etag=tag or False)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = cached
    return response


def as_unlisted(page: str | Response, status: int = 200) -> Response:
    """Keeps a page out of search engines, referrers and caches: its address is what admits."""
    response = make_response(page, status) if isinstance(page, str) else page
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def may_capture() -> None:
    """Lets the current page ask for a microphone and the screen; no other page may."""
    g.may_capture = CAPTURE


def may_record() -> None:
    """Lets the current page ask for a microphone; no other page may."""
    g.may_capture = RECORD


def as_data(response: Response) -> None:
    """Marks a response for our scripts, so that headers for pages are left out."""
    response.is_data = True  # type: ignore[attr-defined]


def _room_for_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    # Other bodies are read into memory as a whole.
    known = "_user_id" in session or "set_up" in session  # the browser that sets the site up (tutoring/site_setup)
    if most is not None and known and request.mimetype == "multipart/form-data":
        request.max_content_length = most
        # A file is read in pieces of 64 KiB, and some bytes of each, which might begin its end, wait for the next one.
        request.max_form_memory_size = 128 * KIB
        request.max_form_parts = getattr(view, "most_parts", request.max_form_parts)


KIB = 1024


def _csp(settings: Settings, scheme: str) -> str:
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in settings.origins)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {import_maps.hashes()}",
            f"style-src 'self' {assets.css_hash(scheme)}",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self'",
            "manifest-src 'self'",
            f"connect-src 'self' {sockets}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _no_nul() -> None:
    """Rejects addresses with NUL, which PostgreSQL cannot store and users cannot type.

    Forms drop the character.
    """
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in value for _name, value in request.args.items(multi=True)):
        abort(400)


def _own_host() -> None:
    """Rejects a foreign Host first: no page can be built under it, not even an error page.

    The same goes for a path prefix (SCRIPT_NAME): this site has none.
    """
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if request.root_path:
        raise SecurityError("the site stands at the root of its host")


_OF_PAGES = frozenset({"font/woff2", "text/css", "text/javascript"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def _no_flood() -> None:
    """Counts every request: by user, or by address without a sign-in.

    Calls for help are never counted.
    """
    if request.endpoint in policy.UNLIMITED:
        return
    kind = "read" if request.method in _READS else "write"
    try:
        if "_user_id" in session and current_user.is_authenticated:
            rate_limits.hit(kind, current_user.id)
        else:
            rate_limits.hit(f"{kind}_address", request.remote_addr or "")
    except RateLimited as refusal:
        refusal.bare = True  # an answer to a flood has to cost little
        raise


_json_views: set[str] = set()  # by the names of their functions


def takes_json(view: View) -> View:
    """Marks a view that reads JSON; other views read forms and reject JSON."""
    _json_views.add(f"{view.__module__}.{view.__qualname__}")
    return view


def _reads_json() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and f"{view.__module__}.{view.__qualname__}" in _json_views


def _no_strange_json() -> None:
    """Rejects JSON where a form belongs, and JSON that is not UTF-8 or nested too deeply.

    Parsing deep nesting would exhaust the stack.
    """
    if request.is_json and request.method not in _READS:
        if not _reads_json():
            abort(400)
        try:
            deep = too_deep(request.get_data(cache=True).decode())
        except UnicodeDecodeError:
            deep = True
        if deep:
            raise InvalidInput


def behind_proxies(app: Flask, settings: Settings) -> None:
    """Trusts the configured number of proxies about the caller, for pages and sockets.

    They are never trusted about the host.
    """
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]


def _configure(app: Flask, settings: Settings) -> None:
    """Sets the secret, the cookie flags and the size limits of requests."""
    app.session_interface = Sessions()
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=list(settings.hosts),  # a forged Host header never reaches a poster or a card
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A cookie outlives its sign-in. If each answer sent it anew, a late answer would undo what another has just
        # set.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # lives as long as the session: a page left open overnight still submits
        WTF_CSRF_SSL_STRICT=settings.https,
        MAX_CONTENT_LENGTH=64 * KIB,
        MAX_FORM_MEMORY_SIZE=64 * KIB,
        MAX_FORM_PARTS=60,
    )


FOR_EVER = "public, max-age=31536000, immutable"  # of a file whose address changes with its content
NO_CAPTURE = "camera=(), microphone=(), geolocation=(), display-capture=()"
CAPTURE = "camera=(), microphone=(self), geolocation=(), display-capture=(self)"
RECORD = "camera=(), microphone=(self), geolocation=(), display-capture=()"


def init(app: Flask, settings: Settings) -> None:
    """Attaches CSRF protection, security headers, size limits and cookie flags."""
    _configure(app, settings)
    app.before_request(_own_host)
    app.before_request(_no_flood)
    app.before_request(_room_for_files)  # before the CSRF token is read, which parses the form
    app.before_request(_no_nul)
    app.before_request(_no_strange_json)
    csrf.init_app(app)
    fixed = [
        ("Content-Security-Policy", ""),  # one for each scheme
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", NO_CAPTURE),
    ]
    if settings.https:
        fixed.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    # Files need no more than this: headers are costly on a slow network, and the first visit fetches five files.
    of_files = dict(fixed, **{"Content-Security-Policy": "default-src 'none'"})
    for name in ("Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"):
        del of_files[name]
    files = [(name.lower(), name, value) for name, value in of_files.items()]
    # Fonts, scripts and style sheets do nothing by themselves that a policy could forbid.
    parts_of_pages = [one for one in files if one[1] != "Content-Security-Policy"]

    @cache
    def of_pages(scheme: str) -> list[tuple[str, str, str]]:
        policy = _csp(settings, scheme)  # takes a tenth of a second: the first page of a scheme makes it
        return [(name.lower(), name, value or policy) for name, value in fixed]

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name, _ in headers}  # setdefault would scan all of them each time
        if request.endpoint == "static":
            added = parts_of_pages if response.mimetype in _OF_PAGES else files
        else:
            added = files if hasattr(response, "is_data") or response.is_json else of_pages(assets.scheme())
        for key, name, value in added:
            if key not in present:
                headers.add(name, g.may_capture if value is NO_CAPTURE and "may_capture" in g else value)
        if request.endpoint == "static":
            file = (request.view_args or {}).get("filename", "")
            if response.status_code < 400 and assets.is_kept_under(file, request.args.get("v", "")):
                headers["Cache-Control"] = FOR_EVER
        elif "cache-control" in present and response.cache_control.immutable:
            pass  # a file whose address changes with its content is not personal
        elif "etag" in present and response.cache_control.no_cache and response.cache_control.private:
            pass  # cached and revalidated each time: a user who lost access gets no "unchanged" either
        elif "_user_id" in session:  # known without a query, because the database may be what just failed
            headers["Cache-Control"] = "no-store"
        else:
            headers.setdefault("Cache-Control", "no-cache")
        return response
