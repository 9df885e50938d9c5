"""What a device draws without a network is what the server would have sent: the same elements, words and marks."""

import json
import random
import re
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.parametrize import some
from tests.practice.random_runs import browser_page as browser_page
from tests.practice.random_runs import something, value
from tests.practice.shipped_scenarios import NAMES, rehearsal
from tutoring.practice.engine import simulator, step
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.screens import screen as screens_screen
from tutoring.practice.screens.rendering import Play
from tutoring.web.i18n import COOKIE

RUNS = 60  # of each scenario
DRAW = """async ([page, runs]) => {
  const html = new DOMParser().parseFromString(page, "text/html");
  document.body.append(...html.querySelectorAll("template[data-blank], #rehearsal"));
  const { scenario, words } = JSON.parse(document.getElementById("rehearsal").textContent);
  const { draw } = await import("/practice/offline/render.js");
  const { shown } = await import("/practice/offline/screen.js");
  const { replay, step } = await import("/practice/offline/simulator.js");
  const plain = (node) => {
    if (node.nodeType === 3) return node.data.replace(/\\s+/g, " ");
    const named = [...node.attributes].filter(({ name }) => name !== "class");
    const said = named.map(({ name, value }) => `${name}=${value}`);
    said.push(...[...node.classList].sort());
    const inner = [...node.childNodes].map(plain).join("").replace(/\\s+/g, " ").replace(/> | </g, (one) => one.trim());
    return `<${node.localName} ${said.sort().join(" ")}>${inner.trim()}</>`;
  };
  return JSON.parse(runs).map(({ mode, events, typed, event, server }) => {
    const state = replay(scenario, events);
    const sent = new Map(Object.entries(typed));
    const { refused } = event === undefined ? {} : step(scenario, state, sent, event);
    const drawn = draw(shown(scenario, words, state, mode, refused, sent));
    const other = new DOMParser().parseFromString(server, "text/html").querySelector(".mock-screen");
    return [plain(drawn), plain(other)];
  });
}"""


def drawn(chance: random.Random, scenario: Scenario, mode: str, language: str) -> dict[str, Any] | None:
    """Some way into a run, and the screen that the server shows there; nothing at the end, which is another page."""
    walk = scenario.events(chance.choice([*scenario.walks]))
    events = walk[: chance.randrange(len(walk))]
    state = simulator.replay(scenario, events)
    for _ in range(chance.randrange(6)):
        done = step.step(scenario, state, {}, something(chance, scenario, state))
        events += done.kept
    typed = {one.id: value(chance, scenario, one.id) for one in simulator.fields(scenario, state)}
    typed = {name: one for name, one in typed.items() if one.isprintable()}
    pressed = something(chance, scenario, state)
    done = step.step(scenario, state, typed, pressed)
    if simulator.ended(scenario, state):
        return None
    screen = screens_screen.shown(scenario, state, mode, language, done.refused, typed)
    server = render_template("practice/screens/_screen.html", screen=screen, play=Play("", token=False))
    return {"mode": mode, "events": events, "typed": typed, "event": pressed, "server": server}


# One scenario in each language shows whether they differ; the full run draws each.
EACH = some(0, 1, rest=range(2, len(NAMES)))


@pytest.mark.parametrize("number", EACH)
def test_both_draw_the_same_screens(app: Flask, client: FlaskClient, browser_page: Page, number: int) -> None:
    scenario, language = rehearsal(NAMES[number]), ("vi", "en")[number % 2]
    client.set_cookie(COOKIE, language)
    page = client.get(f"/practice/{scenario.id}/offline").text
    chance = random.Random(scenario.id)
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={language}"}):
        found = [drawn(chance, scenario, mode, language) for mode in ("together", "alone", "exam") for _ in range(RUNS)]
    runs = [one for one in found if one is not None]
    server = "".join(one["server"] for one in runs)
    assert all(
        part in server for part in ("mock-next", "errors-title", "trap-title", 'class="error"', "-tip", "note ok")
    )
    for run, (mine, other) in zip(runs, browser_page.evaluate(DRAW, [page, json.dumps(runs)]), strict=True):
        assert mine == other, run
        assert not re.search(r"\{\w+\}", mine)
