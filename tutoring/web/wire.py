"""What comes over a socket before it is a verb: shape, depth and order of packets.

The libraries let a client speak the words that the server says to itself ("connect", "disconnect") and answer broken
packets with a traceback. Here such a packet ends the connection. A line that never becomes somebody's is cut too.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from engineio.packet import CLOSE
from engineio.packet import Packet as EnginePacket
from socketio import Server

from tutoring.kernel import logs

DEEPEST = 16
OURS = frozenset({"connect", "disconnect", "__disconnect_final", "*"})  # said by the server alone
KNOWN = range(7)  # kinds of Engine.IO packets
UNASKED = ("3", "5", "6")  # acknowledgements and packets with attachments: we ask for neither
PATIENCE = 10.0  # seconds in which a line has to become somebody's
MOST_STRANGERS = 60  # lines of a process that nobody has signed for yet

_strangers: dict[str, float] = {}
_lock = threading.Lock()
_decode = EnginePacket.decode
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


class Malformed(ValueError):
    """A packet that no client of ours sends."""


def too_deep(text: str) -> bool:
    """Whether lists and objects of a JSON text are nested deeper than any of ours; brackets in strings do not count."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    now = 0
    for sign in _BRACKETS.findall(_STRING.sub("", text)):
        now += 1 if sign in "[{" else -1
        if now > DEEPEST:
            return True
    return False


class Json:
    """JSON as sockets read and write it: nothing nested deeply, no NaN; letters as they are, for half of those of
    Vietnamese would be six signs each otherwise."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        text = json.dumps(value, ensure_ascii=False, **options)
        # Half a pair of surrogates is no letter, and no line carries it.
        return json.dumps(value, **options) if _SURROGATE.search(text) else text

    @staticmethod
    def loads(text: str | bytes, **options: Any) -> Any:
        try:
            return json.loads(text, parse_constant=_no_constant, **options)
        except RecursionError:
            raise Malformed("nested too deeply") from None


def _no_constant(_word: str) -> Any:
    raise Malformed("no number")


def _read(packet: EnginePacket, encoded: str | bytes) -> None:
    """Read an Engine.IO packet; what is none reads as a goodbye."""
    try:
        _decode(packet, encoded)
        known = packet.packet_type in KNOWN
    except Exception:
        known = False
    if not known:
        packet.binary, packet.packet_type, packet.data = False, CLOSE, None


def guard(server: Server, queued: Callable[[str, int | None, list[Any]], bool]) -> None:
    """Let nothing through to the verbs of this server but events as clients of ours send them; and what `queued` takes
    (line, number of the acknowledgement, event) it answers itself."""
    EnginePacket.decode = _read
    _guard_packets(server, queued)
    _guard_lines(server)
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
            server.environ[eio_sid] = {}  # nobody asks for the request again, and a thousand of them weigh something
            with _lock:
                _strangers.pop(eio_sid, None)

    server._handle_eio_message, server._handle_event, server._handle_connect = on_message, on_event, on_connect
    server.eio.on("message", on_message)


def _guard_lines(server: Server) -> None:
    opened, closed, cut = server._handle_eio_connect, server._handle_eio_disconnect, server.manager.disconnect

    def on_cut(sid: str, namespace: str, **options: Any) -> Any:
        eio_sid = server.manager.eio_sid_from_sid(sid, namespace)
        done = cut(sid, namespace, **options)
        if eio_sid in server.environ:  # whoever does not hang up by itself is a stranger again
            with _lock:
                _strangers.setdefault(eio_sid, time.monotonic())
        return done

    def on_opened(eio_sid: str, environ: dict[str, Any]) -> bool | None:
        with _lock:
            if len(_strangers) >= MOST_STRANGERS:
                logs.event("socket_strangers", count=len(_strangers))
                return False
            _strangers[eio_sid] = time.monotonic()
        opened(eio_sid, environ)
        return None

    def on_closed(eio_sid: str, reason: str) -> None:
        try:
            closed(eio_sid, reason)
        finally:
            with _lock:
                _strangers.pop(eio_sid, None)

    server.manager.disconnect = on_cut
    server.eio.on("connect", on_opened)
    server.eio.on("disconnect", on_closed)


def _drop(server: Server, eio_sid: str) -> None:
    """Close a line, without waiting until its client has taken the last packet: it may never, and who waits here is
    the thread that cuts all others."""
    line = server.eio.sockets.get(eio_sid)
    if line is not None:
        line.close(wait=False)
        server.eio.sockets.pop(eio_sid, None)


def cut_strangers(server: Server) -> None:
    """Close the lines that have not become anybody's in time."""
    before = time.monotonic() - PATIENCE
    with _lock:
        late = [eio_sid for eio_sid, since in _strangers.items() if since < before]
        for eio_sid in late:
            del _strangers[eio_sid]
    for eio_sid in late:
        _drop(server, eio_sid)
