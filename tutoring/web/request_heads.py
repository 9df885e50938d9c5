"""Peeks at how much of a request has arrived at a socket, without a waiting thread."""

import array
import fcntl
import re
import socket
import termios

LONGEST = 32 * 1024  # bytes that are peeked at; heads of browsers have a tenth of that
SLOWEST = 4 * 1024  # bytes a second: a slower body is not waited for

# COMING: the head has arrived, and the body fits into the socket buffer. LARGE: it does not.
NOTHING, PART, COMING, LARGE, WHOLE, OVER = range(6)

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_OTHERWISE = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)


def waiting(sock: socket.socket) -> int:
    """Returns how many bytes wait in this socket; costs next to nothing."""
    count = array.array("i", [0])
    try:
        fcntl.ioctl(sock.fileno(), termios.FIONREAD, count)
    except OSError:
        return -1
    return count[0]


def arrived(sock: socket.socket) -> int:
    """Returns how much of a request waits in this socket.

    A request is whole with its body, where that is small enough for the socket buffer. So a slow sender holds no
    thread.
    """
    try:
        sock.setblocking(False)
        seen = sock.recv(LONGEST, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError):
        return NOTHING
    except OSError:
        return WHOLE  # closed; the reader finds out
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
    """Returns the length of the body after this head, or None where only its end will tell."""
    if _OTHERWISE.search(head):
        return None
    found = _LENGTH.search(head + b"\r\n")
    return int(found[1]) if found else 0


def allowed(sock: socket.socket, least: float, most: int) -> float:
    """Returns the seconds allowed for the body of the request in this socket.

    A body of unknown length gets the time of the longest that is accepted.
    """
    try:
        seen = sock.recv(LONGEST, socket.MSG_PEEK)
    except OSError:
        return least
    size = length(seen.partition(b"\r\n\r\n")[0])
    return least + (most if size is None else min(size, most)) / SLOWEST
