"""The engine of the practice portal: what is possible when, and that nothing typed is ever kept."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.growth import calls
from tests.practice.fuzzing import NONSENSE, check, leads_out
from tests.practice.shipped_scenarios import each, rehearsal
from tutoring.cli.practice import group
from tutoring.config import ROOT
from tutoring.practice.engine import scoring, simulator, solver, step
from tutoring.practice.engine.scenario import MAX_EVENTS, Scenario
from tutoring.practice.engine.simulator import EventRejected, ReplayError, State

REAL = ["001201234567", "0912345678", "+84 912 345 678", "482913", "123456789", "0012 0123 4567"]


def birth() -> Scenario:
    return rehearsal("ban-sao-khai-sinh")


def after(*events: dict[str, Any]) -> State:
    return simulator.replay(birth(), events)


def up_to(screen: str) -> State:
    return simulator.replay(birth(), solver.up_to(birth(), screen))


def test_the_first_screen_is_where_it_starts() -> None:
    state = after()
    assert (state.screen, state.dossier, state.day) == ("trang-chu", "nhap", 0)
    assert not any(simulator.goals(birth(), state).values())


def test_a_button_waits_for_the_fields_of_its_screen() -> None:
    with pytest.raises(ReplayError) as halted:
        after({"do": "tim-kiem"})
    assert (halted.value.index, halted.value.why) == (0, "required")
    assert after({"set": "tim", "value": "trich-luc"}, {"do": "tim-kiem"}).screen == "ket-qua"


def test_a_wrong_choice_is_refused_and_a_poor_one_has_its_consequence() -> None:
    with pytest.raises(ReplayError):
        after({"set": "tim", "value": "ca-cau"})
    state = up_to("dinh-kem")
    simulator.apply(birth(), state, {"set": "anh_khai_sinh", "value": "mo-nghieng.jpg"})
    assert [slip.where for slip in state.slips] == ["anh_khai_sinh"]


def test_a_blurred_picture_comes_back_as_a_request_to_supplement() -> None:
    state = simulator.replay(birth(), birth().events("anh-mo-phai-bo-sung"))
    assert "can-bo-sung" in state.seen and state.dossier == "da-nhan"


def test_a_wrong_turning_counts_as_a_slip_and_leads_back() -> None:
    state = after({"set": "tim", "value": "trich-luc"}, {"do": "tim-kiem"}, {"do": "dang-ky-moi"}, {"do": "quay-lai"})
    assert state.screen == "ket-qua" and len(state.slips) == 1


def test_a_trap_is_answered_once_and_before_anything_else() -> None:
    state = up_to("thanh-toan")
    simulator.apply(birth(), state, {"set": "noi_tra", "value": "vi-tap"})
    for event in ({"do": "tra-va-nop"}, {"back": True}):
        with pytest.raises(EventRejected, match="trap"):
            simulator.apply(birth(), state, event)
    simulator.apply(birth(), state, {"choose": "chuyen"})
    assert [(one.chosen, one.bad) for one in state.traps] == [("chuyen", True)]
    with pytest.raises(EventRejected, match="no_trap"):
        simulator.apply(birth(), state, {"choose": "khong"})


def test_what_was_sent_cannot_be_taken_back_and_no_day_comes_again() -> None:
    state = up_to("bien-nhan")
    with pytest.raises(EventRejected, match="back"):
        simulator.apply(birth(), state, {"back": True})
    simulator.apply(birth(), state, {"set": "da_chep", "value": "yes"})
    simulator.apply(birth(), state, {"do": "theo-doi"})
    simulator.apply(birth(), state, {"do": "hom-sau"})
    assert simulator.today(birth(), state).isoformat() == "2026-09-08"
    with pytest.raises(EventRejected, match="back"):
        simulator.apply(birth(), state, {"back": True})


def test_a_box_that_must_be_ticked_is_not_answered_by_leaving_it_open() -> None:
    state = up_to("xem-lai")
    simulator.apply(birth(), state, {"set": "dong_y", "value": "no"})
    with pytest.raises(EventRejected, match="required"):
        simulator.apply(birth(), state, {"do": "thanh-toan"})
    assert solver.following(birth(), state) == {"set": "dong_y", "value": "yes"}


def test_back_goes_where_one_came_from() -> None:
    state = after({"set": "tim", "value": "trich-luc"}, {"do": "tim-kiem"}, {"back": True})
    assert state.screen == "trang-chu" and state.values == {"tim": "trich-luc"}


@pytest.mark.parametrize("typed", [*REAL, "Nguyễn Văn Thật", "x" * 5000, "lê tap luyện"])
def test_what_is_not_the_persona_s_is_refused_and_never_kept(typed: str) -> None:
    state = up_to("to-khai")
    done = step.step(birth(), state, {"ten_con": typed}, {"do": "tiep"})
    assert done.refused and state.screen == "to-khai"
    assert done.kept == [{"missed": "ten_con"}]
    assert typed not in json.dumps([done.kept, state.values, state.misses], ensure_ascii=False)


@pytest.mark.parametrize("typed", REAL)
def test_a_number_that_may_be_somebody_s_is_called_so(typed: str) -> None:
    with pytest.raises(EventRejected, match="real"):
        simulator.apply(birth(), up_to("to-khai"), {"set": "ten_con", "value": typed})


@pytest.mark.parametrize("typed", ["Lê Tập Luyện", "lê  tập   luyện ", "LÊ TẬP LUYỆN", "Lê Tập Luyện"])
def test_spaces_case_and_the_way_letters_are_composed_do_not_matter(typed: str) -> None:
    state = up_to("to-khai")
    kept = simulator.apply(birth(), state, {"set": "ten_con", "value": typed})
    assert kept == {"set": "ten_con", "value": "Lê Tập Luyện"}


def test_missing_marks_are_told_apart_from_another_name() -> None:
    with pytest.raises(EventRejected, match="accents"):
        simulator.apply(birth(), up_to("to-khai"), {"set": "ten_con", "value": "le tap luyen"})


@pytest.mark.parametrize("event", [*NONSENSE[:5], {"x": 1}, {"set": "tim", "value": 1}])
def test_what_is_no_event_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(EventRejected, match="shape"):
        simulator.apply(birth(), after(), event)


def test_a_run_has_an_end_even_if_nobody_ends_it() -> None:
    state = after()
    for _ in range(MAX_EVENTS):
        simulator.apply(birth(), state, {"missed": "tim"})
    with pytest.raises(EventRejected, match="too_many"):
        simulator.apply(birth(), state, {"set": "tim", "value": "trich-luc"})


def test_a_clean_run_passes_and_a_fall_never_does() -> None:
    assert scoring.result(birth(), simulator.replay(birth(), birth().events("suon-se"))).passed
    fallen = simulator.replay(birth(), birth().events("mac-bay"))
    for event in solver.plan(birth(), fallen):
        simulator.apply(birth(), fallen, event)
    found = scoring.result(birth(), fallen)
    assert found.reached == found.goals and found.fallen == 1 and not found.passed
    levels = {one.skill: one.level for one in found.skills}
    assert levels.pop("an-toan.lua-dao") == "again" and set(levels.values()) == {"firm"}


def test_whoever_meets_every_trap_well_shows_the_safety_skills() -> None:
    calls = rehearsal("cuoc-goi-la")
    found = scoring.result(calls, simulator.replay(calls, calls.events(solver.example(calls))))
    shown = {one.skill: (one.done > 0, one.level) for one in found.skills}
    assert all(shown[skill] == (True, "firm") for skill in ("an-toan.lua-dao", "an-toan.otp", "an-toan.trang-gia"))
    assert found.traps == 3 and found.passed


def test_three_slips_in_one_skill_mean_to_practise_again() -> None:
    state = up_to("to-khai")
    for _ in range(3):
        simulator.apply(birth(), state, {"missed": "ten_con"})
    for event in solver.plan(birth(), state):
        simulator.apply(birth(), state, event)
    found = scoring.result(birth(), state)
    assert {one.skill: one.level for one in found.skills}["dvc.nop-ho-so"] == "again" and not found.passed
    assert scoring.result_from_dict(scoring.result_to_dict(found)) == found


@each
def test_random_events_never_break_the_engine(scenario: Scenario) -> None:
    luck = random.Random(scenario.id)
    assert sum(check(scenario, luck, 40) for _ in range(250)) > 250


@each
def test_what_is_marked_leads_to_the_end_from_anywhere(scenario: Scenario) -> None:
    luck = random.Random(scenario.id)
    for _ in range(25):
        leads_out(scenario, luck, 40)


def test_two_hundred_events_are_replayed_without_a_query_or_a_file() -> None:
    """The goal of 5 ms is measured by benchmarks/bench_practice.py; here, that each event costs what the first cost."""
    walk = birth().events("suon-se")

    def replayed(count: int) -> int:
        long = [{"missed": "tim"}] * (count - len(walk)) + walk
        return calls(lambda: simulator.replay(birth(), long))

    assert simulator.replay(birth(), [{"missed": "tim"}] * (200 - len(walk)) + walk).count == 200
    alone, once, twice = (replayed(count) for count in (len(walk), 100, 200))
    assert twice - once < 1.2 * (once - alone) * 100 / (100 - len(walk))


# --- the door -----------------------------------------------------------------------------------------


def door(tmp_path: Path, scenario: str, events: Any) -> tuple[int, Any]:
    file = tmp_path / "events.json"
    file.write_text(json.dumps(events), "utf-8")
    ran = CliRunner().invoke(group, ["replay", scenario, str(file)])
    return ran.exit_code, json.loads(ran.stdout) if ran.stdout else ran.stderr


def test_the_door_tells_where_events_lead(tmp_path: Path) -> None:
    status, said = door(tmp_path, "ban-sao-khai-sinh", birth().events("mac-bay"))
    assert status == 0
    assert said == {
        "screen": "thanh-toan",
        "dossier": "nhap",
        "date": "2026-09-07",
        "goals": {"nop-xong": False, "giu-ma": False, "nhan-ket-qua": False},
        "traps": [{"id": "tai-khoan-rieng", "chosen": "chuyen", "bad": True}],
    }


def test_the_door_names_the_event_that_is_refused(tmp_path: Path) -> None:
    events = [{"set": "tim", "value": "trich-luc"}, {"do": "nobody"}]
    assert door(tmp_path, str(ROOT / "content/scenarios/ban-sao-khai-sinh.yml"), events) == (
        1, {"refused": 1, "why": "unknown_action"},
    )  # fmt: skip


@pytest.mark.parametrize(("scenario", "events"), [("no-such", []), ("ban-sao-khai-sinh", {"do": "x"})])
def test_the_door_refuses_what_it_cannot_read(tmp_path: Path, scenario: str, events: Any) -> None:
    status, said = door(tmp_path, scenario, events)
    assert status == 2 and said
