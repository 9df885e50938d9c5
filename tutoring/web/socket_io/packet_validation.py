"""Validates socket packets before they become events: shape, depth and order.

The libraries let a client send the server's internal events ("connect", "disconnect") and answer broken packets with a
traceback. Here such a packet ends the connection. A connection that does not authenticate in time is closed too.
"""

import json
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from engineio.packet import CLOSE
from engineio.packet import Packet as EnginePacket
from socketio import Server

from tutoring.kernel import logs

DEEPEST = 16
OURS = frozenset({"connect", "disconnect", "__disconnect_final", "*"})  # only the server itself may raise these
KNOWN = range(7)  # kinds of Engine.IO packets
UNASKED = ("3", "5", "6")  # acknowledgements and packets with attachments: the server asks for neither
PATIENCE = 10.0  # seconds in which a connection has to authenticate
# Limits of a process for connections that have not authenticated yet. The first is for requests without a sign-in of
# ours. The second is for those with one, because after a restart all clients reconnect at once. The third is for each
# sign-in. A flood of the first kind takes no slots of the second, and a flood with one account none of other users.
MAX_UNAUTHENTICATED = 60
MOST_EXPECTED = 1000
MOST_OF_ONE = 8

_decode = EnginePacket.decode
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def quiet_log() -> logging.Logger:
    """Returns the logger of the socket libraries, for errors only."""
    quiet = logging.getLogger("tutoring.web.lines")
    quiet.setLevel(logging.ERROR)
    return quiet


class Malformed(ValueError):
    """A packet that our clients never send."""


def too_deep(text: str) -> bool:
    """Whether JSON text is nested more deeply than any of ours; ignores brackets in strings."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    now = 0
    for sign in _BRACKETS.findall(_STRING.sub("", text)):
        now += 1 if sign in "[{" else -1
        if now > DEEPEST:
            return True
    return False


class Json:
    """JSON for sockets: no deep nesting and no NaN.

    Letters are not escaped: half of Vietnamese letters would be six characters each.
    """

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        text = _encode(value) if options in ({}, _TIGHT) else json.dumps(value, ensure_ascii=False, **options)
        try:
            text.encode()
        except UnicodeEncodeError:  # a lone surrogate cannot be encoded as UTF-8
            return json.dumps(value, **options)
        return text

    @staticmethod
    def loads(text: str | bytes, **options: Any) -> Any:
        try:
            if isinstance(text, str) and not options:
                return _decoder.decode(text)
            return json.loads(text, parse_constant=_no_constant, **options)
        except RecursionError:
            raise Malformed("nested too deeply") from None


def _no_constant(_word: str) -> Any:
    raise Malformed("no number")


_TIGHT = {"separators": (",", ":")}  # made once, because making it costs more than writing a packet
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _read(packet: EnginePacket, encoded: str | bytes) -> None:
    """Decodes an Engine.IO packet; an invalid packet becomes a CLOSE packet."""
    try:
        _decode(packet, encoded)
        known = packet.packet_type in KNOWN
    except Exception:
        known = False
    if not known:
        packet.binary, packet.packet_type, packet.data = False, CLOSE, None


Read = Callable[[str], tuple[int, Any]]


def quick(server: Server, read: Read, queued: Callable[[str, int | None, list[Any]], bool]) -> Callable[..., None]:
    """Returns a handler for recognized packets that uses only `read` and `queued`.

    The handler gets the connection id and the packet.
    """

    def heard(eio_sid: str, packet: str) -> None:
        try:
            if too_deep(packet):
                raise Malformed
            number, event = read(packet)
            if not isinstance(event, list):
                raise Malformed
            if not queued(eio_sid, number, event):
                server._handle_event(eio_sid, None, number, event)
        except Exception as error:
            logs.event("socket_malformed", kind=type(error).__name__)
            _drop(server, eio_sid)

    return heard


class UnauthenticatedSockets:
    """Connections that have not authenticated yet, by the token of their request.

    The token is None for a request without a sign-in of ours.
    """

    def __init__(self) -> None:
        self._since: dict[str, tuple[float, str | None]] = {}
        self._of: Counter[str | None] = Counter()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forgets all connections."""
        with self._lock:
            self._since.clear()
            self._of.clear()

    def add(self, eio_sid: str, signed_by: str | None) -> bool:
        """Counts a connection; returns False when there are too many of its kind."""
        with self._lock:
            expected = len(self._since) - self._of[None]
            full = (
                self._of[None] >= MAX_UNAUTHENTICATED
                if signed_by is None
                else expected >= MOST_EXPECTED or self._of[signed_by] >= MOST_OF_ONE
            )
            if not full:
                self._put(eio_sid, signed_by)
            return not full

    def again(self, eio_sid: str) -> None:
        """Counts an authenticated connection as unauthenticated again until its client hangs up."""
        with self._lock:
            if eio_sid not in self._since:
                self._put(eio_sid, None)

    def drop(self, eio_sid: str) -> None:
        """Forgets a connection that has authenticated or closed."""
        with self._lock:
            self._take(eio_sid)

    def late(self, before: float) -> list[str]:
        """Returns and forgets the connections opened before this moment."""
        with self._lock:
            late = [eio_sid for eio_sid, (since, _of) in self._since.items() if since < before]
            for eio_sid in late:
                self._take(eio_sid)
            return late

    def _put(self, eio_sid: str, signed_by: str | None) -> None:
        self._since[eio_sid] = time.monotonic(), signed_by
        self._of[signed_by] += 1

    def _take(self, eio_sid: str) -> None:
        _since, signed_by = self._since.pop(eio_sid, (0.0, ""))
        if self._of[signed_by] > 1:
            self._of[signed_by] -= 1
        else:
            del self._of[signed_by]


