"""What tests of offers and the store share: bác Bảy gives, cô Mai keeps the ward's store, days pass."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Unit
from tutoring.community.units import mergers
from tutoring.devices.donations import commands as donations_commands
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.devices.inventory import ledger
from tutoring.devices.inventory.wipe_checks import CHECKS, METHODS
from tutoring.devices.models import Device, DeviceMove, DeviceOffer
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

IMEIS = ("356938035643809", "490154203237518")


def wanted(kind: str = "phone", **more: Any) -> donations_commands.NewOffer:
    return donations_commands.NewOffer(kind, **more)


def offered(world: World, kind: str = "phone", who: str = "bay", **more: Any) -> int:
    """Somebody offers; Bảy unless said otherwise. The id of the offer."""
    return donations_commands.offer_devices(person(world[who]), world["phuong"], wanted(kind, **more)).id


def accepted(world: World, kind: str = "phone", who: str = "bay", **more: Any) -> int:
    """The same, and Mai says yes. The id of its first device."""
    offer_id = offered(world, kind, who, **more)
    donations_commands.accept_offer(person(world["mai"]), offer_id)
    return device_ids(offer_id)[0]


def received(world: World, kind: str = "phone", serial: str = "SN-0001", who: str = "bay", **more: Any) -> int:
    """The same, and it was brought."""
    device_id = accepted(world, kind, who, **more)
    inventory_commands.receive_device(person(world["mai"]), device_id, "Samsung A8", serial)
    return device_id


def wipe(world: World, device_id: int, who: str = "mai") -> int:
    kind = device(device_id).kind
    return inventory_commands.record_wipe(person(world[who]), device_id, METHODS[kind][0], CHECKS[kind]).id


def ready(world: World, kind: str = "phone", serial: str = "SN-0001", who: str = "bay", **more: Any) -> int:
    """The same, and wiped."""
    device_id = received(world, kind, serial, who, **more)
    wipe(world, device_id)
    return device_id


def device(device_id: int) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, device_id)


def offer(offer_id: int) -> DeviceOffer:
    db.session.expire_all()
    return db.session.get_one(DeviceOffer, offer_id)


def device_ids(offer_id: int) -> list[int]:
    query = sa.select(Device.id).where(Device.offer_id == offer_id).order_by(Device.id)
    return list(db.session.scalars(query))


def path_of(device_id: int) -> list[str]:
    """The states that a device has been in, from the first."""
    query = sa.select(DeviceMove.to_state).where(DeviceMove.device_id == device_id).order_by(DeviceMove.n)
    return list(db.session.scalars(query))


def told(user_id: int, unread: bool = True) -> list[str]:
    """What somebody was told of machines, in order."""
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith("device"))
    query = query.where(Notice.read_at.is_(None)) if unread else query
    return [one.say % one.params for one in db.session.scalars(query.order_by(Notice.created_at, Notice.id))]


@command
def officer(world: World, name: str = "thu") -> int:
    """A second officer of the ward."""
    user = create_user("Nguyễn Thị Thu", "bốn từ dễ nhớ", handle=f"phuong.{name}")
    code = community.create_code(person(world["admin1"]), world["phuong"], "officer")
    if code.confirmed_at is None:
        community.confirm_code(person(world["admin2"]), code.id)
    use_code(user, code.code)
    return user.id


@command
def another_ward(world: World) -> int:
    """A ward beside the first, which becomes part of it tomorrow."""
    city = db.session.scalar(sa.select(Unit.parent_id).where(Unit.id == world["phuong"]))
    made = community.create_unit(person(world["admin1"]), "phuong-khac", "ward", "Phường Khác", parent_id=city).id
    mergers.plan_merger(None, "demo-phuong", "phuong-khac", clock.today() + timedelta(days=1))
    return made


def adds_up() -> bool:
    return not ledger.faults()
