"""A user's free week: stored as 56 bytes, shown as half hours.

All functions are pure. They also compute what a meeting can use of the week.
"""

import struct
from collections.abc import Iterable

from tutoring.pairing.matching.week_bits import (
    DAYS,
    NEVER,
    OPENS,
    QUARTER,
    QUARTERS,
    Week,
    count,
    quarters,
    span,
    starts_with_length,
)

_WORDS = struct.Struct(f"<{len(DAYS)}Q")  # the memory layout of the engine's words: Monday first
HALVES = QUARTERS // 2
MEETING = 45  # minutes of a weekly meeting

Cell = tuple[int, int]  # day 0–6 from Monday, half hour 0–31 from 07:00


def week_to_bytes(week: Week) -> bytes:
    """Packs a week as the database stores it."""
    return _WORDS.pack(*week)


def week_from_bytes(bits: bytes) -> Week:
    """Unpacks a stored week; raises struct.error unless it has 56 bytes."""
    return _WORDS.unpack(bits)


def of_cells(cells: Iterable[Cell]) -> Week:
    """Returns the week in which these half hours are free; raises ValueError for invalid ones."""
    words = list(NEVER)
    for day, half in cells:
        if not (0 <= day < len(DAYS) and 0 <= half < HALVES):
            raise ValueError(f"no such half hour: {day}-{half}")
        words[day] |= span(2 * half, 2 * half + 2)
    return tuple(words)


def cells_of(week: Week) -> set[Cell]:
    """Returns the half hours that are wholly free."""
    return {
        (day, half) for day, word in enumerate(week) for half in range(HALVES) if word >> 2 * half & 0b11 == 0b11
    }  # fmt: skip


def copied(week: Week, source: int, to: Iterable[int]) -> Week:
    """Returns the week with one day's hours copied to other days."""
    days = set(to)
    return tuple(week[source] if day in days else word for day, word in enumerate(week))


def within(week: Week, opens: int, closes: int) -> Week:
    """Returns the part of a week between two minutes of the day."""
    begin = min(QUARTERS, max(0, -(-(opens - OPENS) // QUARTER)))
    end = max(begin, min(QUARTERS, (closes - OPENS) // QUARTER))
    return tuple(word & span(begin, end) for word in week)


def remove_meetings(week: Week, meetings: Iterable[tuple[int, int, int]]) -> Week:
    """Returns a week without the quarters of these meetings: day, quarter, minutes."""
    words = list(week)
    for day, quarter, minutes in meetings:
        words[day] &= ~span(quarter, min(QUARTERS, quarter + quarters(minutes)))
    return tuple(words)


def starts(week: Week, minutes: int = MEETING) -> int:
    """Returns the number of quarters in a week at which a meeting this long could begin."""
    return count(tuple(starts_with_length(word, quarters(minutes)) for word in week))


def hours(week: Week) -> float:
    """Returns how many hours of a week are free."""
    return count(week) * QUARTER / 60
