"""Wraps every request and socket event: correlation id, duration, log line when slow.

A request is counted by endpoint and status class (2xx, 5xx), never by address or user. The duration is that of making
the answer, without sending it.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from prometheus_client import Counter, Histogram

from tutoring.config import Settings
from tutoring.kernel.monitoring import correlation, metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

SLOW = 1.0  # seconds; a slower request is logged
HEADER = "X-Request-ID"
KEPT = "kept_page"  # a page of the visitor cache, answered before Flask (web/visitor_cache.py)
# Monitors request these by the address of one process, under any host name; the answers do not depend on it.
FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_OF_VERBS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5)
_CLASSES = {"1": "1xx", "2": "2xx", "3": "3xx", "4": "4xx", "5": "5xx"}

requests = Histogram(
    f"{metrics.PREFIX}request_seconds",
    "Seconds to answer a request, by endpoint and kind of answer.",
    ("endpoint", "status"),
    buckets=_SECONDS,
    registry=metrics.registry,
)
verbs = Histogram(
    f"{metrics.PREFIX}verb_seconds",
    "Seconds to answer a verb of a socket.",
    ("verb",),
    buckets=_OF_VERBS,
    registry=metrics.registry,
)
event_errors = Counter(
    f"{metrics.PREFIX}verb_refusals",
    "Verbs and connections of sockets that were refused.",
    ("verb", "why"),
    registry=metrics.registry,
)


class Watched:
    """WSGI middleware in front of everything else."""

    def __init__(self, inner: "WSGIApplication", settings: Settings) -> None:
        self._inner, self._behind = inner, settings.proxies > 0
        self._host = settings.hosts[0]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/socket.io"):
            return self._inner(environ, start_response)  # a WebSocket lives for hours; its events have their own ids
        if path in FOR_MACHINES:
            environ["HTTP_HOST"] = self._host
        doing = correlation.Operation("", self._told(environ) if self._behind else "")
        answered = "5"

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal answered
            answered = status[:1]
            return start_response(status, [*headers, (HEADER, doing.number)], *error)

        token = correlation.begin(doing)
        begun = time.perf_counter()
        try:
            return self._inner(environ, start)
        finally:
            took = time.perf_counter() - begun
            status = _CLASSES.get(answered, "5xx")
            requests.labels(doing.at or KEPT, status).observe(took)
            if took >= SLOW:
                log.warning("slow request", extra={"facts": {"ms": round(took * 1000), "answered": status}})
            correlation.end(token)

    @staticmethod
    def _told(environ: "WSGIEnvironment") -> str:
        told = str(environ.get("HTTP_X_REQUEST_ID", ""))
        return told if correlation.well_formed(told) else ""


def _name(endpoint: str | None, _values: Any) -> None:
    correlation.call(endpoint or "nowhere")


def init(app: Flask, settings: Settings) -> None:
    """Installs the middleware; call it last."""
    app.url_value_preprocessor(_name)
    app.wsgi_app = Watched(app.wsgi_app, settings)  # type: ignore[method-assign]


# ---- sockets --------------------------------------------------------------------------------------------------


def answered(verb: str, since: float, answer: dict[str, Any]) -> None:
    """Counts a socket event that was received at `since` and is answered now."""
    verbs.labels(verb).observe(time.perf_counter() - since)
    if not answer["ok"]:
        event_errors.labels(verb, answer["error"]).inc()


def timed(verb: str, handle: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Wraps an event handler to count it."""

    def run(*args: Any) -> dict[str, Any]:
        since = time.perf_counter()
        answer = handle(*args)
        answered(verb, since, answer)
        return answer

    return run


def connecting(connect: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps the connect handler to count it as an event `connect`."""

    def run(auth: Any = None) -> Any:
        since = time.perf_counter()
        with correlation.piece("connect"):
            try:
                connect(auth)
            except Exception as refusal:
                why = refusal.args[0] if refusal.args and isinstance(refusal.args[0], str) else "refused"
                answered("connect", since, {"ok": False, "error": why})
                raise
            answered("connect", since, {"ok": True})

    return run
