"""What of a count of people may be shown, wherever one is: nothing under ten, the rest rounded down to fives.

Why so stands in `insights/lesson_quality/disclosure_control.py`: two neighbouring figures subtracted from each other never give one person.
"""

from collections.abc import Collection, Mapping, Sequence, Set

MIN_PEOPLE = 10
STEP = 5


def suppress_small_count(count: int, people: int) -> int | None:
    """A count of what people did as it may be shown, or None where fewer than ten people stand behind it."""
    return count // STEP * STEP if people >= MIN_PEOPLE else None


def shown_places(
    parts: Mapping[int, Sequence[Set[int]]], among: Collection[int] | None = None
) -> tuple[set[int], bool]:
    """Which places may show counts that add up to those of a whole, and whether the whole may. `parts` has for each
    place the people behind counts that together are one more count; only places `among` these are asked about.

    Places and whole show such counts where behind each stand nobody or at least ten people. What all other places hide
    of one count is nobody's, or that of at least ten people in two places or more. Otherwise the smallest place that
    shows something hides it too, and at last the whole.
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
