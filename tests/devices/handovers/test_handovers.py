"""Handing over: who may, at which place and time, what shows that the receiver is there, and the record's number."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.devices.loan_fixtures import (
    PHRASE,
    approved,
    at,
    device,
    found_officer,
    handed,
    handover,
    hears,
    lent,
    made_staff,
    planned,
    point,
    ready,
    told,
)
from tests.factories import World, person
from tests.parametrize import some
from tests.privacy.conftest import work
from tutoring.accounts import password_hashes
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.community.events import UnitsMerged
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.handovers import commands as handovers_commands
from tutoring.devices.inventory import ledger
from tutoring.devices.loans import queries
from tutoring.devices.loans.models import DeviceLoan, Handover
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.reactions import move_points_to_merged_unit
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited

Who = Callable[[str], User]


# ---- places and days ------------------------------------------------------------------------------------------


def test_a_place_is_public_and_of_the_ward(inside: World, who: Who) -> None:
    place = point(inside)
    assert [one.id for one in queries.points(inside["phuong"])] == [place]
    with pytest.raises(InvalidInput) as refused:
        handovers_commands.add_point(who("mai"), inside["phuong"], "Nhà tôi", "1 Lê Lợi", public=False)
    assert refused.value.field == "public"
    for name in ("hang", "lan", "quang"):
        with pytest.raises(NotFound):
            handovers_commands.add_point(who(name), inside["phuong"], "Trung tâm", "1 Lê Lợi")
        with pytest.raises(NotFound):
            handovers_commands.close_point(who(name), place)
    handovers_commands.close_point(who("mai"), place)
    assert queries.points(inside["phuong"]) == []


def test_a_day_is_set_and_the_family_hears_of_it_with_a_number_nobody_else_reads(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    assert (row.state, row.receiver_id, row.number is not None and len(row.number)) == ("planned", inside["lan"], 4)
    assert len(hears(inside["lan"], "handover:")) == 1
    raw = db.session.execute(sa.text("SELECT number_sealed FROM device_handover")).scalar_one()
    assert (row.number or "").encode() not in bytes(raw)
    before = row.number
    again = handovers_commands.plan_handover(who("mai"), row.need_id, row.point_id, at(3))
    assert again.id == row.id and again.number != before and len(hears(inside["lan"], "handover:")) == 1


@pytest.mark.parametrize(
    ("days", "hour", "say"),
    some((0, -1, "gấp"), (31, 9, "30 ngày"), (2, 20, "7 giờ"), rest=[(2, 6, "7 giờ")]),
)
def test_the_time_is_by_day_and_near(inside: World, who: Who, days: int, hour: int, say: str) -> None:
    need = approved(inside, found_officer(inside), ready(inside))
    when = clock.now() if hour < 0 else at(days, hour)
    with pytest.raises(InvalidInput, match=say):
        handovers_commands.plan_handover(who("mai"), need, point(inside), when)


def test_a_closed_place_or_one_of_another_ward_is_refused(inside: World, who: Who) -> None:
    need, place = approved(inside, found_officer(inside), ready(inside)), point(inside)
    handovers_commands.close_point(who("mai"), place)
    for one in (place, 999_999):
        with pytest.raises(InvalidInput, match="nơi bàn giao"):
            handovers_commands.plan_handover(who("mai"), need, one, at())


def test_nobody_of_the_family_and_no_donor_plans_or_hands_over(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    made_staff(inside, "lan")
    made_staff(inside, "bay")
    for name in ("lan", "bay"):
        with pytest.raises(Forbidden):
            handovers_commands.plan_handover(who(name), row.need_id, row.point_id, at())
        with pytest.raises(Forbidden):
            handovers_commands.hand_over(who(name), row.id, told(row))
    for name in ("hang", "khoa", "quang"):
        with pytest.raises(NotFound):
            handovers_commands.hand_over(who(name), row.id, told(row))
        with pytest.raises(NotFound):
            handovers_commands.plan_handover(who(name), row.need_id, row.point_id, at())


def test_who_is_to_come_is_reminded_the_day_before_and_not_of_a_day_that_changed(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    handovers_commands.plan_handover(who("mai"), row.need_id, row.point_id, at(5))
    for days, count in ((1, 0), (4, 1)):
        with clock.travel(at(days, 10)):
            work()
        assert len(hears(inside["lan"], "handover-near")) == count, days
    assert len(hears(inside["mai"], "handover-near")) == 1


def test_what_is_called_off_reminds_nobody_and_can_be_planned_anew(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    with pytest.raises(NotFound):
        handovers_commands.call_off_handover(who("khoa"), row.id)
    handovers_commands.call_off_handover(who("lan"), row.id)
    with clock.travel(at(1, 10)):
        work()
    assert hears(inside["lan"], "handover-near") == []
    row = handover(row.id)
    assert (row.state, row.number, device(row.device_id).state) == ("cancelled", None, "reserved")
    again = handovers_commands.plan_handover(who("mai"), row.need_id, row.point_id, at())
    assert again.id != row.id
    with pytest.raises(Conflict):
        handovers_commands.call_off_handover(who("lan"), row.id)


def test_missed_is_said_after_the_time_alone(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    with pytest.raises(Conflict):
        handovers_commands.miss_handover(who("mai"), row.id)
    with clock.travel(at(2, 10)):
        handovers_commands.miss_handover(who("mai"), row.id)
    assert handover(row.id).state == "missed" and len(hears(inside["lan"], "handover-off")) == 1


def test_a_need_put_back_takes_its_day_along(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    allocation_commands.return_need_to_queue(who("mai"), row.need_id)
    assert handover(row.id).state == "cancelled"


def test_places_go_along_when_their_ward_becomes_part_of_another(inside: World) -> None:
    place = point(inside)
    merged(UnitsMerged(inside["phuong"], inside["tp"]))
    assert [one.id for one in queries.points(inside["tp"])] == [place]


@command
def merged(event: UnitsMerged) -> None:
    move_points_to_merged_unit(event)


# ---- at the table ---------------------------------------------------------------------------------------------


def test_the_number_from_the_familys_page_hands_the_device_over(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    handovers_commands.hand_over(who("mai"), row.id, told(row, number=" ".join(row.number or "")))
    row = handover(row.id)
    assert (row.state, row.present_by, row.number) == ("done", "number", None)
    assert row.record == f"BB-{clock.today().year}-0001/demo-phuong"
    moved = ledger.history(row.device_id)[-1]
    assert (moved.to_state, moved.by_id, moved.second_id, moved.need_id) == (
        "lent", inside["mai"], inside["lan"], row.need_id,
    )  # fmt: skip
    loan = db.session.scalars(sa.select(DeviceLoan)).one()
    assert (loan.person_id, loan.receiver_id, loan.state) == (inside["minh"], inside["lan"], "open")
    assert db.session.get_one(DeviceNeed, row.need_id).state == "met"
    assert ledger.faults() == []
    facts = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "hand_over")).one().facts
    assert "SN-0001" not in str(facts) and "Lan" not in str(facts)
    assert len(hears(inside["lan"], "device-met")) == 1


def test_wrong_numbers_are_limited_and_change_nothing(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    wrong = "0000" if row.number != "0000" else "1111"
    for _ in range(5):
        with pytest.raises(InvalidInput) as refused:
            handovers_commands.hand_over(who("mai"), row.id, told(row, number=wrong))
        assert refused.value.field == "number"
    with pytest.raises(RateLimited):
        handovers_commands.hand_over(who("mai"), row.id, told(row))
    assert handover(row.id).state == "planned"


def test_the_receivers_own_passphrase_serves_a_family_without_any_device(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    give_phrase(inside["lan"])
    with pytest.raises(InvalidInput, match="số trên trang"):
        handovers_commands.hand_over(who("mai"), row.id, told(row, number=""))
    for _ in range(4):
        with pytest.raises(InvalidInput) as refused:
            handovers_commands.hand_over(
                who("mai"), row.id, told(row, number="", passphrase="không phải thế"), "1.2.3.4"
            )
        assert refused.value.field == "passphrase"
    handovers_commands.hand_over(who("mai"), row.id, told(row, number="", passphrase=PHRASE), "1.2.3.4")
    assert handover(row.id).present_by == "passphrase"


def test_wrong_passphrases_share_the_tries_of_the_sign_in_page(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    give_phrase(inside["lan"])
    for _ in range(5):
        with pytest.raises(InvalidInput):
            handovers_commands.hand_over(who("mai"), row.id, told(row, number="", passphrase="sai"), "1.2.3.4")
    with pytest.raises(RateLimited):
        handovers_commands.hand_over(who("mai"), row.id, told(row, number="", passphrase=PHRASE), "1.2.3.4")


@command
def give_phrase(user_id: int) -> None:
    person(user_id).password_hash = password_hashes.hash_passphrase(PHRASE)


@pytest.mark.parametrize(
    ("change", "field"),
    some(
        ({"condition": "nice"}, "condition"),
        ({"signed": False}, "signed"),
        ({"note": "Gọi 0912 345 678"}, "note"),
        rest=[({"accessories": ["gold"]}, "accessories"), ({"note": "x" * 301}, "note")],
    ),
)
def test_what_may_not_be_written_is_refused_beside_its_field(
    inside: World, who: Who, change: dict[str, object], field: str
) -> None:
    row = handover(planned(inside))
    with pytest.raises(InvalidInput) as refused:
        handovers_commands.hand_over(who("mai"), row.id, told(row, **change))
    assert refused.value.field == field and device(row.device_id).state == "reserved"


def test_a_loan_ends_within_twelve_months_and_before_its_donor_wants_it(inside: World, who: Who) -> None:
    until = clock.today() + timedelta(days=100)
    row = handover(planned(inside, terms="loan", lend_until=until))
    for days in (-1, 101):
        with pytest.raises(InvalidInput) as refused:
            handovers_commands.hand_over(who("mai"), row.id, told(row, due_on=clock.today() + timedelta(days=days)))
        assert refused.value.field == "due_on"
    handovers_commands.hand_over(who("mai"), row.id, told(row))
    assert db.session.scalars(sa.select(DeviceLoan)).one().due_on <= until


def test_a_gift_is_the_familys_own_and_no_loan(inside: World) -> None:
    row = handover(handed(inside, gift=True))
    assert device(row.device_id).state == "given"
    assert db.session.scalars(sa.select(DeviceLoan)).all() == []
    assert [one.id for one in queries.gifts_of(person(inside["lan"]))] == [row.id]


def test_a_device_without_its_wipe_record_is_not_handed_over(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    came_in_later(row.device_id)
    with pytest.raises(Conflict, match="biên bản xoá dữ liệu"):
        handovers_commands.hand_over(who("mai"), row.id, told(row))
    assert handover(row.id).state == "planned"


@command
def came_in_later(device_id: int) -> None:
    """As if the record had been written before it last came in."""
    one = db.session.get_one(Device, device_id)
    assert one.wipe is not None
    one.wipe.after_move = 0


def test_what_was_handed_over_is_not_handed_over_again(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    words = told(row)
    handovers_commands.hand_over(who("mai"), row.id, words)
    for act in (
        lambda: handovers_commands.hand_over(who("mai"), row.id, words),
        lambda: handovers_commands.call_off_handover(who("lan"), row.id),
    ):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(NotFound):
        handovers_commands.plan_handover(who("mai"), row.need_id, row.point_id, at())


def test_who_left_is_not_waited_for_and_what_is_lent_stays_lent(inside: World) -> None:
    first = lent(inside)
    second = planned(inside, "SN-0002", "an")
    erase_account(inside["lan"])
    assert handover(second).state == "cancelled"
    row = queries.loan(first)
    assert row.state == "open" and row.receiver.erased_at is not None and row.device.state == "lent"


# ---- at once --------------------------------------------------------------------------------------------------


def _together(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            try:
                act()
            except DomainError as refusal:
                return refusal.code
            finally:
                db.session.remove()
            return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.full
def test_one_device_is_handed_over_once_however_many_try(app: Flask, world: World) -> None:
    with app.app_context():
        row = handover(planned(world))
        words, handover_id = told(row), row.id
    by = world["mai"]
    said = _together(app, [lambda: handovers_commands.hand_over(person(by), handover_id, words)] * 5)
    assert sorted(said) == ["conflict"] * 4 + ["ok"]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(DeviceLoan)) == 1
        assert ledger.faults() == []


@pytest.mark.full
def test_numbers_of_records_have_no_gaps_and_no_twins_when_given_at_once(app: Flask, world: World) -> None:
    with app.app_context():
        people = (("minh", "bay"), ("an", "bay"), ("bay", "muoi"))
        rows = [handover(planned(world, f"SN-1{n}", who, donor=donor)) for n, (who, donor) in enumerate(people)]
        todo = [(row.id, told(row)) for row in rows]
        by = found_officer(world)

    def act(handover_id: int, words: handovers_commands.HandoverInput) -> Callable[[], object]:
        return lambda: handovers_commands.hand_over(person(by), handover_id, words)

    assert _together(app, [act(*one) for one in todo]) == ["ok"] * 3
    with app.app_context():
        found = sorted(db.session.scalars(sa.select(Handover.record)).all(), key=str)
    year = clock.today().year
    assert found == [f"BB-{year}-{n:04}/demo-phuong" for n in (1, 2, 3)]
