"""The gunicorn worker: a thread is given to a request whose head has arrived, never to a line that only might ask.

Every open page holds a thread, so a few hundred lines that begin a request and do not end it would shut out everybody
else. Here such a line waits without a thread and is closed after ten seconds.
"""

import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE = 10.0  # seconds for the head of a request to arrive
BODY = 20.0  # seconds between two parts of its body
LONGEST = 32 * 1024  # bytes of a head; those of browsers have a tenth of that
LOOK = 0.05  # seconds between looks at heads that have arrived in part

NOTHING, PART, WHOLE, OVER = range(4)


def arrived(sock: socket.socket) -> int:
    """How much of a request's head waits in this socket, without taking it out."""
    try:
        sock.setblocking(False)
        head = sock.recv(LONGEST, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError):
        return NOTHING
    except OSError:
        return WHOLE  # it is gone; whoever reads it finds out
    if not head or b"\r\n\r\n" in head:
        return WHOLE
    return OVER if len(head) >= LONGEST else PART


class Worker(ThreadWorker):
    """gunicorn's threads behind a waiting room."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._parts: list[tuple[float, TConn]] = []

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, or let it wait until there is something to do."""
        if self.cfg.is_ssl or (conn.parser is not None and conn.parser.unreader.buf.getvalue()):
            super().enqueue_req(conn)
            return
        self._place(conn, time.monotonic() + PATIENCE)

    def _place(self, conn: TConn, deadline: float) -> None:
        state = arrived(conn.sock)
        if state == WHOLE:
            conn.data_ready = True
            super().enqueue_req(conn)
        elif state == OVER or time.monotonic() > deadline or not self.alive:
            self.nr_conns -= 1
            conn.close()
        elif state == PART:
            self._parts.append((deadline, conn))
        else:
            conn.timeout = time.monotonic() + PATIENCE  # the same for all: the oldest stands first
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """gunicorn's turn of its loop, then a look at the heads that are not complete yet."""
        super().wait_for_and_dispatch_events(min(timeout, LOOK) if self._parts else timeout)
        parts, self._parts = self._parts, []
        for deadline, conn in parts:
            self._place(conn, deadline)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """After an answer: a socket that became a line of its own (web/transport) is no longer ours to close."""
        if conn.sock.fileno() == -1:
            self.nr_conns -= 1
            return
        super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request; a body that stops arriving ends it. Sockets keep their own time."""
        if not req.path.startswith("/socket.io"):
            conn.sock.settimeout(BODY)
        return super().handle_request(req, conn)
