"""How long two sides were there, and awake, at the same time: pure arithmetic on stretches of time."""

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
    return sum((end - start for start, end in shared(one, other)), timedelta(0))


def shared(one: Iterable[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """The stretches that lie in stretches of both, in order."""
    theirs = merged(other)
    found = [(max(start, begin), min(end, finish)) for start, end in merged(one) for begin, finish in theirs]
    return [(start, end) for start, end in found if start < end]


def awake(there: Iterable[Stretch], acts: Iterable[datetime], within: timedelta) -> list[Stretch]:
    """The time in which somebody was there and had done something within so long before."""
    return shared(there, [(at, at + within) for at in acts])
