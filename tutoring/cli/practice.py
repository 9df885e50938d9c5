"""`flask practice …`: the practice portal's engine from the command line."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from tutoring.config import ROOT
from tutoring.practice.content import diagram as diagrams
from tutoring.practice.content import load_file
from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import ReplayError, State

group = AppGroup("practice", help="Rehearsals of public services; needs no database.")


@group.command("replay", with_appcontext=False)
@click.argument("scenario")
@click.argument("events", metavar="EVENTS.json|-")
def replay(scenario: str, events: str) -> None:
    """Replay a list of events on SCENARIO (an id of content/scenarios/, or a file) and print where that leads.

    Events: {"set": field, "value": v}, {"do": action}, {"choose": option}, {"back": true}. A refused one is printed as
    {"refused": its index, "why": a word}, exit 1. What cannot be read at all: one line on stderr, exit 2.
    """
    rehearsal = _scenario(scenario)
    try:
        state = simulator.replay(rehearsal, _events(events))
    except ReplayError as halt:
        print(json.dumps({"refused": halt.index, "why": halt.why}))
        sys.exit(1)
    print(json.dumps(state_to_json(rehearsal, state), ensure_ascii=False))


@group.command("diagram", with_appcontext=False)
@click.argument("scenario")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", help="Whose words stand in it.")
def diagram(scenario: str, language: str) -> None:
    """Draw SCENARIO (an id of content/scenarios/, or a file): its screens and its dossier, as one SVG file."""
    print(diagrams.draw_diagram(_scenario(scenario), language))


def state_to_json(scenario: Scenario, state: State) -> dict[str, Any]:
    """Returns a state as the JSON that the command prints."""
    return {
        "screen": state.screen,
        "dossier": state.dossier,
        "date": simulator.today(scenario, state).isoformat(),
        "goals": simulator.goals(scenario, state),
        "traps": [one._asdict() for one in state.traps],
    }


def _scenario(name: str) -> Scenario:
    path = Path(name)
    if path.suffix not in {".yml", ".yaml"}:
        path = ROOT / "content" / "scenarios" / f"{name}.yml"
    if not path.is_file():
        _refuse(f"{name}: no such scenario")
    read = load_file(path)
    if read.scenario is None:
        _refuse("\n".join(map(str, read.faults)))
    return read.scenario


def _events(file: str) -> list[Any]:
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        events = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        _refuse(f"{file}: cannot be read ({type(error).__name__})")
    if not isinstance(events, list):
        _refuse(f"{file}: a list of events is needed")
    return [one if isinstance(one, dict) else {} for one in events]  # non-objects become empty events and are rejected


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)
