"""The one source of the present moment, so that tests can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
OLDEST = timedelta(days=400)  # that a device may have kept something

_shift = timedelta(0)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def local(moment: datetime) -> datetime:
    """The same moment as a clock in Vietnam shows it."""
    return moment.astimezone(LOCAL)


def today() -> date:
    """The day in Vietnam."""
    return local(now()).date()


def believed(at: float) -> datetime:
    """When it was by a device's clock (in seconds since 1970), as far as that can be believed."""
    present = now()
    ago = timedelta(seconds=min(max(present.timestamp() - at, 0), OLDEST.total_seconds()))
    return present - ago


def move(by: timedelta) -> None:
    """Move the clock for this process (tests and rehearsals only)."""
    global _shift
    _shift += by


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Within the block the clock runs on from the given moment."""
    global _shift
    before = _shift
    _shift = to - datetime.now(UTC)
    try:
        yield
    finally:
        _shift = before
