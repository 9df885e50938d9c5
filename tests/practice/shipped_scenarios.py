"""The shipped rehearsals, and their walks played as far as a test needs them."""

from functools import cache
from pathlib import Path

import pytest

from tests import computed
from tutoring.practice.content import load, load_file
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, State, actions, apply, replay

SCENARIOS = Path(__file__).parents[2] / "content" / "scenarios"
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yml"))
# For a test of each of them by its argument `scenario`; none is read before its test runs.
each = pytest.mark.parametrize("scenario", NAMES, indirect=True)


@cache
def every() -> dict[str, Scenario]:
    """All of them that can be read, by id."""
    return computed.kept(
        "rehearsals", lambda: {one.scenario.id: one.scenario for one in load(SCENARIOS.parent) if one.scenario}
    )


def rehearsal(name: str) -> Scenario:
    """One of content/scenarios/, which must be without a fault."""
    if name in every():
        return every()[name]
    raise AssertionError([str(one) for one in load_file(SCENARIOS / f"{name}.yml").faults])


def until(scenario: Scenario, walk: str, event: Event) -> State:
    """The state just before a walk does this."""
    events = scenario.events(walk)
    return replay(scenario, events[: events.index(event)])


def then(scenario: Scenario, state: State, *events: Event) -> State:
    """The same state after doing these as well."""
    for event in events:
        apply(scenario, state, event)
    return state


def buttons(scenario: Scenario, state: State) -> set[str]:
    """What can be pressed now."""
    return {one.id for one in actions(scenario, state)}
