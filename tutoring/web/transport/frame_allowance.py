"""Limits a connection's frames without content and its messages before a sign-in."""

import time

MOST_IDLE = 60  # a burst of frames without content: pings, pongs, empty ones; browsers send one in 25 seconds
IDLE = 10  # and the sustained rate of these per second
MOST_BEFORE = 12  # messages of a connection before it authenticates: a page of ours sends one


class Allowance:
    """Counts for one connection, in the thread that reads it."""

    def __init__(self) -> None:
        self._idle, self._counted = float(MOST_IDLE), time.monotonic()
        self._before: int | None = MOST_BEFORE  # None after a sign-in

    def known(self) -> None:
        """Marks the connection as authenticated: its messages are counted per user from now on."""
        self._before = None

    def says(self, message: str | bytes) -> bool:
        """Counts a message; returns False when it is one too many.

        Engine.IO messages begin with a 4; others have no content.
        """
        if self._before is not None:
            self._before -= 1
            if self._before < 0:
                return False
        return message[:1] in ("4", b"4") or self.idles()

    def idles(self) -> bool:
        """Counts a frame without content; returns False when it is one too many."""
        now = time.monotonic()
        self._idle = min(MOST_IDLE, self._idle + (now - self._counted) * IDLE) - 1
        self._counted = now
        return self._idle >= 0
