"""The week in quarter hours: one 64-bit word a day from 07:00 to 23:00.

Bit 0 is the quarter that begins at 07:00.
"""

from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUARTER = 15  # minutes
OPENS, QUARTERS = 7 * 60, 64

Week = tuple[int, ...]  # seven words, Monday first
Start = tuple[str, str]  # ("mon", "18:15")

NEVER: Week = (0,) * len(DAYS)
ALWAYS: Week = ((1 << QUARTERS) - 1,) * len(DAYS)


def quarters(minutes: int) -> int:
    """Returns how many quarter hours a meeting of this many minutes takes."""
    return -(-minutes // QUARTER)


def span(begin: int, end: int) -> int:
    """Returns the word of the quarters from `begin` up to but not including `end`."""
    return (1 << end) - (1 << begin)


def starts_with_length(free: Any, length: int) -> Any:
    """Returns the quarters from which `length` quarters in a row are free.

    It takes one word or an array. It distributes over intersection: lasting(a & b) == lasting(a) & lasting(b).
    """
    done = 1
    while done < length:
        step = min(done, length - done)
        free = free & (free >> step)
        done += step
    return free


def shared_starts(mine: Week, theirs: Week, length: int) -> Week:
    """Returns the quarters at which both are free for `length` quarters."""
    return tuple(starts_with_length(a & b, length) for a, b in zip(mine, theirs, strict=True))


def count(week: Week) -> int:
    """Returns how many quarters of a week are set."""
    return sum(word.bit_count() for word in week)


def list_quarters(week: Week) -> list[tuple[int, int]]:
    """Returns (day, quarter) of every set bit, in the order of the week."""
    return [(day, bit) for day, word in enumerate(week) for bit in range(QUARTERS) if word >> bit & 1]


def format_quarter(day: int, quarter: int) -> Start:
    """Formats a quarter as day name and clock time."""
    hour, minute = divmod(OPENS + quarter * QUARTER, 60)
    return DAYS[day], f"{hour:02}:{minute:02}"