_strangers = UnauthenticatedSockets()


def guard(
    server: Server,
    queued: Callable[[str, int | None, list[Any]], bool],
    signed_by: Callable[[dict[str, Any]], str | None],
) -> None:
    """Lets only events through that our clients send.

    `queued` gets connection, acknowledgement number and event; it answers the events that it takes. `signed_by` returns
    the sign-in token of a request.
    """
    EnginePacket.decode = _read
    _guard_packets(server, queued)
    _guard_lines(server, signed_by)
    _strangers.clear()


def _guard_packets(server: Server, queued: Callable[[str, int | None, list[Any]], bool]) -> None:
    message, event, connect = server._handle_eio_message, server._handle_event, server._handle_connect

    def on_message(eio_sid: str, data: Any) -> None:
        try:
            if not isinstance(data, str) or data[:1] in UNASKED or too_deep(data):
                raise Malformed
            message(eio_sid, data)
        except Exception as error:
            logs.event("socket_malformed", kind=type(error).__name__)
            _drop(server, eio_sid)

    def on_event(eio_sid: str, namespace: str | None, number: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] in OURS:
            raise Malformed
        if namespace not in (None, "/") or not queued(eio_sid, number, data):
            event(eio_sid, namespace, number, data)

    def on_connect(eio_sid: str, namespace: str | None, data: Any) -> None:
        if namespace not in (None, "/") or server.manager.sid_from_eio_sid(eio_sid, "/") is not None:
            raise Malformed
        connect(eio_sid, namespace, data)
        if server.manager.sid_from_eio_sid(eio_sid, "/") is not None:
            server.environ[eio_sid] = {}  # the request is not needed again, and a thousand of them use memory
            _strangers.drop(eio_sid)
            if (line := getattr(server.eio.sockets.get(eio_sid), "line", None)) is not None:
                line.allowance.known()

    server._handle_eio_message, server._handle_event, server._handle_connect = on_message, on_event, on_connect
    server.eio.on("message", on_message)


def _guard_lines(server: Server, signed_by: Callable[[dict[str, Any]], str | None]) -> None:
    opened, closed, cut = server._handle_eio_connect, server._handle_eio_disconnect, server.manager.disconnect

    def on_cut(sid: str, namespace: str, **options: Any) -> Any:
        eio_sid = server.manager.eio_sid_from_sid(sid, namespace)
        done = cut(sid, namespace, **options)
        if eio_sid in server.environ:  # a client that does not hang up by itself counts as unauthenticated again
            _strangers.again(eio_sid)
        return done

    def on_opened(eio_sid: str, environ: dict[str, Any]) -> bool | None:
        signed = signed_by(environ)
        if not _strangers.add(eio_sid, signed):
            logs.event("socket_strangers", signed=signed is not None)
            return False
        opened(eio_sid, environ)
        return None

    def on_closed(eio_sid: str, reason: str) -> None:
        try:
            closed(eio_sid, reason)
        finally:
            _strangers.drop(eio_sid)

    server.manager.disconnect = on_cut
    server.eio.on("connect", on_opened)
    server.eio.on("disconnect", on_closed)


def _drop(server: Server, eio_sid: str) -> None:
    """Closes a connection without waiting for its client to take the last packet.

    The client may never take it, and the caller is the thread that closes all others.
    """
    line = server.eio.sockets.get(eio_sid)
    if line is not None:
        line.close(wait=False)
        server.eio.sockets.pop(eio_sid, None)


def close_unauthenticated(server: Server) -> None:
    """Closes the connections that have not authenticated in time."""
    for eio_sid in _strangers.late(time.monotonic() - PATIENCE):
        _drop(server, eio_sid)
