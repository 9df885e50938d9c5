"""The rooms of one person as lists: sessions, and the lasting rooms of their places."""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.rooms import queries, visibility
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.room_page import room_title

Places = sa.ColumnElement[bool]  # as lasting.in_places_of gives them, which a page asks once


@dataclass(frozen=True)
class RoomRow:
    """A room in the list of one's rooms."""

    room: Room
    title: str
    names: list[str]
    unread: int


def my_rooms(viewer: User, language: str, places: Places | None = None) -> list[RoomRow]:
    """The rooms that a person may read, with what is new in them; lasting ones stand here once they are closed."""
    rooms = visibility.visible_to(viewer, places=places)
    seats = visibility.seats_of_rooms(room.id for room in rooms if not room.lasts)
    own = persistent_rooms_queries.own_seats(viewer.id, [room.id for room in rooms if room.lasts])
    rows = []
    titles: dict[tuple[str | None, str], str] = {}
    for room in rooms:
        if room.lasts:
            rows.append(_of_many(room, own[room.id], language))
            continue
        about = (room.lesson_slug, room.topic)
        if room.kind == "desk" or about not in titles:
            titles[about] = room_title(room, language)
        mine = next(seat for seat in seats[room.id] if seat.user_id == viewer.id)
        names = [queries.shown_name(seat.user) for seat in seats[room.id] if seat is not mine]
        rows.append(RoomRow(room, titles[about], names, max(0, room.last_seq - mine.seen_seq)))
    return rows


def lasting_rows(viewer: User, language: str, *, watches: bool, places: Places | None = None) -> list[RoomRow]:
    """The lasting rooms of one's places that stand open, come into or not yet, and the side rooms of these in which one
    sits; `watches`: this person is staff somewhere, and so may watch over some."""
    here = persistent_rooms_queries.in_places_of(viewer) if places is None else places
    found = persistent_rooms_queries.rooms_for(viewer, here, visibility.watched_by(viewer) if watches else None)
    return [_of_many(room, mine, language) for room, mine in found]


def _of_many(room: Room, mine: Seat | None, language: str) -> RoomRow:
    unread = max(0, room.last_seq - mine.seen_seq) if mine else 0
    return RoomRow(room, room_title(room, language), [room.unit.name], unread)
