"""Finds the next right event of a run, and a way to the end from any wrong turn.

The mode "together" marks the control for this event. The solver is a breadth-first search over the engine itself,
so it never suggests an event that the engine rejects. static/practice/offline/simulator.js is the JavaScript port for
devices without a network.
"""

from collections import deque
from collections.abc import Hashable
from copy import copy
from typing import Any

from tutoring.practice.engine.elements import ScreenField
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import (
    Event,
    EventRejected,
    ReplayError,
    State,
    actions,
    apply,
    begin,
    ended,
    fields,
    filled,
    goals,
    open_trap,
    replay,
)

MAX_STATES = 2_000  # the maximum number of states searched for one answer


def example(scenario: Scenario) -> str:
    """Returns the walk to demonstrate, or an empty text.

    It is the first walk without a slip or a fall that reaches every goal.
    """
    for name in scenario.walks:
        try:
            state = replay(scenario, scenario.events(name))
        except ReplayError:
            continue
        clean = not state.slips and not any(one.bad for one in state.traps)
        if clean and ended(scenario, state) and all(goals(scenario, state).values()):
            return name
    return ""


def up_to(scenario: Scenario, screen: str) -> list[Event]:
    """Returns the events that lead to this screen, from the first walk that reaches it; or none."""
    for name in scenario.walks:
        state, done = begin(scenario), list[Event]()
        for event in scenario.events(name):
            if state.screen == screen:
                return done
            done.append(apply(scenario, state, event))
    return []


def following(scenario: Scenario, state: State) -> Event | None:
    """Returns the next right event from here; None at the end."""
    way = plan(scenario, state)
    return way[0] if way else None


def plan(scenario: Scenario, state: State) -> list[Event]:
    """Returns the shortest right way to the end that reaches the most goals."""
    best: tuple[int, list[Event]] = (-1, [])
    start = spread(state)
    waiting: deque[tuple[State, list[Event]]] = deque([(start, [])])
    known = {_key(scenario, start)}
    while waiting and len(known) < MAX_STATES:
        here, way = waiting.popleft()
        if ended(scenario, here):
            reached = sum(goals(scenario, here).values())
            if reached > best[0]:
                best = (reached, way)
            if reached == len(scenario.goals):
                break
            continue
        for event in _steps(scenario, here):
            there = spread(here)
            try:
                apply(scenario, there, event)
            except EventRejected:
                continue
            key = _key(scenario, there)
            if key not in known:
                known.add(key)
                waiting.append((there, [*way, event]))
    return best[1]


def _steps(scenario: Scenario, state: State) -> list[Event]:
    """Returns the right events here.

    For an open trap they are its right answers, for an open field its value. Otherwise they are every button that
    is no mistake, and back.
    """
    trap = open_trap(scenario, state)
    if trap is not None:
        return [{"choose": one.id} for one in trap.options if not one.bad]
    for one in fields(scenario, state):
        if one.required and _waits(one, state):
            return [{"set": one.id, "value": right_value(scenario, one)}]
    there: list[Event] = [{"do": one.id} for one in actions(scenario, state) if not one.wrong]
    return [*there, {"back": True}] if state.history else there


def _waits(field: ScreenField, state: State) -> bool:
    """Returns whether a field is unfilled or holds a value that counts as a slip."""
    value = state.values.get(field.id)
    return not filled(field, state) or any(one.id == value and one.slip for one in field.options)


def right_value(scenario: Scenario, field: ScreenField) -> str:
    """Returns the best value for a field."""
    if field.type == "check":
        return "yes"
    if field.options:
        taken = [one for one in field.options if one.say is None]
        return next((one.id for one in taken if not one.slip), taken[0].id)
    return scenario.values[field.persona_key]


def spread(state: State) -> State:
    """Returns a copy that can be changed independently."""
    made = copy(state)
    made.values, made.seen, made.visited = dict(state.values), list(state.seen), list(state.visited)
    made.history, made.traps = list(state.history), list(state.traps)
    made.misses, made.slips = dict(state.misses), list(state.slips)
    return made


def _key(scenario: Scenario, state: State) -> Hashable:
    """Returns the parts of the state that affect what follows."""
    age = state.day - state.since
    if scenario.dossier is not None and state.dossier is not None:
        age = min(age, max(scenario.dossier.states[state.dossier].next_in_days, default=0))
    parts: tuple[Any, ...] = (
        state.screen, state.dossier, age, tuple(state.history[-3:]), frozenset(state.values.items()),
        frozenset(state.seen), frozenset(state.visited), frozenset(state.traps),
    )  # fmt: skip
    return parts
