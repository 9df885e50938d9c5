"""What one line may send that is no message of a person: signs of life, empty frames, and talk before a sign-in."""

import time

MOST_IDLE = 60  # frames at once that say nothing: pings, pongs, empty ones; browsers send one in 25 seconds
IDLE = 10  # and of these a second, for ever
MOST_BEFORE = 12  # messages of a line that is nobody's yet: a page of ours sends one


class Allowance:
    """Counts for one line, in the thread that reads it."""

    def __init__(self) -> None:
        self._idle, self._counted = float(MOST_IDLE), time.monotonic()
        self._before: int | None = MOST_BEFORE  # None after a sign-in

    def known(self) -> None:
        """The line is somebody's: what is said over it is counted by person from now on."""
        self._before = None

    def says(self, message: str | bytes) -> bool:
        """Count a message; False when it is one too many. Messages of Engine.IO begin with a 4, others say nothing."""
        if self._before is not None:
            self._before -= 1
            if self._before < 0:
                return False
        return message[:1] in ("4", b"4") or self.idles()

    def idles(self) -> bool:
        """Count a frame that says nothing; False when it is one too many."""
        now = time.monotonic()
        self._idle = min(MOST_IDLE, self._idle + (now - self._counted) * IDLE) - 1
        self._counted = now
        return self._idle >= 0
