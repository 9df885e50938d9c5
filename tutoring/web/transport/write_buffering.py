"""What one thread says to many lines goes out at the end of its work, in one piece for each of them."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

from tutoring.web.transport.event_loop import attempt

_together = threading.local()


class Written(Protocol):
    """What bytes go out on: a line."""

    def put(self, data: bytes) -> None: ...


class FlushParticipant(Protocol):
    """Whoever has something to do with what was put aside for the end of `together`: it may write to lines."""

    def gathered(self, what: list[Any]) -> None: ...


@contextlib.contextmanager
def buffered_writes() -> Iterator[None]:
    """What this thread writes to lines within goes out at the end, in one piece for each of them, behind what is
    `put_aside`."""
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
    """Hand something over at the end of `together`, with all that is put aside until then; False outside of it."""
    aside = getattr(_together, "aside", None)
    if aside is None:
        return False
    aside.setdefault(whose, []).append(what)
    return True


def kept_for(line: Written, frame: bytes) -> bool:
    """Keep a frame for this line until the end of `together`; False outside of it."""
    lines = getattr(_together, "lines", None)
    if lines is None:
        return False
    lines.setdefault(line, []).append(frame)
    return True
