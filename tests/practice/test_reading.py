"""What the rehearsal of reading a procedure teaches."""

import pytest

from tests.practice.shipped_scenarios import buttons, rehearsal, then, until
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.scoring import result
from tutoring.practice.engine.simulator import EventRejected, goals, replay


def reading() -> Scenario:
    return rehearsal("doc-mot-thu-tuc")


@pytest.mark.parametrize(("name", "screen"), [("cap-moi", "nham-cap-moi"), ("thu-thu", "nham-thu-thu")])
def test_a_name_that_only_looks_alike_leads_back_and_counts_as_a_slip(name: str, screen: str) -> None:
    state = then(reading(), until(reading(), "suon-se", {"do": "cap-lai"}), {"do": name})
    assert (state.screen, [one.where for one in state.slips]) == (screen, [name])
    assert then(reading(), state, {"do": "quay-lai"}).screen == "ket-qua"


def test_partly_online_cannot_be_done_all_at_home() -> None:
    state = until(reading(), "di-hai-lan", {"do": "cho-o-nha"})
    assert buttons(reading(), state) == {"cho-o-nha"}
    assert then(reading(), state, {"do": "cho-o-nha"}, {"do": "chon-lai"}).screen == "quyet-dinh"


def test_a_paper_left_at_home_costs_a_second_trip() -> None:
    state = until(reading(), "di-hai-lan", {"do": "di-thieu"})
    assert buttons(reading(), state) == {"di-thieu"}
    then(reading(), state, {"do": "di-thieu"}, {"do": "doc-lai"}, {"set": "chuan_bi", "value": "du"}, {"do": "thu-lai"})
    assert buttons(reading(), state) == {"di-du"}


@pytest.mark.parametrize("where", ["nha-roi-quay", "ra-trung-tam"])
def test_filing_from_home_first_and_going_to_the_centre_are_both_right(where: str) -> None:
    state = until(reading(), "suon-se", {"set": "lam_o_dau", "value": "nha-roi-quay"})
    then(reading(), state, {"set": "lam_o_dau", "value": where}, {"do": "thu"}, {"do": "di-du"})
    assert all(goals(reading(), state).values())
    assert result(reading(), state).passed is True


def test_saturday_and_sunday_are_no_working_days() -> None:
    assert reading().clock.start.weekday() == 4  # the Friday on which the papers are handed in
    state = until(reading(), "suon-se", {"set": "ngay_xong", "value": "thu-tu"})
    with pytest.raises(EventRejected):
        then(reading(), state, {"set": "ngay_xong", "value": "thu-hai"})


def test_the_advertisement_spoils_the_run_and_not_the_reading() -> None:
    state = replay(reading(), reading().events("mac-bay"))
    assert all(goals(reading(), state).values())
    assert (result(reading(), state).fallen, result(reading(), state).passed) == (1, False)
