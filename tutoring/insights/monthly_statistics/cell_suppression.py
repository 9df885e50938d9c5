"""Which figures of a month may be shown, so that what is hidden is not found by subtraction either. Pure.

Every figure is part of others: a class of its school, a topic of everything asked, those who passed of all who
rehearsed, one step of the journey of the step before. Each such sum has a whole and parts, among these rests on
no page: who belongs to no unit below, who did not pass, who did not go on. They can be told from the others and are
treated as if they were shown, only that hiding them costs nothing. The rules:

1. A figure is shown only where at least ten people stand behind it, and only where its wholes are shown.
2. What the parts of a shown whole hide together is nobody at all, or at least two parts behind which certainly ten
   people stand. Otherwise one more is hidden: a rest, or the smallest part, or where none is left, the whole.
3. What is shown is rounded down to a multiple of five (insights/lesson_quality/disclosure_control.py); waits to minutes, long ones to five.

By 2. nobody can take shown parts from a shown whole and be left with one part or with fewer than ten people; by 1. what
lies below a hidden figure says nothing about it. How many people certainly stand behind hidden parts: those of the
largest, or those of the whole less those of all shown parts, whichever is more (one may be in several parts).
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from tutoring.insights.lesson_quality.disclosure_control import MIN_PEOPLE
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
from tutoring.insights.monthly_statistics.tally import Heap, Place

REST = "~"  # begins the keys of parts that are counted for the sake of hiding alone
MINUTE, LONG, STEP_OF_LONG = 60, 3600, 300

Sum = tuple[Place, str]  # a whole, and which of the ways in which it is divided
Heaps = Callable[[], Iterable[tuple[Place, Heap]]]


def shown_places(heaps: Heaps, whole_of: Callable[[int], int | None]) -> set[Place]:
    """Of these figures the places of those that may be shown. `whole_of` tells of which unit's number another one is a
    part; odd numbers are rests (places.py)."""
    return _Table(heaps, whole_of).shown


def rounded_wait(seconds: int) -> int:
    """A wait as it is told."""
    step = STEP_OF_LONG if seconds >= LONG else MINUTE
    return (seconds + step // 2) // step * step


def never_shown(place: Place) -> bool:
    """Whether this is counted for the sake of hiding alone."""
    return place.number % 2 == 1 or place.key.startswith(REST)


def sums_of(place: Place, whole_of: Callable[[int], int | None]) -> Iterator[Sum]:
    """The sums of which a figure is a part."""
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
    if plain.startswith("x:"):  # a part of its topic, and of its hour
        topic, _, slot = plain.removeprefix("x:").rpartition(":")
        yield Place(number, measure, f"{rest}t:{topic}"), "slots"
        yield Place(number, measure, f"{rest}s:{slot}"), "topics"
    elif plain and measure != FUNNEL:
        yield Place(number, measure, rest), _family(measure, plain)


def _family(measure: str, key: str) -> str:
    """Parts of a measure that together make up the whole."""
    kind, _, rest = key.partition(":")
    return f"k:{rest.rpartition(':')[0]}" if measure == PRACTISED and kind == "k" else kind


class _Table:
    """What may still be shown, made smaller until both rules hold."""

    def __init__(self, heaps: Heaps, whole_of: Callable[[int], int | None]) -> None:
        self._whole_of = whole_of
        # Minutes and sessions are of the same people: what is shown of one is shown of the other.
        self._people = {
            place: heap.people for place, heap in heaps() if heap.people >= MIN_PEOPLE and place.measure != SESSIONS
        }
        self.shown = set(self._people)
        self._parts: dict[Sum, list[Place]] = defaultdict(list)  # of ten people and more
        self._few: dict[Sum, tuple[int, int]] = {}  # how many parts of fewer, and how many stand behind the largest
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
        """What is lost by hiding it: nothing where nobody is shown it anyway."""
        return not never_shown(part), self._people[part], part

    def _tells(self, one: Sum) -> bool:
        """Whether subtraction leaves one part, or fewer than ten people."""
        parts, most = self._few.get(one, (0, 0))
        left = self._people[one[0]]
        for part in self._parts[one]:
            if part in self.shown:
                left -= self._people[part]
            else:
                parts, most = parts + 1, max(most, self._people[part])
        return parts == 1 or (parts > 1 and max(most, left) < MIN_PEOPLE)

    def _hide(self, place: Place) -> None:
        """Hide a figure with all that lies below it, and look again at every sum of which these are parts."""
        waiting = [place]
        while waiting:
            hidden = waiting.pop()
            if hidden not in self.shown:
                continue
            self.shown.discard(hidden)
            waiting += (part for way in self._ways[hidden] for part in self._parts[hidden, way])
            for one in sums_of(hidden, self._whole_of):
                heapq.heappush(self._queue, one)
