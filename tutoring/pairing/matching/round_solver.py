"""Solves one round of pairing: exact assignment with pins, exclusions and clock times."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

import numpy as np

from tutoring.pairing.matching import min_cost_flow, slot_scheduling
from tutoring.pairing.matching.candidate_edges import Block, Edges, Long, Round
from tutoring.pairing.matching.hard_rules import SAID, broken_rule
from tutoring.pairing.matching.helper_index import Mask
from tutoring.pairing.matching.min_cost_flow import Chosen
from tutoring.pairing.matching.scoring import Weights, suit
from tutoring.pairing.matching.slot_scheduling import MOST_PLACED, Slot
from tutoring.pairing.matching.types import OF_KEPT, Because, Helper, Pair, Plan, Request, Unserved
from tutoring.pairing.matching.week_bits import format_quarter

WHOLE = 2_000 * 1_000  # pairs up to which all compatible ones are considered
PASSES = 2  # over a larger round, after the first pass

Row = TypeVar("Row", Request, Helper)


def plan(
    requests: Collection[Request],
    helpers: Collection[Helper],
    weights: Weights,
    pins: Collection[tuple[int, int]],
    excluded: Collection[tuple[int, int]],
    now: bool,
    clock: bool,
) -> Plan:
    """Solves a round: see `matching.plan`."""
    if now and clock:
        raise ValueError("help that begins now needs no clock times")
    if clock:
        helpers = [replace(one, capacity=min(one.capacity, MOST_PLACED)) for one in helpers]
    asked, known = _by_id(requests, "request"), _by_id(helpers, "helper")
    pinned = _pins(asked, known, pins, excluded, now)
    rest = [one for one in asked.values() if one.id not in pinned]
    rounds = Round(rest, list(known.values()), weights, excluded, now)
    seats = _seats(rounds, pinned)
    edges, chosen, most = _best(rounds, seats)
    slots: dict[int, Slot] = {}
    late: set[int] = set()
    if clock:
        pins_asked = [(asked[request_id], helper_id) for request_id, helper_id in pinned.items()]
        edges, chosen, slots, late = slot_scheduling.fit(rounds, seats, edges, chosen, pins_asked)
    pairs = [Pair(one, who, suit(asked[one], known[who], weights, now=now)) for one, who in pinned.items()]
    ids = rounds.index.column("id")
    for number, row, points in zip(*(column[chosen].tolist() for column in edges[:3]), strict=True):
        pairs.append(Pair(rounds.asked[number].id, int(ids[row]), points))
    if clock:
        pairs = [replace(one, start=format_quarter(*slots[one.request])) for one in pairs]
    pairs.sort(key=lambda one: one.request)
    fixed = sum(_worth(asked[one.request], one) for one in pairs if one.request in pinned)
    fixed -= sum(min_cost_flow.price_of_all(held) for held in seats.held.tolist() if held)
    return Plan(
        pairs=tuple(pairs),
        unserved=tuple(_unserved(rounds, edges.asked[chosen], late)),
        objective=objective(asked, pairs),
        bound=most + fixed,
    )


def objective(asked: dict[int, Request], pairs: Collection[Pair]) -> int:
    """Returns the total value of the pairs: docs/pairing-engine.md, "What is maximised"."""
    of: dict[int, int] = defaultdict(int)
    for one in pairs:
        of[one.helper] += 1
    return sum(_worth(asked[one.request], one) for one in pairs) - sum(map(min_cost_flow.price_of_all, of.values()))


def _worth(asked: Request, pair: Pair) -> int:
    return asked.worth + pair.suit + (OF_KEPT if asked.last_round == pair.helper else 0)


def _unserved(rounds: Round, served: Long, late: Collection[int]) -> list[Unserved]:
    left = np.setdiff1d(np.arange(len(rounds.asked)), served).tolist()
    found = []
    for number in left:
        taken: Because = "times" if number in late else "places"
        found.append(Unserved(rounds.asked[number].id, rounds.because(number) or taken))
    return found


def _by_id(rows: Collection[Row], kind: str) -> dict[int, Row]:
    found = {one.id: one for one in rows}
    if len(found) != len(rows):
        raise ValueError(f"two {kind}s have the same id")
    return found


def _pins(
    asked: dict[int, Request],
    known: dict[int, Helper],
    pins: Collection[tuple[int, int]],
    excluded: Collection[tuple[int, int]],
    now: bool,
) -> dict[int, int]:
    """Returns the helper of each pinned request.

    Raises ValueError with the reason for a pin that is not allowed.
    """
    found: dict[int, int] = {}
    of: dict[int, int] = defaultdict(int)
    for request_id, helper_id in sorted(set(pins)):
        where = f"request {request_id} cannot be pinned to helper {helper_id}: "
        if request_id not in asked or helper_id not in known:
            raise ValueError(where + "one of them is not in this round")
        if request_id in found:
            raise ValueError(where + f"it is pinned to helper {found[request_id]}")
        if (request_id, helper_id) in excluded:
            raise ValueError(where + "the pair is excluded")
        rule = broken_rule(asked[request_id], known[helper_id], now=now)
        if rule is not None:
            raise ValueError(where + SAID[rule])
        found[request_id] = helper_id
        of[helper_id] += 1
        if of[helper_id] > known[helper_id].capacity:
            raise ValueError(where + "the helper has no place left")
    return found


def _seats(rounds: Round, pinned: dict[int, int]) -> min_cost_flow.Seats:
    most = len(rounds.asked) + len(pinned)  # more places than that are never used
    helpers = (rounds.index.helpers[one] for one in rounds.index.column("id").tolist())
    held = np.zeros(rounds.index.size, np.int64)
    for helper_id in pinned.values():
        held[rounds.index.row(helper_id)] += 1
    return min_cost_flow.Seats(np.array([min(one.capacity, most) for one in helpers], np.int64), held)


def _best(rounds: Round, seats: min_cost_flow.Seats) -> tuple[Edges, Chosen, int]:
    """Returns the edges considered, the best choice among them, and an upper bound.

    Up to WHOLE pairs, all pairs are considered. Beyond that, a first choice among some edges of each request gives
    prices. With these prices, better pairs outside the considered edges are found and added.
    """
    requests = len(rounds.asked)
    few = requests * rounds.index.size <= WHOLE
    edges = rounds.edges(lambda block: block.suit >= 0 if few else rounds.listed(block))
    chosen = min_cost_flow.solve(edges, requests, seats)
    price = min_cost_flow.prices(edges, chosen, requests, seats)
    if few:
        return edges, chosen, min_cost_flow.bound(min_cost_flow.gains(edges, price, requests), price, seats)
    most = None
    for _ in range(PASSES):
        before = min_cost_flow.gains(edges, price, requests)
        after = before.copy()

        def better(block: Block, price: Long = price, before: Long = before, after: Long = after) -> Mask:
            chosen, after[block.asked] = rounds.better(block, price, before)
            return chosen

        more = rounds.edges(better)
        found = min_cost_flow.bound(after, price, seats)
        most = found if most is None else min(most, found)
        if not len(more.asked):
            break
        edges = edges.and_also(more)
        chosen = min_cost_flow.solve(edges, requests, seats)
        price = min_cost_flow.prices(edges, chosen, requests, seats)
    return edges, chosen, most or 0
