"""The engine of a device without a network does exactly what the server's does, on thousands of random runs."""

import json
import random
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tutoring.config import ROOT
from tutoring.practice import guide, playing, scoring, simulator
from tutoring.practice.content import load
from tutoring.practice.keeping import told
from tutoring.practice.scenario import MOST_EVENTS, Scenario
from tutoring.practice.simulator import Event, Refused, State

SCENARIOS = [one.scenario for one in load(ROOT / "content") if one.scenario]
RUNS, GUIDED = 2_000, 30  # of each scenario; in the latter the guide is asked after every step
SPACES = "  \t\n\x0b\x1c\x1f\x85\xa0\u1680\u2003\u2028\u202f\u3000\ufeff\u200b\u180e"
REAL = (
    "0912345678", "+84 912 345 678", "079 123 456 789", "012345678", "123.456", "000001", "000000000000",
    "84-9123456789", "०१२३४५६७८", "１２３４５６７８９", "0912 345 67", "٠٩١٢٣٤٥٦٧٨",
)  # fmt: skip
ODD = (
    "", " ", "x", "İı", "ΑΣ", "😀" * 101, "a" * 200, "a" * 201, "😀" * 201, "\ud800", "K", "ﬁ", "e\u0301\u0323",
    "\x00", "\u0110", "yes ", "YES", "2020-02-30", "9999-99-99", "1/1/2020", "31.12.2099", "01-02-0001", "1/2-2020",
    "2020-03-08\n", "constructor",
)  # fmt: skip
PLAY = """async ([runs, told]) => {
  const { begin, apply, step, result, goals, ended } = await import("/practice/simulator.js");
  const { plan } = await import("/practice/guide.js");
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
    const look = () => guided && said.push(plan(scenario, state));
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


@pytest.fixture
def browser_page(new_context: Callable[..., BrowserContext]) -> Page:
    """An empty page of a site that has nothing but the scripts."""
    page = new_context(base_url="http://cung-hoc.test").new_page()

    def serve(route: Route) -> None:
        path = ROOT / "static" / route.request.url.removeprefix("http://cung-hoc.test/")
        if path.suffix == ".js":
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("**/*", serve)
    page.goto("/")
    return page


# --- what somebody might do -------------------------------------------------------------------------------


def spoiled(chance: random.Random, text: str) -> str:
    """The right value, written as people write; or something else."""
    match chance.randrange(12):
        case 0:
            return unicodedata.normalize("NFD", text)
        case 1:
            return text.upper()
        case 2:
            return chance.choice(SPACES) + text.replace(" ", chance.choice(SPACES) * 2) + chance.choice(SPACES)
        case 3:
            spread = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
            return "".join(one for one in spread if not unicodedata.combining(one))
        case 4:
            return ".".join(text)
        case 5 if text.replace("-", "").isdigit():
            return chance.choice("/.-").join([text[-2:].lstrip("0"), text[5:7], text[:4]])
        case 6 if text.replace("-", "").isdigit():
            return "/".join(reversed(text.split("-"))) if chance.random() < 0.5 else text.replace("-", "/")
        case 7:
            at = chance.randrange(len(text) + 1)
            return text[:at] + chance.choice("aạđĐ0 \u0301\u031b😀") + text[at:]
        case 8:
            return chance.choice(REAL)
        case 9:
            return chance.choice(ODD)
        case 10:
            return "".join(chr(chance.choice((chance.randrange(0x250), chance.randrange(0x3000)))) for _ in range(9))
        case _:
            return f"{chance.randrange(1, 32)}/{chance.randrange(1, 13)}/{chance.randrange(1990, 2060)}"


def value(chance: random.Random, scenario: Scenario, name: str) -> str:
    field = next(one for screen in scenario.screens.values() for one in screen.fields if one.id == name)
    if field.options and chance.random() < 0.9:
        return chance.choice(field.options).id
    right = guide.right_value(scenario, field)
    return right if chance.random() < 0.5 else spoiled(chance, right)


def something(chance: random.Random, scenario: Scenario, state: State) -> Event:
    """Mostly what can be done on this screen; sometimes what cannot be."""
    screen = scenario.screens[state.screen]
    likely: list[Event] = guide._steps(scenario, state)
    match chance.randrange(10):
        case 0 | 1 | 2 | 3 if likely:
            return chance.choice(likely)
        case 4 | 5 if screen.fields:
            name = chance.choice(screen.fields).id
            return {"set": name, "value": value(chance, scenario, name)}
        case 6 | 7 if screen.actions:
            return {"do": chance.choice(screen.actions).id}
        case 8 if screen.trap:
            return {"choose": chance.choice(screen.trap.options).id}
        case 9:
            return {"back": True}
        case _:
            everywhere = [one.id for screen in scenario.screens.values() for one in (*screen.fields, *screen.actions)]
            name = chance.choice((*everywhere, "constructor", ""))
            odd: list[Event] = [
                {"missed": name}, {"set": name, "value": "x"}, {"do": name}, {"choose": name}, {"back": 1}, {},
                {"back": True, "do": name}, {"set": name}, {"set": name, "value": 1}, {"do": None}, {"missed": 7},
                {"set": name, "value": "x", "more": ""}, {"set": None, "value": "x"},
            ]  # fmt: skip
            return chance.choice(odd[:1] * 8 + odd)


# --- both of them -----------------------------------------------------------------------------------------------


def attempt(scenario: Scenario, state: State, event: Event) -> Any:
    try:
        return dict(simulator.apply(scenario, state, event))
    except Refused as refusal:
        return [refusal.why, refusal.field]


def nearly_too_long(scenario: Scenario) -> list[Event]:
    """What fills a run up but for a few events."""
    state, events = simulator.begin(scenario), list[Event]()
    while not simulator.fields(scenario, state):
        events.append(guide.following(scenario, state) or {})
        simulator.apply(scenario, state, events[-1])
    return [*events, *([{"missed": simulator.fields(scenario, state)[0].id}] * (MOST_EVENTS - 8))]


def made(
    chance: random.Random, scenario: Scenario, guided: bool, length: int, before: list[Event] | None = None
) -> tuple[dict[str, Any], list[Any]]:
    """A run, and what the server's engine makes of it."""
    state, events, steps, said = simulator.begin(scenario), list(before or ()), [], []
    said += [attempt(scenario, state, event) for event in events]

    def look() -> None:
        if guided:
            said.append([dict(one) for one in guide.plan(scenario, state)])

    for _ in range(chance.randrange(length)):
        events.append(something(chance, scenario, state))
        said.append(attempt(scenario, state, events[-1]))
        look()
    for _ in range(chance.randrange(4)):
        there = [one.id for one in scenario.screens[state.screen].fields if chance.random() < 0.9]
        typed = {name: value(chance, scenario, name) for name in there}
        event = None if chance.random() < 0.1 else something(chance, scenario, state)
        steps.append([typed, event])
        done = playing.step(scenario, state, typed, event)
        said.append([done.kept, done.refused])
        look()
    found = scoring.result(scenario, state)
    shown = {
        **vars(state),
        "traps": [one._asdict() for one in state.traps],
        "slips": [one._asdict() for one in state.slips],
    }
    outcome = [said, shown, {**scoring.told(found), "passed": found.passed}, simulator.goals(scenario, state),
               simulator.ended(scenario, state)]  # fmt: skip
    return {"events": events, "steps": steps, "guided": guided, "before": len(before or ())}, outcome


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_both_engines_make_the_same_of_every_run(browser_page: Page, scenario: Scenario) -> None:
    chance = random.Random(scenario.id)
    walks = [list[Event]()] * len(scenario.walks) + [scenario.events(name) for name in scenario.walks]
    begun = [walk[: chance.randrange(len(walk) + 1)] for walk in chance.choices(walks, k=RUNS)]
    runs = [made(chance, scenario, False, chance.choice((8, 8, 60)), before) for before in begun]
    runs += [made(chance, scenario, True, 10, before) for before in begun[:GUIDED]]
    runs += [made(chance, scenario, False, 30, nearly_too_long(scenario)) for _ in range(10)]
    found = browser_page.evaluate(PLAY, [json.dumps([one for one, _ in runs]), json.dumps(told(scenario, "vi"))])
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
