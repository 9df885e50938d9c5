"""Forty people press in the same moment, or eight in the quick run, on both databases: nothing is in two places and
nothing is given twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.devices import ledger_fixtures
from tests.factories import World, person
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.handovers import commands as handovers_commands
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.devices.inventory import ledger
from tutoring.devices.loans.models import DeviceLoan, Handover
from tutoring.devices.models import Device, DeviceMove
from tutoring.devices.needs.commands import confirm_need
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.commands import NewBatch, import_vouchers
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError

T = TypeVar("T")
BATCH = NewBatch("Nhà mạng Minh Hoạ", None, "any", 4, 30)


@dataclass
class Place:
    """A ward with its people, outside of any context."""

    app: Flask
    world: World
    people: dict[str, int]
    many: int  # who press in the same moment

    def inside(self, act: Callable[[], T]) -> T:
        with self.app.app_context():
            return act()


@pytest.fixture
def place(app: Flask, world: World, request: pytest.FixtureRequest) -> Iterator[Place]:
    with app.app_context():
        people = ledger_fixtures.staffed(world)
    yield Place(app, world, people, 40 if request.config.getoption("--all") else 8)
    with app.app_context():
        assert ledger.faults() == []
        assert audit.verify().broken_at is None


def at_once(place: Place, acts: Sequence[Callable[[], object]]) -> Counter[str]:
    """Do all of this in the same moment, each in a context of its own; what came of it, by the name of the refusal."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        with place.app.app_context():
            gate.wait(120)
            try:
                act()
            except DomainError as no:
                return type(no).__name__
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(one, acts))


def many_needs(place: Place, kind: str = "device") -> list[int]:
    """Of as many grown-ups of the neighbourhood, confirmed by mai."""

    def make() -> list[int]:
        made = []
        for who in ledger_fixtures.learners(place.world, place.many):
            need_id = ledger_fixtures.needed(place.world["phuong"], who, who, kind)
            confirm_need(person(place.people["mai"]), need_id, "hardship", clock.today() + timedelta(days=300))
            made.append(need_id)
        return made

    return place.inside(make)


def states(kind: str) -> Counter[str]:
    return Counter(db.session.scalars(sa.select(DeviceNeed.state).where(DeviceNeed.kind == kind)))


def test_one_device_is_reserved_for_one_of_many_needs(place: Place) -> None:
    device_id = place.inside(lambda: ledger_fixtures.ready(place.world, place.people))
    needs = many_needs(place)
    came = at_once(place, [lambda one=one: ledger_fixtures.reserve(place.people, device_id, one) for one in needs])  # type: ignore[misc]
    assert came == {"done": 1, "Conflict": place.many - 1}
    with place.app.app_context():
        assert (
            ledger_fixtures.lines(device_id)[-1] == ("ready", "reserved")
            and ledger_fixtures.device(device_id).need_id in needs
        )


def test_one_need_gets_one_of_many_devices(place: Place) -> None:
    (need_id, *_), devices = (
        many_needs(place),
        place.inside(lambda: [ledger_fixtures.ready(place.world, place.people) for _ in range(place.many)]),
    )
    came = at_once(place, [lambda one=one: ledger_fixtures.reserve(place.people, one, need_id) for one in devices])  # type: ignore[misc]
    assert came == {"done": 1, "Conflict": place.many - 1}
    with place.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Device.need_id == need_id)) == 1


def test_one_device_is_proposed_for_one_family_and_approved_once(place: Place) -> None:
    device_id = place.inside(lambda: ledger_fixtures.ready(place.world, place.people))
    needs = many_needs(place)

    def propose(need_id: int) -> object:
        return allocation_commands.propose_device(person(place.people["mai"]), need_id, device_id)

    def approve(name: str) -> object:
        return allocation_commands.approve_need(person(place.people[name]), found[0])

    came = at_once(place, [lambda one=one: propose(one) for one in needs])  # type: ignore[misc]
    assert came == {"done": 1, "Conflict": place.many - 1}
    with place.app.app_context():
        found = db.session.scalars(sa.select(DeviceNeed.id).where(DeviceNeed.state == "proposed")).all()
    names = [("tam", "cao", "lan")[n % 3] for n in range(place.many)]
    came = at_once(place, [lambda name=name: approve(name) for name in names])  # type: ignore[misc]
    assert came == {"done": 1, "Conflict": place.many - 1}
    with place.app.app_context():
        assert states("device") == {"approved": 1, "confirmed": place.many - 1}
        assert ledger_fixtures.lines(device_id).count(("ready", "reserved")) == 1


