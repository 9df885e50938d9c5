"""What tests of handovers and loans share: bay gives or lends, minh needs, Mai and Thu decide, lan receives."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.donations import commands as donations_commands
from tutoring.devices.handovers import commands as handovers_commands
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.devices.inventory.wipe_checks import CHECKS, METHODS
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover
from tutoring.devices.models import Device
from tutoring.devices.needs import commands as needs_commands
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

IMEI = "490154203237518"
PHRASE = "bốn từ dễ nhớ"


@command
def officer(world: World, name: str = "thu") -> int:
    """A second officer of the ward, so that two decide."""
    user = create_user("Cô Thu Minh Hoạ", PHRASE, handle=f"canbo.{name}")
    user.called_name, user.demo = "Thu", True
    code = community.create_code(person(world["admin1"]), world["phuong"], "officer")
    if code.confirmed_at is None:
        community.confirm_code(person(world["admin2"]), code.id)
    use_code(user, code.code)
    return user.id


def ready(world: World, serial: str = "SN-0001", donor: str = "bay", kind: str = "phone", **more: Any) -> int:
    """A device of bay's in the ward's store, checked and wiped."""
    mai = person(world["mai"])
    offer = donations_commands.offer_devices(
        person(world[donor]), world["phuong"], donations_commands.NewOffer(kind, **more)
    )
    donations_commands.accept_offer(mai, offer.id)
    device = offer.devices[0].id
    imei = _imei(serial) if kind == "phone" else ""
    inventory_commands.receive_device(mai, device, "Samsung A14", serial, imei, ["charger", "cable"])
    inventory_commands.record_wipe(mai, device, METHODS[kind][0], CHECKS[kind])
    return device


def _imei(serial: str) -> str:
    """A number that stands the check of its last digit, another for each serial."""
    body = f"49015420{sum(ord(one) * 7**at for at, one in enumerate(serial)) % 1_000_000:06}"
    total = 0
    for at, digit in enumerate(map(int, reversed(body))):
        doubled = digit * 2 if at % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return f"{body}{-total % 10}"


def approved(world: World, second: int, device: int, who: str = "minh", gift: bool = False) -> int:
    """A need of minh's, which lan asked for: confirmed by Hằng, proposed by Mai, approved by Thu."""
    asker = person(world["lan"] if who in {"minh", "an"} else world[who])
    need = needs_commands.ask_need(asker, world[who], needs_commands.NewNeed("device")).id
    confirmer = person(world["hang"] if who in {"minh", "an"} else world["muoi"])
    needs_commands.confirm_need(confirmer, need, "near_poor", clock.today() + timedelta(days=200))
    allocation_commands.propose_device(person(world["mai"]), need, device, as_gift=gift, although="Hai em học cùng giờ")
    allocation_commands.approve_need(person(second), need)
    return need


def point(world: World) -> int:
    name = "Trung tâm Phục vụ hành chính công"
    return handovers_commands.add_point(person(world["mai"]), world["phuong"], name, "12 đường Cây Bàng", True).id


def at(days: int = 2, hour: int = 9) -> datetime:
    """An hour of a day from now, here."""
    day = clock.today() + timedelta(days=days)
    return datetime.combine(day, time(hour), clock.LOCAL).astimezone(UTC)


def planned(world: World, serial: str = "SN-0001", who: str = "minh", gift: bool = False, **offer: Any) -> int:
    """A handover in two days, of a new device."""
    second = found_officer(world)
    need = approved(world, second, ready(world, serial, **offer), who, gift)
    return handovers_commands.plan_handover(person(world["mai"]), need, point(world), at()).id


def found_officer(world: World) -> int:
    query = sa.text("SELECT id FROM \"user\" WHERE username = 'canbo.thu'")
    return db.session.scalar(query) or officer(world)


def told(row: Handover, **more: Any) -> handovers_commands.HandoverInput:
    facts: dict[str, Any] = {"number": row.number or "", "accessories": ["charger", "cable"]}
    return handovers_commands.HandoverInput(**(facts | more))


def handed(world: World, serial: str = "SN-0001", who: str = "minh", gift: bool = False, **offer: Any) -> int:
    """A device that was handed over a moment ago; the handover."""
    row = handover(planned(world, serial, who, gift, **offer))
    handovers_commands.hand_over(person(world["mai"]), row.id, told(row))
    return row.id


def lent(world: World, serial: str = "SN-0001", who: str = "minh", **offer: Any) -> int:
    """A loan that began today."""
    row = handover(handed(world, serial, who, **offer))
    return db.session.scalars(sa.select(DeviceLoan.id).where(DeviceLoan.handover_id == row.id)).one()


def handover(handover_id: int) -> Handover:
    db.session.expire_all()
    return db.session.get_one(Handover, handover_id)


def loan(loan_id: int) -> DeviceLoan:
    db.session.expire_all()
    return db.session.get_one(DeviceLoan, loan_id)


def device(device_id: int) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, device_id)


def words_of(thanks_id: int) -> DeviceThanks:
    db.session.expire_all()
    return db.session.get_one(DeviceThanks, thanks_id)


def hears(user_id: int, start: str) -> list[str]:
    """What somebody was told and has not read, of keys that begin so."""
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith(start), Notice.read_at.is_(None))
    return [one.say % one.params for one in db.session.scalars(query.order_by(Notice.created_at, Notice.id))]


def morning(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), clock.LOCAL).astimezone(UTC)


@command
def made_staff(world: World, name: str) -> None:
    db.session.execute(
        sa.text("INSERT INTO membership (user_id, unit_id, role, state, created_at) "
                "SELECT :user, :unit, 'officer', 'active', created_at FROM membership LIMIT 1"),
        {"user": world[name], "unit": world["phuong"]},
    )  # fmt: skip
