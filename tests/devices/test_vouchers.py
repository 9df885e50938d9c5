"""Sponsored internet: what comes in, who gets what, who opens it, and what becomes of it by itself."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.devices.voucher_fixtures import (
    approved,
    batch,
    brought,
    code,
    code_bytes,
    codes,
    given,
    need,
    opened,
    partner,
    people,
    plan,
    staff,
    states,
    told,
    voucher,
)
from tests.factories import World, person
from tests.test_leaked_database import thief
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.community.events import UnitsMerged
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.needs import commands as needs_commands
from tutoring.devices.needs.commands import confirm_need
from tutoring.devices.vouchers import commands as vouchers_commands
from tutoring.devices.vouchers import jobs as vouchers_jobs
from tutoring.devices.vouchers import queries
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import audit, clock, jobs, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.kernel.events import publish

Who = Callable[[str], User]


def acts(action: str) -> list[tuple[int | None, str]]:
    query = sa.select(AuditRow.actor_id, AuditRow.target).where(AuditRow.action == action).order_by(AuditRow.id)
    return list(db.session.execute(query))


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """What each of these gave, or the refusal, when all begin in the same moment."""
    ready, results = threading.Barrier(len(acts)), list[object]()

    def act(one: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            try:
                results.append(one())
            except Conflict as refusal:
                results.append(refusal)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# ---- coming in ------------------------------------------------------------------------------------------------


def test_an_officer_brings_a_file_in_and_the_same_file_adds_nothing(inside: World, who: Who) -> None:
    made = vouchers_commands.import_vouchers(who("mai"), inside["phuong"], plan(), codes(7))
    assert made.batch_id is not None and (made.added, made.known, made.faults) == (7, 0, ())
    assert states(made.batch_id) == {"free": 7}
    again = vouchers_commands.import_vouchers(who("mai"), inside["phuong"], plan(), codes(7))
    assert (again.batch_id, again.added, again.known) == (None, 0, 7)
    more = vouchers_commands.import_vouchers(who("mai"), inside["phuong"], plan(sponsor="Hội Khác"), codes(9).lower())
    assert (more.added, more.known) == (2, 7)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(InternetBatch)) == 2
    assert acts("import_vouchers") == [
        (inside["mai"], f"internet_batch:{one}") for one in (made.batch_id, more.batch_id)
    ]


def test_of_a_faulty_file_nothing_is_written(inside: World, who: Who) -> None:
    done = vouchers_commands.import_vouchers(who("mai"), inside["phuong"], plan(), codes(3) + "kurz,31/12/2027\n")
    assert done.batch_id is None and [one.line for one in done.faults] == [5]
    assert db.session.scalars(sa.select(InternetBatch.id)).all() == []
    assert acts("import_vouchers") == []


@pytest.mark.parametrize("name", ["muoi", "quang", "hang", "admin1", "bay", "lan"])
def test_nobody_else_brings_any_in(inside: World, who: Who, name: str) -> None:
    with pytest.raises(NotFound):
        vouchers_commands.import_vouchers(who(name), inside["phuong"], plan(), codes(1))
    batch_id = brought(inside)
    for act in (vouchers_commands.close_batch, vouchers_commands.open_batch, vouchers_commands.new_report_address):
        with pytest.raises(NotFound):
            act(who(name), batch_id)


def test_they_come_in_for_a_ward_or_a_city_alone(inside: World, who: Who) -> None:
    for unit in ("kp3", "truong"):
        with pytest.raises(NotFound):
            vouchers_commands.import_vouchers(who("mai"), inside[unit], plan(), codes(1))
    with pytest.raises(NotFound):
        vouchers_commands.import_vouchers(who("mai"), inside["tp"], plan(), codes(1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sponsor": " "}, "sponsor"),
        ({"sponsor": "x" * 81}, "sponsor"),
        ({"sponsor": "Gọi anh Nam 0912 345 678"}, "sponsor"),
        ({"sponsor_id": 999_999}, "sponsor_id"),
        ({"network": "mars"}, "network"),
        ({"gigabytes": 0}, "gigabytes"),
        ({"days": 401}, "days"),
    ],
)
def test_what_may_not_be_is_refused_beside_its_field(inside: World, change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        brought(inside, **change)
    assert refused.value.field == field


def test_a_partner_of_the_site_gives_its_own_name(inside: World) -> None:
    place = partner()
    assert [one.id for one in queries.partners() if one.id == place] == [place]
    assert batch(brought(inside, sponsor="", sponsor_id=place)).sponsor == "Công ty Viễn Thông Xanh"
    with pytest.raises(InvalidInput):
        brought(inside, sponsor_id=inside["phuong"])


def test_one_file_from_two_browsers_comes_in_once(app: Flask, world: World) -> None:
    with app.app_context():
        text = codes(600)
        db.session.remove()

    def bring() -> object:
        return vouchers_commands.import_vouchers(person(world["mai"]), world["phuong"], plan(), text)

    done = at_once(app, [bring] * 4)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(InternetVoucher)) == 600
        assert sorted(one.added for one in done if isinstance(one, vouchers_commands.ImportResult)) == [0, 0, 0, 600]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(InternetBatch)) == 1
        db.session.remove()


def test_whoever_steals_the_database_reads_no_code(inside: World, who: Who) -> None:
    batch_id = brought(inside, 4)
    voucher_id = opened(inside, batch_id)
    stolen = thief()
    for n in range(4):
        assert code(n) not in stolen and code(n).replace("-", "") not in stolen
    assert code(0).encode() not in (code_bytes(voucher_id) or b"")
    assert audit.verify().broken_at is None


# ---- to a family ----------------------------------------------------------------------------------------------


def test_two_people_decide_and_a_voucher_follows(inside: World, who: Who) -> None:
    batch_id, second = brought(inside, 2), person(staff(inside, "officer", "phuong", "hai.canbo"))
    asked = needs_commands.ask_need(who("bay"), inside["bay"], needs_commands.NewNeed("internet"))
    confirm_need(who("muoi"), asked.id, "near_poor", clock.today() + timedelta(days=100))
    allocation_commands.propose_vouchers(who("mai"), batch_id, [asked.id])
    allocation_commands.approve_need(second, asked.id)
    assert need(asked.id).state == "met"
    row = db.session.scalars(sa.select(InternetVoucher).where(InternetVoucher.need_id == asked.id)).one()
    assert (row.state, row.receiver_id, row.ward_id) == ("assigned", inside["bay"], inside["phuong"])
    assert told(inside["bay"]) == ["Gia đình bạn được tặng một gói mạng để học. Mở để lấy mã."]


def test_without_a_voucher_nothing_is_approved(inside: World, who: Who) -> None:
    batch_id, second = brought(inside, 1, left=10), person(staff(inside, "officer", "phuong", "hai.canbo"))
    asked = needs_commands.ask_need(who("bay"), inside["bay"], needs_commands.NewNeed("internet"))
    confirm_need(who("muoi"), asked.id, "near_poor", clock.today() + timedelta(days=100))
    allocation_commands.propose_vouchers(who("mai"), batch_id, [asked.id])
    with clock.travel(clock.now() + timedelta(days=9)), pytest.raises(Conflict, match="không còn mã nào"):
        allocation_commands.approve_need(person(second.id), asked.id)
    assert need(asked.id).state == "proposed" and states(batch_id) == {"free": 1}
    vouchers_commands.close_batch(who("mai"), batch_id)
    with pytest.raises(Conflict, match="đã đóng"):
        allocation_commands.approve_need(person(second.id), asked.id)
    assert need(asked.id).state == "proposed"
    vouchers_commands.open_batch(who("mai"), batch_id)
    allocation_commands.approve_need(person(second.id), asked.id)
    assert need(asked.id).state == "met"


def test_only_out_of_a_batch_of_the_ward_or_of_its_city(inside: World, who: Who) -> None:
    city = staff(inside, "coordinator", "tp", "dieuphoi.tp")
    made = vouchers_commands.import_vouchers(person(city), inside["tp"], plan(), codes(1))
    assert voucher(given(inside, made.batch_id)).batch_id == made.batch_id
    elsewhere = brought(inside, 1, start=50)
    set_unit(elsewhere, inside["truong"])
    other = people(1)[0]
    for wrong in (elsewhere, None):
        need_id = approved(inside, wrong, other)
        with pytest.raises(Conflict, match="Chưa chọn đợt"):
            vouchers_commands.give_voucher(need_id)
        withdraw(need_id)
    assert states(elsewhere) == {"free": 1}


@command
def set_unit(batch_id: int, unit_id: int) -> None:
    db.session.get_one(InternetBatch, batch_id).unit_id = unit_id


@command
def withdraw(need_id: int) -> None:
    row = need(need_id)
    row.state, row.ended_at = "withdrawn", clock.now()


def test_of_twelve_families_at_once_eight_get_one_of_eight_vouchers(app: Flask, world: World) -> None:
    with app.app_context():
        batch_id = brought(world, 8)
        needs = [approved(world, batch_id, one) for one in people(12)]
        db.session.remove()
    done = at_once(app, [lambda n=n: vouchers_commands.give_voucher(n).id for n in needs])  # type: ignore[misc]
    got = [one for one in done if isinstance(one, int)]
    with app.app_context():
        assert len(got) == len(set(got)) == 8 and states(batch_id) == {"assigned": 8}
        assert sorted(need(one).state for one in needs) == ["approved"] * 4 + ["met"] * 8
        db.session.remove()


def test_one_need_gets_one_voucher_however_often_it_is_pressed(app: Flask, world: World) -> None:
    with app.app_context():
        batch_id = brought(world, 8)
        need_id = approved(world, batch_id)
        db.session.remove()
    done = at_once(app, [lambda: vouchers_commands.give_voucher(need_id).id] * 6)
    with app.app_context():
        assert len([one for one in done if isinstance(one, int)]) == 1 and states(batch_id)["assigned"] == 1
        db.session.remove()


def test_the_database_itself_gives_a_need_no_second_voucher_and_keeps_no_code_of_what_is_over(inside: World) -> None:
    batch_id = brought(inside, 2)
    voucher_id = given(inside, batch_id)
    other = db.session.scalars(sa.select(InternetVoucher.id).where(InternetVoucher.state == "free")).one()
    for values in (
        {"id": other, "need_id": voucher(voucher_id).need_id, "state": "assigned", "assigned_at": clock.now()},
        {"id": other, "state": "expired", "ended_at": clock.now()},
        {"id": other, "state": "expired", "code": None},
        {"id": other, "state": "assigned", "assigned_at": clock.now()},
    ):
        with pytest.raises(IntegrityError):
            write(**values)


@command
def write(id: int, **values: object) -> None:
    db.session.execute(sa.update(InternetVoucher).where(InternetVoucher.id == id).values(**values))


# ---- opening --------------------------------------------------------------------------------------------------


def test_only_the_receiver_opens_it_and_as_often_as_needed(inside: World, who: Who) -> None:
    voucher_id = given(inside)
    first = vouchers_commands.open_voucher(who("bay"), voucher_id)
    assert first == code(0) and voucher(voucher_id).state == "opened"
    assert vouchers_commands.open_voucher(who("bay"), voucher_id) == first
    assert acts("open_voucher") == [(inside["bay"], f"internet_voucher:{voucher_id}")] * 2
    for name in ("minh", "lan", "muoi", "mai", "hang", "quang", "admin1"):
        for act in (
            vouchers_commands.open_voucher,
            vouchers_commands.confirm_use,
            vouchers_commands.report_failed_voucher,
        ):
            with pytest.raises(NotFound):
                act(who(name), voucher_id)


def test_a_pupils_voucher_is_opened_by_the_guardian_alone(inside: World, who: Who) -> None:
    voucher_id = given(inside, person_id=inside["minh"], receiver_id=inside["lan"])
    assert vouchers_commands.open_voucher(who("lan"), voucher_id) == code(0)
    with pytest.raises(NotFound):
        vouchers_commands.open_voucher(who("minh"), voucher_id)
    assert queries.vouchers_of(who("minh")).items == []
    assert [one.id for one in queries.vouchers_of(who("lan")).items] == [voucher_id]


def test_a_minor_opens_nothing_even_as_receiver(inside: World, who: Who) -> None:
    voucher_id = given(inside, person_id=inside["minh"])
    with pytest.raises(NotFound):
        vouchers_commands.open_voucher(who("minh"), voucher_id)


def test_what_worked_is_kept_no_longer(inside: World, who: Who) -> None:
    voucher_id = given(inside)
    with pytest.raises(Conflict):
        vouchers_commands.confirm_use(who("bay"), voucher_id)  # nobody has opened it
    vouchers_commands.open_voucher(who("bay"), voucher_id)
    for _twice in range(2):
        vouchers_commands.confirm_use(who("bay"), voucher_id)
    row = voucher(voucher_id)
    assert row.state == "used" and row.used_at is not None and code_bytes(voucher_id) is None
    assert told(inside["bay"]) == []  # no notice of it waits any more
    for act in (vouchers_commands.open_voucher, vouchers_commands.report_failed_voucher):
        with pytest.raises(Conflict):
            act(who("bay"), voucher_id)


def test_what_failed_goes_staff_hear_of_it_and_the_need_waits_for_another(inside: World, who: Who) -> None:
    batch_id = brought(inside, 2)
    voucher_id = opened(inside, batch_id)
    need_id = voucher(voucher_id).need_id
    assert need_id is not None
    for _twice in range(2):
        vouchers_commands.report_failed_voucher(who("bay"), voucher_id)
    assert voucher(voucher_id).state == "failed" and code_bytes(voucher_id) is None
    assert need(need_id).state == "approved" and told(inside["bay"]) == []
    assert len(told(inside["mai"])) == 1 and told(inside["muoi"]) == []
    other = vouchers_commands.give_voucher(need_id)
    assert other.id != voucher_id and need(need_id).state == "met" and len(told(inside["bay"])) == 1


def test_a_family_that_asked_anew_meanwhile_has_one_open_need(inside: World, who: Who) -> None:
    voucher_id = opened(inside)
    asked = needs_commands.ask_need(who("bay"), inside["bay"], needs_commands.NewNeed("internet"))
    vouchers_commands.report_failed_voucher(who("bay"), voucher_id)
    assert voucher(voucher_id).state == "failed" and need(asked.id).state == "asked"


def test_codes_are_not_opened_without_end(inside: World, who: Who) -> None:
    voucher_id = given(inside)
    for _time in range(20):
        vouchers_commands.open_voucher(who("bay"), voucher_id)
    with pytest.raises(RateLimited):
        vouchers_commands.open_voucher(who("bay"), voucher_id)
    rate_limits.clear()


# ---- by itself ------------------------------------------------------------------------------------------------


def night(days: int) -> None:
    with clock.travel(clock.now() + timedelta(days=days)):
        vouchers_jobs.remind()
        vouchers_jobs.end_vouchers()
        vouchers_jobs.unlink_old_vouchers()


def test_what_is_past_its_day_ends_and_staff_hear_how_many(inside: World, who: Who) -> None:
    batch_id = brought(inside, 4, left=10)
    first, second = given(inside, batch_id), given(inside, batch_id, person_id=people(1)[0])
    vouchers_commands.open_voucher(who("bay"), first)
    night(10)
    assert states(batch_id) == {"free": 2, "assigned": 1, "opened": 1}
    night(11)
    night(11)
    assert states(batch_id) == {"expired": 4} and code_bytes(first) is code_bytes(second) is None
    assert told(inside["mai"]) == [
        "Gói mạng hết hạn: 2 mã chưa tặng, 2 mã đã tặng mà gia đình chưa dùng. Mở để xem."
    ]  # fmt: skip
    with pytest.raises(Conflict):
        vouchers_commands.open_voucher(who("bay"), first)
    need_id = voucher(first).need_id
    assert need_id is not None and need(need_id).state == "met"


def test_on_the_day_after_nothing_is_opened_though_the_night_has_not_come(inside: World, who: Who) -> None:
    voucher_id = given(inside, brought(inside, 1, left=5))
    with clock.travel(clock.now() + timedelta(days=6)), pytest.raises(Conflict):
        vouchers_commands.open_voucher(person(inside["bay"]), voucher_id)


def test_families_are_reminded_seven_and_two_days_before(inside: World, who: Who) -> None:
    voucher_id = given(inside, brought(inside, 2, left=20))
    read_all(inside["bay"])
    counts = []
    for days in range(10, 22):
        night(days)
        counts.append(len(told(inside["bay"], unread=False)) - 1)
    assert counts == [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2]  # from the 13th and from the 18th day on
    assert f"{voucher(voucher_id).expires_on:%d/%m/%Y}" in told(inside["bay"], unread=False)[-1]


@command
def read_all(user_id: int) -> None:
    db.session.execute(sa.text("UPDATE notice SET read_at = created_at WHERE user_id = :id"), {"id": user_id})


def test_who_has_used_it_is_reminded_of_nothing(inside: World, who: Who) -> None:
    voucher_id = opened(inside, brought(inside, 2, left=20))
    vouchers_commands.confirm_use(who("bay"), voucher_id)
    before = len(told(inside["bay"], unread=False))
    night(18)
    assert len(told(inside["bay"], unread=False)) == before


def test_after_two_years_nothing_tells_whose_it_was(inside: World, who: Who) -> None:
    voucher_id = opened(inside)
    vouchers_commands.confirm_use(who("bay"), voucher_id)
    night(729)
    assert voucher(voucher_id).receiver_id == inside["bay"]
    night(731)
    row = voucher(voucher_id)
    assert (row.state, row.receiver_id, row.need_id, row.ward_id) == ("used", None, None, inside["phuong"])


def test_it_is_done_every_day(inside: World) -> None:
    jobs.enqueue_daily_jobs()
    kinds = set(db.session.scalars(sa.select(jobs.Job.kind)))
    assert {"vouchers.nightly", "vouchers.reminders"} <= kinds


def test_nothing_of_the_code_is_left_of_somebody_who_was_erased(inside: World, who: Who) -> None:
    voucher_id = opened(inside)
    erase_account(inside["bay"])
    row = voucher(voucher_id)
    assert row.state == "opened" and code_bytes(voucher_id) is None
    night(100)
    assert voucher(voucher_id).state == "expired"


def test_batches_go_along_when_wards_become_one(inside: World, who: Who) -> None:
    batch_id = brought(inside, 2)
    voucher_id = given(inside, batch_id)
    merge(inside["phuong"], inside["tp"])
    assert batch(batch_id).unit_id == inside["tp"] and voucher(voucher_id).ward_id == inside["tp"]


@command
def merge(from_id: int, into_id: int) -> None:
    publish(UnitsMerged(from_id, into_id))
