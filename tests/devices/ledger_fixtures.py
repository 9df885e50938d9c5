"""What tests of the books share: who is who, machines and needs, written by commands of the tests' own."""

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.models import User
from tutoring.accounts.passphrases import new_code
from tutoring.accounts.registration import create_user
from tutoring.community.commands import create_unit
from tutoring.community.models import Membership
from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device, DeviceMove, DeviceOffer, DeviceWipe
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

# Beside the people of the demonstration: tám, of the ward like mai; cao, of the city; ba, of another ward.
STRANGERS = {"tam": "phuong", "cao": "tp", "ba": "phuong-khac"}


@command
def staffed(world: World) -> dict[str, int]:
    """Ids of everybody by name; lan, who has children here, serves the ward too."""
    admin = person(world["admin1"])
    other = create_unit(admin, "demo-phuong-khac", "ward", "Phường Khác", form="phường", parent_id=world["tp"])
    units = {**world.units, "phuong-khac": other.id}
    people = dict(world.people)
    for name, unit in STRANGERS.items():
        user = create_user(f"Người {name} Minh Hoạ", "bốn từ dễ nhớ", handle=f"kho.{name}")
        people[name] = user.id
        serves(user.id, units[unit])
    serves(people["lan"], units["phuong"])
    return people


@command
def serves(user_id: int, unit_id: int, role: str = "officer") -> None:
    db.session.add(Membership(user_id=user_id, unit_id=unit_id, role=role, state="active"))


@command
def offered(ward_id: int, by: User, donor_id: int | None = None, terms: str = "gift", kind: str = "laptop") -> int:
    """A machine that its donor still has."""
    offer = DeviceOffer(
        unit_id=ward_id, donor_id=donor_id, by_id=by.id, story_code=new_code(12), kind=kind, terms=terms,
        condition="good",
    )  # fmt: skip
    db.session.add(offer)
    db.session.flush()
    device = Device(code=new_code(8), offer_id=offer.id, unit_id=ward_id, kind=kind, terms=terms)
    ledger.begin(device, by)
    return device.id


@command
def wiped(device_id: int, by_id: int, after_move: int | None = None) -> int:
    """A record that a machine was wiped, as if since its newest move."""
    device = db.session.get_one(Device, device_id)
    wipe = DeviceWipe(
        device_id=device_id, after_move=device.moves if after_move is None else after_move, method="reset", by_id=by_id
    )
    db.session.add(wipe)
    db.session.flush()
    return wipe.id


@command
def needed(ward_id: int, person_id: int, receiver_id: int, kind: str = "device") -> int:
    """Somebody needs one, and staff have confirmed it."""
    need = DeviceNeed(
        kind=kind, person_id=person_id, receiver_id=receiver_id, unit_id=ward_id, ward_id=ward_id,
        asked_by_id=receiver_id, at_home="none",
    )  # fmt: skip
    db.session.add(need)
    db.session.flush()
    return need.id


@command
def ends(need_id: int) -> None:
    need = db.session.get_one(DeviceNeed, need_id)
    need.state, need.ended_at = "withdrawn", clock.now()


@command
def waits_again(need_id: int) -> None:
    need = db.session.get_one(DeviceNeed, need_id)
    need.state, need.ended_at = "asked", None


@command
def learners(world: World, count: int) -> list[int]:
    """So many grown-ups who live there."""
    found = []
    for number in range(count):
        user = create_user(f"Người học {number}", "bốn từ dễ nhớ", handle=f"hoc.{number}")
        serves(user.id, world["kp3"], "learner")
        found.append(user.id)
    return found


def stored(world: World, people: dict[str, int], donor: str = "bay", terms: str = "gift") -> int:
    """A machine of bảy's that has come into the store."""
    device_id = offered(world["phuong"], person(people[donor]), people[donor], terms)
    mai = person(people["mai"])
    ledger.move(mai, device_id, "offered", "expected")
    ledger.move(mai, device_id, "expected", "stored")
    return device_id


def ready(world: World, people: dict[str, int], donor: str = "bay", terms: str = "gift") -> int:
    """The same, wiped."""
    device_id = stored(world, people, donor, terms)
    wipe = db.session.get_one(DeviceWipe, wiped(device_id, people["mai"]))
    ledger.move(person(people["mai"]), device_id, "stored", "ready", wipe=wipe)
    return device_id


def lent(world: World, people: dict[str, int], terms: str = "gift") -> tuple[int, int]:
    """A machine that is with minh's family, and the need."""
    device_id = ready(world, people, terms=terms)
    need_id = needed(world["phuong"], people["minh"], people["lan"])
    reserve(people, device_id, need_id)
    ledger.move(person(people["mai"]), device_id, "reserved", "lent", second_id=people["lan"])
    return device_id, need_id


def reserve(people: dict[str, int], device_id: int, need_id: int, by: str = "mai", second: str | None = "tam") -> None:
    other = people[second] if second else None
    ledger.move(person(people[by]), device_id, "ready", "reserved", second_id=other, need_id=need_id)


def device(device_id: int) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, device_id)


def lines(device_id: int) -> list[tuple[str, str]]:
    """A history as pairs of states."""
    query = sa.select(DeviceMove.from_state, DeviceMove.to_state).where(DeviceMove.device_id == device_id)
    return [(before, after) for before, after in db.session.execute(query.order_by(DeviceMove.n))]
