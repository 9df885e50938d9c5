"""What the rehearsal of temporary residence teaches."""

import pytest

from tests.practice.rehearsal import buttons, rehearsal, then, until
from tutoring.practice.scoring import result
from tutoring.practice.simulator import Refused, State, fields, open_trap, replay

RESIDENCE = rehearsal("dang-ky-tam-tru")
CLEAN, MENDED, FALLEN = "suon-se", "khai-ho-bo-sung-hai-lan", "mac-bay"


def test_choosing_the_stay_notice_leads_back_and_counts_as_a_slip() -> None:
    state = then(RESIDENCE, until(RESIDENCE, CLEAN, {"do": "tam-tru"}), {"do": "luu-tru"})
    assert [(one.skill, one.where) for one in state.slips] == [("dvc.tam-tru", "luu-tru")]
    assert buttons(RESIDENCE, state) == {"quay-lai"}
    assert then(RESIDENCE, state, {"do": "quay-lai"}).screen == "thu-tuc"


@pytest.mark.parametrize(("whom", "asked"), [("ban-than", ["ngay_den"]), ("khai-ho", ["ten_con", "ngay_den"])])
def test_the_childs_name_is_asked_only_on_its_behalf(whom: str, asked: list[str]) -> None:
    state = until(RESIDENCE, CLEAN, {"set": "cho_ai", "value": "ban-than"})
    then(RESIDENCE, state, {"set": "cho_ai", "value": whom}, {"do": "tiep"})
    assert [one.id for one in fields(RESIDENCE, state)] == asked


def test_signing_for_the_owner_or_borrowing_her_passcode_is_not_taken() -> None:
    ask = until(RESIDENCE, CLEAN, {"set": "hoi", "value": "muc-2"})
    with pytest.raises(Refused):
        then(RESIDENCE, ask, {"set": "hoi", "value": "muon-may"})
    consent = until(RESIDENCE, CLEAN, {"set": "cach_xac_nhan", "value": "qua-ung-dung"})
    with pytest.raises(Refused):
        then(RESIDENCE, consent, {"set": "cach_xac_nhan", "value": "tu-ky"})


def test_nobody_looks_at_the_request_before_the_owner_has_confirmed() -> None:
    state = until(RESIDENCE, CLEAN, {"do": "nhac"})
    assert state.dossier == "cho-chu-nha"
    assert buttons(RESIDENCE, state) == {"nhac", "xin-passcode"}
    assert then(RESIDENCE, state, {"do": "nhac"}).dossier == "cho-xem"


def test_a_signed_paper_needs_no_reminder() -> None:
    assert until(RESIDENCE, MENDED, {"do": "hom-sau"}).dossier == "cho-xem"


def test_a_household_that_is_not_there_and_a_paper_without_signature_come_back_one_after_the_other() -> None:
    household = until(RESIDENCE, MENDED, {"do": "sua-ho"})
    assert (household.dossier, household.day) == ("sua-ho", 1)
    paper = until(RESIDENCE, MENDED, {"do": "them-giay"})
    assert (paper.dossier, paper.day) == ("thieu-chu-ky", 2)
    end = replay(RESIDENCE, RESIDENCE.events(MENDED))
    assert (end.screen, end.dossier) == ("ket-thuc", "da-nhan")


def test_the_same_mistake_sent_again_comes_back_again() -> None:
    state = until(RESIDENCE, MENDED, {"set": "to_giay", "value": "da-ky.jpg"})
    then(RESIDENCE, state, {"do": "gui-bo-sung"}, {"do": "hom-sau"})
    assert state.dossier == "thieu-chu-ky"


def test_the_caller_rings_once_the_request_is_being_handled() -> None:
    before = until(RESIDENCE, CLEAN, {"do": "hom-sau"})
    assert open_trap(RESIDENCE, before) is None
    ringing = then(RESIDENCE, before, {"do": "hom-sau"})
    assert ringing.dossier == "dang-lam"
    assert (trap := open_trap(RESIDENCE, ringing)) is not None
    assert trap.id == "dong-bo-dia-chi"


def test_whoever_installs_what_the_caller_sends_reaches_the_end_but_does_not_pass() -> None:
    assert result(RESIDENCE, _end(FALLEN)).passed is False
    assert result(RESIDENCE, _end(CLEAN)).passed is True
    assert result(RESIDENCE, _end(FALLEN)).reached == len(RESIDENCE.goals)


def _end(walk: str) -> State:
    return replay(RESIDENCE, RESIDENCE.events(walk))
