"""What the board shows."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.accounts.sessions import present
from tutoring.community.models import Unit
from tutoring.community.queries import on_duty, units_of
from tutoring.policy.access import STAFF
from tutoring.policy.community import CHILD_UNITS
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import open_rooms_for, seats_of_rooms


@dataclass(frozen=True)
class LiveRoom:
    """One open room on the board."""

    room: Room
    seats: list[Seat]
    here: set[int]
    watching: bool


def live_rooms(person: User) -> list[LiveRoom]:
    """Open rooms that this person may look into, longest open first, with who is there now."""
    found = open_rooms_for(person)
    seats = seats_of_rooms(room.id for room in found)
    here = present(list({seat.user_id for room_seats in seats.values() for seat in room_seats}))
    return [
        LiveRoom(room, mine := seats.get(room.id, []), here, any(seat.user_id == person.id for seat in mine))
        for room in found
    ]


@dataclass(frozen=True)
class Duty:
    """Who is on duty now for one of my units."""

    unit: Unit
    people: list[User]
    mine: bool


def duty_now(person: User) -> list[Duty]:
    """Who is on duty now, for each unit in which this person is staff."""
    rows = []
    for unit in units_of(person.id, STAFF):
        people = on_duty(unit.id, minors=unit.kind in CHILD_UNITS)
        rows.append(Duty(unit, people, any(other.id == person.id for other in people)))
    return rows
