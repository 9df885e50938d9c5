"""Finds the pairs with the greatest total value by minimum-cost flow.

The result is exact, and prices prove it.
"""

from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from tutoring.pairing.matching.candidate_edges import Edges, Long

SEAT_PRICES = np.array([0, 300, 600, 900], np.int64)  # of a helper's first, second … pair; the last for all further
Chosen = NDArray[np.intp]  # positions of edges
TAKEN = np.int64(1 << 40)  # the price of a helper with no free place: more than any pair is worth


def seat_price(seat: NDArray[np.int64]) -> Long:
    """Returns the price of the seat with this number, counted from 0."""
    return SEAT_PRICES[np.minimum(seat, len(SEAT_PRICES) - 1)]


def price_of_all(pairs: int) -> int:
    """Returns the total seat price of a helper's pairs."""
    return int(seat_price(np.arange(pairs)).sum())


class Seats:
    """The places of each helper, and how many of them pins already hold (both arrays by row)."""

    def __init__(self, places: Long, held: Long) -> None:
        self.places, self.held = places, held

    def arcs(self) -> tuple[Long, Long, Long]:
        """Returns (row, capacity, price) of the free places, one entry for each price."""
        last = len(SEAT_PRICES) - 1
        each = []
        for seat, price in enumerate(SEAT_PRICES):
            until = self.places if seat == last else np.minimum(self.places, seat + 1)
            left = until - np.maximum(self.held, seat)
            rows = np.flatnonzero(left > 0)
            each.append((rows, left[rows], np.full(len(rows), price)))
        rows, capacity, price = (np.concatenate(column) for column in zip(*each, strict=True))
        return rows, capacity, price


def solve(edges: Edges, requests: int, seats: Seats) -> Chosen:
    """Returns the positions of the chosen edges: values less seat prices sum to the maximum.

    Each request gets at most one helper, and each helper no more requests than places.
    """
    rows, capacity, price = seats.arcs()
    helpers = len(seats.places)
    sink = requests + helpers
    everybody = np.arange(requests)
    # A request flows to a helper and through one of the seats, or goes unserved at no cost.
    tails = np.concatenate([edges.asked, rows + requests, everybody])
    heads = np.concatenate([edges.row + requests, np.full(len(rows) + requests, sink)])
    room = np.concatenate([np.ones(len(edges.asked), np.int64), capacity, np.ones(requests, np.int64)])
    cost = np.concatenate([-edges.value, price, np.zeros(requests, np.int64)])
    # Imported when first needed: no other part of the product uses OR-Tools.
    flow = import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)
    flow.set_nodes_supplies(np.append(everybody, sink), np.append(np.ones(requests, np.int64), -requests))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    return np.flatnonzero(flow.flows(arcs[: len(edges.asked)]))


def prices(edges: Edges, chosen: Chosen, requests: int, seats: Seats) -> Long:
    """Returns the lowest price of each helper at which no request prefers another edge.

    Prices rise until that holds. They do, because the choice is optimal. `bound` uses them to prove it.
    """
    served = np.bincount(edges.row[chosen], minlength=len(seats.places))
    price = np.where(served > 0, seat_price(seats.held + served - 1), 0)
    price[seats.held >= seats.places] = TAKEN
    if not len(edges.asked):
        return price
    by_row = np.argsort(edges.row, kind="stable")
    asked, value = edges.asked[by_row], edges.value[by_row]
    begins = np.flatnonzero(np.diff(edges.row[by_row], prepend=-1))
    rows = edges.row[by_row][begins]
    gain = np.zeros(requests, np.int64)  # a request's value of its helper less the price
    for _ in range(len(price) + 1):
        gain[edges.asked[chosen]] = edges.value[chosen] - price[edges.row[chosen]]
        higher = np.maximum(price[rows], np.maximum.reduceat(value - gain[asked], begins))
        if np.array_equal(higher, price[rows]):
            return price
        price[rows] = higher
    raise RuntimeError("prices rise without end: the choice was not the best one")


def gains(edges: Edges, price: Long, requests: int) -> Long:
    """Returns each request's best value less the price, at least 0."""
    gain = np.zeros(requests, np.int64)
    np.maximum.at(gain, edges.asked, edges.value - price[edges.row])
    return gain


def bound(gain: Long, price: Long, seats: Seats) -> int:
    """Returns an upper bound on every choice, for any prices (weak duality).

    It holds for pairs whose value is at most gain + price.
    """
    rows, capacity, cost = seats.arcs()
    return int(gain.sum()) + int((capacity * np.maximum(0, price[rows] - cost)).sum())
