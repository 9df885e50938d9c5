"""The gunicorn worker: a thread handles a request only after its head has arrived.

A few hundred connections that begin a request and do not finish it would otherwise hold every thread and shut out all
other clients. Here such a connection waits without a thread and is closed after ten seconds. A body that is too large
to wait in its socket is read by a thread. At most a fourth of the threads read such bodies, each with a time limit.

On SIGTERM a worker stops in four steps. It announces that it is draining, and serves on. It accepts the connections
already queued and closes its listener, so that the proxy uses others. It disconnects its open pages, a few at a time.
It ends when pending requests are answered. See docs/deploy.md.
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
WHOLE_BODY = 20.0  # seconds for a whole body, and more for a large one (request_heads.allowed)
LARGEST_BODY = 9 * 1024 * 1024  # the largest body in bytes that any page accepts (rooms.send_picture)
SHARE = 4  # one of so many threads may read a body that is still arriving
LOOK = 0.05  # seconds between checks of partly arrived heads and of the time to leave
NOTICE = 3.0  # seconds between announcing draining and leaving, so that a new worker starts or the proxy notices
LAST = 1.0  # seconds for an idle connection to send a request when the worker ends


class Worker(ThreadWorker):
    """gunicorn's thread worker with a waiting room for incomplete requests."""

    alive: bool
    sockets: list[Any]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._parts: list[tuple[float, TConn, int]] = []  # since when it arrives, and how many bytes have arrived
        self._bodies: dict[TConn, float] = {}  # bodies that a thread reads while they arrive, with their deadline
        self._leaves_at: float | None = None
        self._goodbye: threading.Thread | None = None

    def enqueue_req(self, conn: TConn) -> None:
        """Gives a connection to a thread, or lets it wait until a request has arrived."""
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
            conn.timeout = now + (PATIENCE if self.alive else LAST)  # the same for all, so the oldest comes first
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
        elif state == request_heads.OVER or now > since + patience:
            self.nr_conns -= 1
            conn.close()
        else:
            self._parts.append((since, conn, -1 if state == request_heads.LARGE else request_heads.waiting(conn.sock)))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Runs gunicorn's loop step, then checks the incomplete requests."""
        soon = self._parts or self._leaves_at is not None
        super().wait_for_and_dispatch_events(min(timeout, LOOK) if soon else timeout)
        self._leave()
        now = time.monotonic()
        parts, self._parts = self._parts, []
        for since, conn, came in parts:
            if came == request_heads.waiting(conn.sock) and now < since + PATIENCE and self.alive:
                self._parts.append((since, conn, came))  # nothing more has arrived
            else:
                self._place(conn, since)
        for conn, until in self._bodies.items():
            if now > until:
                _stop_reading(conn.sock)

    # ---- leaving -------------------------------------------------------------------------------------------------

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Handles SIGTERM: starts a graceful stop. A second signal changes nothing.

        The arbiter enforces its own time limit.
        """
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
            self.alive = False  # gunicorn's own shutdown: requests under way are answered

    def _shut_door(self) -> None:
        """Accepts the connections that the kernel has queued, then stops listening.

        Where the arbiter keeps the listener open (a reload), later connections go to the next worker.
        """
        for listener in self.sockets:
            listener.setblocking(False)
            try:
                while True:
                    client, address = listener.accept()
                    self.nr_conns += 1
                    self.enqueue_req(TConn(self.cfg, client, address, listener.getsockname()))
            except OSError:
                pass  # no connection is left
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()
        self.sockets = []

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Finishes a request.

        A socket that became a WebSocket (web/transport) is no longer ours to close.
        """
        self._bodies.pop(conn, None)
        if conn.sock.fileno() == -1:
            self.nr_conns -= 1
            return
        super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answers a request; a body that stops arriving ends it. WebSockets have their own timeouts."""
        if not req.path.startswith("/socket.io"):
            conn.sock.settimeout(BETWEEN)
        return super().handle_request(req, conn)


def _stop_reading(sock: socket.socket) -> None:
    """Ends reading: the thread that reads a body from this socket sees its end."""
    try:
        sock.shutdown(socket.SHUT_RD)
    except OSError:
        pass  # already closed


def _say_goodbye() -> None:
    try:
        draining.say_goodbye()
    except Exception:
        log.exception("a goodbye failed; the worker ends all the same")
