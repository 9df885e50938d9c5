"""deploy/alerts.yml and deploy/grafana-dashboard.json ask for figures that there are; each alert is explained."""

import json
import re
import shutil
import subprocess
import time
from typing import Any

import pytest
import yaml
from flask import Flask

from tests.factories import World
from tests.operations.metrics_parser import Scraped, scrape
from tutoring.app import create_app
from tutoring.config import ROOT
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.rooms.models import Room
from tutoring.web import request_metrics
from tutoring.web.socket_io import realtime

FILE = ROOT / "deploy" / "alerts.yml"
RULES = [rule for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SELECTOR = re.compile(r"\b((?:cunghoc|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
BY = re.compile(r"\bby \(([^)]*)\)")
OF_PROMETHEUS = {"job", "instance", "le"}  # put there by whoever reads, or by every histogram


def selectors(expression: str) -> list[tuple[str, dict[str, str]]]:
    found = []
    for name, within in SELECTOR.findall(expression):
        matchers = MATCHER.findall(within)
        assert all(how == "=" for _label, how, _value in matchers), "the test reads = alone"
        found.append((name, {label: value for label, _how, value in matchers if label not in OF_PROMETHEUS}))
    return found


def breaks() -> None:
    raise RuntimeError


@pytest.fixture
def full(watched: Flask, world: World, backend: str, monkeypatch: pytest.MonkeyPatch) -> Scraped:
    """A scrape of a process with Redis in which everything has happened once."""
    if backend == "sqlite":
        pytest.skip("some figures are of several processes alone")
    with watched.app_context():
        now = clock.now()
        command(lambda: jobs.enqueue("tests.late", "late", now))()
        db.session.add(Job(kind="tests.failed", key="failed", run_at=now, failed_at=now))
        db.session.add(Room(unit_id=world.units["lop6a"], topic="x", minors=True, observed=True))
        db.session.commit()
        db.session.remove()
    other = create_app(watched.config["SETTINGS"], TESTING=True)
    monkeypatch.setitem(other.view_functions, "home.help", breaks)
    client = other.test_client()
    assert client.get("/help").status_code == 500 and client.get("/sign-in").status_code == 200
    request_metrics.answered("connect", time.perf_counter(), {"ok": False, "error": "origin"})
    assert "post" in realtime.EVENT_HANDLERS
    request_metrics.answered("post", time.perf_counter(), {"ok": True})
    told = scrape(client)
    with other.app_context():
        db.engine.dispose()
    return told


def absent(full: Scraped, expression: str) -> list[str]:
    """The figures and labels of an expression that no scrape has."""
    found = selectors(expression)
    assert found, expression
    labels: set[str] = set()
    missing = []
    for name, wanted in found:
        if name == "up":
            continue
        having = [has for has, _value in full.samples.get(name, []) if wanted.items() <= has.items()]
        labels |= set(having[0]) if having else set()
        missing += [] if having else [f"{name} with {wanted}"]
    asked = {label.strip() for some in BY.findall(expression) for label in some.split(",")}
    return missing + sorted(asked - OF_PROMETHEUS - labels)


def test_every_alert_asks_for_figures_that_there_are(full: Scraped) -> None:
    assert {rule["alert"]: found for rule in RULES if (found := absent(full, rule["expr"]))} == {}


def test_every_panel_of_the_dashboard_asks_for_figures_that_there_are(full: Scraped) -> None:
    missing = {}
    for panel in PANELS:
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            by = {label.strip() for some in BY.findall(target["expr"]) for label in some.split(",")}
            if found := absent(full, target["expr"]) + sorted(shown - by - OF_PROMETHEUS):
                missing[panel["title"]] = found
    assert missing == {}


def test_the_dashboard_is_whole_and_sums_no_figure_of_the_site_over_processes() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places) == len(set(places))
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in DASHBOARD["panels"])
    for panel in PANELS:
        for target in panel["targets"]:
            assert panel["datasource"]["uid"] == target["datasource"]["uid"] == "${datasource}"
            assert "cunghoc_site" not in target["expr"] or re.search(r"max (by|\()|max\(", target["expr"]), panel[
                "title"
            ]


def test_an_alert_of_a_figure_that_there_is_not_is_seen(full: Scraped) -> None:
    (one,) = selectors('max(cunghoc_site_people_waitin{room="x"}) > 1')
    assert one == ("cunghoc_site_people_waitin", {"room": "x"}) and one[0] not in full.samples


def test_every_alert_is_explained_with_what_to_do() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    explained = dict(re.findall(r"^\| `(\w+)` \| ([^|]+\|[^|]+)\|$", text, re.MULTILINE))
    named = [rule["alert"] for rule in RULES]
    assert len(set(named)) == len(named) and set(explained) == set(named)
    for name, said in explained.items():
        means, do = said.split("|")
        assert len(means.strip()) > 20 and len(do.strip()) > 20, name


def test_every_alert_is_whole() -> None:
    for rule in RULES:
        kinds: dict[str, Any] = {"alert": str, "expr": str, "labels": dict, "annotations": dict}
        assert all(isinstance(rule[name], kind) for name, kind in kinds.items()), rule
        assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"]
        assert rule.keys() <= {*kinds, "for"}
        assert "cunghoc_site" not in rule["expr"] or "sum" not in rule["expr"], "told by every process"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_itself_takes_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", str(FILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
