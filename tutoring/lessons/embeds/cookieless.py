"""Keeps cookies away from the pages that other sites embed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIXES = ("/embed/", "/oembed")
_PERSONAL = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")


class Cookieless:
    """WSGI middleware: under these addresses no cookie or token is read, and no cookie is set.

    So the pages are the same for everybody, whichever view or error handler makes them.
    """

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PREFIXES):
            return self._inner(environ, start_response)
        for name in _PERSONAL:
            environ.pop(name, None)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [one for one in map(_without_cookies, headers) if one], *error)

        return self._inner(environ, start)


def _without_cookies(header: tuple[str, str]) -> tuple[str, str] | None:
    """Returns the header, or None for one that sets a cookie or names cookies alone."""
    name, value = header
    match name.lower():
        case "set-cookie":
            return None
        case "vary":
            left = [word.strip() for word in value.split(",") if word.strip().lower() != "cookie"]
            return (name, ", ".join(left)) if left else None
    return header


def init(app: Flask) -> None:
    """Installs the middleware in front of this application and of its page cache."""
    app.wsgi_app = Cookieless(app.wsgi_app)  # type: ignore[method-assign]
