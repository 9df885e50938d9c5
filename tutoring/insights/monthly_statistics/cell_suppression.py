"""Cell suppression: which figures of a month may be shown. Pure functions.

A suppressed figure must not follow from others by subtraction. Every figure is part of sums. Examples are a class of
its school, a topic of all requests, those who passed of all who practised, a funnel step of the step before. Each sum
has a whole and parts. Some parts are remainders that no page shows: people in no unit below, who did not pass, who did
not continue. Remainders can be derived from the others, so they are treated as if shown, but suppressing them costs
nothing. The rules:

1. A figure is shown only where at least ten people are behind it, and only where its wholes are shown.
2. The suppressed parts of a shown whole hold no person at all, or they are at least two parts that certainly hold ten
   people. Otherwise one more is suppressed: a remainder, else the smallest part, or if none is left, the whole.
3. Shown figures are rounded down to a multiple of five (insights/lesson_quality/suppression.py). Waits are
   rounded to minutes, waits of an hour or more to five minutes.

By rule 2, subtracting shown parts from a shown whole never leaves one part, or fewer than ten people. By rule 1, what
is below a suppressed figure reveals nothing about it. A lower bound for the people in the suppressed parts is the
larger of two numbers. One is the people of the largest part. The other is the people of the whole minus those of all
shown parts. The sum of the parts would be too high, because one person may be in several parts.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from tutoring.insights.monthly_statistics.measures import (
    ASKED,
    FUNNEL,
    NEW,
    PRACTISED,
    REACHED,
    SESSIONS,
    STEPS,
    TOGETHER,
    UNMET,
    WAITS,
)
from tutoring.insights.monthly_statistics.tally import CellContent, Place
from tutoring.policy.disclosure_control import MIN_PEOPLE

REST = "~"  # key prefix of parts that are counted for suppression only
MINUTE, LONG, STEP_OF_LONG = 60, 3600, 300

Sum = tuple[Place, str]  # a whole, and the dimension along which it is divided
CellSource = Callable[[], Iterable[tuple[Place, CellContent]]]


def shown_places(heaps: CellSource, whole_of: Callable[[int], int | None]) -> set[Place]:
    """Returns the cells that may be shown.

    `whole_of` maps a unit number to that of its whole; odd numbers are remainders (unit_index.py).
    """
    return _Table(heaps, whole_of).shown


def rounded_wait(seconds: int) -> int:
    """Rounds a wait for display."""
    step = STEP_OF_LONG if seconds >= LONG else MINUTE
    return (seconds + step // 2) // step * step


def never_shown(place: Place) -> bool:
    """Returns whether the cell is counted for suppression only."""
    return place.number % 2 == 1 or place.key.startswith(REST)


def sums_of(place: Place, whole_of: Callable[[int], int | None]) -> Iterator[Sum]:
    """Yields the sums of which a cell is a part."""
    number, measure, key = place
    above = whole_of(number)
    if above is not None:
        yield Place(above, measure, key), "units"
    plain = key.removeprefix(REST)
    if measure == NEW:
        yield Place(number, REACHED, ""), "new"
    elif measure == FUNNEL:
        before = STEPS.index(plain) - 1
        if before >= 0:
            yield Place(number, FUNNEL, STEPS[before]), "next"
    elif measure in (UNMET, WAITS):
        yield Place(number, ASKED, plain), "came"
    rest = REST if key.startswith(REST) and measure == UNMET else ""
    if plain.startswith("x:"):  # a part of its topic, and of its time slot
        topic, _, slot = plain.removeprefix("x:").rpartition(":")
        yield Place(number, measure, f"{rest}t:{topic}"), "slots"
        yield Place(number, measure, f"{rest}s:{slot}"), "topics"
    elif plain and measure != FUNNEL:
        yield Place(number, measure, rest), _family(measure, plain)


def _family(measure: str, key: str) -> str:
    """Returns the dimension whose parts together make up the whole."""
    kind, _, rest = key.partition(":")
    return f"k:{rest.rpartition(':')[0]}" if measure == PRACTISED and kind == "k" else kind


class _Table:
    """The cells that may still be shown, reduced until both rules hold."""

    def __init__(self, heaps: CellSource, whole_of: Callable[[int], int | None]) -> None:
        self._whole_of = whole_of
        # Minutes and sessions have the same people, so both are shown or neither.
        self._people = {
            place: heap.people for place, heap in heaps() if heap.people >= MIN_PEOPLE and place.measure != SESSIONS
        }
        self.shown = set(self._people)
        self._parts: dict[Sum, list[Place]] = defaultdict(list)  # parts with ten people or more
        self._few: dict[Sum, tuple[int, int]] = {}  # number of parts with fewer people, and the size of the largest
        self._ways: dict[Place, set[str]] = defaultdict(set)
        for place, heap in heaps():
            if heap.people and place.measure != SESSIONS:
                self._note(place, heap.people)
        self._mend()
        self.shown = {place for place in self.shown if not never_shown(place)}
        self.shown |= {Place(place.number, SESSIONS, "") for place in self.shown if place[1:] == (TOGETHER, "")}

    def _note(self, place: Place, people: int) -> None:
        for one in sums_of(place, self._whole_of):
            if one[0] not in self.shown:
                continue
            self._ways[one[0]].add(one[1])
            if people >= MIN_PEOPLE:
                self._parts[one].append(place)
            else:
                parts, most = self._few.get(one, (0, 0))
                self._few[one] = parts + 1, max(most, people)

    def _mend(self) -> None:
        self._queue = [(whole, way) for whole, ways in self._ways.items() for way in ways]
        heapq.heapify(self._queue)
        while self._queue:
            one = heapq.heappop(self._queue)
            while one[0] in self.shown and self._tells(one):
                open_parts = [part for part in self._parts[one] if part in self.shown]
                self._hide(min(open_parts, key=self._loss) if open_parts else one[0])

    def _loss(self, part: Place) -> tuple[bool, int, Place]:
        """Returns the cost of suppressing a part: lowest for parts that are never shown anyway."""
        return not never_shown(part), self._people[part], part

    def _tells(self, one: Sum) -> bool:
        """Returns whether subtraction leaves one part, or fewer than ten people."""
        parts, most = self._few.get(one, (0, 0))
        left = self._people[one[0]]
        for part in self._parts[one]:
            if part in self.shown:
                left -= self._people[part]
            else:
                parts, most = parts + 1, max(most, self._people[part])
        return parts == 1 or (parts > 1 and max(most, left) < MIN_PEOPLE)

    def _hide(self, place: Place) -> None:
        """Suppresses a cell with all parts below it, and requeues every sum they belong to."""
        waiting = [place]
        while waiting:
            hidden = waiting.pop()
            if hidden not in self.shown:
                continue
            self.shown.discard(hidden)
            waiting += (part for way in self._ways[hidden] for part in self._parts[hidden, way])
            for one in sums_of(hidden, self._whole_of):
                heapq.heappush(self._queue, one)
