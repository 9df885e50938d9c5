"""Disclosure control: hides counts of fewer than ten people and rounds others down.

Counts are rounded down to a multiple of five. The reason is in `insights/lesson_quality/suppression.py`: the
difference of two neighbouring figures never reveals one person.
"""

from collections.abc import Collection, Mapping, Sequence, Set

MIN_PEOPLE = 10
STEP = 5


def suppress_small_count(count: int, people: int) -> int | None:
    """Returns a count as it may be shown, or None when fewer than ten people are behind it."""
    return count // STEP * STEP if people >= MIN_PEOPLE else None


def shown_places(
    parts: Mapping[int, Sequence[Set[int]]], among: Collection[int] | None = None
) -> tuple[set[int], bool]:
    """Returns the units that may show counts which add up to a whole, and whether the whole may.

    `parts` has for each unit the people behind several counts; each count adds up over the units. Only the units in
    `among` are considered for showing.

    A unit or the whole shows its counts when each has no people or at least ten behind it. For each count, the hidden
    units together must have no people, or at least ten people in two units or more. Otherwise the smallest unit that
    shows its counts hides them too, and in the end the whole.
    """
    by_count = list(zip(*parts.values(), strict=True))
    if not all(_may_stand(frozenset().union(*some)) for some in by_count):
        return set(), False
    showing = {place for place, some in parts.items() if all(map(_may_stand, some))}
    showing &= set(parts if among is None else among)
    while not all(_hide_enough(some) for some in zip(*(parts[one] for one in parts.keys() - showing), strict=True)):
        if not showing:
            return set(), False
        showing.discard(min(showing, key=lambda place: (len(frozenset().union(*parts[place])), place)))
    return showing, True


def _may_stand(people: Set[int]) -> bool:
    return not people or len(people) >= MIN_PEOPLE


def _hide_enough(hidden: Sequence[Set[int]]) -> bool:
    some = [people for people in hidden if people]
    return not some or (len(some) > 1 and len(frozenset().union(*some)) >= MIN_PEOPLE)
