"""Sockets: admission, one guard around every event, and the only place that emits.

The database is the source of truth; sockets only deliver changes quickly. Identity is checked at connect and again at
each event. Any process can close any socket, because open sockets are rows. Each application has sockets of its own;
the functions of this module serve the application whose context is active.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO
from flask_wtf.csrf import validate_csrf
from socketio import Manager, RedisManager
from wtforms import ValidationError

from tutoring.config import Settings
from tutoring.kernel import logs, rate_limits
from tutoring.kernel.database import timeouts
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, Forbidden, InvalidInput
from tutoring.kernel.hooks import Hook
from tutoring.kernel.monitoring import correlation
from tutoring.policy.access import admits
from tutoring.policy.access_tables import SOCKET_EVENTS
from tutoring.web import graceful_shutdown, request_metrics, transport
from tutoring.web.auth import SignInRequired
from tutoring.web.error_handlers import as_json
from tutoring.web.socket_io import packet_validation
from tutoring.web.socket_io.admission import Arrivals, Came
from tutoring.web.socket_io.batching import (
    Answer,
    Batches,
    Caller,
    IdentityProvider,
    SocketOwner,
    failed,
)

log = logging.getLogger(__name__)
KEY = "tutoring-sockets"  # in app.extensions

HEARTBEAT = 30.0  # seconds; a socket not seen for three of them counts as dead
SWEEP = 5.0  # seconds between checks for connections that have not authenticated
SLOWER = 0.1  # seconds for which a connection is not read after it exceeded a rate limit
MOST_UNKNOWN = 3  # unknown events; a client that sends so many is not a page of ours


EventHandler = Callable[[Caller, dict[str, Any]], Answer | None]

# Gets the names of Socket.IO rooms whose pushes may have been missed, and whether access may have been revoked
# meanwhile. Yields what this process's sockets must receive: event, payload and room name.
missed_pushes: Hook[[list[str], bool], Iterable[tuple[str, Answer, str]]] = Hook("web.missed_pushes")

EVENT_HANDLERS: dict[str, tuple[EventHandler, str]] = {}
# The proxy's own attributes would cost forty times as much, for each push.
_running_application: Callable[[], Flask] = current_app._get_current_object  # type: ignore[attr-defined]
_LOGGED = frozenset({"signed_out", "too_many"})  # refusals that our pages do not cause on a normal day


def on_event(name: str, rule: str = "act") -> Callable[[EventHandler], EventHandler]:
    """Registers the handler of a socket event, whose answer becomes the ack.

    `rule` is its rate limit in kernel/rate_limits.py.
    """

    def register(function: EventHandler) -> EventHandler:
        EVENT_HANDLERS[name] = (function, rule)
        return function

    return register


def sockets_of(app: Flask) -> "Sockets":
    """Returns the sockets of an application."""
    found: Sockets = app.extensions[KEY]
    return found


def _sockets() -> "Sockets":
    return sockets_of(_running_application())


def listening(name: str) -> list[tuple[str, int]]:
    """Returns this process's sockets in a Socket.IO room with their user ids."""
    here = _sockets()
    found = [sid for sid, _eio in here.server.manager.get_participants("/", name)]
    return [(sid, here.open[sid].user_id) for sid in found if sid in here.open]


def begin_beating(app: Flask) -> None:
    """Starts the heartbeat of this process, which also clears up after dead ones.

    Only serving processes call it, not command-line commands.
    """
    threading.Thread(target=sockets_of(app).beat, name="heartbeat", daemon=True).start()


# ---- sending --------------------------------------------------------------------------------------------------


def push(event: str, payload: Answer, to: str) -> None:
    """Sends to a Socket.IO room (`room:7`, `user:3`) or to one socket id, on every process."""
    _sockets().server.emit(event, payload, to=to, namespace="/")


def push_each(event: str, payload: Answer, user_ids: Iterable[int]) -> None:
    """Sends to every open page of these users, as one message between processes."""
    if rooms := [f"user:{one}" for one in user_ids]:
        _sockets().server.emit(event, payload, to=rooms, namespace="/")


def close_sockets(sids: Iterable[str]) -> None:
    """Closes these sockets, on any process."""
    for sid in sids:
        _sockets().server.disconnect(sid, namespace="/")


