"""Needs: who asks, who confirms, what two people decide, and what each hears."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.devices import need_fixtures as build
from tests.devices.need_fixtures import acts, asked, confirmed, day, device, machine, new, proposed, row, told
from tests.factories import World, change, person
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.events import ConsentWithdrawn
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.events import Suspended, UnitsMerged
from tutoring.community.models import Membership
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.needs import commands as needs_commands
from tutoring.devices.needs import duplicate_checks, transitions
from tutoring.devices.needs import queries as needs_queries
from tutoring.devices.needs.commands import confirm_need
from tutoring.devices.needs.jobs import tidy_needs
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers import commands as vouchers_commands
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.notifications.models import Notice

Who = Callable[[str], User]


# ---- asking ---------------------------------------------------------------------------------------------------


def test_a_guardian_asks_for_a_child_and_receives(inside: World) -> None:
    found = row(asked(inside))
    assert (found.person_id, found.receiver_id, found.asked_by_id) == (inside["minh"], inside["lan"], inside["lan"])
    assert (found.unit_id, found.ward_id, found.state) == (inside["lop6a"], inside["phuong"], "asked")
    assert found.basis == ""
    for name in ("mai", "quang", "hang"):
        assert told(inside[name]) == ["Có gia đình cần máy hoặc mạng, đang chờ xác nhận. Mở để xem."], name
    assert told(inside["lan"]) == told(inside["muoi"]) == []


def test_a_grown_up_asks_for_themself_where_they_live(inside: World) -> None:
    found = row(asked(inside, "bay", "bay"))
    assert (found.unit_id, found.ward_id, found.receiver_id) == (inside["kp3"], inside["phuong"], inside["bay"])
    assert told(inside["muoi"]) and told(inside["mai"])


def test_staff_hear_once_a_day_however_many_ask(inside: World) -> None:
    asked(inside)
    asked(inside, whose="an")
    asked(inside, "bay", "bay")
    assert len(told(inside["mai"])) == 1


def test_staff_ask_for_a_family_without_a_device_and_the_guardian_receives(inside: World) -> None:
    need_id = asked(inside, "hang", "minh")
    assert row(need_id).receiver_id == inside["lan"] and row(need_id).asked_by_id == inside["hang"]
    assert acts(need_id) == [("ask_need", inside["hang"])]
    assert told(inside["lan"]) == ["Thầy cô hoặc phường đã đăng ký cần máy, cần mạng giúp nhà mình. Mở để xem."]
    asked(inside, "muoi", "bay")


@pytest.mark.parametrize(("by", "whose"), [("bay", "minh"), ("lan", "bay"), ("muoi", "minh"), ("hang", "bay"),
                                           ("khoa", "minh"), ("admin1", "minh"), ("quang", "bay")])  # fmt: skip
def test_nobody_asks_for_people_they_do_not_look_after(inside: World, by: str, whose: str) -> None:
    with pytest.raises(NotFound):
        asked(inside, by, whose)


@pytest.mark.parametrize("name", ["minh", "khoa"])
def test_a_minor_asks_for_nothing_and_hears_who_does(inside: World, name: str) -> None:
    with pytest.raises(Forbidden, match="ba mẹ hoặc thầy cô"):
        asked(inside, name, name)


def test_a_youth_does_not_receive_and_without_a_guardian_nobody_does(inside: World) -> None:
    for one in db.session.scalars(sa.select(Guardian.id).where(Guardian.child_id == inside["khoa"])).all():
        change(Guardian, one, confirmed_at=None)
    with pytest.raises(InvalidInput, match="chưa có ba mẹ") as refused:
        asked(inside, "hang", "khoa")
    assert refused.value.field == "receiver"
    build.tie(inside["bay"], inside["khoa"])
    assert row(asked(inside, "hang", "khoa")).receiver_id == inside["bay"]


def test_of_several_guardians_staff_choose_one(inside: World, who: Who) -> None:
    build.tie(inside["bay"], inside["minh"])
    with pytest.raises(InvalidInput, match="Hãy chọn ba mẹ") as refused:
        asked(inside, "hang", "minh")
    assert refused.value.field == "receiver"
    with pytest.raises(InvalidInput):
        needs_commands.ask_need(who("hang"), inside["minh"], new(), inside["muoi"])
    assert needs_commands.ask_need(who("hang"), inside["minh"], new(), inside["bay"]).receiver_id == inside["bay"]


@command
def _stranger() -> User:
    return create_user("Người Mới Minh Hoạ", "bốn từ dễ nhớ", handle="nguoi.moi")


def test_who_belongs_to_no_ward_hears_what_to_do(inside: World) -> None:
    user = _stranger()
    with pytest.raises(InvalidInput, match="Hãy nhập mã tham gia") as refused:
        needs_commands.ask_need(user, user.id, new())
    assert refused.value.code == "no_ward"


@pytest.mark.parametrize(("more", "field"), [({"kind": "money"}, "kind"), ({"wants": "router"}, "wants"),
                                             ({"kind": "internet", "wants": "laptop"}, "wants"),
                                             ({"at_home": "?"}, "at_home"), ({"learners": 0}, "learners"),
                                             ({"learners": 10}, "learners")])  # fmt: skip
def test_what_may_not_be_is_refused_beside_its_field(inside: World, more: dict, field: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InvalidInput) as refused:
        asked(inside, **more)
    assert refused.value.field == field


def test_one_need_of_each_kind_is_open(inside: World, who: Who) -> None:
    need_id = asked(inside)
    with pytest.raises(Conflict):
        asked(inside, "hang", "minh")
    asked(inside, kind="internet", wants="router")
    needs_commands.withdraw_need(who("lan"), need_id)
    assert needs_queries.open_need(inside["minh"], "device") is None
    again = asked(inside)
    assert (found := needs_queries.open_need(inside["minh"], "device")) is not None and found.id == again


def test_nobody_but_the_family_takes_it_back(inside: World, who: Who) -> None:
    need_id = asked(inside)
    for name in ("hang", "mai", "bay", "admin1", "an"):
        with pytest.raises(NotFound):
            needs_commands.withdraw_need(who(name), need_id)
    needs_commands.withdraw_need(who("lan"), need_id)
    with pytest.raises(Conflict):
        needs_commands.withdraw_need(who("lan"), need_id)


# ---- confirming -----------------------------------------------------------------------------------------------


def test_who_knows_the_family_confirms_with_a_day_and_the_family_is_told(inside: World, who: Who) -> None:
    need_id = asked(inside)
    confirm_need(who("hang"), need_id, "poor", day())
    found = row(need_id)
    assert (found.state, found.basis, found.confirmed_by_id, found.valid_until) == (
        "confirmed", "poor", inside["hang"], day(),
    )  # fmt: skip
    assert told(inside["lan"]) == ["Đăng ký cần máy, cần mạng của nhà mình đã được xác nhận. Mở để xem đứng thứ mấy."]
    assert acts(need_id) == [("confirm_need", inside["hang"])] and audit.verify().broken_at is None
    confirm_need(who("mai"), need_id, "near_poor", day(200))
    assert row(need_id).confirmed_by_id == inside["mai"]


@pytest.mark.parametrize("name", ["lan", "bay", "muoi", "khoa", "admin1", "minh", "an"])
def test_neither_the_family_nor_strangers_confirm(inside: World, who: Who, name: str) -> None:
    need_id = asked(inside)
    with pytest.raises(NotFound):
        confirm_need(who(name), need_id, "poor", day())


def test_staff_of_the_family_confirm_and_decide_nothing(inside: World, who: Who) -> None:
    need_id = asked(inside)
    build.tie(inside["mai"], inside["minh"])
    with pytest.raises(NotFound):
        confirm_need(who("mai"), need_id, "poor", day())
    confirm_need(who("hang"), need_id, "poor", day())
    chosen = device(inside)
    with pytest.raises(NotFound):
        allocation_commands.propose_device(who("mai"), need_id, chosen)
    own = asked(inside, "muoi", "muoi")
    with pytest.raises(NotFound):
        confirm_need(who("muoi"), own, "poor", day())


@pytest.mark.parametrize(("basis", "days", "field"), [("", 10, "basis"), ("rich", 10, "basis"),
                                                      ("poor", 0, "valid_until"), ("poor", -1, "valid_until"),
                                                      ("poor", 367, "valid_until")])  # fmt: skip
def test_a_basis_or_day_that_does_not_do_is_refused(inside: World, who: Who, basis: str, days: int, field: str) -> None:
    need_id = asked(inside)
    with pytest.raises(InvalidInput) as refused:
        confirm_need(who("mai"), need_id, basis, day(days))
    assert refused.value.field == field and row(need_id).state == "asked"


# ---- proposing and approving ----------------------------------------------------------------------------------


def test_two_people_give_a_device_and_it_lies_reserved(inside: World) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    chosen = proposed(inside, need_id)
    assert row(need_id).state == "proposed" and machine(chosen).state == "ready"
    assert told(other)[-1] == "Một đề xuất chia máy hoặc gói mạng chờ người thứ hai duyệt. Mở để xem."
    allocation_commands.approve_need(person(other), need_id)
    found = row(need_id)
    assert (found.state, found.approved_by_id, found.proposed_by_id) == ("approved", other, inside["mai"])
    assert (machine(chosen).state, machine(chosen).need_id) == ("reserved", need_id)
    assert told(inside["lan"]) == ["Hai người đã duyệt máy cho nhà mình. Phường sẽ báo nơi và giờ nhận."]
    assert acts(need_id) == [("confirm_need", inside["quang"]), ("propose_need", inside["mai"]),
                             ("approve_need", other)]  # fmt: skip
    assert audit.verify().broken_at is None


def test_nobody_approves_alone(inside: World, who: Who) -> None:
    need_id = confirmed(inside)
    proposed(inside, need_id)
    with pytest.raises(Forbidden, match="người thứ hai"):
        allocation_commands.approve_need(who("mai"), need_id)
    for name in ("hang", "quang", "muoi", "lan", "bay", "admin1"):
        with pytest.raises(NotFound):
            allocation_commands.approve_need(who(name), need_id)
    assert row(need_id).state == "proposed"


def test_who_confirmed_the_basis_does_not_approve(inside: World) -> None:
    other, third = build.staff_of(inside), build.staff_of(inside, "ba")
    need_id = asked(inside)
    confirm_need(person(other), need_id, "poor", day())
    proposed(inside, need_id)
    with pytest.raises(Forbidden):
        allocation_commands.approve_need(person(other), need_id)
    allocation_commands.approve_need(person(third), need_id)


def test_the_donor_neither_proposes_nor_approves_their_own_machine(inside: World, who: Who) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    mine = device(inside, donor="mai", state="stored")
    theirs = device(inside)
    change(build.DeviceOffer, machine(theirs).offer_id, donor_id=inside["mai"])
    with pytest.raises(Forbidden, match="tặng máy này"):
        allocation_commands.propose_device(who("mai"), need_id, theirs)
    with pytest.raises(Conflict):
        allocation_commands.propose_device(person(other), need_id, mine)  # not ready yet
    allocation_commands.propose_device(person(other), need_id, theirs)
    with pytest.raises(Forbidden):
        allocation_commands.approve_need(who("mai"), need_id)


def test_what_does_not_fit_is_not_proposed(inside: World, who: Who) -> None:
    need_id = confirmed(inside, wants="laptop")
    for kind in ("phone", "router"):
        with pytest.raises(InvalidInput, match="không phải loại") as refused:
            allocation_commands.propose_device(who("mai"), need_id, device(inside, kind))
        assert refused.value.field == "device"
    lent = device(inside, "laptop", terms="loan")
    with pytest.raises(InvalidInput, match="chỉ cho mượn") as refused:
        allocation_commands.propose_device(who("mai"), need_id, lent, as_gift=True)
    assert refused.value.field == "as_gift"
    with pytest.raises(Conflict):
        allocation_commands.propose_device(who("mai"), need_id, device(inside, "laptop", state="stored"))
    with pytest.raises(NotFound):
        allocation_commands.propose_device(who("mai"), need_id, 999_999)
    allocation_commands.propose_device(who("mai"), need_id, lent)


def test_a_router_is_a_way_to_the_internet(inside: World, who: Who) -> None:
    need_id, router = confirmed(inside, kind="internet"), device(inside, "router")
    assert [one.id for one in needs_queries.fitting(row(need_id))] == [router]
    allocation_commands.propose_device(who("mai"), need_id, router)
    allocation_commands.approve_need(person(build.staff_of(inside)), need_id)
    assert machine(router).state == "reserved" and row(need_id).batch_id is None


def test_one_device_is_proposed_to_one_family(inside: World, who: Who) -> None:
    first, second = confirmed(inside), confirmed(inside, "bay", "bay")
    chosen = proposed(inside, first)
    assert needs_queries.fitting(row(second)) == []
    with pytest.raises(Conflict, match="gia đình khác"):
        allocation_commands.propose_device(who("mai"), second, chosen)
    with pytest.raises(Conflict):
        allocation_commands.propose_device(who("mai"), first, device(inside))
    allocation_commands.return_need_to_queue(who("mai"), first)
    allocation_commands.propose_device(who("mai"), second, chosen)


def test_without_a_confirmed_basis_nothing_is_proposed(inside: World, who: Who) -> None:
    need_id, chosen = asked(inside), device(inside)
    with pytest.raises(Conflict):
        allocation_commands.propose_device(who("mai"), need_id, chosen)


def test_a_basis_that_ran_out_meanwhile_stops_the_approval(inside: World) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    chosen = proposed(inside, need_id)
    with clock.travel(clock.now() + timedelta(days=101)):
        with pytest.raises(Conflict, match="hết hạn"):
            allocation_commands.approve_need(person(other), need_id)
        assert (row(need_id).state, machine(chosen).state) == ("proposed", "ready")


def test_somebody_suspended_is_given_nothing_meanwhile(inside: World, who: Who) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    chosen = device(inside)
    build.state_of(inside["lan"], "suspended")
    with pytest.raises(Conflict, match="không hoạt động"):
        allocation_commands.propose_device(who("mai"), need_id, chosen)
    build.state_of(inside["lan"], "active")
    allocation_commands.propose_device(who("mai"), need_id, chosen)
    build.state_of(inside["lan"], "suspended")
    with pytest.raises(Conflict, match="không hoạt động"):
        allocation_commands.approve_need(person(other), need_id)


def test_who_is_no_guardian_any_more_receives_nothing_for_the_child(inside: World, who: Who) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    proposed(inside, need_id)
    mine = sa.select(Guardian.id).where(Guardian.child_id == inside["minh"], Guardian.guardian_id == inside["lan"])
    change(Guardian, db.session.scalars(mine).one(), confirmed_at=None)
    with pytest.raises(Conflict, match="không còn là người giám hộ"):
        allocation_commands.approve_need(person(other), need_id)


def test_put_back_the_device_is_ready_and_the_need_stands_where_it_stood(inside: World, who: Who) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    chosen = proposed(inside, need_id)
    allocation_commands.approve_need(person(other), need_id)
    for name in ("lan", "hang", "muoi"):
        with pytest.raises(NotFound):
            allocation_commands.return_need_to_queue(who(name), need_id)
    allocation_commands.return_need_to_queue(who("mai"), need_id)
    found = row(need_id)
    assert (found.state, found.device_id, found.proposed_by_id, found.approved_by_id) == ("confirmed", None, None, None)
    assert machine(chosen).state == "ready" and found.basis
    assert told(inside["lan"]) == ["Đăng ký cần máy, cần mạng của nhà mình đã trở lại hàng chờ. Mở để xem."]
    with pytest.raises(Conflict):
        allocation_commands.return_need_to_queue(who("mai"), need_id)


def test_a_refusal_says_why_to_the_family(inside: World, who: Who) -> None:
    need_id = confirmed(inside)
    for reason in ("", "Gọi cô 0912 345 678", "x" * 301):
        with pytest.raises(InvalidInput) as refused:
            allocation_commands.refuse_need(who("mai"), need_id, reason)
        assert refused.value.field == "reason"
    for name in ("hang", "quang", "lan"):
        with pytest.raises(NotFound):
            allocation_commands.refuse_need(who(name), need_id, "Hết máy")
    allocation_commands.refuse_need(who("mai"), need_id, "Đợt này hết máy")
    assert (row(need_id).state, row(need_id).said) == ("refused", "Đợt này hết máy")
    assert told(inside["lan"]) == ["Phường đã trả lời đăng ký cần máy, cần mạng của nhà mình. Mở để đọc."]
    with pytest.raises(Conflict):
        allocation_commands.refuse_need(who("mai"), need_id, "Hết máy")


# ---- vouchers -------------------------------------------------------------------------------------------------


def test_vouchers_are_proposed_to_several_and_approved_one_by_one(inside: World, who: Who) -> None:
    other, batch_id = build.staff_of(inside), build.batch(inside)
    ids = [confirmed(inside, kind="internet"), confirmed(inside, "bay", "bay", kind="internet")]
    allocation_commands.propose_vouchers(who("mai"), batch_id, ids)
    assert {row(one).state for one in ids} == {"proposed"} and {row(one).batch_id for one in ids} == {batch_id}
    assert needs_queries.count_vouchers_left([batch_id]) == {batch_id: 1}
    with pytest.raises(Forbidden):
        allocation_commands.approve_need(who("mai"), ids[0])
    allocation_commands.approve_need(person(other), ids[0])
    assert row(ids[0]).state in {"approved", "met"} and row(ids[1]).state == "proposed"


def test_no_more_is_promised_than_there_is_and_all_or_none_is_proposed(inside: World, who: Who) -> None:
    batch_id = build.batch(inside, vouchers=1)
    ids = [confirmed(inside, kind="internet"), confirmed(inside, "bay", "bay", kind="internet")]
    with pytest.raises(Conflict, match="không còn đủ gói"):
        allocation_commands.propose_vouchers(who("mai"), batch_id, ids)
    with pytest.raises(InvalidInput):
        allocation_commands.propose_vouchers(who("mai"), batch_id, [])
    with pytest.raises(NotFound):
        allocation_commands.propose_vouchers(who("mai"), 999_999, ids[:1])
    other = confirmed(inside, whose="an")
    with pytest.raises(Conflict):
        allocation_commands.propose_vouchers(who("mai"), batch_id, [other])
    assert {row(one).state for one in [*ids, other]} == {"confirmed"}
    allocation_commands.propose_vouchers(who("mai"), batch_id, ids[:1])
    with pytest.raises(Conflict):
        allocation_commands.propose_vouchers(who("mai"), batch_id, ids[1:])


# ---- what a family has already --------------------------------------------------------------------------------


def test_a_second_child_of_a_family_needs_a_reason_that_the_second_person_reads(inside: World, who: Who) -> None:
    first, second = confirmed(inside), confirmed(inside, whose="an")
    proposed(inside, first)
    chosen = device(inside)
    assert duplicate_checks.duplicates(row(second)) == ["family_need"]
    with pytest.raises(InvalidInput, match="Hãy ghi lý do") as refused:
        allocation_commands.propose_device(who("mai"), second, chosen)
    assert refused.value.field == "although"
    with pytest.raises(InvalidInput) as refused:
        allocation_commands.propose_device(who("mai"), second, chosen, although="Gọi 0912 345 678")
    assert refused.value.field == "although"
    allocation_commands.propose_device(who("mai"), second, chosen, although="Hai em học hai buổi khác nhau")
    assert row(second).although == "Hai em học hai buổi khác nhau"


def test_another_programme_within_three_years_needs_a_reason_too(inside: World, who: Who) -> None:
    need_id = confirmed(inside, elsewhere=True)
    assert duplicate_checks.duplicates(row(need_id)) == ["elsewhere"]
    with pytest.raises(InvalidInput):
        allocation_commands.propose_device(who("mai"), need_id, device(inside))


@command
def _given(world: World, need_id: int, other: int) -> int:
    """As if handed over to be their own."""
    chosen = proposed(world, need_id, as_gift=True)
    allocation_commands.approve_need(person(other), need_id)
    receiver = row(need_id).receiver_id
    build.ledger.move(person(world["mai"]), chosen, "reserved", "given", second_id=receiver)
    transitions.meet_need(need_id)
    return chosen


def test_who_was_given_one_gets_no_second_and_the_household_only_with_a_reason(inside: World, who: Who) -> None:
    other = build.staff_of(inside)
    _given(inside, confirmed(inside), other)
    again, sister, mother = confirmed(inside), confirmed(inside, whose="an"), confirmed(inside, "lan", "lan")
    assert duplicate_checks.duplicates(row(again)) == ["own_gift"]
    assert duplicate_checks.duplicates(row(sister)) == duplicate_checks.duplicates(row(mother)) == ["family_gift"]
    with pytest.raises(Conflict) as refused:
        allocation_commands.propose_device(who("mai"), again, device(inside), although="Vẫn cần")
    assert refused.value.code == "has_own"
    allocation_commands.propose_device(who("mai"), sister, device(inside), although="Máy kia hỏng rồi")
    with clock.travel(clock.now() + timedelta(days=3 * 365 + 1)):
        assert duplicate_checks.duplicates(row(again)) == ["family_need"]
    assert duplicate_checks.duplicates(row(confirmed(inside, "bay", "bay"))) == []


# ---- met, and met no more -------------------------------------------------------------------------------------


def test_a_need_is_met_once_and_only_when_two_have_approved(inside: World) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    with pytest.raises(Conflict):
        transitions.meet_need(need_id)
    proposed(inside, need_id)
    allocation_commands.approve_need(person(other), need_id)
    transitions.meet_need(need_id)
    met = row(need_id).met_at
    transitions.meet_need(need_id)
    assert row(need_id).state == "met" and row(need_id).met_at == met is not None


def test_a_voucher_that_failed_leaves_the_yes_of_two_people_standing(inside: World, who: Who) -> None:
    other, batch_id, need_id = build.staff_of(inside), build.batch(inside), confirmed(inside, kind="internet")
    allocation_commands.propose_vouchers(who("mai"), batch_id, [need_id])
    allocation_commands.approve_need(person(other), need_id)
    if row(need_id).state == "approved":
        transitions.meet_need(need_id)
    transitions.reopen_need(need_id)
    found = row(need_id)
    assert (found.state, found.batch_id, found.approved_by_id, found.ended_at) == ("approved", batch_id, other, None)


def test_another_voucher_is_given_on_the_word_of_the_two_and_by_nobody_else(inside: World, who: Who) -> None:
    other, batch_id, need_id = build.staff_of(inside), build.batch(inside), confirmed(inside, kind="internet")
    with pytest.raises(Conflict):
        allocation_commands.give_again(who("mai"), need_id)
    allocation_commands.propose_vouchers(who("mai"), batch_id, [need_id])
    allocation_commands.approve_need(person(other), need_id)
    voucher_id = _voucher_of(need_id)
    vouchers_commands.open_voucher(who("lan"), voucher_id)
    vouchers_commands.report_failed_voucher(who("lan"), voucher_id)
    assert row(need_id).state == "approved"
    for name in ("lan", "hang", "bay"):
        with pytest.raises(NotFound):
            allocation_commands.give_again(who(name), need_id)
    allocation_commands.give_again(who("mai"), need_id)
    assert acts(need_id)[-1] == ("give_voucher_again", inside["mai"])
    assert row(need_id).state == "met" and _voucher_of(need_id) != voucher_id


def _voucher_of(need_id: int) -> int:
    found = db.session.scalar(
        sa.select(InternetVoucher.id).where(InternetVoucher.need_id == need_id).where(InternetVoucher.state != "failed")
    )
    return found or 0


def test_reopened_without_a_basis_it_waits_for_one_and_never_beside_a_new_one(inside: World, who: Who) -> None:
    other, batch_id, need_id = build.staff_of(inside), build.batch(inside), confirmed(inside, kind="internet")
    allocation_commands.propose_vouchers(who("mai"), batch_id, [need_id])
    allocation_commands.approve_need(person(other), need_id)
    if row(need_id).state == "approved":
        transitions.meet_need(need_id)
    with clock.travel(clock.now() + timedelta(days=120)):
        another = asked(inside, kind="internet")
        with pytest.raises(Conflict):
            transitions.reopen_need(need_id)
        needs_commands.withdraw_need(who("lan"), another)
        transitions.reopen_need(need_id)
        assert (row(need_id).state, row(need_id).basis, row(need_id).confirmed_by_id) == ("asked", "", None)


# ---- by itself, and people who leave --------------------------------------------------------------------------


def test_a_basis_is_told_of_before_it_ends_and_then_waits_for_a_new_one(inside: World, who: Who) -> None:
    need_id = confirmed(inside)
    with clock.travel(clock.now() + timedelta(days=85)):
        tidy_needs()
        assert not any("hết hạn" in say for say in told(inside["mai"]))
    with clock.travel(clock.now() + timedelta(days=87)):
        tidy_needs()
        tidy_needs()
        for name in ("mai", "hang", "quang"):
            assert sum("sắp hết hạn" in say for say in told(inside[name])) == 1, name
        assert any("bạn không phải làm gì" in say for say in told(inside["lan"]))
        assert row(need_id).state == "confirmed"
    with clock.travel(clock.now() + timedelta(days=101)):
        assert (
            needs_queries.list_waiting_needs(inside["phuong"], "device") == []
        )  # not proposable before the night either
        tidy_needs()
        found = row(need_id)
        assert (found.state, found.basis, found.valid_until) == ("asked", "", None)
        assert any("đã hết hạn. Mở để xác nhận lại" in say for say in told(inside["hang"]))
        confirm_need(who("hang"), need_id, "poor", day(30))
        assert row(need_id).state == "confirmed"


def test_what_nobody_confirms_lapses_after_half_a_year(inside: World) -> None:
    need_id = asked(inside)
    with clock.travel(clock.now() + timedelta(days=181)):
        tidy_needs()
        assert row(need_id).state == "lapsed"
        assert any("Đăng ký cần máy, cần mạng của nhà mình đã hết hạn" in say for say in told(inside["lan"]))


def test_hardship_is_forgotten_90_days_after_the_end_and_the_need_after_two_years(inside: World, who: Who) -> None:
    need_id, kept = confirmed(inside), confirmed(inside, "bay", "bay")
    _given(inside, kept, build.staff_of(inside))
    needs_commands.withdraw_need(who("lan"), need_id)
    with clock.travel(clock.now() + timedelta(days=89)):
        tidy_needs()
        assert row(need_id).basis
    with clock.travel(clock.now() + timedelta(days=91)):
        tidy_needs()
        assert row(need_id).basis == row(kept).basis == "" and row(need_id).confirmed_by_id is None
    with clock.travel(clock.now() + timedelta(days=2 * 365 + 1)):
        tidy_needs()
        assert db.session.get(DeviceNeed, need_id) is None
        assert row(kept).state == "met"  # the books of the device need it


def test_when_the_family_leaves_its_device_goes_back_to_the_store(inside: World, who: Who) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside)
    chosen = proposed(inside, need_id)
    allocation_commands.approve_need(person(other), need_id)
    erase_account(inside["lan"])
    found = row(need_id)
    assert (found.state, found.basis, found.although) == ("withdrawn", "", "")
    assert machine(chosen).state == "reserved"
    assert [one.id for one in needs_queries.list_ended_needs_with_device(inside["phuong"])] == [need_id]
    allocation_commands.return_need_to_queue(who("mai"), need_id)
    assert machine(chosen).state == "ready" and row(need_id).state == "withdrawn"
    assert needs_queries.list_ended_needs_with_device(inside["phuong"]) == []


def test_who_leaves_the_ward_asks_where_they_live_now(inside: World, who: Who) -> None:
    need_id = confirmed(inside, "bay", "bay")
    [member] = db.session.scalars(sa.select(Membership.id).where(Membership.user_id == inside["bay"])).all()
    community.end_member(who("muoi"), member, "Đã chuyển đi nơi khác")
    assert row(need_id).state == "withdrawn"


@command
def _happens(event: object) -> None:
    publish(event)


def test_while_somebody_is_suspended_what_was_proposed_waits_again(inside: World) -> None:
    need_id = confirmed(inside)
    chosen = proposed(inside, need_id)
    _happens(Suspended(inside["lan"], inside["admin1"]))
    assert (row(need_id).state, row(need_id).device_id, machine(chosen).state) == ("confirmed", None, "ready")


def test_without_the_yes_to_the_account_nothing_is_asked_for_a_child(inside: World) -> None:
    need_id, other = confirmed(inside), confirmed(inside, whose="an")
    _happens(ConsentWithdrawn(inside["minh"], "pairing"))
    assert row(need_id).state == "confirmed"
    _happens(ConsentWithdrawn(inside["minh"], "profile"))
    assert (row(need_id).state, row(other).state) == ("withdrawn", "confirmed")


def test_open_needs_go_along_when_units_become_one(inside: World) -> None:
    need_id = confirmed(inside)
    _happens(UnitsMerged(inside["lop6a"], inside["lop4a"]))
    assert row(need_id).unit_id == inside["lop4a"]


def test_notices_hold_no_name_and_no_basis(inside: World, who: Who) -> None:
    other, need_id = build.staff_of(inside), confirmed(inside, basis="poor")
    proposed(inside, need_id)
    allocation_commands.approve_need(person(other), need_id)
    allocation_commands.return_need_to_queue(who("mai"), need_id)
    allocation_commands.refuse_need(who("mai"), need_id, "Hết máy")
    for notice in db.session.scalars(sa.select(Notice).where(Notice.key.startswith("need")).order_by(Notice.id)):
        text = notice.say % notice.params
        assert not any(private in text for private in ("Minh", "Lan", "nghèo", "Hết máy")), text
        assert set(notice.params) <= {"day"}


# ---- at once --------------------------------------------------------------------------------------------------


def _together(app: Flask, acts: list[Callable[[], object]]) -> list[BaseException | None]:
    """These acts in threads of their own, begun at the same moment; what each raised."""
    gate, out = threading.Barrier(len(acts)), list[BaseException | None]([None] * len(acts))

    def run(at: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                acts[at]()
            except BaseException as error:
                out[at] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out


def test_of_proposals_of_one_device_at_once_one_wins(app: Flask, inside: World) -> None:
    rate_limits.clear()
    ids = [confirmed(inside, "mai", "bay")]
    ids += [
        needs_commands.ask_need(person(one), one, new()).id
        for one in (build.grown_up(inside, f"n{n}") for n in range(5))
    ]
    for one in ids[1:]:
        confirm_need(person(inside["mai"]), one, "poor", day())
    chosen, mai = device(inside), inside["mai"]
    db.session.remove()
    out = _together(app, [lambda one=one: allocation_commands.propose_device(person(mai), one, chosen) for one in ids])
    assert sum(one is None for one in out) == 1
    assert all(one is None or isinstance(one, Conflict) for one in out), out
    assert [row(one).state for one in ids].count("proposed") == 1


def test_approved_by_several_at_once_it_is_approved_once(app: Flask, inside: World) -> None:
    others = [build.staff_of(inside, name) for name in ("hai", "ba", "tu", "nam")]
    need_id = confirmed(inside)
    chosen = proposed(inside, need_id)
    db.session.remove()
    out = _together(app, [lambda one=one: allocation_commands.approve_need(person(one), need_id) for one in others])
    assert sum(one is None for one in out) == 1
    assert all(one is None or isinstance(one, Conflict) for one in out), out
    assert row(need_id).state == "approved" and machine(chosen).state == "reserved"
    assert [one for one, _ in acts(need_id)].count("approve_need") == 1
