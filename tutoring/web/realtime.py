"""Sockets: admission, one guard around every event, and the only place that emits.

The database is the source of truth; sockets only deliver changes quickly. Identity is checked at connect and again at
each event. Any process can close any socket, because open sockets are rows.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, g, request, session
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO
from flask_wtf.csrf import validate_csrf
from socketio import Manager, RedisManager
from wtforms import ValidationError

from tutoring.config import Settings
from tutoring.kernel import database_timeouts, logs, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, Forbidden, InvalidInput
from tutoring.kernel.hooks import Hook
from tutoring.kernel.monitoring import correlation
from tutoring.policy.access import admits
from tutoring.policy.access_tables import SOCKET_EVENTS
from tutoring.web import graceful_shutdown, packet_validation, request_metrics, transport
from tutoring.web.auth import SignInRequired
from tutoring.web.error_handlers import as_json
from tutoring.web.socket_admission import Arrivals, Came
from tutoring.web.socket_batching import (
    Answer,
    Batches,
    Caller,
    IdentityProvider,
    SocketOwner,
    failed,
)

log = logging.getLogger(__name__)
socketio = SocketIO()

HEARTBEAT = 30.0  # seconds; a socket not seen for three of them counts as dead
SWEEP = 5.0  # seconds between checks for connections that have not authenticated
SLOWER = 0.1  # seconds for which a connection is not read after it exceeded a rate limit
MOST_UNKNOWN = 3  # unknown events; a client that sends so many is not a page of ours


EventHandler = Callable[[Caller, dict[str, Any]], Answer | None]

# Gets the names of Socket.IO rooms whose pushes may have been missed, and whether access may have been revoked
# meanwhile. Yields what this process's sockets must receive: event, payload and room name.
missed_pushes: Hook[[list[str], bool], Iterable[tuple[str, Answer, str]]] = Hook("web.missed_pushes")

EVENT_HANDLERS: dict[str, tuple[EventHandler, str]] = {}
_open: dict[str, SocketOwner] = {}
_app: Flask
_people: IdentityProvider
_arrivals: Arrivals
_origins: frozenset[str] = frozenset()


def on_event(name: str, rule: str = "act") -> Callable[[EventHandler], EventHandler]:
    """Registers the handler of a socket event, whose answer becomes the ack.

    `rule` is its rate limit in kernel/rate_limits.py.
    """

    def register(function: EventHandler) -> EventHandler:
        EVENT_HANDLERS[name] = (function, rule)
        return function

    return register


def listening(name: str) -> list[tuple[str, int]]:
    """Returns this process's sockets in a Socket.IO room with their user ids."""
    found = [sid for sid, _eio in socketio.server.manager.get_participants("/", name)]
    return [(sid, _open[sid].user_id) for sid in found if sid in _open]


# ---- sending --------------------------------------------------------------------------------------------------


def push(event: str, payload: Answer, to: str) -> None:
    """Sends to a Socket.IO room (`room:7`, `user:3`) or to one socket id, on every process."""
    socketio.server.emit(event, payload, to=to, namespace="/")


def push_each(event: str, payload: Answer, user_ids: Iterable[int]) -> None:
    """Sends to every open page of these users, as one message between processes."""
    if rooms := [f"user:{one}" for one in user_ids]:
        socketio.server.emit(event, payload, to=rooms, namespace="/")


def close_sockets(sids: Iterable[str]) -> None:
    """Closes these sockets, on any process."""
    for sid in sids:
        socketio.server.disconnect(sid, namespace="/")


def join(sid: str, room: str) -> None:
    """Subscribes a socket to a Socket.IO room."""
    socketio.server.enter_room(sid, room, namespace="/")


def leave(sids: Iterable[str], room: str) -> None:
    """Unsubscribes these sockets from a Socket.IO room, on any process."""
    for sid in sids:
        socketio.server.leave_room(sid, room, namespace="/")


# ---- receiving ------------------------------------------------------------------------------------------------


