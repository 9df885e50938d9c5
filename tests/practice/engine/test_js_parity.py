"""The engine of a device without a network does exactly what the server's does, on thousands of random runs."""

import json
import random
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.parametrize import some
from tests.practice.random_runs import browser_page as browser_page
from tests.practice.random_runs import something, value
from tests.practice.shipped_scenarios import NAMES
from tutoring.practice.engine import scoring, simulator, solver, step
from tutoring.practice.engine.progress import position
from tutoring.practice.engine.scenario import MAX_EVENTS, Scenario
from tutoring.practice.engine.simulator import Event, EventRejected, State
from tutoring.practice.offline.manifest import scenario_to_json

RUNS, GUIDED = 2_000, 30  # of each scenario; in the latter the guide is asked after every step
# One scenario shows whether the engines differ; the full run plays each.
EACH = some(NAMES[0], rest=NAMES[1:])
PLAY = """async ([runs, told]) => {
  const { begin, apply, step, result, goals, ended } = await import("/practice/offline/simulator.js");
  const { plan, position } = await import("/practice/offline/solver.js");
  const attempt = (act) => {
    try {
      return act();
    } catch (error) {
      if (!("why" in error)) throw error;
      return [error.why, error.field];
    }
  };
  const scenario = JSON.parse(told);
  const plain = (value) => (value instanceof Map ? Object.fromEntries([...value].sort()) : value);
  return JSON.stringify(JSON.parse(runs).map(({ events, steps, guided, before }) => {
    const said = [];
    const state = begin(scenario);
    const look = () => guided && said.push([plan(scenario, state), position(scenario, state)]);
    for (const [at, event] of events.entries()) {
      said.push(attempt(() => apply(scenario, state, event)));
      if (at >= before) look();
    }
    for (const [typed, event] of steps) {
      const { kept, refused } = step(scenario, state, new Map(Object.entries(typed)), event);
      said.push([kept, plain(refused)]);
      look();
    }
    const shown = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, plain(value)]));
    return [said, shown, result(scenario, state), Object.fromEntries(goals(scenario, state)), ended(scenario, state)];
  }));
}"""


# --- both of them -----------------------------------------------------------------------------------------------


def attempt(scenario: Scenario, state: State, event: Event) -> Any:
    try:
        return dict(simulator.apply(scenario, state, event))
    except EventRejected as refusal:
        return [refusal.why, refusal.field]


def nearly_too_long(scenario: Scenario) -> list[Event]:
    """What fills a run up but for a few events."""
    state, events = simulator.begin(scenario), list[Event]()
    while not simulator.fields(scenario, state):
        events.append(solver.following(scenario, state) or {})
        simulator.apply(scenario, state, events[-1])
    return [*events, *([{"missed": simulator.fields(scenario, state)[0].id}] * (MAX_EVENTS - 8))]


def made(
    chance: random.Random, scenario: Scenario, guided: bool, length: int, before: list[Event] | None = None
) -> tuple[dict[str, Any], list[Any]]:
    """A run, and what the server's engine makes of it."""
    state, events, steps, said = simulator.begin(scenario), list(before or ()), [], []
    said += [attempt(scenario, state, event) for event in events]

    def look() -> None:
        if guided:
            where = position(scenario, state)
            said.append([[dict(one) for one in solver.plan(scenario, state)], where and vars(where)])

    for _ in range(chance.randrange(length)):
        events.append(something(chance, scenario, state))
        said.append(attempt(scenario, state, events[-1]))
        look()
    for _ in range(chance.randrange(4)):
        there = [one.id for one in scenario.screens[state.screen].fields if chance.random() < 0.9]
        typed = {name: value(chance, scenario, name) for name in there}
        event = None if chance.random() < 0.1 else something(chance, scenario, state)
        steps.append([typed, event])
        done = step.step(scenario, state, typed, event)
        said.append([done.kept, done.refused])
        look()
    found = scoring.result(scenario, state)
    shown = {
        **vars(state),
        "traps": [one._asdict() for one in state.traps],
        "slips": [one._asdict() for one in state.slips],
    }
    outcome = [said, shown, {**scoring.result_to_dict(found), "passed": found.passed}, simulator.goals(scenario, state),
               simulator.ended(scenario, state)]  # fmt: skip
    return {"events": events, "steps": steps, "guided": guided, "before": len(before or ())}, outcome


@pytest.mark.parametrize("scenario", EACH, indirect=True)
def test_both_engines_make_the_same_of_every_run(browser_page: Page, scenario: Scenario) -> None:
    chance = random.Random(scenario.id)
    walks = [list[Event]()] * len(scenario.walks) + [scenario.events(name) for name in scenario.walks]
    begun = [walk[: chance.randrange(len(walk) + 1)] for walk in chance.choices(walks, k=RUNS)]
    runs = [made(chance, scenario, False, chance.choice((8, 8, 60)), before) for before in begun]
    runs += [made(chance, scenario, True, 10, before) for before in begun[:GUIDED]]
    runs += [made(chance, scenario, False, 30, nearly_too_long(scenario)) for _ in range(10)]
    found = browser_page.evaluate(
        PLAY, [json.dumps([one for one, _ in runs]), json.dumps(scenario_to_json(scenario, "vi"))]
    )
    for (run, outcome), twin in zip(runs, json.loads(found), strict=True):
        for mine, other in zip(outcome[0], twin[0], strict=True):
            assert mine == other, run
        assert outcome == twin, run
    # The runs are worth something only when they come everywhere.
    ends = [outcome for _, outcome in runs]
    assert {"required", "trap", "back", "shape", "unknown_field", "too_many"} <= {
        said[0] for one in ends for said in one[0] if isinstance(said, list) and said and isinstance(said[0], str)
    }
    assert any(one[4] for one in ends) and any(one[2]["fallen"] for one in ends)
    assert {name for one in ends for name in one[1]["visited"]} == set(scenario.screens)
