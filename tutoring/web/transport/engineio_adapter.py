"""Engine.IO over our own connections: one thread serves all of them.

The library uses four threads per connection. Everything above a packet stays the library's. Its private names that this
module uses are listed in `PINNED`, and a test checks that they still exist.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.exceptions import EngineIOError
from engineio.packet import CLOSE, MESSAGE, NOOP, PING, PONG, Packet
from engineio.server import Server
from engineio.socket import Socket

from tutoring.web.transport.connection import Connection, Text
from tutoring.web.transport.event_loop import Loop, WorkerPool
from tutoring.web.transport.websocket_frames import accept, frame, framed

MOST_HANDS = 32  # events handled at the same time; more would only wait for a database connection
SWEEP = 5.0  # seconds between checks for sockets that are closed or have not answered a ping

PINNED = {
    Server: ("_trigger_event", "_bad_request", "start_background_task", "reason"),
    Socket: ("poll", "send", "receive", "close", "_send_ping", "_websocket_handler"),
}


class LineSocket(Socket):
    """An Engine.IO socket whose packets are written to its connection at once."""

    line: Connection
    transport: "Transport"
    closing: bool
    closed: bool

    def send(self, pkt: Packet) -> None:
        """Writes a packet; a closed socket ignores it."""
        if self.closed:
            return
        if not self.queue.empty():
            self.flush()
        self.line.write(frame(pkt))

    def flush(self) -> None:
        """Writes the packets that were queued before there was a connection."""
        while not self.queue.empty():
            for packet in self.poll():
                if packet.packet_type != NOOP:
                    self.line.write(frame(packet))

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Closes without blocking.

        In the loop's thread, a pool thread does it, because the disconnect handler writes to the database.
        """
        if self.closed or self.closing:
            return
        if self.transport.loop.is_here():
            self.transport.hands.do(partial(self.close, wait, abort, reason))
            return
        self.closing = True
        self.server._trigger_event("disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT)
        if not abort:
            self.line.write(frame(Packet(CLOSE)))
        self.closed = True
        self.server.sockets.pop(self.sid, None)
        self.transport.end(self.line)


def answer(server: Any, eio_sid: str, number: int, text: str) -> None:
    """Acknowledges a Socket.IO event with a value that is already JSON."""
    eio, packet = server.eio.sockets.get(eio_sid), f"3{number}[{text}]"
    if isinstance(eio, LineSocket) and not eio.closed:
        eio.line.write(framed(f"{MESSAGE}{packet}"))
    elif eio is not None:
        server.eio.send_packet(eio_sid, Packet(MESSAGE, packet))


class Transport:
    """The connections of one Engine.IO server.

    `now` tells which Socket.IO packets go to `said`. `said` gets the socket id and the packet, and never blocks.
    """

    def __init__(self, server: Server, now: Callable[[str], bool], said: Callable[[str, str], None]) -> None:
        self.server, self.now, self.said = server, now, said
        self.hands = WorkerPool(MOST_HANDS)
        self.loop = Loop(self.hands, [self._ping, self._sweep])
        self._pings: deque[tuple[float, Socket]] = deque()  # all have the same interval, so the first is due first
        self._ending: set[Connection] = set()
        self._swept = 0.0
        server._async = {**server._async, "websocket": self._upgrade}
        server.handle_request = partial(_gets_alone, server.handle_request, server)
        server.start_service_task = False  # the library's task checks for unanswered pings, as `_sweep` does
        self._begin_task = server.start_background_task
        server.start_background_task = self._task

    def _upgrade(self, handler: Any, _server: Server) -> Callable[..., Any]:
        return partial(self._take_over, handler)

    def _take_over(self, handler: Any, environ: dict[str, Any], start_response: Any) -> Any:
        """Turns a request into a connection; frees its thread where the server detaches the socket."""
        eio: Socket = handler.__self__
        ours: socket.socket | None = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        if ours is None or isinstance(ours, ssl.SSLSocket):
            return SimpleWebSocketWSGI(handler, self.server)(environ, start_response)
        try:
            answer, protocol = accept(environ)
        except ValueError:
            eio.close(wait=False, abort=True)
            return self.server._bad_request("Invalid websocket upgrade")
        ours.settimeout(GREETING)
        ours.sendall(answer)
        let_go = "gunicorn.socket" in environ
        sock = socket.socket(fileno=ours.detach() if let_go else ours.dup().detach())
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        over = threading.Event()
        talk = _Talk(self, eio, over)
        line = Connection(
            self.loop, sock, protocol, self.server.max_http_buffer_size, talk.heard, talk.at_once, talk.over
        )
        talk.begin(line)
        line.begin()
        if let_go:
            raise StopIteration  # tells gunicorn that nothing more is to be answered
        over.wait()
        with contextlib.suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)  # or a last close frame would be read as the next request
        raise ConnectionError  # handled by Werkzeug

    def end(self, line: Connection) -> None:
        """Closes a connection soon."""
        line.end()
        self._ending.add(line)

    def _task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Replaces the library's background tasks: the task that sends a ping becomes a queue entry."""
        eio = getattr(target, "__self__", None)
        if not isinstance(eio, Socket) or target.__name__ != "_send_ping":
            return self._begin_task(target, *args, **kwargs)
        self._pings.append((time.monotonic() + self.server.ping_interval, eio))
        return None

    # ---- in the loop's thread, once a second ----------------------------------------------------------------------

    def _ping(self) -> None:
        now = time.monotonic()
        while self._pings and self._pings[0][0] <= now:
            eio = self._pings.popleft()[1]
            if not eio.closing and not eio.closed:
                eio.last_ping = time.time()
                eio.send(Packet(PING))

    def _sweep(self) -> None:
        now = time.monotonic()
        for line in [one for one in self._ending if one.gone]:
            self._ending.discard(line)
        for line in list(self._ending):
            line.late(now)
        if now - self._swept < SWEEP:
            return
        self._swept = now
        for sid, eio in list(self.server.sockets.items()):
            if eio.closed:
                self.server.sockets.pop(sid, None)
            elif not eio.closing and eio.last_ping and time.time() - eio.last_ping > self.server.ping_timeout:
                reason = self.server.reason.PING_TIMEOUT
                self.hands.do(partial(eio.close, wait=False, abort=False, reason=reason))


