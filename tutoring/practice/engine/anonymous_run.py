"""A run without an account: the page carries its events, each request replays them.

Pure.
"""

import json
from typing import Any

from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import MAX_EVENTS, Scenario
from tutoring.practice.engine.simulator import EventRejected, State
from tutoring.practice.engine.step import Kept

MAX_CARRIED_CHARS = 60_000  # characters of the text that a page carries


class ForgedRun(Exception):
    """The events carried by the page are not a possible run of this scenario."""


def opened(scenario: Scenario, carried: str) -> tuple[State, list[Kept]]:
    """Returns the state after the carried events, and the events to carry on; raises Forged."""
    state, kept = simulator.begin(scenario), list[Kept]()
    try:
        events: Any = json.loads(carried or "[]") if len(carried) <= MAX_CARRIED_CHARS else None
    except (ValueError, RecursionError):
        raise ForgedRun from None
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        raise ForgedRun
    for event in events:
        try:
            kept.append(dict(simulator.apply(scenario, state, event)))
        except (EventRejected, TypeError, ValueError):
            raise ForgedRun from None
    return state, kept


def carried(events: list[Kept]) -> str:
    """Returns the events as the page carries them."""
    return json.dumps(events, ensure_ascii=False, separators=(",", ":"))
