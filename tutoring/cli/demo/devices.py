"""Donated and lent devices of the demonstration: stock, waiting list and internet of a ward.

Its users are created in community.py; tám is the second approver.
"""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.donations import commands as donations_commands
from tutoring.devices.handovers import commands as handovers_commands
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.devices.inventory.wipe_checks import CHECKS, METHODS
from tutoring.devices.loans.models import Handover
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs import commands as needs_commands
from tutoring.devices.needs.commands import confirm_need
from tutoring.devices.needs.queries import open_need
from tutoring.devices.vouchers.commands import NewBatch, import_vouchers
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands

YEAR, SOON = timedelta(days=300), timedelta(days=6)
VOUCHERS = 20


@command
def stock() -> None:
    """Fills the ledger with the ordinary commands.

    It adds tablets of a firm, open offers and a waiting list.
    """
    people = {user.username: user for user in db.session.scalars(sa.select(User).where(User.demo))}
    units = {unit.code: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.code.startswith("demo-")))}
    ward = units["demo-phuong"]
    tablets = _tablets(people["mai"], ward)
    _offers(people, ward)
    point = handovers_commands.add_point(
        people["mai"], ward.id, "Trung tâm Phục vụ hành chính công Phường Minh Hoạ", "Số 1 đường Cây Bàng"
    )
    lent = _reserved(people, "bay", tablets[0])
    _hands_over(people["mai"], lent, point.id)
    _plans(people["mai"], _reserved(people, "muoi", tablets[1]), point.id)
    _create_help_desk_need(people)
    _internet(people, ward)


def _tablets(mai: User, ward: Unit) -> list[Device]:
    """Donates five tablets from a firm.

    Three are ready, one is in repair, one is not inspected yet.
    """
    wanted = donations_commands.NewOffer(
        "tablet", count=5, words="Máy mua năm 2022, còn tốt.", donor_name="Công ty Minh Hoạ"
    )
    devices = _received(mai, donations_commands.offer_devices(mai, ward.id, wanted), "Galaxy Tab A8", "MH-A8-")
    for device in devices[:3]:
        inventory_commands.record_wipe(mai, device.id, METHODS["tablet"][0], CHECKS["tablet"])
    inventory_commands.send_to_repair(mai, devices[3].id, "Sạc không vào")
    return devices


def _received(mai: User, offer: DeviceOffer, model: str, serial: str) -> list[Device]:
    donations_commands.accept_offer(mai, offer.id, "Phường nhận máy trong giờ làm việc.")
    for number, device in enumerate(offer.devices, 1):
        inventory_commands.receive_device(
            mai, device.id, model, f"{serial}{number:03}", accessories=("charger", "cable")
        )
    return list(offer.devices)


def _offers(people: dict[str, User], ward: Unit) -> None:
    """Adds two offers: one laptop waits for an answer, one phone is accepted.

    Both come from teachers.
    """
    laptop = donations_commands.NewOffer(
        "laptop", missing=("battery",), condition="worn", words="Máy cũ của nhà, pin hơi yếu."
    )
    donations_commands.offer_devices(people["hang"], ward.id, laptop)
    until = clock.today() + timedelta(days=500)
    telephone = donations_commands.NewOffer("phone", terms="loan", lend_until=until)
    offered = donations_commands.offer_devices(people["quang"], ward.id, telephone)
    donations_commands.accept_offer(people["mai"], offered.id, "Mời thầy ghé quầy một cửa, giờ làm việc.")


def _reserved(people: dict[str, User], name: str, device: Device) -> int:
    """Lets a user ask for a device and two officers approve it; returns the id of the need."""
    who, mai = people[name], people["mai"]
    need = needs_commands.ask_need(who, who.id, needs_commands.NewNeed("device", "tablet", "shared", 2))
    confirm_need(mai, need.id, "hardship", clock.today() + YEAR)
    allocation_commands.propose_device(mai, need.id, device.id)
    allocation_commands.approve_need(people["tam"], need.id)
    return need.id


def _plans(mai: User, need_id: int, point_id: int) -> Handover:
    day = clock.today() + timedelta(days=2)
    return handovers_commands.plan_handover(mai, need_id, point_id, datetime.combine(day, time(9), clock.LOCAL))


def _hands_over(mai: User, need_id: int, point_id: int) -> None:
    row = _plans(mai, need_id, point_id)
    told = handovers_commands.HandoverInput(
        number=row.number or "", accessories=["charger", "cable"], due_on=clock.today() + SOON
    )  # fmt: skip
    handovers_commands.hand_over(mai, row.id, told)


def _create_help_desk_need(people: dict[str, User]) -> None:
    """Asks for help for an, who has no device, and has the resulting need confirmed.

    lan, the guardian, asks. The request waits in stage `parked`; the school confirms that the need has priority.
    """
    asked = requests_commands.ask_for_help(
        people["lan"], people["an"], topics("vi")[0][0], "Con chưa có máy để vào lớp", lack="device"
    )
    need = open_need(asked.learner_id, "device")
    assert need is not None
    confirm_need(people["hang"], need.id, "near_poor", clock.today() + YEAR)


def _internet(people: dict[str, User], ward: Unit) -> None:
    """Imports a batch of vouchers: bảy can open one, and one waits for the second approval."""
    mai, day = people["mai"], clock.today() + timedelta(days=120)
    lines = "\n".join(f"MINHHOA-{number:04}" for number in range(1, VOUCHERS + 1))
    batch = NewBatch("Nhà mạng Minh Hoạ", None, "any", 4, 30, day)
    batch_id = import_vouchers(mai, ward.id, batch, f"ma\n{lines}").batch_id
    assert batch_id is not None
    needs = []
    for name in ("bay", "muoi"):
        need = needs_commands.ask_need(
            people[name], people[name].id, needs_commands.NewNeed("internet", "any", "shared", 1)
        )
        confirm_need(mai, need.id, "hardship", clock.today() + YEAR)
        needs.append(need.id)
    allocation_commands.propose_vouchers(mai, batch_id, needs)
    allocation_commands.approve_need(people["tam"], needs[0])