def _gets_alone(answer: Callable[..., Any], server: Server, environ: dict[str, Any], start_response: Any) -> Any:
    """Accepts GET requests only, with which connections begin.

    The library would read the body of a POST, however slowly it arrives.
    """
    if environ["REQUEST_METHOD"] == "GET":
        return answer(environ, start_response)
    refusal = server._bad_request("A line begins with a GET")
    start_response(refusal["status"], [*refusal["headers"], ("Connection", "close")])
    return [refusal["response"]]


GREETING = 5.0  # seconds for the client to accept the answer to its request


class _Talk:
    """Connects a WebSocket connection with its Engine.IO socket."""

    def __init__(self, transport: Transport, eio: Socket, over: threading.Event) -> None:
        self._transport, self._eio, self._is_over = transport, eio, over

    def begin(self, line: Connection) -> None:
        """Uses this connection from now on."""
        eio = self._eio
        eio.connected = True
        eio.line, eio.transport, eio.upgraded = line, self._transport, True
        eio.__class__ = LineSocket
        eio.flush()

    def at_once(self, message: Text) -> bool:
        """Whether this message needs no blocking: an answer to a ping, or one that is only queued."""
        if not isinstance(message, str):
            return False
        return message == "3" or (message[:1] == "4" and self._transport.now(message[1:]))

    def heard(self, message: Text) -> None:
        """Handles one message from the client."""
        eio = self._eio
        if eio.closed or eio.closing:
            return
        if isinstance(message, str) and message[:1] == "4" and self._transport.now(message[1:]):
            self._transport.said(eio.sid, message[1:])
            return
        packet = Packet(encoded_packet=message)
        if packet.packet_type in (PONG, MESSAGE, CLOSE):
            try:
                eio.receive(packet)
            except EngineIOError:
                pass

    def over(self) -> None:
        """Closes the socket of a connection that is gone."""
        self._is_over.set()
        self._eio.close(wait=False, abort=True, reason=self._transport.server.reason.TRANSPORT_CLOSE)
