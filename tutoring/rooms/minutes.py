"""How long two sides were there at the same time: pure arithmetic on stretches of time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time without overlaps, in order: two devices at once count once."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def together(one: Iterable[Stretch], other: Iterable[Stretch]) -> timedelta:
    """The time that lies in stretches of both."""
    total = timedelta(0)
    theirs = merged(other)
    for start, end in merged(one):
        for begin, finish in theirs:
            total += max(timedelta(0), min(end, finish) - max(start, begin))
    return total