def join(sid: str, room: str) -> None:
    """Subscribes a socket to a Socket.IO room."""
    _sockets().server.enter_room(sid, room, namespace="/")


def leave(sids: Iterable[str], room: str) -> None:
    """Unsubscribes these sockets from a Socket.IO room, on any process."""
    for sid in sids:
        _sockets().server.leave_room(sid, room, namespace="/")


# ---- receiving ------------------------------------------------------------------------------------------------


class Sockets:
    """The sockets of one application: who is behind each in this process, and what becomes of what they send.

    Every connection must send an origin of the explicit list.
    """

    def __init__(self, app: Flask, settings: Settings, people: IdentityProvider) -> None:
        self.app, self.people, self.arrivals = app, people, Arrivals(people)
        self.origins = frozenset(settings.origins)
        self.open: dict[str, SocketOwner] = {}
        self.io = SocketIO()
        self._serve(settings)

    @property
    def server(self) -> Any:
        """Returns the Socket.IO server."""
        return self.io.server

    def _serve(self, settings: Settings) -> None:
        self.io.init_app(
            self.app,
            async_mode="threading",
            async_handlers=False,  # keeps one client's events in order and applies back-pressure to floods
            manage_session=False,
            cors_allowed_origins=list(settings.origins),
            client_manager=_manager(settings, self._missed),
            max_http_buffer_size=64 * 1024,
            ping_interval=25,
            ping_timeout=20,
            http_compression=False,
            # A polling request would hold a thread.
            **({} if settings.stock_sockets else {"transports": ["websocket"]}),
            json=packet_validation.Json,
            logger=packet_validation.quiet_log(),  # the libraries' own handler would log what clients sent
            engineio_logger=packet_validation.quiet_log(),
        )
        self.io.on_event("connect", request_metrics.connecting(self._connect))
        server = self.server
        server.on("disconnect", self._disconnect)
        for name, (function, rule) in EVENT_HANDLERS.items():
            server.on(name, request_metrics.timed(name, _slower(self._guarded(name, function, rule))))
        server.on("*", self._unknown)
        together = Batches(
            self.app,
            self.people,
            self.io,
            self.open.get,
            lambda verb, sid, data: self._guarded(verb, *EVENT_HANDLERS[verb])(sid, *data),
        )
        packet_validation.guard(server, together.take, self._signed_by)
        if not settings.stock_sockets:
            transport.Transport(
                server.eio, together.takes, packet_validation.quick(server, together.read, together.take)
            )
        graceful_shutdown.init(server, self.open.get)

    def _signed_by(self, environ: dict[str, Any]) -> str | None:
        """Returns the sign-in token of a request's cookie, if this site signed the cookie.

        Whether the sign-in is still valid is not checked.
        """
        kept = self.app.session_interface.open_session(self.app, self.app.request_class(environ))
        token = kept.get("_user_id") if kept else None
        return token if isinstance(token, str) else None

    def _connect(self, auth: Any = None) -> None:
        try:
            sid, user_id = request.sid, None  # type: ignore[attr-defined]
            if request.headers.get("Origin") not in self.origins:
                raise Forbidden(code="origin")
            signed_by = session.get("_user_id")  # the user behind the token is looked up for many connections at once
            if not isinstance(signed_by, str):
                raise SignInRequired
            try:
                token = auth.get("csrf") if isinstance(auth, dict) else None
                validate_csrf(token if isinstance(token, str) and token.isascii() else None)
            except ValidationError:
                raise (InvalidInput(code="csrf") if current_user.is_authenticated else SignInRequired()) from None
            came = self.arrivals.admit(Came(sid, signed_by))
            user_id = came.seat.user_id
            self.open[sid] = came.seat
            try:
                join(sid, f"user:{user_id}")
            except Exception:  # it was closed meanwhile
                del self.open[sid]
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

    def _disconnect(self, sid: str, *_reason: Any) -> None:
        if self.open.pop(sid, None) is not None:
            with self.app.app_context():
                self.arrivals.gone(sid)

    def _guarded(self, name: str, function: EventHandler, rule: str) -> Callable[..., Answer]:
        access = SOCKET_EVENTS.get(name)

        def handle(sid: str, *data: Any) -> Answer:
            with self.app.app_context(), timeouts.time_budget(timeouts.REQUEST):
                try:
                    seat = self.open.get(sid)
                    if seat is None:
                        raise SignInRequired
                    rate_limits.hit(rule, seat.user_id)  # before any query: a flood has to cost little
                    user = self.people.person(seat.sign_in_id)
                    if user is None:
                        raise SignInRequired
                    g.language, g.pupil = user.language, user.is_minor
                    held = self.people.roles(seat.user_id) if isinstance(access, frozenset) else ()
                    if not admits(access, True, held):
                        raise Forbidden
                    if len(data) != 1 or not isinstance(data[0], dict):
                        raise InvalidInput
                    return {"ok": True, **(function(Caller(sid, user), data[0]) or {})}
                except DomainError as refusal:
                    if refusal.code in _LOGGED:
                        logs.event("verb_refused", seat.user_id if seat else None, verb=name, why=refusal.code)
                    return as_json(refusal)
                except Exception:  # a raising handler would leave the client waiting for ever
                    log.exception("socket verb %s failed", name)
                    db.session.rollback()
                    return failed()

        return correlation.named(name, handle)

    def _unknown(self, _event: str, sid: str, *_data: Any) -> Answer:
        seat = self.open.get(sid)
        if seat is not None:
            seat.unknown += 1
        with self.app.app_context():
            if seat is None or seat.unknown >= MOST_UNKNOWN:
                logs.event("verb_unknown", seat.user_id if seat else None)
                close_sockets([sid])
            return as_json(InvalidInput())

    def beat(self) -> None:
        """Runs for ever: closes what never authenticated, notes who is here, clears up after dead processes."""
        stop = threading.Event()
        beaten = time.monotonic()
        while not stop.wait(SWEEP):
            try:
                packet_validation.close_unauthenticated(self.server)
                if time.monotonic() - beaten < HEARTBEAT:
                    continue
                beaten = time.monotonic()
                with self.app.app_context(), timeouts.statement_timeout():
                    close_sockets(sid for sid in self.people.seen(list(self.open), HEARTBEAT * 3) if sid in self.open)
            except Exception:
                log.exception("heartbeat failed")

    def _missed(self, names: list[str], rights: bool) -> None:
        """Handles pushes that may have been missed: rechecks sockets and refreshes pages."""
        ended: list[str] = []
        with self.app.app_context():
            if rights:
                lines = list(self.open.items())
                alive, _unnoted = self.people.people({seat.sign_in_id for _sid, seat in lines})
                ended = [sid for sid, seat in lines if seat.sign_in_id not in alive]
                for sid in ended:  # otherwise the end of each would be written one by one
                    self.open.pop(sid, None)
                close_sockets(ended)
            for told in missed_pushes.collect(names, rights):
                for event, payload, name in told:
                    self.server.manager.deliver([self.server.manager.encoded(event, payload)], [name])
            if ended:  # last: access is revoked even if this cannot be written
                self.arrivals.gone_together(ended)


def _slower(handle: Callable[..., Answer]) -> Callable[..., Answer]:
    """Slows down a flooding client's own connection, which is read in order, and no other."""

    def unhurried(sid: str, *data: Any) -> Answer:
        answer = handle(sid, *data)
        if answer.get("error") == "too_many":
            transport.rest(SLOWER)
        return answer

    return unhurried


def _manager(settings: Settings, missed: Callable[[list[str], bool], None]) -> Manager:
    """Returns the manager that delivers pushes; without Redis there is only one process."""
    if settings.stock_sockets:
        channel, options = f"{settings.redis_prefix}-live", {"socket_connect_timeout": 2}
        return RedisManager(settings.redis_url, channel, redis_options=options) if settings.redis_url else Manager()
    if settings.redis_url:
        return transport.RedisBus(settings.redis_url, settings.redis_prefix, missed)
    return transport.RoomManager()


def init(app: Flask, settings: Settings, people: IdentityProvider) -> None:
    """Attaches sockets to the application."""
    app.extensions[KEY] = Sockets(app, settings, people)
