"""What the rehearsal of signing in teaches."""

import pytest

from tests.practice.shipped_scenarios import buttons, rehearsal, then, until
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.scoring import result
from tutoring.practice.engine.simulator import open_trap, replay


def signing_in() -> Scenario:
    return rehearsal("dang-nhap-cong")


def test_nothing_is_ever_typed_no_passcode_and_no_code() -> None:
    kinds = {one.type for screen in signing_in().screens.values() for one in screen.fields}
    assert kinds == {"choice", "check"}


def test_refusing_ones_own_request_costs_nothing() -> None:
    state = then(signing_in(), until(signing_in(), "suon-se", {"do": "dong-y"}), {"do": "tu-choi"})
    assert (state.screen, state.slips) == ("da-tu-choi", [])
    assert then(signing_in(), state, {"do": "lam-lai"}).screen == "quet-ma"


@pytest.mark.parametrize("answer", ["nghe-loi", "cho-xong"])
def test_allowing_a_stranger_in_does_not_pass_for_whatever_reason(answer: str) -> None:
    state = until(signing_in(), "suon-se", {"choose": "tu-choi"})
    then(signing_in(), state, {"choose": answer})
    assert state.screen == "bi-vao"
    then(signing_in(), state, {"do": "doi-mat-khau"}, {"do": "dang-xuat"}, {"do": "ra-ve"})
    assert result(signing_in(), state).reached == len(signing_in().goals)
    assert result(signing_in(), state).passed is False


def test_the_strangers_request_waits_before_anything_else_on_its_screen() -> None:
    state = until(signing_in(), "suon-se", {"choose": "tu-choi"})
    assert (trap := open_trap(signing_in(), state)) is not None
    assert trap.id == "yeu-cau-la"


def test_closing_the_page_is_not_signing_out() -> None:
    state = then(signing_in(), until(signing_in(), "suon-se", {"do": "dang-xuat"}), {"do": "dong-trang"})
    assert (state.screen, [one.where for one in state.slips]) == ("quen-dang-xuat", ["dong-trang"])
    assert then(signing_in(), state, {"do": "quay-lai"}).screen == "ho-so"


def test_an_account_that_the_computer_remembers_is_removed_before_leaving() -> None:
    assert buttons(signing_in(), until(signing_in(), "vap-roi-xong", {"do": "xoa-nho"})) == {"xoa-nho"}
    assert buttons(signing_in(), until(signing_in(), "suon-se", {"do": "ra-ve"})) == {"ra-ve"}


def test_a_walk_with_slips_still_ends_with_every_goal() -> None:
    state = replay(signing_in(), signing_in().events("vap-roi-xong"))
    assert [one.where for one in state.slips] == ["bam-quang-cao", "ghi_nho", "dong-trang"]
    assert result(signing_in(), state).passed is True
