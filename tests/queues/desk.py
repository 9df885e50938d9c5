"""A ward's desk for tests: its queue on a working morning, its clerk mai, and numbers."""

from datetime import date, datetime, time, timedelta

from tests.factories import World, person
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.queues import commands, queries, setup
from tutoring.queues.commands import Wish
from tutoring.queues.models import QueueDesk, QueueTicket, WalkInQueue

EVERY_DAY = frozenset(range(7))


def make_queue(world: World, *, asks_code: bool = False) -> WalkInQueue:
    """The queue of the ward, open all day on each day."""
    mai, ward = person(world["mai"]), world["phuong"]
    setup.switch_on(mai, ward)
    return setup.set_hours(mai, ward, setup.Hours(0, 24 * 60, EVERY_DAY, asks_code))


def wish(world: World, at: int = 0, **other: object) -> Wish:
    """The wish for the service at this position."""
    return Wish(queries.services_of(world["phuong"])[at].id, **other)  # type: ignore[arg-type]


def draw(world: World, count: int = 1, at: int = 0, source: str = "door") -> list[QueueTicket]:
    """Numbers drawn at the door."""
    return [commands.draw_ticket(world["phuong"], wish(world, at), source) for _ in range(count)]


def first_desk(world: World) -> QueueDesk:
    return queries.desks_of(world["phuong"])[0]


def open_first_desk(world: World, name: str = "mai") -> QueueDesk:
    return commands.open_desk(person(world[name]), first_desk(world).id)


@command
def make_officer(world: World, name: str) -> None:
    """Makes this person a confirmed officer of the ward."""
    row = Membership(user_id=world[name], unit_id=world["phuong"], role="officer", confirmed_at=clock.now())
    db.session.add(row)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of local time."""
    return datetime.combine(day, time(hour, minute), clock.LOCAL)


YESTERDAY = timedelta(days=1)
