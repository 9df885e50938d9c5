"""The end of a process that has open pages: they are sent away, and come back to another one.

A page whose line ends comes back within a third of a second, to whoever the proxy chooses, and asks for what it missed;
what it had not been answered yet it says again under the same id (docs/realtime.md).
"""

import random
import time
from collections.abc import Callable
from functools import partial

from socketio import Server

from tutoring.web import draining
from tutoring.web.socket_batching import SocketOwner

SPREAD = 4.0  # seconds over which pages are sent away: not all of them come back in the same moment
LONGEST_ANSWER = 1.0  # seconds that the answers of one line, and what other processes are to hear, are waited for
LOOK = 0.01


def init(server: Server, seat_of: Callable[[str], SocketOwner | None]) -> None:
    """Have the lines of this server sent away when the process ends."""
    draining.before_leaving("lines", partial(send_away, server, seat_of))


def send_away(server: Server, seat_of: Callable[[str], SocketOwner | None]) -> None:
    """Close every line, one by one and in no order; whoever waits for an answer has it first. Then wait until what was
    said here has gone to the other processes."""
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
