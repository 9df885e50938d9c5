"""What the rehearsal of a grade-1 enrolment teaches."""

import datetime as dt

from tests.practice.shipped_scenarios import buttons, rehearsal, then, until
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import goals, replay, today

LAST_DAY = dt.date(2027, 3, 10)  # as its screens say


def enrolment() -> Scenario:
    return rehearsal("tuyen-sinh-lop-1")


def test_while_a_line_is_wrong_nothing_can_be_confirmed() -> None:
    state = until(enrolment(), "suon-se", {"do": "yeu-cau-sua"})
    assert "sang-xac-nhan" not in buttons(enrolment(), state)
    early = then(enrolment(), state, {"do": "xac-nhan-som"})
    assert (early.screen, early.dossier) == ("xac-nhan-som", "mo")
    assert [one.where for one in early.slips] == ["xac-nhan-som"]


def test_a_birth_certificate_does_not_prove_where_a_child_lives() -> None:
    assert until(enrolment(), "sai-minh-chung", {"do": "doi-hinh"}).dossier == "can-bo-sung"
    assert until(enrolment(), "suon-se", {"do": "so-lai"}).dossier == "da-sua"


def test_a_correction_by_the_school_is_not_yet_a_confirmation() -> None:
    state = then(enrolment(), until(enrolment(), "suon-se", {"do": "sang-xac-nhan"}), {"do": "khoi-xac-nhan"})
    assert goals(enrolment(), state)["kip-han"] is False
    assert then(enrolment(), state, {"do": "quay-lai"}).screen == "so-thong-tin"


def test_whoever_puts_it_off_comes_a_day_too_late_and_only_the_ward_can_help() -> None:
    late = then(enrolment(), until(enrolment(), "qua-han", {"do": "de-do"}), {"do": "de-do"})
    assert today(enrolment(), late) == LAST_DAY + dt.timedelta(days=1)
    assert (late.screen, late.dossier, late.history) == ("qua-han", "qua-han", [])
    assert buttons(enrolment(), late) == {"di"}


def test_the_ward_may_mend_the_home_but_the_last_day_stays_missed() -> None:
    state = replay(enrolment(), enrolment().events("qua-han"))
    assert state.screen == "ket-thuc-tre"
    assert goals(enrolment(), state) == {"tim-dong-sai": True, "sua-noi-o": True, "kip-han": False}


def test_even_with_poor_proof_there_is_time_before_the_last_day() -> None:
    state = replay(enrolment(), enrolment().events("sai-minh-chung"))
    assert today(enrolment(), state) <= LAST_DAY
    assert goals(enrolment(), state)["kip-han"] is True


def test_the_childs_name_is_as_good_as_money_to_a_deceiver() -> None:
    trap = enrolment().screens["theo-doi"].trap
    assert trap is not None
    assert {one.id for one in trap.options if one.bad} == {"chuyen", "gui-ten-con"}
