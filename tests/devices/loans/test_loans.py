"""Loans: reminders that cancel themselves, more time, losses, taken back, written off, found again; old rows go."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.devices.loan_fixtures import device, handed, hears, lent, loan, made_staff, morning, planned, ready
from tests.factories import World
from tests.privacy.conftest import work
from tutoring.accounts.models import User
from tutoring.devices.handovers import jobs as handovers_jobs
from tutoring.devices.inventory import ledger
from tutoring.devices.loans import commands as loans_commands
from tutoring.devices.loans import queries
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover
from tutoring.devices.models import DeviceMove
from tutoring.devices.thanks import commands as thanks_commands
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.paging import Wanted
from tutoring.policy.devices import loans as policy

Who = Callable[[str], User]


# ---- days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "until", "due"),
    [
        (date(2026, 9, 10), None, date(2027, 5, 31)),
        (date(2026, 2, 1), None, date(2026, 5, 31)),
        (date(2026, 5, 1), None, date(2027, 5, 1)),  # the end of the year is near
        (date(2026, 9, 10), date(2027, 1, 15), date(2027, 1, 15)),
        (date(2028, 2, 29), None, date(2028, 5, 31)),
    ],
)
def test_the_usual_day_is_the_end_of_the_school_year(today: date, until: date | None, due: date) -> None:
    assert policy.usual_due(today, until) == due
    assert policy.may_lend_until(due, today, until)
    assert policy.year_later(date(2028, 2, 29)) == date(2029, 2, 28)


def shown(name: str, **more: Any) -> Wanted:
    """What a list of loans is asked for: by due date, with this filter."""
    return Wanted(order="due", chosen={"show": name}, **more)


def test_reminders_come_before_and_after_the_day_and_never_reproach(inside: World) -> None:
    row = loan(lent(inside))
    seen = []
    for days in (-31, -30, -7, 0, 6, 7, 30, 31):
        with clock.travel(morning(row.due_on + timedelta(days=days))):
            work()
            seen.append(len(hears(inside["lan"], "loan-due")))
    assert seen == [0, 1, 2, 3, 3, 4, 5, 5]
    said = " ".join(hears(inside["lan"], "loan-due"))
    for word in ("phạt", "trễ", "quá hạn", "vi phạm", "yêu cầu"):
        assert word not in said
    assert len(hears(inside["mai"], "loan-over")) == 1 and hears(inside["minh"], "loan") == []


def test_what_came_back_reminds_nobody(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    loans_commands.record_return(who("mai"), row.id, "good", ["charger"])
    with clock.travel(morning(row.due_on + timedelta(days=40))):
        work()
    assert hears(inside["lan"], "loan-due") == [] and len(hears(inside["lan"], "loan-end")) == 1


# ---- more time ------------------------------------------------------------------------------------------------


def test_a_family_asks_for_more_time_near_the_day_and_twice_at_most(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    with pytest.raises(Conflict, match="30 ngày"):
        loans_commands.ask_renewal(who("lan"), row.id)
    for times in (1, 2):
        due = loan(row.id).due_on
        with clock.travel(morning(due - timedelta(days=20))):
            loans_commands.ask_renewal(who("lan"), row.id)
            assert len(hears(inside["mai"], "loan-renewal")) == 1
            with pytest.raises(Conflict, match="đã xin mượn thêm rồi"):
                loans_commands.ask_renewal(who("lan"), row.id)
            with pytest.raises(InvalidInput):
                loans_commands.answer_renewal(who("mai"), row.id, True, due)
            with pytest.raises(InvalidInput):
                loans_commands.answer_renewal(who("mai"), row.id, True, due + timedelta(days=400))
            loans_commands.answer_renewal(who("mai"), row.id, True, due + timedelta(days=90))
        assert (loan(row.id).due_on, loan(row.id).renewals) == (due + timedelta(days=90), times)
        with clock.travel(morning(due)):
            work()
        assert all(f"{due:%d/%m/%Y}" not in one for one in hears(inside["lan"], "loan-due"))
    with clock.travel(morning(loan(row.id).due_on)), pytest.raises(Conflict, match="hai lần"):
        loans_commands.ask_renewal(who("lan"), row.id)


def test_no_renewal_passes_the_day_of_the_donor(inside: World, who: Who) -> None:
    until = clock.today() + timedelta(days=120)
    row = loan(lent(inside, terms="loan", lend_until=until))
    with clock.travel(morning(row.due_on - timedelta(days=1))):
        if row.due_on == until:
            with pytest.raises(Conflict, match="cần máy lại"):
                loans_commands.ask_renewal(who("lan"), row.id)
        work()
        handovers_jobs.tidy()
        handovers_jobs.tidy()
    assert len(hears(inside["mai"], "donor-day")) == 1


def test_a_no_leaves_the_day_as_it_is(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    with clock.travel(morning(row.due_on)):
        loans_commands.ask_renewal(who("lan"), row.id)
        loans_commands.answer_renewal(who("mai"), row.id, False)
        after = loan(row.id)
        assert (after.due_on, after.renewals, after.renewal_asked_at) == (row.due_on, 0, None)
        assert len(hears(inside["lan"], "renewed")) == 1
        with pytest.raises(Conflict):
            loans_commands.answer_renewal(who("mai"), row.id, True)


# ---- the people -----------------------------------------------------------------------------------------------


def test_the_pupil_decides_nothing_and_nobody_decides_for_their_own_family(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    assert queries.seen_loan(who("minh"), row.id)[0].id == row.id
    for name in ("minh", "bay", "khoa", "hang"):
        for act in (
            lambda user: loans_commands.ask_renewal(user, row.id),
            lambda user: loans_commands.report_loss(user, row.id, "lost"),
            lambda user: loans_commands.record_return(user, row.id, "good", []),
            lambda user: loans_commands.write_off(user, row.id, "Mất"),
        ):
            with pytest.raises(NotFound):
                act(who(name))
    made_staff(inside, "lan")
    for act in (
        lambda user: loans_commands.record_return(user, row.id, "good", []),
        lambda user: loans_commands.write_off(user, row.id, "Mất"),
    ):
        with pytest.raises(Forbidden):
            act(who("lan"))


def test_what_is_told_is_a_choice_and_reaches_the_ward(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    with pytest.raises(InvalidInput):
        loans_commands.report_loss(who("lan"), row.id, "eaten")
    loans_commands.report_loss(who("lan"), row.id, "broken")
    loans_commands.report_loss(who("lan"), row.id, "broken")
    assert loan(row.id).told == "broken" and len(hears(inside["mai"], "loan-told")) == 1
    assert [one.id for one in queries.loans_in(inside["phuong"], shown("told")).items] == [row.id]


# ---- the end --------------------------------------------------------------------------------------------------


def test_what_comes_back_is_in_the_store_with_what_is_missing(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    for condition, things in (("nice", []), ("good", ["gold"])):
        with pytest.raises(InvalidInput):
            loans_commands.record_return(who("mai"), row.id, condition, things)
    loans_commands.record_return(who("mai"), row.id, "worn", ["charger"], receiver_there=True)
    after, machine = loan(row.id), device(row.device_id)
    assert (after.state, after.ended_on, machine.state) == ("returned", clock.today(), "stored")
    assert loans_commands.missing_of(["charger", "cable"], after.accessories_back) == ["cable"]
    assert machine.accessories == ["charger"] and machine.need_id is None
    assert ledger.history(row.device_id)[-1].second_id == inside["lan"] and ledger.faults() == []
    with pytest.raises(Conflict):
        loans_commands.record_return(who("mai"), row.id, "worn", [])


def test_what_is_lost_is_written_off_with_a_reason_and_may_be_found(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    with pytest.raises(InvalidInput):
        loans_commands.write_off(who("mai"), row.id, "Gọi 0912 345 678")
    loans_commands.write_off(who("mai"), row.id, "Đã cùng tìm hai tuần")
    assert (loan(row.id).state, device(row.device_id).state) == ("lost", "lost")
    reason = db.session.scalars(sa.select(AuditRow.reason).where(AuditRow.action == "write_off_loan")).one()
    assert reason == "Đã cùng tìm hai tuần"
    with pytest.raises(NotFound):
        loans_commands.found_again(who("lan"), row.device_id)
    loans_commands.found_again(who("mai"), row.device_id)
    assert device(row.device_id).state == "stored" and ledger.faults() == []


@pytest.mark.full
def test_lists_of_a_ward_are_by_day_and_filtered_and_paged(inside: World) -> None:
    first, second = lent(inside), lent(inside, "SN-0002", "an", terms="loan", lend_until=clock.today() + timedelta(9))

    def found(unit: str, name: str, **more: Any) -> list[int]:
        return [one.id for one in queries.loans_in(inside[unit], shown(name, **more)).items]

    page = queries.loans_in(inside["phuong"], shown("", size=1))
    assert [one.id for one in page.items] == [second] and page.more and page.total == 2
    assert found("phuong", "", size=1, page=2) == [first]
    assert found("phuong", "", falling=True) == [first, second]
    assert found("phuong", "", words="lan") == found("phuong", "", words="chi lan") and not found(
        "phuong", "", words="xyz"
    )
    assert found("tp", "soon") == [second]
    for name in ("overdue", "renewal", "told", "ended"):
        assert found("phuong", name) == []
    with clock.travel(morning(clock.today() + timedelta(days=10))):
        assert found("phuong", "overdue") == [second]


def test_two_years_after_the_end_only_the_ledger_is_left(inside: World, who: Who) -> None:
    row = loan(lent(inside))
    thanks_commands.pass_thanks(who("mai"), thanks_commands.thank(who("lan"), row.need_id, "Cảm ơn nhiều lắm").id)
    loans_commands.record_return(who("mai"), row.id, "good", [])
    open_one, gift = lent(inside, "SN-0002", "an"), handed(inside, "SN-0003", "bay", True, donor="muoi")
    assert gift and ready(inside, "SN-0004")
    moves = db.session.scalar(sa.select(sa.func.count()).select_from(DeviceMove))
    with clock.travel(morning(clock.today() + timedelta(days=729))):
        handovers_jobs.tidy()
        assert len(db.session.scalars(sa.select(DeviceLoan.id)).all()) == 2
    with clock.travel(morning(clock.today() + timedelta(days=732))):
        handovers_jobs.tidy()
    assert db.session.scalars(sa.select(DeviceLoan.id)).all() == [open_one]
    assert len(db.session.scalars(sa.select(Handover.id)).all()) == 1
    assert db.session.scalars(sa.select(DeviceThanks.id)).all() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DeviceMove)) == moves and ledger.faults() == []


def test_a_day_nobody_told_of_is_missed_after_a_week(inside: World) -> None:
    from_now = db.session.get_one(Handover, planned(inside))
    with clock.travel(from_now.at + timedelta(days=8)):
        handovers_jobs.tidy()
    db.session.expire_all()
    assert from_now.state == "missed"