def _signed_by(environ: dict[str, Any]) -> str | None:
    """Returns the sign-in token of a request's cookie, if this site signed the cookie.

    Whether the sign-in is still valid is not checked.
    """
    kept = _app.session_interface.open_session(_app, _app.request_class(environ))
    token = kept.get("_user_id") if kept else None
    return token if isinstance(token, str) else None


def _connect(auth: Any = None) -> None:
    try:
        sid, user_id = request.sid, None  # type: ignore[attr-defined]
        if request.headers.get("Origin") not in _origins:
            raise Forbidden(code="origin")
        signed_by = session.get("_user_id")  # the user behind the token is looked up for many connections at once
        if not isinstance(signed_by, str):
            raise SignInRequired
        try:
            token = auth.get("csrf") if isinstance(auth, dict) else None
            validate_csrf(token if isinstance(token, str) and token.isascii() else None)
        except ValidationError:
            raise (InvalidInput(code="csrf") if current_user.is_authenticated else SignInRequired()) from None
        came = _arrivals.admit(Came(sid, signed_by))
        user_id = came.seat.user_id
        _open[sid] = came.seat
        try:
            join(sid, f"user:{user_id}")
        except Exception:  # it was closed meanwhile
            del _open[sid]
            raise
        for one in came.spare:  # its page polls over HTTP from now on, and may reconnect when its user looks at it
            push("spare", {}, one)
        close_sockets(came.spare)
    except DomainError as refusal:
        logs.event("socket_refused", user_id, why=refusal.code)
        answer = as_json(refusal)
        raise ConnectionRefusedError(answer["error"], answer) from None
    except Exception:
        log.exception("a socket could not be opened")
        raise ConnectionRefusedError("refused", {"ok": False, "error": "refused", "retry_after": 5}) from None


def _disconnect(sid: str, *_reason: Any) -> None:
    if _open.pop(sid, None) is not None:
        with _app.app_context():
            _arrivals.gone(sid)


def _guarded(name: str, function: EventHandler, rule: str) -> Callable[..., Answer]:
    access = SOCKET_EVENTS.get(name)
    log_refusal = frozenset({"signed_out", "too_many"})  # refusals that our pages do not cause on a normal day

    def handle(sid: str, *data: Any) -> Answer:
        with _app.app_context(), database_timeouts.time_budget(database_timeouts.REQUEST):
            try:
                seat = _open.get(sid)
                if seat is None:
                    raise SignInRequired
                rate_limits.hit(rule, seat.user_id)  # before any query: a flood has to cost little
                user = _people.person(seat.sign_in_id)
                if user is None:
                    raise SignInRequired
                g.language = user.language
                held = _people.roles(seat.user_id) if isinstance(access, frozenset) else ()
                if not admits(access, True, held):
                    raise Forbidden
                if len(data) != 1 or not isinstance(data[0], dict):
                    raise InvalidInput
                return {"ok": True, **(function(Caller(sid, user), data[0]) or {})}
            except DomainError as refusal:
                if refusal.code in log_refusal:
                    logs.event("verb_refused", seat.user_id if seat else None, verb=name, why=refusal.code)
                return as_json(refusal)
            except Exception:  # a raising handler would leave the client waiting for ever
                log.exception("socket verb %s failed", name)
                db.session.rollback()
                return failed()

    return correlation.named(name, handle)


def _slower(handle: Callable[..., Answer]) -> Callable[..., Answer]:
    """Slows down a flooding client's own connection, which is read in order, and no other."""

    def unhurried(sid: str, *data: Any) -> Answer:
        answer = handle(sid, *data)
        if answer.get("error") == "too_many":
            transport.rest(SLOWER)
        return answer

    return unhurried


def _unknown(_event: str, sid: str, *_data: Any) -> Answer:
    seat = _open.get(sid)
    if seat is not None:
        seat.unknown += 1
    if seat is None or seat.unknown >= MOST_UNKNOWN:
        logs.event("verb_unknown", seat.user_id if seat else None)
        close_sockets([sid])
    with _app.app_context():
        return as_json(InvalidInput())


