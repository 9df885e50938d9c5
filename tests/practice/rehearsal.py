"""The shipped rehearsals, and their walks played as far as a test needs them."""

from functools import cache
from pathlib import Path

from tutoring.practice.content import load, load_file
from tutoring.practice.scenario import Scenario
from tutoring.practice.simulator import Event, State, actions, apply, replay

SCENARIOS = Path(__file__).parents[2] / "content" / "scenarios"


@cache
def every() -> dict[str, Scenario]:
    """All of them that can be read, by id."""
    return {one.scenario.id: one.scenario for one in load(SCENARIOS.parent) if one.scenario}


@cache
def rehearsal(name: str) -> Scenario:
    """One of content/scenarios/, which must be without a fault."""
    read = load_file(SCENARIOS / f"{name}.yml")
    assert read.scenario is not None, [str(one) for one in read.faults]
    return read.scenario


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
