"""The gunicorn worker: a thread is given to a request whose head has arrived, never to a line that only might ask.

A few hundred lines that begin a request and do not end it would hold every thread and shut out everybody else. Here
such a line waits without a thread and is closed after ten seconds. A body that is too large to wait in its socket is
read by a thread: of such requests a fourth of the threads is under way at most, and each has a time for all of it.

A worker that is to end (SIGTERM) leaves in four steps: it says so, and serves on; it takes in who has knocked already
and shuts its door, so that the proxy asks others; it sends its open pages away, a few at a time; it ends when what was
asked is answered. See docs/deploy.md.
"""

import logging
import selectors
import socket
import threading
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from tutoring.web import draining, request_heads

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds for the head of a request to arrive
BETWEEN = 20.0  # seconds between two parts of its body
WHOLE_BODY = 20.0  # seconds for all of a body, and more for a large one (heads.allowed)
LARGEST_BODY = 9 * 1024 * 1024  # bytes of the largest that any page takes (rooms.send_picture)
SHARE = 4  # of how many threads one may read a body that still comes
LOOK = 0.05  # seconds between looks at heads that have arrived in part, or whether it is time to leave
NOTICE = 3.0  # seconds between saying that it leaves and leaving: another one begins, or whoever asks hears of it
LAST = 1.0  # seconds that a line which has not asked yet has, when the worker ends


class Worker(ThreadWorker):
    """gunicorn's threads behind a waiting room."""

    alive: bool
    sockets: list[Any]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._parts: list[tuple[float, TConn, int]] = []  # since when it comes, and how much has come
        self._bodies: dict[TConn, float] = {}  # read by a thread while they come, and until when
        self._leaves_at: float | None = None
        self._goodbye: threading.Thread | None = None

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, or let it wait until there is something to do."""
        if self.cfg.is_ssl or (conn.parser is not None and conn.parser.unreader.buf.getvalue()):
            super().enqueue_req(conn)
            return
        self._place(conn, time.monotonic())

    def _place(self, conn: TConn, since: float) -> None:
        state, now = request_heads.arrived(conn.sock), time.monotonic()
        if state == request_heads.LARGE and len(self._bodies) < max(1, self.cfg.threads // SHARE):
            self._bodies[conn] = now + request_heads.allowed(conn.sock, WHOLE_BODY, LARGEST_BODY)
            state = request_heads.WHOLE
        patience = (PATIENCE if self.alive else LAST) + (0.0 if state == request_heads.PART else WHOLE_BODY)
        if state == request_heads.WHOLE:
            conn.data_ready = True
            super().enqueue_req(conn)
        elif state == request_heads.NOTHING:
            conn.timeout = now + (PATIENCE if self.alive else LAST)  # the same for all: the oldest stands first
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
        elif state == request_heads.OVER or now > since + patience:
            self.nr_conns -= 1
            conn.close()
        else:
            self._parts.append((since, conn, -1 if state == request_heads.LARGE else request_heads.waiting(conn.sock)))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """gunicorn's turn of its loop, then a look at the requests that are not complete yet."""
        soon = self._parts or self._leaves_at is not None
        super().wait_for_and_dispatch_events(min(timeout, LOOK) if soon else timeout)
        self._leave()
        now = time.monotonic()
        parts, self._parts = self._parts, []
        for since, conn, came in parts:
            if came == request_heads.waiting(conn.sock) and now < since + PATIENCE and self.alive:
                self._parts.append((since, conn, came))  # nothing more has come
            else:
                self._place(conn, since)
        for conn, until in self._bodies.items():
            if now > until:
                _stop_reading(conn.sock)

    # ---- leaving -------------------------------------------------------------------------------------------------

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: leave, without leaving anybody alone. Said again it changes nothing: the arbiter has a limit."""
        if self._leaves_at is None:
            self._leaves_at = time.monotonic() + NOTICE
            draining.begin()
            self.method_queue.defer(lambda: None)  # wakes the loop

    def _leave(self) -> None:
        if self._leaves_at is None or not self.alive or time.monotonic() < self._leaves_at:
            return
        if self._goodbye is None:
            self._shut_door()
            self._goodbye = threading.Thread(target=_say_goodbye, name="goodbye", daemon=True)
            self._goodbye.start()
        elif not self._goodbye.is_alive():
            self.alive = False  # gunicorn's own end: what is being answered is answered

    def _shut_door(self) -> None:
        """Take in whoever the kernel has let in already, then let nobody in any more. Where the arbiter keeps the door
        open (a reload), whoever comes now is the next worker's."""
        for listener in self.sockets:
            listener.setblocking(False)
            try:
                while True:
                    client, address = listener.accept()
                    self.nr_conns += 1
                    self.enqueue_req(TConn(self.cfg, client, address, listener.getsockname()))
            except OSError:
                pass  # nobody is left
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()
        self.sockets = []

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """After an answer: a socket that became a line of its own (web/transport) is no longer ours to close."""
        self._bodies.pop(conn, None)
        if conn.sock.fileno() == -1:
            self.nr_conns -= 1
            return
        super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request; a body that stops arriving ends it. Sockets keep their own time."""
        if not req.path.startswith("/socket.io"):
            conn.sock.settimeout(BETWEEN)
        return super().handle_request(req, conn)


def _stop_reading(sock: socket.socket) -> None:
    """Whoever reads a body from this socket finds its end."""
    try:
        sock.shutdown(socket.SHUT_RD)
    except OSError:
        pass  # it is gone


def _say_goodbye() -> None:
    try:
        draining.say_goodbye()
    except Exception:
        log.exception("a goodbye failed; the worker ends all the same")
