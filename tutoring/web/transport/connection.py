"""One WebSocket connection of Engine.IO: any thread writes to it, the event loop reads it.

What a slow reader does not take waits in a bounded buffer. Beyond its limit the connection is closed, and its page
fetches what it missed when it reconnects.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from wsproto.connection import Connection as Protocol
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.utilities import ProtocolError

from tutoring.web.transport.event_loop import Loop, attempt
from tutoring.web.transport.frame_allowance import Allowance
from tutoring.web.transport.websocket_frames import begins, whole
from tutoring.web.transport.write_buffering import kept_for

LARGEST_BACKLOG = 1024 * 1024  # bytes that wait for a reader
MOST_WAITING = 32  # messages read and not yet handled; beyond that the connection is not read
MOST_PARTS = 64  # frames of one message
AT_ONCE = 8  # messages of one connection handled before others have their turn
GOODBYE = 2.0  # seconds for the client to hang up by itself
READ = 64 * 1024

Text = str | bytes
_hand = threading.local()


def rest(seconds: float) -> None:
    """Pauses reading of the connection whose message is being handled; no thread waits for it.

    Where the connection is not one of ours, its own thread sleeps.
    """
    if getattr(_hand, "pause", None) is None:
        time.sleep(seconds)
    else:
        _hand.pause = seconds


class Connection:
    """A socket, its protocol, and the messages read but not handled yet.

    `heard` is called for each message, in order, by a pool thread. `now` tells for which messages the loop itself may
    call it, because it will not block. `over` is called once, after the last of them, when the connection is gone.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        protocol: Protocol,
        largest: int,
        heard: Callable[[Text], None],
        now: Callable[[Text], bool],
        over: Callable[[], None],
    ) -> None:
        self._loop, self._sock, self._protocol, self._largest = loop, sock, protocol, largest
        self._heard, self._now, self._over = heard, now, over
        self._lock = threading.Lock()
        self._out = bytearray()
        self._rest = b""  # of a frame that has arrived in part
        self._simple = True  # until a frame arrives that only the protocol can read
        self._parts: list[Any] = []
        self._size = 0
        self.allowance = Allowance()
        self._inbox: deque[Text | None] = deque()
        self._busy = False  # a pool thread is handling the inbox
        self._paused = False
        self.gone = False
        self.ends_at: float | None = None  # when a closing connection is cut at the latest

    def begin(self) -> None:
        """Starts reading."""
        self._loop.call(self._watch)

    # ---- sending ---------------------------------------------------------------------------------------------

    def write(self, frame: bytes) -> None:
        """Sends a whole frame, now or with the other frames of `buffered_writes`."""
        if not kept_for(self, frame):
            self.put(frame)

    def put(self, data: bytes) -> None:
        """Hands bytes to the network without waiting for it."""
        with self._lock:
            if self.gone:
                return
            if not self._out:
                try:
                    data = data[self._sock.send(data) :]
                except (BlockingIOError, InterruptedError):
                    pass
                except OSError:
                    self._loop.call(self._lost)
                    return
                if not data:
                    return
                self._loop.call(self._watch)
            self._out += data
            if len(self._out) > LARGEST_BACKLOG:
                self._loop.call(self._lost)

    def end(self, code: int = 1000) -> None:
        """Sends a close frame; a client that does not hang up after it is cut."""
        self.ends_at = time.monotonic() + GOODBYE
        self._loop.call(lambda: self._goodbye(CloseConnection(code=code)))

    def _goodbye(self, event: Event) -> None:
        with contextlib.suppress(ProtocolError):
            self.put(bytes(self._protocol.send(event)))
        with self._lock:
            if not self._out and not self.gone:
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_WR)

    # ---- in the loop's thread --------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self.gone:
            return
        with self._lock:
            events = (0 if self._paused else selectors.EVENT_READ) | (selectors.EVENT_WRITE if self._out else 0)
        self._loop.watch(self._sock, events, self._ready)

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._drain()
        if events & selectors.EVENT_READ and not self.gone:
            self._read()

    def _drain(self) -> None:
        with self._lock:
            try:
                del self._out[: self._sock.send(self._out)]
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._out.clear()
                self._loop.call(self._lost)
                return
            if self._out:
                return
        self._watch()

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        if self._simple:
            data = self._read_simple(self._rest + data if self._rest else data)
            if not data or self.gone:
                return
        try:
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                if not self._take(event):
                    return
        except ProtocolError as error:
            hint = getattr(error, "event_hint", None)
            self._hang_up(hint if isinstance(hint, CloseConnection) else CloseConnection(code=1002))

    def _read_simple(self, data: bytes) -> bytes:
        """Handles the whole text frames at the start of the data, which is what pages send.

        From the first other frame on, everything goes to the protocol, which parses and validates every kind of frame.
        """
        at, self._rest = 0, b""
        while at < len(data) and not self.gone:
            text, after = whole(data, at, self._largest)
            if text is None:
                rest = data[at:]
                if begins(rest, self._largest):
                    self._rest = rest
                    return b""
                self._simple = False
                return rest
            at = after
            if not self._may_say(text):
                return b""
            if self.ends_at is None:
                self._hear(text)
        return b""

    def _take(self, event: Event) -> bool:
        if isinstance(event, TextMessage | BytesMessage):
            self._size += len(event.data)
            if len(self._parts) >= MOST_PARTS or (not event.data and not self.allowance.idles()):
                self._hang_up(CloseConnection(code=1008))
                return False
            if self._size > self._largest:
                self._hang_up(CloseConnection(code=1009))
                return False
            self._parts.append(event.data)
            if event.message_finished:
                whole = type(event.data)().join(self._parts) if len(self._parts) > 1 else event.data
                self._parts, self._size = [], 0
                whole = whole if isinstance(whole, str) else bytes(whole)
                if not self._may_say(whole):
                    return False
                if self.ends_at is None:
                    self._hear(whole)
        elif isinstance(event, Ping | Pong) and not self.allowance.idles():
            self._hang_up(CloseConnection(code=1008))
            return False
        elif isinstance(event, Ping):
            self.put(bytes(self._protocol.send(event.response())))
        elif isinstance(event, CloseConnection):
            self._hang_up(event.response())
            return False
        return True

    def _may_say(self, message: Text) -> bool:
        if not (fine := self.allowance.says(message)):
            self._hang_up(CloseConnection(code=1008))
        return fine

    def _hang_up(self, event: CloseConnection) -> None:
        self._goodbye(event)
        self._lost()

    def _lost(self) -> None:
        with self._lock:
            if self.gone:
                return
            self._loop.watch(self._sock, 0, self._ready)
            self.gone = True
            self._out.clear()
            self._sock.close()
        self._hear(None)

    def late(self, now: float) -> None:
        """Cuts this connection if it should have ended by now."""
        if self.ends_at is not None and now > self.ends_at:
            self._lost()

    # ---- received messages -----------------------------------------------------------------------------------

    def _hear(self, message: Text | None) -> None:
        with self._lock:
            if not self._busy and message is not None and self._now(message):
                quick = True
            else:
                quick = False
                self._inbox.append(message)
                self._paused = len(self._inbox) >= MOST_WAITING
                began, self._busy = self._busy, True
        if quick and message is not None:
            attempt(partial(self._heard, message))
            return
        if self._paused:
            self._watch()
        if not began:
            self._loop.hands.do(self._work)

    def _work(self) -> None:
        for _ in range(AT_ONCE):
            with self._lock:
                if not self._inbox:
                    self._busy = False
                    resume, self._paused = self._paused, False
                    break
                message = self._inbox.popleft()
            if message is None:
                attempt(self._over)
            elif pause := self._done(message):
                self._loop.call_later(pause, partial(self._loop.hands.do, self._work))
                return
        else:
            self._loop.hands.do(self._work)
            return
        if resume:
            self._loop.call(self._watch)

    def _done(self, message: Text) -> float:
        """Handles a message; returns how long the connection is to pause after it."""
        _hand.pause = 0.0
        try:
            attempt(partial(self._heard, message))
            return float(_hand.pause)
        finally:
            _hand.pause = None
