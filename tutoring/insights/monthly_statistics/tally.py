"""Counts many small cells at once: the amount in each, and the number of different people.

People arrive one after the other: all facts of one before any of the next. So a cell remembers only the last person,
and memory does not grow with the number of people.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tutoring.insights.monthly_statistics.measures import WAITS

_NAMES = 1 << 20  # more than there are measures with keys


class Place(NamedTuple):
    """The address of a cell: the number of a unit (unit_index.py), the measure, the key."""

    number: int
    measure: str
    key: str


class CellContent(NamedTuple):
    """The exact content of a cell."""

    amount: int
    people: int


class Tally:
    """The cells of a month."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], int] = {}
        self._slots: dict[int, int] = {}
        self._counts, self._people, self._last = array("q"), array("q"), array("q")
        self._waits: dict[int, array[int]] = {}

    def add(
        self, numbers: Iterable[int], measure: str, keys: Iterable[str], person: int, amount: int = 1, wait: int = -1
    ) -> None:
        """Adds an amount of a person to the cells of each of these units and keys."""
        names = [self._names.setdefault((measure, key), len(self._names)) for key in keys]
        counts, people, last = self._counts, self._people, self._last
        for number in numbers:
            for name in names:
                slot = self._slots.setdefault(number * _NAMES + name, len(counts))
                if slot == len(counts):
                    counts.append(0)
                    people.append(0)
                    last.append(-1)
                counts[slot] += amount
                if last[slot] != person:
                    last[slot] = person
                    people[slot] += 1
                if measure == WAITS:
                    self._waits.setdefault(slot, array("q")).append(wait)

    def heaps(self) -> Iterator[tuple[Place, CellContent]]:
        """Yields every cell."""
        names = {name: pair for pair, name in self._names.items()}
        for packed, slot in self._slots.items():
            yield Place(packed // _NAMES, *names[packed % _NAMES]), CellContent(self._counts[slot], self._people[slot])

    def waits(self, place: Place) -> tuple[int, int] | None:
        """Returns the median and 90th percentile of the waiting seconds; None without waits."""
        name = self._names.get((place.measure, place.key), -1)
        waits = sorted(self._waits.get(self._slots.get(place.number * _NAMES + name, -1), ()))
        return (get_decile(waits, 5), get_decile(waits, 9)) if waits else None


def get_decile(ordered: list[int], tenths: int) -> int:
    """Returns the smallest value that so many tenths of the values do not exceed."""
    return ordered[-(-len(ordered) * tenths // 10) - 1]
