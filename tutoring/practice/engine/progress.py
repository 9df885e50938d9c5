"""Says how far a run has come: the number of its screen, and of how many on the straight way.

The farthest screen so far has its number on the straight way, so the number never gives a mistake on a form away.
On any other screen the number is counted from the end: a wrong turning is one screen farther from it.
static/practice/offline/solver.js is the JavaScript port.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State, apply, begin, ended
from tutoring.practice.engine.solver import plan, spread


@dataclass(frozen=True)
class Position:
    """The number of a screen, and of how many on the straight way."""

    at: int
    of: int


def position(scenario: Scenario, state: State) -> Position | None:
    """Returns where the run stands, or None when no way to the end is known."""
    straight = straight_way(scenario)
    reached = sum(1 for _ in takewhile(state.visited.__contains__, straight))
    if straight[reached - 1] == state.screen:
        return Position(reached, len(straight))
    way = plan(scenario, state)
    if not way and not ended(scenario, state):
        return None
    left = sum(1 for _ in _entered(scenario, state, way))
    return Position(max(1, len(straight) - left), len(straight))


def straight_way(scenario: Scenario) -> tuple[str, ...]:
    """Returns the screens of the straight way in order; they are searched once for each scenario."""
    if "straight" not in scenario.computed:
        start = begin(scenario)
        scenario.computed["straight"] = (start.screen, *_entered(scenario, start, plan(scenario, start)))
    return scenario.computed["straight"]


def _entered(scenario: Scenario, state: State, way: Sequence[Event]) -> Iterator[str]:
    here = spread(state)
    for event in way:
        before = here.screen
        apply(scenario, here, event)
        if here.screen != before:
            yield here.screen
