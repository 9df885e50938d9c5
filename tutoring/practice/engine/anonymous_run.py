"""A run without an account: the page carries its events, and each request plays them anew. Pure."""

import json
from typing import Any

from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import MOST_EVENTS, Scenario
from tutoring.practice.engine.simulator import EventRejected, State
from tutoring.practice.engine.step import Kept

LONGEST = 60_000  # of the text that a page carries


class Forged(Exception):
    """What the page carried is not what a run of this scenario can be."""


def opened(scenario: Scenario, carried: str) -> tuple[State, list[Kept]]:
    """The state that the carried events lead to, and the events as they may be carried on; raises Forged."""
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
    """Events as a page carries them."""
    return json.dumps(events, ensure_ascii=False, separators=(",", ":"))
