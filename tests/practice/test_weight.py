"""What a rehearsal on the device weighs on the way to it."""

import json
import re

import brotli
from flask.testing import FlaskClient

from tests.practice.shipped_scenarios import each
from tutoring.config import ROOT
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.offline import manifest

RUNNER, SCENARIO, PAGE = 12_000, 8_000, 30_000


def small(content: bytes, quality: int = 11) -> int:
    return len(brotli.compress(content, quality=quality))


def test_the_engine_and_the_runner_weigh_at_most_12_kb() -> None:
    weights = {
        name: small((ROOT / "static" / "practice" / "offline" / f"{name}.js").read_bytes()) for name in manifest.SCRIPTS
    }
    assert sum(weights.values()) <= RUNNER, weights


@each
def test_a_copy_is_light_and_people_are_told_about_what_it_costs(client: FlaskClient, scenario: Scenario) -> None:
    name = scenario.id
    page = client.get(f"/practice/{name}/offline")
    data = re.search(r'<script type="application/json" id="rehearsal">(.*?)</script>', page.text)
    assert data and json.loads(data[1])["scenario"]["id"] == name
    assert small(data[1].encode(), 5) <= SCENARIO
    paths = [*(f"practice/offline/{one}.js" for one in manifest.SCRIPTS), *manifest.OTHERS]
    whole = small(page.data, 5) + sum(small((ROOT / "static" / one).read_bytes()) for one in paths)
    said = client.get(f"/practice/{name}/keep.json").get_json()["bytes"]
    print(name, "scenario", small(data[1].encode(), 5), "page", small(page.data, 5), "whole", whole, "said", said)
    assert whole <= PAGE + RUNNER and 0.8 * whole <= said <= 1.3 * whole
