"""What waits for whom: on the start page, on pages of units and neighbourhoods; and the books from a terminal."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.devices import ledger_fixtures
from tests.factories import World, client_of, person
from tutoring.cli import devices as cli
from tutoring.devices import pending_counts
from tutoring.devices.loans.models import DeviceLoan, Handover, HandoverPoint
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

As = Callable[[str], FlaskClient]


@command
def household(world: World, due: timedelta = timedelta(days=10)) -> dict[str, int]:
    """In the ward: an offer nobody has answered, a machine that came in, a need nobody has confirmed and one that is
    proposed; and lan has a machine for minh and a voucher."""
    people = ledger_fixtures.staffed(world)
    ward, mai, lan = world["phuong"], people["mai"], people["lan"]
    ledger_fixtures.offered(ward, person(people["tam"]), people["tam"])
    ledger_fixtures.stored(world, people, donor="tam")
    ledger_fixtures.needed(world["phuong"], people["an"], people["lan"])
    device_id, need_id = ledger_fixtures.lent(world, people)
    met = db.session.get_one(DeviceNeed, need_id)
    met.state, met.approved_by_id, met.met_at, met.ended_at = "met", people["tam"], clock.now(), clock.now()
    point = HandoverPoint(unit_id=ward, name="Nhà văn hoá", address="Số 1")
    db.session.add(point)
    db.session.flush()
    today = clock.today()
    done = Handover(
        device_id=device_id, need_id=need_id, receiver_id=lan, point_id=point.id, at=clock.now(), planner_id=mai,
        state="done", by_id=mai, present_by="number", done_at=clock.now(), record="1/2026",
    )  # fmt: skip
    db.session.add(done)
    db.session.flush()
    db.session.add(DeviceLoan(
        device_id=device_id, need_id=need_id, handover_id=done.id, receiver_id=lan, person_id=people["minh"],
        from_on=today - timedelta(days=100), due_on=today + due,
    ))  # fmt: skip
    batch = InternetBatch(unit_id=ward, sponsor="Nhà mạng", network="any", gigabytes=5, days=30, by_id=mai,
                          report_code="r")  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    other = DeviceNeed(
        kind="internet", person_id=lan, receiver_id=lan, unit_id=world["kp3"], ward_id=ward, asked_by_id=lan,
        at_home="none", basis="hardship", confirmed_by_id=people["muoi"], confirmed_on=today, valid_until=today,
        state="proposed", proposed_by_id=mai, batch_id=batch.id,
    )  # fmt: skip
    db.session.add(other)
    db.session.flush()
    db.session.add(InternetVoucher(
        batch_id=batch.id, code_mark="m", expires_on=date(2030, 1, 1), state="assigned", need_id=other.id,
        receiver_id=lan, assigned_at=clock.now(),
    ))  # fmt: skip
    db.session.flush()
    return people


def asked(queries: list[str]) -> int:
    return sum(not one.startswith(("BEGIN", "ROLLBACK", "COMMIT")) for one in queries)


def test_what_waits_is_counted_in_one_query_each(inside: World, queries: list[str]) -> None:
    people = household(inside)
    queries.clear()
    found = pending_counts.for_staff([inside["phuong"]])
    assert asked(queries) == 1
    assert (found.offers, found.coming, found.to_confirm, found.second_looks) == (3, 1, 1, 1)
    assert (found.due, found.overdue, found.asked, found.thanks) == (1, 0, 0, 0) and found.anything
    queries.clear()
    family = pending_counts.for_family(people["lan"])
    assert asked(queries) == 1
    assert family.due_on == clock.today() + timedelta(days=10) and family.vouchers == 1 and family.handover_at is None
    assert (
        not pending_counts.for_family(people["khoa"]).anything and not pending_counts.for_staff([inside["tp"]]).anything
    )


def test_a_loan_past_its_day_is_told_as_overdue(inside: World) -> None:
    people = household(inside, timedelta(days=-1))
    found = pending_counts.for_staff([inside["phuong"]])
    assert (found.due, found.overdue) == (0, 1)
    assert pending_counts.for_family(people["lan"]).due_on == clock.today() - timedelta(days=1)


def test_the_start_page_tells_a_family_of_its_loan_and_voucher(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        household(world)
    page = as_("lan").get("/").text
    assert "Máy mượn: hẹn trả ngày" in page and "1 gói mạng chờ bạn mở" in page
    for name in ("minh", "an"):  # who uses it is a child: a grown-up takes care of this
        assert "gói mạng" not in as_(name).get("/").text


def test_the_start_page_tells_staff_of_a_ward_what_waits(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        people = household(world)
    page = client_of(app, people["tam"]).get("/").text
    assert "đề xuất chờ người thứ hai duyệt" in page and "đề nghị tặng, cho mượn máy chờ trả lời" in page
    page = as_("mai").get("/").text  # who proposed it is not the second person
    assert "người thứ hai duyệt" not in page and "đề nghị tặng, cho mượn máy chờ trả lời" in page
    assert "người thứ hai duyệt" not in as_("hang").get("/").text


def test_the_staff_page_of_a_ward_leads_to_store_needs_loans_and_vouchers(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        household(world)
    mai, page = as_("mai"), as_("mai").get(f"/units/{world['phuong']}").text
    assert f'href="/units/{world["phuong"]}/devices"' in page and "1 nhu cầu chờ xác nhận" in page
    for path in ("devices", "needs", "device-handovers", "device-loans"):
        assert f'href="/units/{world["phuong"]}/{path}"' in mai.get(f"/units/{world['phuong']}/{path}").text, path
        assert f'href="/units/{world["phuong"]}/{path}"' in mai.get(f"/units/{world['phuong']}/devices").text, path
    assert "chờ người thứ hai" not in as_("hang").get(f"/units/{world['truong']}").text


@pytest.mark.parametrize("place", ["kp3", "phuong"])
def test_the_page_of_a_neighbourhood_says_how_to_give_and_how_to_ask(world: World, as_: As, place: str) -> None:
    page = as_("bay").get(f"/groups/{world[place]}").text
    assert 'href="/devices/offers/new"' in page and 'href="/devices/order"' in page
    assert "Nhà tôi cần máy, cần mạng" in page and "Không ai phải đóng tiền" in page
    assert "Nhà tôi cần máy" not in as_("minh").get(f"/groups/{world['phuong']}").text


def test_the_books_are_checked_from_the_command_line(app: Flask, world: World) -> None:
    run = app.test_cli_runner().invoke
    with app.app_context():
        empty = run(cli.group, ["check"])
        assert empty.exit_code == 0 and "devices: 0\n" in empty.output
        household(world)
        told = run(cli.group, ["check"])
        assert told.exit_code == 0 and "the books add up" in told.output
        assert "devices: 3 (1 lent, 1 offered, 1 stored)" in told.output and "1 assigned" in told.output
        spoil()
        told = run(cli.group, ["check"])
        assert told.exit_code == 1 and "device " in told.output and "add up" not in told.output


@command
def spoil() -> None:
    """As if somebody had changed a row by hand."""
    db.session.execute(sa.update(Device).where(Device.state == "stored").values(state="repair"))
