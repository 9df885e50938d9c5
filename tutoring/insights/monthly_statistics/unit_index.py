"""The units a fact counts for: the person's memberships at that moment, and all above.

Units have numbers of their own here: twice the id for a unit, and one more for its **remainder**. The remainder is what
counts for a unit and for none of the units directly below. 0 is the whole site and 1 the site's remainder. Remainders
are never shown. They are counted so that suppression knows what is left when the parts are subtracted from the whole.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

SITE, SITES_REST = 0, 1
_MOST_KEPT = 200_000


class Stay(NamedTuple):
    """A membership with its duration; `until` is None while it holds."""

    unit_id: int
    since: datetime
    until: datetime | None


class Places:
    """The tree of units, read once."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        self._parents = parents
        self._with_children = {parent for parent in parents.values() if parent is not None}
        self._known: dict[tuple[int, ...], tuple[int, ...]] = {}

    def at(self, stays: Collection[Stay], moment: datetime) -> tuple[int, ...]:
        """Returns the numbers for which a fact of this moment counts, each once."""
        return self._of(tuple(stay.unit_id for stay in stays if _held(stay, moment, moment)))

    def during(self, stays: Collection[Stay], since: datetime, until: datetime) -> tuple[int, ...]:
        """Returns the same for a fact of which only the day is known."""
        return self._of(tuple(stay.unit_id for stay in stays if _held(stay, since, until)))

    def over(self, unit_id: int) -> tuple[int, ...]:
        """Returns the numbers for which a fact of this unit itself counts."""
        return self._of((unit_id,))

    def whole_of(self, number: int) -> int | None:
        """Returns the number of the whole that this number is a part of; None for the site.

        The whole of a unit is its parent; the whole of a remainder is its unit.
        """
        if number == SITE:
            return None
        if number % 2:
            return number - 1
        parent = self._parents.get(number // 2)
        return SITE if parent is None else parent * 2

    def _of(self, direct: tuple[int, ...]) -> tuple[int, ...]:
        found = self._known.get(direct)
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._known[direct] = self._numbers(direct)
        return found

    def _numbers(self, direct: tuple[int, ...]) -> tuple[int, ...]:
        units: dict[int, None] = {}
        with_part: set[int | None] = set()
        for start in direct:
            unit: int | None = start
            while unit is not None and unit not in units:
                units[unit] = None
                unit = self._parents.get(unit)
                with_part.add(unit)
        numbers = [SITE] if None in with_part else [SITE, SITES_REST]
        numbers += [unit * 2 for unit in units]
        numbers += [unit * 2 + 1 for unit in units if unit in self._with_children and unit not in with_part]
        return tuple(numbers)


def _held(stay: Stay, since: datetime, until: datetime) -> bool:
    return stay.since <= until and (stay.until is None or since < stay.until)
