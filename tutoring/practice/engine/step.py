"""Applies one submission to a run: fields first, then a button, a trap or back. Pure.

Pages, rooms and devices use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutoring.practice.engine import simulator
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import Event, EventRejected, State

Kept = dict[str, Any]


@dataclass
class Step:
    """The result: the events to store, and the error codes by field ("" is the button)."""

    kept: list[Kept] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def step(scenario: Scenario, state: State, typed: Mapping[str, str], event: Event | None) -> Step:
    """Applies the submission to `state`.

    Of a rejected value only the fact that the field was missed is stored. After a rejected field the button is not
    pressed, unless it leaves the form.
    """
    done = Step()
    leaving = _leaves(scenario, state, event)
    if not leaving:
        for one in simulator.fields(scenario, state):
            if one.id in typed and (typed[one.id] or one.id not in state.values):
                _fill(scenario, state, one.id, typed[one.id], done)
    if event is not None and not done.refused:
        try:
            done.kept.append(dict(simulator.apply(scenario, state, event)))
        except EventRejected as refusal:
            done.refused[refusal.field] = refusal.why
            if refusal.field:
                _miss(scenario, state, refusal.field, done)
    return done


def _leaves(scenario: Scenario, state: State, event: Event | None) -> bool:
    if event is None or "do" not in event:
        return event is not None
    return any(one.id == event["do"] and one.leaves for one in scenario.screens[state.screen].actions)


def _fill(scenario: Scenario, state: State, name: str, value: str, done: Step) -> None:
    if not value or state.values.get(name) == value:
        return  # an empty field is rejected by the button; an unchanged value is no event
    try:
        done.kept.append(dict(simulator.apply(scenario, state, {"set": name, "value": value})))
    except EventRejected as refusal:
        done.refused[name] = refusal.why
        if refusal.why != "too_many":
            _miss(scenario, state, name, done)


def _miss(scenario: Scenario, state: State, name: str, done: Step) -> None:
    """Records a missed field; a run that is too long stores nothing more and reports that."""
    try:
        done.kept.append(dict(simulator.apply(scenario, state, {"missed": name})))
    except EventRejected as refusal:
        done.refused.setdefault("", refusal.why)
