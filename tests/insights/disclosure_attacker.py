"""Somebody who has every figure that is shown, knows by which rules the others are hidden, and reckons.

More is given away to the attacker than anybody has: which cells are empty (so that a rest of nobody is known to be
nobody), and that nobody belongs to two units at once. What cannot be told by then is hidden from all others too.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ortools.linear_solver import pywraplp

from tutoring.insights.monthly_statistics.cell_suppression import sums_of
from tutoring.insights.monthly_statistics.measures import SESSIONS, TOGETHER, WAITS
from tutoring.insights.monthly_statistics.tally import CellContent, Place
from tutoring.policy.disclosure_control import MIN_PEOPLE, STEP

DISJOINT = ("units", "new", "next")  # ways of dividing in which each person is in one part alone
AHEAD = 1e-6


@dataclass(frozen=True)
class Found:
    """What is known of a hidden figure in the end: it lies between these two."""

    place: Place
    what: str  # amount or people
    truth: int
    low: int
    high: int

    @property
    def values(self) -> int:
        return self.high - self.low + 1


class Attacker:
    """Reckons with all sums at once."""

    def __init__(
        self, heaps: Mapping[Place, CellContent], shown: Collection[Place], whole_of: Callable[[int], int | None]
    ) -> None:
        self._heaps, self._shown, self._whole_of = heaps, shown, whole_of
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._amount = {place: self._variable(place, heap.amount) for place, heap in heaps.items()}
        self._people = {place: self._variable(place, heap.people, MIN_PEOPLE) for place, heap in heaps.items()}
        for place, heap in heaps.items():
            self._solver.Add(self._amount[place] >= self._people[place])
            if place.measure == WAITS and heap.people >= MIN_PEOPLE and place.number % 2 == 0:
                self._solver.Add(self._people[place] >= MIN_PEOPLE)  # its waits are told
            if place.measure == SESSIONS:
                self._solver.Add(self._people[place] == self._people[Place(place.number, TOGETHER, "")])
        sums: dict[Any, list[Place]] = defaultdict(list)
        for place in heaps:
            for one in sums_of(place, whole_of):
                sums[one].append(place)
        for (whole, way), parts in sums.items():
            self._add_up(whole, way, parts)

    def _variable(self, place: Place, truth: int, least: int = 0) -> Any:
        low, high = 0.0, math.inf
        if place in self._shown:
            low = truth // STEP * STEP
            high, low = low + STEP - 1, max(low, least)
        return self._solver.NumVar(low, high, "")

    def _add_up(self, whole: Place, way: str, parts: list[Place]) -> None:
        add, amount, people = self._solver.Add, self._amount, self._people
        add(sum(amount[part] for part in parts) == amount[whole])
        if way.split(":")[0] in DISJOINT:
            add(sum(people[part] for part in parts) == people[whole])
            return
        add(sum(people[part] for part in parts) >= people[whole])
        for part in parts:
            add(people[part] <= people[whole])

    def finds(self) -> Iterator[Found]:
        """Every figure hidden because few people stand behind it, and what can be told of it. Those whose wholes are
        all hidden too are left out: whatever is known of them is known of these."""
        for place, heap in sorted(self._heaps.items()):
            if heap.people >= MIN_PEOPLE or not any(
                whole in self._shown for whole, _ in sums_of(place, self._whole_of)
            ):
                continue
            for what, variable, truth in (
                ("people", self._people[place], heap.people),
                ("amount", self._amount[place], heap.amount),
            ):
                yield Found(place, what, truth, *self._between(variable))

    def _between(self, variable: Any) -> tuple[int, int]:
        ends = []
        for way in (self._solver.Minimize, self._solver.Maximize):
            way(variable)
            status = self._solver.Solve()
            if status == pywraplp.Solver.OPTIMAL:
                ends.append(variable.solution_value())
            elif status in (pywraplp.Solver.UNBOUNDED, pywraplp.Solver.INFEASIBLE):
                assert status == pywraplp.Solver.UNBOUNDED or way == self._solver.Maximize, "the truth is possible"
                ends.append(math.inf)
            else:
                raise AssertionError(status)
        low, high = ends
        return math.ceil(low - AHEAD), math.floor(high + AHEAD) if high < math.inf else 10**9
