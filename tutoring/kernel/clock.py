"""The only source of the current time, so that tests can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
OLDEST = timedelta(days=400)  # the longest time for which a device may have stored something offline


class _Process:
    """How far the clock is moved: for the whole process, because a test or a practice run moves it for everything."""

    shift = timedelta(0)


def now() -> datetime:
    """Returns the current time, aware, in UTC."""
    return datetime.now(UTC) + _Process.shift


def local(moment: datetime) -> datetime:
    """Converts a moment to Vietnam time."""
    return moment.astimezone(LOCAL)


def today() -> date:
    """Returns the current date in Vietnam."""
    return local(now()).date()


def believed(at: float) -> datetime:
    """Converts a device's timestamp (seconds since 1970) into a plausible moment.

    The result is never in the future and never more than 400 days ago.
    """
    present = now()
    ago = timedelta(seconds=min(max(present.timestamp() - at, 0), OLDEST.total_seconds()))
    return present - ago


def move(by: timedelta) -> None:
    """Shifts this process's clock (for tests and practice runs only)."""
    _Process.shift += by


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Lets the clock run from the given moment within the block."""
    before = _Process.shift
    _Process.shift = to - datetime.now(UTC)
    try:
        yield
    finally:
        _Process.shift = before
