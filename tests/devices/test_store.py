"""The store: every move by whom it is for, numbers that are nobody else's, wiping with a record, repair, the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.devices import donation_fixtures as make
from tests.factories import World, person
from tutoring.devices.donations import commands as donations_commands
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.devices.inventory import ledger
from tutoring.devices.inventory.identifiers import luhn_holds, plain_imei, plain_serial
from tutoring.devices.inventory.queries import list_retired_duplicates
from tutoring.devices.inventory.wipe_checks import CHECKS, METHODS
from tutoring.devices.models import Device, DeviceWipe
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.policy.devices import inventory as policy

STAFF = frozenset({"officer"})


# ---- every move by whom it is for ------------------------------------------------------------------------------

PEOPLE = {
    "staff": policy.MoveParties(held=STAFF),
    "staff with another": policy.MoveParties(held=STAFF, has_second=True),
    "staff twice": policy.MoveParties(held=STAFF, has_second=True, second_is_other=False),
    "donor": policy.MoveParties(is_donor=True),
    "donor with another": policy.MoveParties(is_donor=True, has_second=True),
    "staff who gave it": policy.MoveParties(held=STAFF, is_donor=True, has_second=True),
    "staff of the family": policy.MoveParties(held=STAFF, concerned=True, has_second=True),
    "teacher": policy.MoveParties(held=frozenset({"teacher"}), has_second=True),
    "site admin": policy.MoveParties(held=frozenset({"site_admin"}), has_second=True),
    "stranger": policy.MoveParties(has_second=True),
}
BY_STORE = {"staff", "staff with another", "staff twice", "staff who gave it", "staff of the family"}
MAY = {
    policy.STORE: BY_STORE,
    policy.DONOR: BY_STORE | {"donor", "donor with another"},
    policy.APPROVERS: {"staff with another"},
    policy.GUARDIAN_THERE: {"staff with another"},
}
LESS = {("stored", "ready"): {"staff who gave it"}, ("lent", "stored"): {"staff of the family"},
        ("lent", "lost"): {"staff of the family"}}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), policy.MOVES)
def test_each_move_is_made_by_whom_the_table_names_and_by_nobody_else(before: str, after: str) -> None:
    expected = MAY[policy.MOVES[before, after]] - LESS.get((before, after), set())
    assert {name for name, who in PEOPLE.items() if policy.may_move(before, after, who)} == expected


def test_there_is_no_other_move() -> None:
    everybody = policy.MoveParties(held=STAFF, is_donor=False, has_second=True)
    for before in policy.STATES:
        for after in policy.STATES:
            if (before, after) not in policy.MOVES:
                assert not policy.may_move(before, after, everybody), (before, after)
    assert all(before not in policy.ENDS for before, _after in policy.MOVES)


# ---- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" sn-12 / ab ", "SN-12/AB"), ("r58n30abcde", "R58N30ABCDE"), ("a.b-1", "A.B-1"), ("", ""), ("X" * 40, "X" * 40)],
)
def test_a_serial_is_kept_in_capitals_without_spaces(typed: str, kept: str) -> None:
    assert plain_serial(typed) == kept


@pytest.mark.parametrize("typed", ["abc", "X" * 41, "số máy 1", "A_B_C_D", "<b>x</b>", "----"])
def test_what_is_no_serial_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        plain_serial(typed)


@pytest.mark.parametrize("typed", ["079203004567", "0792 0300 4567", "SN 079203004567"])
def test_a_number_of_a_citizen_is_no_serial(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        plain_serial(typed)
    assert caught.value.code == "private" and "căn cước" in caught.value.say


def test_an_imei_has_fifteen_digits_of_which_the_last_is_checked() -> None:
    for imei in make.IMEIS:
        assert luhn_holds(imei) and plain_imei(f"{imei[:6]} {imei[6:]}") == imei
        last = str((int(imei[-1]) + 1) % 10)
        for wrong in (imei[:-1], imei + "0", imei[:-1] + last, "x" * 15, "٣" * 15):
            with pytest.raises(InvalidInput):
                plain_imei(wrong)
    assert plain_imei(" ") == ""


def test_a_phone_needs_a_number_and_a_desktop_does_not(app: Flask, world: World) -> None:
    with app.app_context():
        mai = world["mai"]
        for kind in ("phone", "tablet", "router"):
            device_id = make.accepted(world, kind)
            with pytest.raises(InvalidInput) as caught:
                inventory_commands.receive_device(person(mai), device_id, "Máy", "", "")
            assert caught.value.field == "serial"
        for model in (" ", "x" * 81):
            with pytest.raises(InvalidInput) as caught:
                inventory_commands.receive_device(person(mai), device_id, model, "", make.IMEIS[0])
            assert caught.value.field == "model"
        inventory_commands.receive_device(person(mai), device_id, "Máy", "", make.IMEIS[0])
        for kind in ("laptop", "desktop"):
            inventory_commands.receive_device(person(mai), make.accepted(world, kind), "Máy", "")


def test_a_number_that_exists_is_named_until_its_machine_has_gone(app: Flask, world: World) -> None:
    with app.app_context():
        mai = world["mai"]
        first = make.received(world, serial="SN 0001")
        second = make.accepted(world)
        code = make.device(first).code
        for state in ("đang kiểm tra", "sẵn sàng"):
            with pytest.raises(InvalidInput) as caught:
                inventory_commands.receive_device(person(mai), second, "Nokia", "sn0001")
            assert code in str(caught.value) and state in str(caught.value) and caught.value.field == "serial"
            if state == "đang kiểm tra":
                make.wipe(world, first)
        assert make.device(second).state == "expected" and make.device(second).serial_mark is None
        inventory_commands.recheck_device(person(mai), first)
        inventory_commands.scrap_device(person(mai), first, "Không lên nguồn nữa.")
        inventory_commands.receive_device(person(mai), second, "Nokia", "sn0001")
        assert [one.id for one in list_retired_duplicates(make.device(second))] == [first]
        third = make.accepted(world)
        inventory_commands.receive_device(person(mai), third, "Nokia", "SN-0003", make.IMEIS[0])
        with pytest.raises(InvalidInput) as caught:
            inventory_commands.receive_device(person(mai), make.accepted(world), "Nokia", "SN-0004", make.IMEIS[0])
        assert caught.value.field == "imei" and make.device(third).code in str(caught.value)
        assert make.adds_up()


def test_numbers_are_not_readable_in_the_database(app: Flask, world: World) -> None:
    with app.app_context():
        device_id = make.received(world, serial="SN-SECRET-1")
        with db.engine.connect() as connection:
            row = connection.execute(sa.text("SELECT serial_sealed, serial_mark FROM device WHERE id = :id"),
                                     {"id": device_id}).one()  # fmt: skip
        assert b"SECRET" not in bytes(row[0]) and "SECRET" not in row[1]
        assert make.device(device_id).serial == "SN-SECRET-1"


@pytest.mark.full
def test_of_forty_who_take_in_the_same_number_at_once_one_does_and_the_others_hear_its_label(
    app: Flask, world: World
) -> None:
    with app.app_context():
        offer_id = make.offered(world, count=40)
        donations_commands.accept_offer(person(world["mai"]), offer_id)
        ids = make.device_ids(offer_id)

    def receive(device_id: int) -> str:
        with app.app_context():
            try:
                inventory_commands.receive_device(person(world["mai"]), device_id, "Nokia", "SN-1")
                return ""
            except DomainError as refusal:
                return str(refusal)

    with ThreadPoolExecutor(10) as threads:
        said = list(threads.map(receive, ids))
    with app.app_context():
        stored = [one for one in ids if make.device(one).state == "stored"]
        assert len(stored) == 1 and said.count("") == 1
        assert all(make.device(stored[0]).code in one for one in said if one)
        assert make.adds_up()


# ---- wiping ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", policy.KINDS)
def test_a_machine_is_ready_only_with_all_its_checks_and_a_method_of_its_kind(
    app: Flask, world: World, kind: str
) -> None:
    with app.app_context():
        device_id, mai = make.received(world, kind), world["mai"]
        with pytest.raises(InvalidInput) as caught:
            inventory_commands.record_wipe(person(mai), device_id, METHODS[kind][0], CHECKS[kind][:-1])
        assert caught.value.field == "checks"
        with pytest.raises(InvalidInput):
            inventory_commands.record_wipe(person(mai), device_id, "washed", CHECKS[kind])
        assert make.device(device_id).state == "stored"
        assert not db.session.scalar(sa.select(sa.func.count()).select_from(DeviceWipe))
        make.wipe(world, device_id)
        row = make.device(device_id)
        assert row.state == "ready" and row.wipe is not None and row.wipe.by_id == mai


def test_who_gave_a_machine_does_not_wipe_it(app: Flask, world: World) -> None:
    with app.app_context():
        device_id = make.received(world, who="mai")
        with pytest.raises(Forbidden):
            make.wipe(world, device_id)
        assert make.device(device_id).state == "stored"
        other = make.officer(world)
        inventory_commands.record_wipe(person(other), device_id, "settings_reset", CHECKS["phone"])
        assert make.device(device_id).state == "ready"


def test_what_was_at_a_repairers_is_wiped_again(app: Flask, world: World) -> None:
    with app.app_context():
        device_id, mai = make.ready(world), world["mai"]
        old = make.device(device_id).wipe
        inventory_commands.recheck_device(person(mai), device_id)
        inventory_commands.send_to_repair(person(mai), device_id, "Màn hình nứt")
        inventory_commands.take_from_repair(person(mai), device_id)
        with pytest.raises(Conflict):
            ledger.move(person(mai), device_id, "stored", "ready", wipe=old)
        with pytest.raises(Conflict):
            ledger.move(person(mai), device_id, "stored", "ready")
        make.wipe(world, device_id)
        assert make.path_of(device_id) == ["offered", "expected", "stored", "ready", "stored", "repair", "stored",
                                           "ready"]  # fmt: skip
        assert make.adds_up()


# ---- the other moves -------------------------------------------------------------------------------------------


def test_a_machine_that_was_lent_is_sent_back_and_a_given_one_is_not(app: Flask, world: World) -> None:
    with app.app_context():
        mai, given = world["mai"], make.ready(world, serial="S-G1")
        with pytest.raises(Conflict):
            inventory_commands.send_back(person(mai), given)
        lent = make.received(world, serial="S-L1", terms="loan")
        with pytest.raises(InvalidInput) as caught:
            inventory_commands.scrap_device(person(mai), lent, "Cháy nguồn")
        assert caught.value.field == "agrees"
        inventory_commands.send_back(person(mai), lent)
        other = make.received(world, serial="S-L2", terms="loan")
        inventory_commands.scrap_device(person(mai), other, "Cháy nguồn", donor_agrees=True)
        assert (make.device(lent).state, make.device(other).state) == ("sent_back", "scrapped")
        assert any("gửi lại máy" in line for line in make.told(world["bay"]))
        for gone in (lent, other):
            with pytest.raises(Conflict):
                inventory_commands.send_to_repair(person(mai), gone, "Sửa")


def test_a_note_holds_nothing_private_and_some_are_needed(app: Flask, world: World) -> None:
    with app.app_context():
        device_id, mai = make.received(world), world["mai"]
        for wrong in ("", "Gọi 0912345678", "a" * 301):
            with pytest.raises(InvalidInput):
                inventory_commands.send_to_repair(person(mai), device_id, wrong)
            with pytest.raises(InvalidInput):
                inventory_commands.scrap_device(person(mai), device_id, wrong)
        away = make.accepted(world)
        inventory_commands.turn_away(person(mai), away, "Màn hình vỡ hết.")
        assert make.device(away).state == "declined"


ACTS: dict[str, Any] = {
    "receive": lambda who, one: inventory_commands.receive_device(who, one, "Nokia", "S-09"),
    "away": lambda who, one: inventory_commands.turn_away(who, one, "Hư"),
    "repair": lambda who, one: inventory_commands.send_to_repair(who, one, "Hư"),
    "repaired": lambda who, one: inventory_commands.take_from_repair(who, one),
    "wipe": lambda who, one: inventory_commands.record_wipe(who, one, "settings_reset", CHECKS["phone"]),
    "again": lambda who, one: inventory_commands.recheck_device(who, one),
    "scrap": lambda who, one: inventory_commands.scrap_device(who, one, "Hư"),
    "back": lambda who, one: inventory_commands.send_back(who, one),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_those_who_run_the_store_do_anything_with_a_machine(app: Flask, world: World, act: str) -> None:
    with app.app_context():
        device_id = make.received(world)
        for name in ("bay", "lan", "muoi", "hang", "quang", "minh", "admin1"):
            with pytest.raises(NotFound):
                ACTS[act](person(world[name]), device_id)
        with pytest.raises(NotFound):
            ACTS[act](person(world["mai"]), 999_999)
        assert make.device(device_id).state == "stored"


FITS = {"receive": "expected", "away": "expected", "repair": "stored", "repaired": "repair", "wipe": "stored",
        "again": "ready"}  # fmt: skip


@pytest.mark.parametrize("act", FITS)
def test_what_does_not_fit_the_state_is_refused(app: Flask, world: World, act: str) -> None:
    with app.app_context():
        others = {"expected": make.accepted(world), "stored": make.received(world, serial="S-01"),
                  "ready": make.ready(world, serial="S-02")}  # fmt: skip
        for state, device_id in others.items():
            if state != FITS[act]:
                with pytest.raises(Conflict):
                    ACTS[act](person(world["mai"]), device_id)
                assert make.device(device_id).state == state


def test_offers_and_machines_go_along_when_a_ward_becomes_part_of_another(app: Flask, world: World) -> None:
    with app.app_context():
        device_id = make.received(world)
        other = make.another_ward(world)
        with clock.travel(clock.now() + timedelta(days=2)):
            while jobs.run_due():
                pass
        row = make.device(device_id)
        assert row.unit_id == other and row.offer.unit_id == other and make.adds_up()
        assert isinstance(row, Device)
