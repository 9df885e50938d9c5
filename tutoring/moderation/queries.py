"""What the board shows."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.accounts.sessions import present
from tutoring.community.models import Unit
from tutoring.community.queries import on_duty, units_of
from tutoring.policy.access import STAFF
from tutoring.policy.community import CHILD_UNITS
from tutoring.rooms.lasting import own_seats
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.visible import open_rooms_for, seats_of_rooms


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
    seats = seats_of_rooms(room.id for room in found if not room.lasts)  # of a room of many nobody is listed here
    sitting = own_seats(person.id, [room.id for room in found if room.lasts])
    here = present(list({seat.user_id for room_seats in seats.values() for seat in room_seats}))
    rows = []
    for room in found:
        mine = seats.get(room.id, [])
        rows.append(LiveRoom(room, mine, here, room.id in sitting or any(seat.user_id == person.id for seat in mine)))
    return sorted(rows, key=lambda row: row.room.lasts)  # sessions first: there somebody is needed now


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
