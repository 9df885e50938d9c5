"""Access rules and limits of walk-in queues, the states of a ticket, and the estimate of a wait."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

CLERKS = frozenset({"lead", "officer", "coordinator"})
SETTERS = frozenset({"officer", "coordinator"})

STATES = ("waiting", "called", "aside", "done", "missed", "left")
OPEN = ("waiting", "called", "aside")
SOURCES = ("phone", "door", "clerk")
ASIDE = ("lesson", "helper")
MINUTES = (0, 10, 20, 30)  # how many minutes of help a holder asks for; 0: not said

MAX_SERVICES, MAX_DESKS = 24, 40
LONGEST_LABEL, LONGEST_DESK = 50, 30
MAX_DRAWN = 800  # numbers of one day by phone and on the screen; clerks always issue further ones
MAX_FROM = {"phone": 150, "door": 150}  # waiting at a time, by phone and on the screen
BACK_BEHIND = 3  # a holder who was not there comes back behind so many others, once
FIRST_MINUTE, LAST_MINUTE = 7 * 60, 17 * 60
WORKING_DAYS = 0b0011111  # a bit for each weekday from Monday

# What a clerk does with a ticket, from which state, and whether only the clerk of its desk does it.
ACTS = {
    "again": ("called",), "missed": ("called",), "pass": ("called",), "done": ("called",),
    "lesson": ("called", "waiting"), "helper": ("called", "waiting"), "back": ("aside",), "drop": ("waiting", "aside"),
}  # fmt: skip

MEASURED = 12  # the newest calls of the day from which a wait is estimated
LEAST_MEASURED = 4
STALE = timedelta(minutes=30)  # without a call for so long nothing is estimated
STEP = 5  # minutes


def has_queue(kind: str) -> bool:
    """Whether units of this kind have a desk with a walk-in queue."""
    return kind == "ward"


def may_call(held: Collection[str], kind: str) -> bool:
    """Staff of the ward issue numbers, open desks and call; children and teachers have no part in it."""
    return has_queue(kind) and not CLERKS.isdisjoint(held)


def may_set_queue(held: Collection[str], kind: str) -> bool:
    """Officers and coordinators set hours, services, desks and addresses, and read the figures of past days."""
    return has_queue(kind) and not SETTERS.isdisjoint(held)


def is_open_at(opens: int, closes: int, weekdays: int, day: date, minute: int, holiday: bool) -> bool:
    """Whether numbers are given at this local minute of this day."""
    return not holiday and bool(weekdays >> day.weekday() & 1) and opens <= minute < closes


def place_behind(places: Sequence[int]) -> int:
    """Returns the place of a ticket that goes back: right behind the third of these waiting ones, or the last.

    `places` are in order and leave gaps; the first in line is not far behind a holder who was in the corridor.
    """
    return places[min(len(places), BACK_BEHIND) - 1] + 1 if places else 0


def estimate_wait(ahead: int, calls: Sequence[datetime], now: datetime) -> tuple[int, int] | None:
    """Returns about how many minutes a ticket waits, from and to, in steps of five; None where nothing is measured.

    `calls` are the moments of the newest calls for the same services today, the oldest first. The pause between two
    calls tells how fast the line moves with the desks that are open.
    """
    if len(calls) < LEAST_MEASURED or now - calls[-1] > STALE:
        return None
    pause = (calls[-1] - calls[0]) / (len(calls) - 1)
    expected = max(((ahead + 1) * pause - (now - calls[-1])).total_seconds() / 60, 0)
    low = int(expected * 0.75 // STEP * STEP)
    high = int(-(-expected * 1.25 // STEP) * STEP)
    return low, max(high, low + STEP)
