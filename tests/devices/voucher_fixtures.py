"""What tests of sponsored internet share: cô Mai brings vouchers in, a need of bác Bảy is approved, days pass."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Unit
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers import commands as vouchers_commands
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

MADE_UP = "QRZX-{:05d}-7M"  # a code of these tests


def code(n: int) -> str:
    return MADE_UP.format(n)


def codes(count: int, days: int = 90, start: int = 0) -> str:
    """A sponsor's file."""
    until = clock.today() + timedelta(days=days)
    return "mã,hạn\n" + "".join(f"{code(n)},{until:%d/%m/%Y}\n" for n in range(start, start + count))


def plan(**more: Any) -> vouchers_commands.NewBatch:
    facts: dict[str, Any] = {
        "sponsor": "Công ty Mạng Xanh", "sponsor_id": None, "network": "viettel", "gigabytes": 10, "days": 30,
    }  # fmt: skip
    return vouchers_commands.NewBatch(**(facts | more))


def brought(world: World, count: int = 5, unit: str = "phuong", by: str = "mai", **more: Any) -> int:
    """A batch with so many vouchers."""
    text = codes(count, more.pop("left", 90), more.pop("start", 0))
    made = vouchers_commands.import_vouchers(person(world[by]), world[unit], plan(**more), text)
    assert made.batch_id is not None
    return made.batch_id


@command
def approved(
    world: World, batch_id: int | None, person_id: int | None = None, receiver_id: int | None = None
) -> int:  # fmt: skip
    """A need of internet that two people approved, as it stands in the moment of the announcement."""
    user_id = person_id or world["bay"]
    row = DeviceNeed(
        kind="internet", person_id=user_id, receiver_id=receiver_id or user_id, unit_id=world["kp3"],
        ward_id=world["phuong"], asked_by_id=user_id, at_home="none", basis="near_poor", confirmed_by_id=world["hang"],
        confirmed_on=clock.today(), valid_until=clock.today() + timedelta(days=365), state="approved",
        proposed_by_id=world["muoi"], approved_by_id=world["mai"], approved_at=clock.now(), batch_id=batch_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def given(world: World, batch_id: int | None = None, **more: Any) -> int:
    """A voucher that bác Bảy was given."""
    need_id = approved(world, batch_id or brought(world), **more)
    return vouchers_commands.give_voucher(need_id).id


def opened(world: World, batch_id: int | None = None) -> int:
    voucher_id = given(world, batch_id)
    vouchers_commands.open_voucher(person(world["bay"]), voucher_id)
    return voucher_id


@command
def people(count: int) -> list[int]:
    return [create_user(f"Người Thứ {n}", "bốn từ dễ nhớ").id for n in range(count)]


@command
def partner() -> int:
    row = Unit(code="dt-1", kind="partner", name="Công ty Viễn Thông Xanh")
    db.session.add(row)
    db.session.flush()
    return row.id


@command
def staff(world: World, role: str, unit: str, handle: str) -> int:
    """Somebody else of the staff, let in by both administrators."""
    one, two = person(world["admin1"]), person(world["admin2"])
    user = create_user("Cán Bộ Thứ Hai", "bốn từ dễ nhớ", handle=handle)
    joining = community.create_code(one, world[unit], role)
    if joining.confirmed_at is None:
        community.confirm_code(two, joining.id)
    use_code(user, joining.code)
    return user.id


def voucher(voucher_id: int) -> InternetVoucher:
    db.session.expire_all()
    return db.session.get_one(InternetVoucher, voucher_id)


def batch(batch_id: int) -> InternetBatch:
    db.session.expire_all()
    return db.session.get_one(InternetBatch, batch_id)


def need(need_id: int) -> DeviceNeed:
    db.session.expire_all()
    return db.session.get_one(DeviceNeed, need_id)


def states(batch_id: int) -> dict[str, int]:
    query = sa.select(InternetVoucher.state, sa.func.count()).where(InternetVoucher.batch_id == batch_id)
    return dict(db.session.execute(query.group_by(InternetVoucher.state)).all())


def told(user_id: int, unread: bool = True) -> list[str]:
    """What somebody was told of vouchers, in order."""
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith("voucher"))
    query = query.where(Notice.read_at.is_(None)) if unread else query
    return [one.say % one.params for one in db.session.scalars(query.order_by(Notice.created_at, Notice.id))]


def code_bytes(voucher_id: int) -> bytes | None:
    """What lies in the database where the code is."""
    with db.engine.connect() as connection:
        query = sa.text("SELECT code_sealed FROM internet_voucher WHERE id = :id")
        value = connection.execute(query, {"id": voucher_id}).scalar_one()
    return bytes(value) if value is not None else None
