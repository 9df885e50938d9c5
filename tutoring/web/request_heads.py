"""How much of a request has arrived at a socket, seen without taking it out and without a thread that waits."""

import array
import fcntl
import re
import socket
import termios

LONGEST = 32 * 1024  # bytes that are looked at; heads of browsers have a tenth of that
SLOWEST = 4 * 1024  # bytes a second: a body that comes more slowly than this is not waited for

# COMING: the head is here, and the body can wait in the socket until it is whole. LARGE: it cannot.
NOTHING, PART, COMING, LARGE, WHOLE, OVER = range(6)

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_OTHERWISE = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)


def waiting(sock: socket.socket) -> int:
    """How many bytes wait in this socket; a look that costs nothing."""
    count = array.array("i", [0])
    try:
        fcntl.ioctl(sock.fileno(), termios.FIONREAD, count)
    except OSError:
        return -1
    return count[0]


def arrived(sock: socket.socket) -> int:
    """How much of a request waits in this socket. A request is whole with its body, where that is small enough to wait
    in the socket; so who sends it slowly holds no thread."""
    try:
        sock.setblocking(False)
        seen = sock.recv(LONGEST, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError):
        return NOTHING
    except OSError:
        return WHOLE  # it is gone; whoever reads it finds out
    head, found, body = seen.partition(b"\r\n\r\n")
    if not seen:
        return WHOLE
    if not found:
        return OVER if len(seen) >= LONGEST else PART
    size = length(head)
    if size is not None and len(body) >= size:
        return WHOLE
    return COMING if size is not None and len(head) + size < LONGEST else LARGE


def length(head: bytes) -> int | None:
    """How long the body is that follows this head; None where only its end will tell."""
    if _OTHERWISE.search(head):
        return None
    found = _LENGTH.search(head + b"\r\n")
    return int(found[1]) if found else 0


def allowed(sock: socket.socket, least: float, most: int) -> float:
    """Seconds for the whole body of the request that waits in this socket; of one whose length is not told, as for the
    longest that is taken."""
    try:
        seen = sock.recv(LONGEST, socket.MSG_PEEK)
    except OSError:
        return least
    size = length(seen.partition(b"\r\n\r\n")[0])
    return least + (most if size is None else min(size, most)) / SLOWEST
