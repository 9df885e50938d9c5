"""The room lists of one user: sessions, and the persistent rooms of the user's units."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.rooms import queries, visibility
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.persistent_rooms.queries import UnitsOfUser
from tutoring.rooms.room_page import room_title


@dataclass(frozen=True)
class RoomRow:
    """One row in a user's list of rooms."""

    room: Room
    title: str
    names: list[str]
    unread: int


def my_rooms(viewer: User, language: str, places: UnitsOfUser | None = None) -> list[RoomRow]:
    """Returns the sessions and closed persistent rooms a user may read, with unread counts."""
    rooms = visibility.visible_to(viewer, places=places)
    seats = visibility.seats_of_rooms(room.id for room in rooms if not room.lasts)
    own = persistent_rooms_queries.own_seats(viewer.id, [room.id for room in rooms if room.lasts])
    new = visibility.unread(viewer.id, [room.id for room in rooms])
    rows = []
    titles: dict[tuple[str | None, str], str] = {}
    for room in rooms:
        if room.lasts:
            rows.append(_of_many(room, own[room.id], language, new))
            continue
        about = (room.lesson_slug, room.topic)
        if room.kind == "desk" or about not in titles:
            titles[about] = room_title(room, language)
        mine = next(seat for seat in seats[room.id] if seat.user_id == viewer.id)
        names = [queries.shown_name(seat.user, viewer, language) for seat in seats[room.id] if seat is not mine]
        rows.append(RoomRow(room, titles[about], names, new.get(room.id, 0)))
    return rows


def list_persistent_rooms(
    viewer: User, language: str, *, watches: bool, places: UnitsOfUser | None = None
) -> list[RoomRow]:
    """Returns the open persistent rooms of the user's units, and the user's breakout rooms.

    Rooms that the user has not entered yet are included. `watches` says that the user is staff somewhere, and so may
    observe rooms.
    """
    here = persistent_rooms_queries.in_units_of(viewer) if places is None else places
    found = visibility.persistent_rooms_for(viewer, here, watches)
    new = visibility.unread(viewer.id, [room.id for room, mine in found if mine])
    return [_of_many(room, mine, language, new) for room, mine in found]


def _of_many(room: Room, mine: Seat | None, language: str, new: dict[int, int]) -> RoomRow:
    return RoomRow(room, room_title(room, language), [room.unit.name], new.get(room.id, 0) if mine else 0)
