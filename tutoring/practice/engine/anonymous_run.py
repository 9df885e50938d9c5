"""A run without an account: the page carries its events, each request replays them.

Pure.
"""

import json
from typing import Any

from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import MOST_EVENTS, Scenario
from tutoring.practice.engine.simulator import EventRejected, State
from tutoring.practice.engine.step import Kept

LONGEST = 60_000  # characters of the text that a page carries


class Forged(Exception):
    """The events carried by the page are not a possible run of this scenario."""


def opened(scenario: Scenario, carried: str) -> tuple[State, list[Kept]]:
    """Returns the state after the carried events, and the events to carry on; raises Forged."""
    state, kept = simulator.begin(scenario), list[Kept]()
    try:
        events: Any = json.loads(carried or "[]") if len(carried) <= LONGEST else None
    except (ValueError, RecursionError):
        raise Forged from None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise Forged
    for event in events:
        try:
            kept.append(dict(simulator.apply(scenario, state, event)))
        except (EventRejected, TypeError, ValueError):
            raise Forged from None
    return state, kept


def carried(events: list[Kept]) -> str:
    """Returns the events as the page carries them."""
    return json.dumps(events, ensure_ascii=False, separators=(",", ":"))
