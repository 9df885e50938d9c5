"""Review data of a scenario: the end of each walk, and all texts in both languages."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tutoring.practice.content import text_lint
from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.screens.screen import filled, state_name


@dataclass(frozen=True)
class Ending:
    """The end of a walk: its screen, its date and its result."""

    walk: str
    screen: str
    final: bool
    day: date
    days: int
    dossier: str
    reached: int
    slips: int
    fallen: int


@dataclass(frozen=True)
class ScenarioText:
    """A text in both languages, with its part of the file and its place in that part."""

    part: str
    place: str
    vi: str
    en: str


def endings(scenario: Scenario, language: str) -> list[Ending]:
    """Returns the end of every walk."""
    return [_ending(scenario, name, language) for name in scenario.walks]


def texts(scenario: Scenario) -> list[tuple[str, list[ScenarioText]]]:
    """Returns all texts that users read, in the order of the file, screen by screen."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path, text in text_lint.texts(scenario):
        names = [str(part + 1) if isinstance(part, int) else part for part in path[:-1]]
        deep = 2 if names[0] == "screens" else 1
        found.setdefault((" › ".join(names[:deep]), " › ".join(names[deep:])), {})[str(path[-1])] = text
    written = [ScenarioText(part, place, both["vi"], both["en"]) for (part, place), both in found.items()]
    return [(part, list(some)) for part, some in groupby(written, lambda one: one.part)]


def _ending(scenario: Scenario, name: str, language: str) -> Ending:
    state = simulator.replay(scenario, scenario.events(name))
    return Ending(
        walk=name,
        screen=filled(scenario, state, language)(scenario.screens[state.screen].title),
        final=simulator.ended(scenario, state),
        day=simulator.today(scenario, state),
        days=state.day,
        dossier=state_name(scenario, state),
        reached=sum(simulator.goals(scenario, state).values()),
        slips=len(state.slips),
        fallen=sum(one.bad for one in state.traps),
    )
