"""What others see of somebody's screen: where they are and what is filled in, and never with what."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask

from tutoring.practice import scenarios
from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import State
from tutoring.practice.screens.observed_screen import _SHORTEST, ObservedScreen, build_observed_screen, controls

NAME = "ban-sao-khai-sinh"


@pytest.fixture(autouse=True)
def _page(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def states(scenario: Scenario) -> Iterator[tuple[State, list[dict[str, Any]]]]:
    """Every state of every walk."""
    for name in scenario.walks:
        state, done = simulator.begin(scenario), list[dict[str, Any]]()
        yield state, done
        for event in scenario.events(name):
            done = [*done, dict(simulator.apply(scenario, state, event))]
            yield state, done


def said(seen: ObservedScreen) -> str:
    """Everything that is said on a screen."""

    def words(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from words(list(value.values()))
        elif isinstance(value, list | tuple):
            for one in value:
                yield from words(one)

    return "\n".join(words(asdict(seen)))


def on_the_card(scenario: Scenario) -> list[str]:
    days = [re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", value) for value in scenario.values.values()]
    return [one for one in (*scenario.values.values(), *days) if len(one) >= _SHORTEST]


def test_nothing_of_the_card_is_said_on_any_screen_of_any_walk() -> None:
    for scenario in scenarios.scenarios().values():
        for state, done in states(scenario):
            for language in ("vi", "en"):
                text = said(build_observed_screen(scenario, state, done, language))
                for value in on_the_card(scenario):
                    assert not re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE), (scenario.id, value)
                assert scenario.code not in text and "{" not in text


def test_which_answer_was_chosen_makes_no_difference_to_what_is_seen() -> None:
    compared = 0
    for scenario in scenarios.scenarios().values():
        conditions = repr(scenario.model_dump(exclude={"walks"}))
        for state, done in states(scenario):
            for field in simulator.fields(scenario, state):
                taken = [one for one in field.options if one.say is None]
                if f"'field': '{field.id}'" in conditions:
                    continue  # another screen follows from another answer
                pictures = set()
                for one in taken:
                    there = solver.spread(state)
                    event = simulator.apply(scenario, there, {"set": field.id, "value": one.id})
                    pictures.add(said(build_observed_screen(scenario, there, [*done, event], "vi")))
                compared += len(taken) > 1
                assert len(pictures) <= 1, field.id
    assert compared > 10


def test_how_a_trap_was_answered_makes_no_difference_on_its_screen() -> None:
    compared = 0
    for scenario in scenarios.scenarios().values():
        for state, done in states(scenario):
            trap = simulator.open_trap(scenario, state)
            staying = [one for one in trap.options if one.to in (None, state.screen)] if trap else []
            pictures = set()
            for one in staying:
                there = solver.spread(state)
                event = simulator.apply(scenario, there, {"choose": one.id})
                if simulator.actions(scenario, there) == simulator.actions(scenario, state):
                    pictures.add(said(build_observed_screen(scenario, there, [*done, event], "vi")))
            compared += len(staying) > 1
            assert len(pictures) <= 1, trap
    assert compared > 0


def test_a_field_is_empty_wrong_or_filled_and_a_trap_answered_or_not() -> None:
    scenario = scenarios.scenario(NAME)
    steps = [dict(one) for one in scenario.events("suon-se")]
    at = steps.index({"set": "ten_con", "value": "Lê Tập Luyện"})
    missed = {"missed": "ten_con"}
    told: list[tuple[list[dict[str, Any]], str]] = [
        ([], "empty"), ([missed], "wrong"), ([steps[at]], "filled"), ([steps[at], missed], "wrong"),
        ([missed, steps[at]], "filled"),
    ]  # fmt: skip
    for more, means in told:
        done = [*steps[:at], *more]
        seen = build_observed_screen(scenario, simulator.replay(scenario, done), done, "vi")
        assert {one.control: one.state for one in seen.fields}["field:ten_con"] == means
    waits = steps.index({"choose": "khong"})
    for done, answered in ((steps[:waits], False), (steps[: waits + 1], True)):
        trap = build_observed_screen(scenario, simulator.replay(scenario, done), done, "vi").trap
        assert trap is not None and trap.answered is answered


def test_everything_that_can_be_pointed_at_has_a_name() -> None:
    for scenario in scenarios.scenarios().values():
        for state, done in states(scenario):
            seen = build_observed_screen(scenario, state, done, "vi")
            assert all(seen.called(one) for one in controls(scenario, state))
            assert seen.called("field:khong-co") == ""