def _beat() -> None:
    stop = threading.Event()
    beaten = time.monotonic()
    while not stop.wait(SWEEP):
        try:
            packet_validation.close_unauthenticated(socketio.server)
            if time.monotonic() - beaten < HEARTBEAT:
                continue
            beaten = time.monotonic()
            with _app.app_context(), database_timeouts.statement_timeout():
                close_sockets(sid for sid in _people.seen(list(_open), HEARTBEAT * 3) if sid in _open)
        except Exception:
            log.exception("heartbeat failed")


def begin_beating() -> None:
    """Starts the heartbeat of this process, which also clears up after dead ones.

    Only serving processes call it, not command-line commands.
    """
    threading.Thread(target=_beat, name="heartbeat", daemon=True).start()


def _manager(settings: Settings) -> Manager:
    """Returns the manager that delivers pushes; without Redis there is only one process."""
    if settings.stock_sockets:
        channel, options = f"{settings.redis_prefix}-live", {"socket_connect_timeout": 2}
        return RedisManager(settings.redis_url, channel, redis_options=options) if settings.redis_url else Manager()
    if settings.redis_url:
        return transport.RedisBus(settings.redis_url, settings.redis_prefix, _missed)
    return transport.RoomManager()


def _missed(names: list[str], rights: bool) -> None:
    """Handles pushes that may have been missed: rechecks sockets and refreshes pages."""
    ended: list[str] = []
    with _app.app_context():
        if rights:
            lines = list(_open.items())
            alive, _unnoted = _people.people({seat.sign_in_id for _sid, seat in lines})
            ended = [sid for sid, seat in lines if seat.sign_in_id not in alive]
            for sid in ended:  # otherwise the end of each would be written one by one
                _open.pop(sid, None)
            close_sockets(ended)
        for told in missed_pushes.collect(names, rights):
            for event, payload, name in told:
                socketio.server.manager.deliver([socketio.server.manager.encoded(event, payload)], [name])
        if ended:  # last: access is revoked even if this cannot be written
            _arrivals.gone_together(ended)


def init(app: Flask, settings: Settings, people: IdentityProvider) -> None:
    """Attaches sockets. Every connection must send an origin of the explicit list."""
    global _app, _people, _arrivals, _origins
    _app, _people, _arrivals, _origins = app, people, Arrivals(people), frozenset(settings.origins)
    _open.clear()
    socketio.init_app(
        app,
        async_mode="threading",
        async_handlers=False,  # keeps one client's events in order and applies back-pressure to floods
        manage_session=False,
        cors_allowed_origins=list(settings.origins),
        client_manager=_manager(settings),
        max_http_buffer_size=64 * 1024,
        ping_interval=25,
        ping_timeout=20,
        http_compression=False,
        **({} if settings.stock_sockets else {"transports": ["websocket"]}),  # a polling request would hold a thread
        json=packet_validation.Json,
        logger=packet_validation.quiet_log(),  # the libraries' own handler would log what clients sent
        engineio_logger=packet_validation.quiet_log(),
    )
    socketio.on_event("connect", request_metrics.connecting(_connect))
    server = socketio.server
    server.on("disconnect", _disconnect)
    for name, (function, rule) in EVENT_HANDLERS.items():
        server.on(name, request_metrics.timed(name, _slower(_guarded(name, function, rule))))
    server.on("*", _unknown)
    together = Batches(
        app, people, socketio, _open.get, lambda verb, sid, data: _guarded(verb, *EVENT_HANDLERS[verb])(sid, *data)
    )
    packet_validation.guard(server, together.take, _signed_by)
    if not settings.stock_sockets:
        transport.Transport(server.eio, together.takes, packet_validation.quick(server, together.read, together.take))
    graceful_shutdown.init(server, _open.get)
