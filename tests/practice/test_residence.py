"""What the rehearsal of temporary residence teaches."""

import pytest

from tests.practice.shipped_scenarios import SCENARIOS, buttons, rehearsal, then, until
from tutoring.lessons.content.loader import facts_of
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.scoring import result
from tutoring.practice.engine.simulator import EventRejected, State, apply, fields, open_trap, replay

CLEAN, MENDED, FALLEN = "suon-se", "khai-ho-bo-sung-ba-lan", "mac-bay"


def residence() -> Scenario:
    return rehearsal("dang-ky-tam-tru")


def test_choosing_the_stay_notice_leads_back_and_counts_as_a_slip() -> None:
    state = then(residence(), until(residence(), CLEAN, {"do": "tam-tru"}), {"do": "luu-tru"})
    assert [(one.skill, one.where) for one in state.slips] == [("dvc.tam-tru", "luu-tru")]
    assert buttons(residence(), state) == {"quay-lai"}
    assert then(residence(), state, {"do": "quay-lai"}).screen == "thu-tuc"


@pytest.mark.parametrize(
    ("whom", "asked"), [("ban-than", ["ngay_den", "ngay_het"]), ("khai-ho", ["ten_con", "ngay_den", "ngay_het"])]
)
def test_the_childs_name_is_asked_only_on_its_behalf(whom: str, asked: list[str]) -> None:
    state = until(residence(), CLEAN, {"set": "cho_ai", "value": "ban-than"})
    then(residence(), state, {"set": "cho_ai", "value": whom}, {"do": "tiep"})
    assert [one.id for one in fields(residence(), state)] == asked


def test_signing_for_the_owner_or_borrowing_her_passcode_is_not_taken() -> None:
    ask = until(residence(), CLEAN, {"set": "hoi", "value": "muc-2"})
    with pytest.raises(EventRejected):
        then(residence(), ask, {"set": "hoi", "value": "muon-may"})
    consent = until(residence(), CLEAN, {"set": "cach_xac_nhan", "value": "qua-ung-dung"})
    with pytest.raises(EventRejected):
        then(residence(), consent, {"set": "cach_xac_nhan", "value": "tu-ky"})


def test_nobody_looks_at_the_request_before_the_owner_has_confirmed() -> None:
    state = until(residence(), CLEAN, {"do": "nhac"})
    assert state.dossier == "cho-chu-nha"
    assert buttons(residence(), state) == {"nhac", "xin-passcode"}
    assert then(residence(), state, {"do": "nhac"}).dossier == "cho-xem"


def test_a_signed_paper_needs_no_reminder() -> None:
    assert until(residence(), MENDED, {"do": "hom-sau"}).dossier == "cho-xem"


def test_a_household_that_is_not_there_and_a_paper_without_signature_come_back_one_after_the_other() -> None:
    household = until(residence(), MENDED, {"do": "sua-ho"})
    assert (household.dossier, household.day) == ("sua-ho", 1)
    paper = until(residence(), MENDED, {"do": "them-giay"})
    assert (paper.dossier, paper.day) == ("thieu-chu-ky", 2)
    end = replay(residence(), residence().events(MENDED))
    assert (end.screen, end.dossier) == ("ket-thuc", "da-nhan")


def test_the_same_mistake_sent_again_comes_back_again() -> None:
    state = until(residence(), MENDED, {"set": "to_giay", "value": "da-ky.jpg"})
    then(residence(), state, {"do": "gui-bo-sung"}, {"do": "hom-sau"})
    assert state.dossier == "thieu-chu-ky"


def test_a_lease_without_its_last_page_comes_back_after_all_else_is_right() -> None:
    lease = until(residence(), MENDED, {"do": "them-trang"})
    assert (lease.dossier, lease.day) == ("thieu-trang", 3)
    assert buttons(residence(), lease) == {"them-trang", "tao-lai"}
    opened = then(residence(), lease, {"do": "them-trang"})
    assert opened.screen == "giay-nha" and buttons(residence(), opened) == {"gui-bo-sung"}


@pytest.mark.parametrize("paper", ["dong-y.jpg", "can-cuoc.jpg"])
def test_the_lease_is_attached_and_no_other_paper_in_its_place(paper: str) -> None:
    state = until(residence(), CLEAN, {"set": "giay_nha", "value": "hop-dong.jpg"})
    with pytest.raises(EventRejected):
        then(residence(), state, {"set": "giay_nha", "value": paper})
    then(residence(), state, {"set": "giay_nha", "value": "hop-dong.jpg"}, {"do": "tiep"})
    assert state.screen == "le-phi" and state.slips == []


def test_the_owner_agrees_in_the_app_or_on_paper_besides_the_lease() -> None:
    state = until(residence(), CLEAN, {"set": "ten_chu_nha", "value": "Phạm Tập Mẫu"})
    assert [one.id for one in fields(residence(), state)] == ["ten_chu_nha", "so_chu_nha"]
    paper = until(residence(), MENDED, {"set": "to_giay", "value": "chua-ky.jpg"})
    assert [one.id for one in fields(residence(), paper)] == ["to_giay"]


def test_the_fee_is_the_one_that_the_facts_state() -> None:
    fee = residence().fee
    assert fee and fee.kind == "le-phi"
    stated = facts_of(SCENARIOS.parent)["tam-tru-le-phi-truc-tuyen"].value.vi
    assert stated.startswith(f"{fee.amount:,}".replace(",", ".") + " đồng")


def test_a_made_up_address_is_taken_and_never_stored() -> None:
    state = until(residence(), CLEAN, {"set": "so_nha", "value": residence().values["so_nha"]})
    kept = apply(residence(), state, {"set": "so_nha", "value": "0 đường tập viết"})
    assert kept == apply(residence(), state, {"set": "so_nha", "value": "12/3 Đường Tre Xanh"})
    assert kept["value"] == residence().values["so_nha"]


def test_a_number_of_the_house_paper_is_never_made_up() -> None:
    state = until(residence(), CLEAN, {"set": "so_giay_nha", "value": "de-trong"})
    for made_up in ("go-dai", "so-hop-dong"):
        with pytest.raises(EventRejected):
            then(residence(), state, {"set": "so_giay_nha", "value": made_up})


def test_the_fee_is_paid_in_the_app_or_at_the_police_and_to_no_person() -> None:
    state = until(residence(), CLEAN, {"set": "noi_tra", "value": "trong-ung-dung"})
    with pytest.raises(EventRejected):
        then(residence(), state, {"set": "noi_tra", "value": "nguoi-quen"})
    then(residence(), state, {"set": "noi_tra", "value": "cong-an"}, {"do": "tiep"})
    assert state.screen == "xac-nhan"


def test_the_caller_rings_once_the_request_is_being_handled() -> None:
    before = until(residence(), CLEAN, {"do": "hom-sau"})
    assert open_trap(residence(), before) is None
    ringing = then(residence(), before, {"do": "hom-sau"})
    assert ringing.dossier == "dang-lam"
    assert (trap := open_trap(residence(), ringing)) is not None
    assert trap.id == "dong-bo-dia-chi"


def test_whoever_installs_what_the_caller_sends_reaches_the_end_but_does_not_pass() -> None:
    assert result(residence(), _end(FALLEN)).passed is False
    assert result(residence(), _end(CLEAN)).passed is True
    assert result(residence(), _end(FALLEN)).reached == len(residence().goals)


def _end(walk: str) -> State:
    return replay(residence(), residence().events(walk))
