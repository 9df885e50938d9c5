"""Random lists of events, and what must hold of the engine after each of them."""

import random
from typing import Any

from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.elements import Condition
from tutoring.practice.engine.scenario import MAX_EVENTS, Scenario
from tutoring.practice.engine.simulator import EventRejected, State

NONSENSE: list[dict[str, Any]] = [
    {}, {"do": 1}, {"set": "x"}, {"back": False}, {"do": "x", "set": "y"}, {"choose": "nobody"},
]  # fmt: skip
ODD = ["", " ", "x", "001201234567", "0912345678", "123456", "000000000000", "1/1/2020", "2020-02-30", "Ẽ" * 300, "yes"]


def an_event(luck: random.Random, scenario: Scenario, state: State) -> dict[str, Any]:
    """Mostly something of this screen, so that runs come far; sometimes something of another, or nonsense."""
    screen = scenario.screens[state.screen if luck.random() < 0.9 else luck.choice(list(scenario.screens))]
    kinds: list[dict[str, Any]] = [{"do": one.id} for one in screen.actions]
    for one in screen.fields:
        good = solver.right_value(scenario, one)
        value = luck.choice([good, good, good, *(option.id for option in one.options), luck.choice(ODD)])
        kinds += [{"set": one.id, "value": value}] * 2
        kinds.append({"missed": one.id})
    kinds += [{"choose": one.id} for one in (screen.trap.options if screen.trap else ())]
    kinds.append({"back": True})
    if luck.random() < 0.05:
        return luck.choice(
            [{}, {"do": 1}, {"set": "x"}, {"back": False}, {"do": "x", "set": "y"}, {"choose": "nobody"}]
        )
    return luck.choice(kinds)


def check(scenario: Scenario, luck: random.Random, most: int) -> int:
    """One list: play it and hold the engine to its word; how many of its events were taken."""
    state, kept, before = simulator.begin(scenario), list[dict[str, Any]](), 0
    for _ in range(luck.randint(1, most)):
        event = an_event(luck, scenario, state)
        was = solver.spread(state)
        try:
            taken = dict(simulator.apply(scenario, state, event))
        except EventRejected as refusal:
            assert refusal.why
            assert state == was, ("a refused event changed something", event)
            continue
        kept.append(taken)
        assert state.count == len(kept) <= MAX_EVENTS
        assert state.day >= before
        before = state.day
        assert (state.screen in scenario.screens and state.screen == was.screen) or state.screen in state.visited
        if scenario.dossier is not None:
            assert state.dossier in scenario.dossier.states and state.dossier in state.seen
        assert len({one.id for one in state.traps}) == len(state.traps)
    assert simulator.replay(scenario, kept) == state, "the state is a function of the events kept"
    assert not foreign(scenario, kept), "nothing that was typed is kept"
    for name, goal in scenario.goals.items():
        assert simulator.goals(scenario, state)[name] == holds(goal.met, state)
    return len(kept)


def foreign(scenario: Scenario, kept: list[dict[str, Any]]) -> list[Any]:
    """Values in kept events that do not stand in the scenario itself."""
    options = {one.id for screen in scenario.screens.values() for field in screen.fields for one in field.options}
    own = {*scenario.values.values(), *options, "yes", "no"}
    return [one["value"] for one in kept if "value" in one and one["value"] not in own]


def holds(condition: Condition, state: State) -> bool:
    """A condition judged in another way than the engine does."""
    said = condition.model_dump(by_alias=True, exclude_none=True)
    (kind,) = said.keys() - {"eq", "chose"}
    facts = {
        "field": lambda: state.values.get(said["field"], None) == said["eq"],
        "dossier_in": lambda: state.dossier in said["dossier_in"],
        "dossier_seen": lambda: said["dossier_seen"] in state.seen,
        "screen": lambda: state.screen == said["screen"],
        "screen_seen": lambda: said["screen_seen"] in state.visited,
        "trap": lambda: (said["trap"], said["chose"]) in {(one.id, one.chosen) for one in state.traps},
        "all": lambda: all(holds(one, state) for one in condition.all or ()),
        "any": lambda: any(holds(one, state) for one in condition.any or ()),
        "not": lambda: condition.not_ is not None and not holds(condition.not_, state),
    }
    return bool(facts[kind]())


def leads_out(scenario: Scenario, luck: random.Random, most: int) -> None:
    """From wherever a run got to, what is marked leads to the end."""
    state = simulator.begin(scenario)
    for _ in range(luck.randint(1, most)):
        try:
            simulator.apply(scenario, state, an_event(luck, scenario, state))
        except EventRejected:
            continue
    for event in solver.plan(scenario, state):
        simulator.apply(scenario, state, event)
    assert simulator.ended(scenario, state), state.screen
