"""Write buffering: one thread's frames are sent at the end, in one piece per connection."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

from tutoring.web.transport.event_loop import attempt

_together = threading.local()


class Written(Protocol):
    """A connection: the target of buffered bytes."""

    def put(self, data: bytes) -> None: ...


class FlushParticipant(Protocol):
    """Handles the items put aside in `buffered_writes`; it may write to connections."""

    def gathered(self, what: list[Any]) -> None: ...


@contextlib.contextmanager
def buffered_writes() -> Iterator[None]:
    """Buffers this thread's frames and sends them at the end, in one piece per connection.

    They are sent after what is `put_aside`.
    """
    if getattr(_together, "lines", None) is not None:
        yield
        return
    _together.lines, _together.aside = {}, {}
    try:
        yield
    finally:
        last, aside = _together.lines, _together.aside
        _together.lines, _together.aside = {}, None
        for whose, what in aside.items():
            attempt(partial(whose.gathered, what))
        lines, _together.lines = _together.lines, None
        for line, pieces in last.items():
            lines.setdefault(line, []).extend(pieces)
        for line, pieces in lines.items():
            line.put(pieces[0] if len(pieces) == 1 else b"".join(pieces))


def put_aside(whose: FlushParticipant, what: Any) -> bool:
    """Collects an item until the end of `buffered_writes`; returns False outside of it.

    The participant gets all its items at once.
    """
    aside = getattr(_together, "aside", None)
    if aside is None:
        return False
    aside.setdefault(whose, []).append(what)
    return True


def kept_for(line: Written, frame: bytes) -> bool:
    """Buffers a frame until the end of `buffered_writes`; returns False outside of it."""
    lines = getattr(_together, "lines", None)
    if lines is None:
        return False
    lines.setdefault(line, []).append(frame)
    return True
