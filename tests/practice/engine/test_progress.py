"""The number of a run's screen is honest: it counts up on the right way and never promises an end that is not there."""

import random

import pytest

from tests.practice.random_runs import something
from tests.practice.shipped_scenarios import each, rehearsal, until
from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.progress import position
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import EventRejected, State


def at(scenario: Scenario, state: State) -> int:
    found = position(scenario, state)
    assert found is not None and 1 <= found.at <= found.of
    return found.at


@each
def test_the_demonstrated_way_counts_every_screen_once(scenario: Scenario) -> None:
    state, numbers = simulator.begin(scenario), [1]
    for event in scenario.events(solver.example(scenario)):
        before = state.screen
        simulator.apply(scenario, state, event)
        numbers += [at(scenario, state)] if state.screen != before else []
        assert at(scenario, state) == numbers[-1]  # what is filled in on a screen does not move it
    found = position(scenario, state)
    assert found and numbers == [*range(1, found.of + 1)]


@each
def test_every_way_that_ends_ends_at_the_last_number(scenario: Scenario) -> None:
    for name in scenario.walks:
        state = simulator.replay(scenario, scenario.events(name))
        if simulator.ended(scenario, state):
            found = position(scenario, state)
            assert found and found.at == found.of, name


@each
def test_random_ways_keep_within_the_bounds(scenario: Scenario) -> None:
    chance = random.Random(scenario.id)
    for _ in range(4):
        state = simulator.begin(scenario)
        for _ in range(40):
            try:
                simulator.apply(scenario, state, something(chance, scenario, state))
            except EventRejected:
                continue
            at(scenario, state)


def test_a_poor_choice_does_not_show_before_it_has_its_consequence() -> None:
    residence = rehearsal("dang-ky-tam-tru")
    good = until(residence, "suon-se", {"set": "ho", "value": "lap-moi"})
    poor = solver.spread(good)
    for state, choice in ((good, "lap-moi"), (poor, "da-co")):
        simulator.apply(residence, state, {"set": "ho", "value": choice})
        simulator.apply(residence, state, {"do": "tiep"})
    assert at(residence, good) == at(residence, poor)


@pytest.mark.parametrize(("wrong", "back"), [("luu-tru", "quay-lai")])
def test_a_wrong_turning_is_one_screen_farther_from_the_end(wrong: str, back: str) -> None:
    residence = rehearsal("dang-ky-tam-tru")
    state = until(residence, "suon-se", {"do": "tam-tru"})
    before = at(residence, state)
    simulator.apply(residence, state, {"do": wrong})
    assert at(residence, state) == before - 1
    simulator.apply(residence, state, {"do": back})
    assert at(residence, state) == before