def planned(place: Place) -> tuple[int, int, str]:
    """A handover in two hours: its id, the device, the number."""
    mai = person(place.people["mai"])
    device_id = ledger_fixtures.ready(place.world, place.people)
    need_id = ledger_fixtures.needed(place.world["phuong"], place.world["minh"], place.world["lan"])
    confirm_need(mai, need_id, "hardship", clock.today() + timedelta(days=300))
    allocation_commands.propose_device(mai, need_id, device_id)
    allocation_commands.approve_need(person(place.people["tam"]), need_id)
    point = handovers_commands.add_point(mai, place.world["phuong"], "Nhà văn hoá khu phố 3", "Đường số 3")
    noon = clock.local(clock.now() + timedelta(days=1)).replace(hour=9, minute=0)
    row = handovers_commands.plan_handover(mai, need_id, point.id, noon)
    return row.id, device_id, row.number or ""


def test_one_handover_takes_place_once(place: Place) -> None:
    handover_id, device_id, number = place.inside(lambda: planned(place))

    def hand(name: str) -> object:
        return handovers_commands.hand_over(
            person(place.people[name]), handover_id, handovers_commands.HandoverInput(number=number)
        )

    names = [("mai", "tam", "cao")[n % 3] for n in range(place.many)]
    came = at_once(place, [lambda name=name: hand(name) for name in names])  # type: ignore[misc]
    assert came["done"] == 1 and came.total() == place.many, came
    with place.app.app_context():
        assert ledger_fixtures.lines(device_id).count(("reserved", "lent")) == 1
        assert db.session.scalars(sa.select(DeviceLoan.state)).all() == ["open"]
        assert db.session.scalars(sa.select(Handover.state)).all() == ["done"]
        assert db.session.scalars(sa.select(DeviceNeed.state)).all() == ["met"]


def test_one_serial_is_taken_in_once(place: Place) -> None:
    def bring() -> list[int]:
        made = []
        for _ in range(place.many):
            made.append(
                ledger_fixtures.offered(place.world["phuong"], person(place.people["bay"]), place.people["bay"])
            )
            ledger.move(person(place.people["mai"]), made[-1], "offered", "expected")
        return made

    def receive(device_id: int) -> object:
        return inventory_commands.receive_device(person(place.people["mai"]), device_id, "Latitude 5300", "7XK-40 921")

    devices = place.inside(bring)
    came = at_once(place, [lambda one=one: receive(one) for one in devices])  # type: ignore[misc]
    assert came["done"] == 1 and came["InvalidInput"] + came["Conflict"] == place.many - 1, came
    with place.app.app_context():
        assert Counter(db.session.scalars(sa.select(Device.state))) == {"stored": 1, "expected": place.many - 1}
        moved = sa.select(sa.func.count()).where(DeviceMove.to_state == "stored")
        assert db.session.scalar(moved) == 1


# ---- sponsored internet ---------------------------------------------------------------------------------------


def voucher_file(count: int, days: int = 200, start: int = 0) -> str:
    day = clock.today() + timedelta(days=days)
    lines = [f"MINHHOA-{number:05},{day:%d/%m/%Y}" for number in range(start, start + count)]
    return "\n".join(["ma,han", *lines])


def brings(place: Place, text: str) -> int | None:
    return import_vouchers(person(place.people["mai"]), place.world["phuong"], BATCH, text).batch_id


def test_a_file_that_many_bring_at_once_adds_each_code_once(place: Place) -> None:
    text = voucher_file(60)
    came = at_once(place, [lambda: brings(place, text)] * place.many)
    assert came.total() == place.many and set(came) <= {"done", "RateLimited"}, came
    with place.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(InternetVoucher.id))) == 60
        assert db.session.scalar(sa.select(sa.func.count(InternetBatch.id))) == 1


@command
def runs_out(days: int) -> None:
    """What ends in so many days ends today, as if they had passed."""
    day = clock.today() + timedelta(days=days)
    db.session.execute(
        sa.update(InternetVoucher).where(InternetVoucher.expires_on == day).values(expires_on=clock.today())
    )


def test_more_families_than_vouchers(place: Place) -> None:
    """One for each was there when they were promised; three of eight have run out since."""
    gone = place.many * 3 // 8
    there = place.many - gone
    needs = many_needs(place, "internet")

    def propose() -> None:
        text = voucher_file(there) + "\n" + voucher_file(gone, days=20, start=100).split("\n", 1)[1]
        batch_id = brings(place, text)
        assert batch_id is not None
        allocation_commands.propose_vouchers(person(place.people["mai"]), batch_id, needs)
        runs_out(20)

    place.inside(propose)
    names = [("tam", "cao")[n % 2] for n in range(place.many)]
    acts = [
        lambda one=one, name=name: allocation_commands.approve_need(person(place.people[name]), one)
        for one, name in zip(needs, names, strict=True)
    ]
    assert at_once(place, acts) == {"done": there, "Conflict": gone}
    with place.app.app_context():
        given = db.session.execute(
            sa.select(InternetVoucher.need_id, InternetVoucher.id).where(InternetVoucher.state == "assigned")
        ).all()
        assert len(given) == len({need_id for need_id, _ in given}) == there
        assert states("internet") == {"met": there, "proposed": gone}
        with pytest.raises(Conflict):
            allocation_commands.approve_need(
                person(place.people["tam"]), sorted({*needs} - {one for one, _ in given})[0]
            )
