"""Given and lent devices of the demonstration: what a ward's store, its line of families and its internet look like
when they are lived in. Its people are made in demo.py; tám is the second of the two who decide."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.devices import deciding, handing, needing, offering, storing
from tutoring.devices.batching import NewBatch, import_vouchers
from tutoring.devices.loan_models import Handover
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.need_queries import open_need
from tutoring.devices.wiping import CHECKS, METHODS
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.queries import topics
from tutoring.pairing import commands as pairing

YEAR, SOON = timedelta(days=300), timedelta(days=6)
VOUCHERS = 20


@command
def stock() -> None:
    """By the same commands as everybody: a firm's tablets on their ways, offers that wait, a line of families."""
    people = {user.username: user for user in db.session.scalars(sa.select(User).where(User.demo))}
    units = {unit.code: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.code.startswith("demo-")))}
    ward = units["demo-phuong"]
    tablets = _tablets(people["mai"], ward)
    _offers(people, ward)
    point = handing.add_point(
        people["mai"], ward.id, "Trung tâm Phục vụ hành chính công Phường Minh Hoạ", "Số 1 đường Cây Bàng"
    )
    lent = _reserved(people, "bay", tablets[0])
    _hands_over(people["mai"], lent, point.id)
    _plans(people["mai"], _reserved(people, "muoi", tablets[1]), point.id)
    _waits_at_the_desk(people)
    _internet(people, ward)


def _tablets(mai: User, ward: Unit) -> list[Device]:
    """Five that a firm brought: three are ready, one is at a repairer's, one is still to be looked at."""
    wanted = offering.NewOffer("tablet", count=5, words="Máy mua năm 2022, còn tốt.", donor_name="Công ty Minh Hoạ")
    devices = _received(mai, offering.offer_devices(mai, ward.id, wanted), "Galaxy Tab A8", "MH-A8-")
    for device in devices[:3]:
        storing.record_wipe(mai, device.id, METHODS["tablet"][0], CHECKS["tablet"])
    storing.send_to_repair(mai, devices[3].id, "Sạc không vào")
    return devices


def _received(mai: User, offer: DeviceOffer, model: str, serial: str) -> list[Device]:
    offering.accept_offer(mai, offer.id, "Phường nhận máy trong giờ làm việc.")
    for number, device in enumerate(offer.devices, 1):
        storing.receive_device(mai, device.id, model, f"{serial}{number:03}", accessories=("charger", "cable"))
    return list(offer.devices)


def _offers(people: dict[str, User], ward: Unit) -> None:
    """A teacher's laptop waits for an answer; another's telephone is on its way."""
    laptop = offering.NewOffer("laptop", missing=("battery",), condition="worn", words="Máy cũ của nhà, pin hơi yếu.")
    offering.offer_devices(people["hang"], ward.id, laptop)
    until = clock.today() + timedelta(days=500)
    telephone = offering.NewOffer("phone", terms="loan", lend_until=until)
    offered = offering.offer_devices(people["quang"], ward.id, telephone)
    offering.accept_offer(people["mai"], offered.id, "Mời thầy ghé quầy một cửa, giờ làm việc.")


def _reserved(people: dict[str, User], name: str, device: Device) -> int:
    """Somebody asks for a device, and two people of the ward decide."""
    who, mai = people[name], people["mai"]
    need = needing.ask_need(who, who.id, needing.NewNeed("device", "tablet", "shared", 2))
    deciding.confirm_need(mai, need.id, "hardship", clock.today() + YEAR)
    deciding.propose_device(mai, need.id, device.id)
    deciding.approve_need(people["tam"], need.id)
    return need.id


def _plans(mai: User, need_id: int, point_id: int) -> Handover:
    day = clock.today() + timedelta(days=2)
    return handing.plan_handover(mai, need_id, point_id, datetime.combine(day, time(9), clock.LOCAL))


def _hands_over(mai: User, need_id: int, point_id: int) -> None:
    row = _plans(mai, need_id, point_id)
    told = handing.HandedOver(
        number=row.number or "", accessories=["charger", "cable"], due_on=clock.today() + SOON
    )  # fmt: skip
    handing.hand_over(mai, row.id, told)


def _waits_at_the_desk(people: dict[str, User]) -> None:
    """lan has no device for an: the desk keeps what she asks, and the school confirms that they come before others."""
    asked = pairing.ask_for_help(
        people["lan"], people["an"], topics("vi")[0][0], "Con chưa có máy để vào lớp", lack="device"
    )
    need = open_need(asked.learner_id, "device")
    assert need is not None
    deciding.confirm_need(people["hang"], need.id, "near_poor", clock.today() + YEAR)


def _internet(people: dict[str, User], ward: Unit) -> None:
    """A batch of vouchers: one is bảy's to open, one waits for the second person's yes."""
    mai, day = people["mai"], clock.today() + timedelta(days=120)
    lines = "\n".join(f"MINHHOA-{number:04}" for number in range(1, VOUCHERS + 1))
    batch = NewBatch("Nhà mạng Minh Hoạ", None, "any", 4, 30, day)
    batch_id = import_vouchers(mai, ward.id, batch, f"ma\n{lines}").batch_id
    assert batch_id is not None
    needs = []
    for name in ("bay", "muoi"):
        need = needing.ask_need(people[name], people[name].id, needing.NewNeed("internet", "any", "shared", 1))
        deciding.confirm_need(mai, need.id, "hardship", clock.today() + YEAR)
        needs.append(need.id)
    deciding.propose_vouchers(mai, batch_id, needs)
    deciding.approve_need(people["tam"], needs[0])
