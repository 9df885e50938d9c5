"""The shipped scenarios: each without a fault, played along all its walks and along the guide's way."""

import re
from pathlib import Path

import pytest

from tests.lessons import bank as banks
from tests.practice.shipped_scenarios import NAMES, SCENARIOS, each, every
from tutoring.config import ROOT
from tutoring.practice.content import lesson_references, load, load_file, text_lint
from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.scenario import Scenario

CONTENT = ROOT / "content"
NEEDED = {
    "dang-nhap-cong", "doc-mot-thu-tuc", "ban-sao-khai-sinh", "dang-ky-tam-tru", "tuyen-sinh-lop-1",
    "nop-phi-giu-bien-lai", "tra-cuu-bo-sung", "cuoc-goi-la", "xem-the-bhyt",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_no_fault(name: str) -> None:
    bank = banks.real()
    read = load_file(SCENARIOS / f"{name}.yml", {one.id for one in bank.lessons} | bank.broken,
                     {one.id for one in bank.skills})  # fmt: skip
    assert [str(fault) for fault in read.faults] == []


@each
def test_its_walks_replay(scenario: Scenario) -> None:
    for name, walk in scenario.walks.items():
        assert simulator.replay(scenario, scenario.events(name)).count == len(walk), name


@each
def test_following_the_guide_reaches_every_goal_without_a_slip(scenario: Scenario) -> None:
    state = simulator.begin(scenario)
    for event in solver.plan(scenario, state):
        simulator.apply(scenario, state, event)
    assert simulator.ended(scenario, state)
    assert all(simulator.goals(scenario, state).values())
    assert not state.slips and not state.misses and not any(one.bad for one in state.traps)


@each
def test_some_walk_falls_for_a_trap_and_some_does_not(scenario: Scenario) -> None:
    fallen = {
        any(one.bad for one in simulator.replay(scenario, scenario.events(walk)).traps) for walk in scenario.walks
    }
    assert fallen == {True, False}


@each
def test_vietnamese_words_in_the_english_texts_stand_beside_their_meaning(scenario: Scenario) -> None:
    for path, text in text_lint.texts(scenario):
        words = re.findall(r"\w+", re.sub(r"đồng tập|\{[^{}]*\}", "", text))
        if path[-1] == "en" and any(word[0].islower() and not word.isascii() for word in words):
            assert re.search(r"\(.+\)", text), text


def test_money_is_paid_when_filing_in_some_and_after_acceptance_in_others() -> None:
    assert {scenario.fee.paid for scenario in every().values() if scenario.fee} == {"filing", "acceptance"}


def test_the_rehearsals_that_people_need_most_are_there() -> None:
    assert set(every()) >= NEEDED


def test_lessons_send_people_to_rehearsals_that_there_are() -> None:
    lessons = banks.real().lessons
    assert list(lesson_references.faults(CONTENT, banks.real(), every())) == []
    sent = {block["scenario"] for lesson in lessons for step in lesson.steps for text in step.texts.values()
            for block in text.blocks if block["type"] == "sim"}  # fmt: skip
    assert sent and sent <= set(every())


def test_a_folder_without_scenarios_is_no_fault(tmp_path: Path) -> None:
    assert load(tmp_path) == ()
