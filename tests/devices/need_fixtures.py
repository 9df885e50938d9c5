"""What tests of needs share: lan asks for minh, mai confirms, two officers decide, devices lie ready."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import World, change, person
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device, DeviceOffer, DeviceWipe
from tutoring.devices.needs import commands as needs_commands
from tutoring.devices.needs.commands import confirm_need
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice


def new(kind: str = "device", **more: Any) -> needs_commands.NewNeed:
    return needs_commands.NewNeed(
        kind, **({"wants": "any", "at_home": "none", "learners": 1, "elsewhere": False} | more)
    )


def asked(world: World, by: str = "lan", whose: str = "minh", kind: str = "device", **more: Any) -> int:
    """A guardian, a grown-up or staff asks."""
    return needs_commands.ask_need(person(world[by]), world[whose], new(kind, **more)).id


def asked_by(user: User, kind: str = "device", **more: Any) -> int:
    """A grown-up asks for themself."""
    return needs_commands.ask_need(user, user.id, new(kind, **more)).id


def day(days: int = 100) -> date:
    return clock.today() + timedelta(days=days)


def confirmed(world: World, by: str = "lan", whose: str = "minh", basis: str = "near_poor", **more: Any) -> int:
    """The same, and quang of the school, or muoi of the neighbourhood, confirms."""
    need_id = asked(world, by, whose, **more)
    knows = "quang" if row(need_id).unit_id not in {world["kp3"], world["phuong"]} else "mai"
    confirm_need(person(world[knows]), need_id, basis, day())
    return need_id


@command
def staff_of(world: World, name: str = "hai", role: str = "officer", unit: str = "phuong") -> int:
    """One more of the staff: an officer of the ward."""
    user = create_user(f"Cô {name.title()} Minh Hoạ", "bốn từ dễ nhớ", handle=f"can.bo.{name}")
    user.called_name, user.demo = name.title(), True
    code = community.create_code(person(world["admin1"]), world[unit], role)
    if code.confirmed_at is None:
        community.confirm_code(person(world["admin2"]), code.id)
    member = use_code(user, code.code)
    if member.state == "waiting":
        community.confirm_member(person(world["admin2"]), member.id)
    return user.id


@command
def grown_up(world: World, name: str, unit: str = "kp3") -> int:
    """A resident of the neighbourhood."""
    user = create_user(f"Người {name} Minh Hoạ", "bốn từ dễ nhớ", handle=f"dan.{name}")
    code = community.create_code(person(world["admin1"]), world[unit], "learner")
    use_code(user, code.code)
    return user.id


@command
def device(world: World, kind: str = "phone", terms: str = "gift", donor: str = "", state: str = "ready",
           unit: str = "phuong") -> int:  # fmt: skip
    """A device of the ward, checked and wiped."""
    mai = person(world["mai"])
    offer = DeviceOffer(
        unit_id=world[unit], donor_id=world[donor] if donor else None, by_id=mai.id, kind=kind, terms=terms,
        condition="good", story_code=_code("story"), state="accepted",
    )  # fmt: skip
    db.session.add(offer)
    db.session.flush()
    made = Device(code=_code("may"), offer_id=offer.id, unit_id=world[unit], kind=kind, terms=terms, model="Máy A")
    ledger.begin(made, mai)
    for before, after in (("offered", "expected"), ("expected", "stored")):
        ledger.move(mai, made.id, before, after)
    wipe = DeviceWipe(device_id=made.id, after_move=made.moves, method="reset", checks=[], by_id=mai.id)
    db.session.add(wipe)
    db.session.flush()
    if state == "ready":
        ledger.move(mai, made.id, "stored", "ready", wipe=wipe)
    return made.id


def _code(what: str) -> str:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(DeviceOffer)) or 0
    return f"{what}{count:06d}"


@command
def batch(world: World, vouchers: int = 3) -> int:
    """Vouchers of a sponsor, as if brought in by a file."""
    made = InternetBatch(unit_id=world["phuong"], sponsor="Công ty A", network="any", gigabytes=30, days=30,
                         by_id=world["mai"], report_code=_code("report"))  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for n in range(vouchers):
        db.session.add(InternetVoucher(batch_id=made.id, code=f"ma-{n}", code_mark=f"{made.id}-{n}",
                                       expires_on=day(60)))  # fmt: skip
    return made.id


def proposed(world: World, need_id: int, device_id: int | None = None, by: str = "mai", **more: Any) -> int:
    """Mai proposes a phone."""
    chosen = device_id or device(world)
    allocation_commands.propose_device(person(world[by]), need_id, chosen, **more)
    return chosen


@command
def tie(guardian_id: int, child_id: int) -> None:
    db.session.add(Guardian(guardian_id=guardian_id, child_id=child_id, relation="ba", confirmed_at=clock.now()))


def row(need_id: int) -> DeviceNeed:
    db.session.expire_all()
    return db.session.get_one(DeviceNeed, need_id)


def machine(device_id: int) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, device_id)


def told(user_id: int) -> list[str]:
    """What somebody was told of needs and has not read, in order."""
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith("need"), Notice.read_at.is_(None))
    return [one.say % one.params for one in db.session.scalars(query.order_by(Notice.created_at, Notice.id))]


def acts(need_id: int) -> list[tuple[str, int | None]]:
    query = sa.select(AuditRow.action, AuditRow.actor_id).where(AuditRow.target == f"need:{need_id}")
    return [(one.action, one.actor_id) for one in db.session.execute(query.order_by(AuditRow.id))]


def state_of(user_id: int, state: str) -> None:
    change(User, user_id, state=state)


def asked_and_confirmed(world: World, user_id: int, kind: str = "device") -> int:
    """A resident asks, and mai confirms."""
    need_id = asked_by(person(user_id), kind)
    confirm_need(person(world["mai"]), need_id, "hardship", day())
    return need_id
