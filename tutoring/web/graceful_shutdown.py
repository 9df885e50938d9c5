"""Graceful shutdown of sockets: pages are disconnected and reconnect to another process.

A page whose connection ends reconnects within a third of a second, to the process that the proxy chooses. It fetches
what it missed and repeats unanswered events under the same id (docs/realtime.md).
"""

import random
import time
from collections.abc import Callable
from functools import partial

from socketio import Server

from tutoring.web import draining
from tutoring.web.socket_io.batching import SocketOwner

SPREAD = 4.0  # seconds over which pages are disconnected, so that they do not all reconnect at once
LONGEST_ANSWER = 1.0  # seconds to wait for the answers of one connection, and for pushes to other processes
LOOK = 0.01


def init(server: Server, seat_of: Callable[[str], SocketOwner | None]) -> None:
    """Closes this server's connections when the process ends."""
    draining.before_leaving("lines", partial(send_away, server, seat_of))


def send_away(server: Server, seat_of: Callable[[str], SocketOwner | None]) -> None:
    """Closes every connection, one by one in random order, after its pending answers.

    Then it waits until the pushes of this process have reached the other processes.
    """
    begun, lines = time.monotonic(), list(server.eio.sockets.items())
    random.shuffle(lines)
    for number, (eio_sid, line) in enumerate(lines):
        time.sleep(max(0.0, begun + SPREAD * (number + random.random()) / len(lines) - time.monotonic()))
        seat = seat_of(server.manager.sid_from_eio_sid(eio_sid, "/"))
        if seat is not None:
            _wait_until(partial(_is_answered, seat))
        line.close(wait=False)
    _wait_until(lambda: getattr(server.manager, "is_quiet", True))


def _is_answered(seat: SocketOwner) -> bool:
    return seat.waiting == 0


def _wait_until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_ANSWER
    while not so() and time.monotonic() < until:
        time.sleep(LOOK)
