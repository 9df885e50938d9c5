"""The same as the engine said slowly and plainly: every pair one by one, every choice tried."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from tutoring.pairing.matching import Helper, Request, Weights
from tutoring.pairing.matching.hard_rules import broken_rule
from tutoring.pairing.matching.scoring import suit
from tutoring.pairing.matching.types import OF_KEPT

PRICES = (0, 300, 600, 900)


class Edge(NamedTuple):
    """A pair that may be: its suit, and what it is worth in all."""

    request: int
    helper: int
    suit: int
    value: int


def edges(requests: Iterable[Request], helpers: Collection[Helper], weights: Weights) -> list[Edge]:
    """Every pair that breaks no hard rule."""
    found = []
    for asked in requests:
        for helper in helpers:
            if broken_rule(asked, helper) is None:
                points = suit(asked, helper, weights)
                worth = 10_000 + 60 * asked.waited_hours + 1_000 * asked.urgency
                kept = OF_KEPT if asked.last_round == helper.id else 0
                found.append(Edge(asked.id, helper.id, points, worth + points + kept))
    return found


def worth(chosen: Iterable[Edge]) -> int:
    """What pairs are worth together."""
    chosen = list(chosen)
    counts = Counter(one.helper for one in chosen)
    prices = sum(PRICES[min(seat, 3)] for count in counts.values() for seat in range(count))
    return sum(one.value for one in chosen) - prices


def best(found: Sequence[Edge], helpers: Collection[Helper], needed: Collection[int] = ()) -> int | None:
    """The most that any choice of pairs is worth, by trying all; every request of `needed` is served in it, None if
    that cannot be."""
    places = {one.id: one.capacity for one in helpers}
    requests = sorted({one.request for one in found} | set(needed))

    def tried(at: int, chosen: list[Edge]) -> int | None:
        if at == len(requests):
            return worth(chosen)
        results = [] if requests[at] in needed else [tried(at + 1, chosen)]
        for one in found:
            if one.request == requests[at] and sum(c.helper == one.helper for c in chosen) < places[one.helper]:
                results.append(tried(at + 1, [*chosen, one]))
        return max((result for result in results if result is not None), default=None)

    return tried(0, [])


def greedy(found: Iterable[Edge], helpers: Iterable[Helper]) -> list[Edge]:
    """The pair worth most first, as `ORDER BY value DESC` has them."""
    return _taken(sorted(found, key=lambda one: (-one.value, one.request, one.helper)), helpers)


def first_come(found: Iterable[Edge], helpers: Iterable[Helper], waited: dict[int, int]) -> list[Edge]:
    """Who has waited longest takes the best free helper, and so on."""
    line = sorted(found, key=lambda one: (-waited[one.request], one.request, -one.suit, one.helper))
    return _taken(line, helpers)


def _taken(line: Iterable[Edge], helpers: Iterable[Helper]) -> list[Edge]:
    places = {one.id: one.capacity for one in helpers}
    served: dict[int, Edge] = {}
    for one in line:
        if one.request not in served and places[one.helper] > 0:
            places[one.helper] -= 1
            served[one.request] = one
    return list(served.values())
