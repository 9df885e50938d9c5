"""Reads of persistent rooms: access by membership, visible seats, breakout rooms and desks."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import purposes_in_force, purposes_of_each
from tutoring.community.memberships.queries import Belonging, classes_of, reached, reached_by_children
from tutoring.community.models import Membership, Unit
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.policy.accounts import needs_assent
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, PERSISTENT_KINDS
from tutoring.policy.rooms.persistent_rooms import may_be_in_class
from tutoring.rooms.models import Room, Seat

SHOWN = 40  # people named on the page of a persistent room, besides the authors shown
WEIGHED = 60  # readers for risk scoring in a persistent room: covers a whole class
MOST = 50
FEWEST_APART, MOST_APART = 2, 30  # in a breakout room: never one child alone with an adult

_SEATS = {"class": "learner", "circle": "guardian", "questions": "learner"}


def units_for(user: User, kind: str) -> frozenset[int]:
    """Returns the units whose persistent room of this kind admits this user; queried each time."""
    if user.state != "active":
        return frozenset()
    if kind == "class":
        found = classes_of(user.id)
        return found if found and _may_be_in_class(user) else frozenset()
    if user.is_minor:  # these rooms are for adults; a pupil has the class room
        return frozenset()
    return reached_by_children(user.id) if kind == "circle" else reached(user.id)


def _may_be_in_class(user: User) -> bool:
    if not user.is_minor:
        return True
    assents = purposes_in_force(user.id, "assent") if _is_asked_too(user) else None
    return may_be_in_class(True, purposes_in_force(user.id), assents)


def _is_asked_too(user: User) -> bool:
    """Returns whether the child's own assent is needed besides a guardian's consent."""
    return user.kind == "child" and needs_assent(user.oldest_age or 0)


def lacks_class_consent(user: User) -> bool:
    """Returns whether only a missing consent keeps this pupil out of an open class room."""
    if not user.is_minor:
        return False
    return db.session.scalar(_class_room_of(), {"user": user.id}) is not None and not _may_be_in_class(user)


@built_once
def _class_room_of() -> sa.Select[Any]:
    mine = sa.select(Membership.unit_id).where(
        Membership.user_id == sa.bindparam("user"), Membership.role == "learner", Membership.state == "active"
    )
    there = sa.select(Room.id).where(Room.kind == "class", Room.unit_id.in_(mine), Room.closed_at.is_(None))
    return there.limit(1)


def seat_from_membership(user: User, room: Room) -> str | None:
    """Returns the seat role that the user's membership gives in a persistent or breakout room."""
    return _SEATS[room.kind] if room.unit_id in units_for(user, room.kind) else None


class Places:
    """Membership roles of many users in persistent rooms, loaded with four queries."""

    def __init__(self, people: Collection[User]) -> None:
        minors = [one for one in people if one.is_minor]
        self.belonging = Belonging([one.id for one in people])
        self.consents = purposes_of_each([one.id for one in minors])
        self._assents = purposes_of_each([one.id for one in minors if _is_asked_too(one)], "assent")

    def place_of(self, user: User, room: Room) -> str | None:
        return _SEATS[room.kind] if room.unit_id in self._units_for(user, room.kind) else None

    def _units_for(self, user: User, kind: str) -> frozenset[int]:
        if user.state != "active":
            return frozenset()
        if kind == "class":
            return self.belonging.classes_of(user.id) if self._may_be_in_class(user) else frozenset()
        if user.is_minor:
            return frozenset()
        return self.belonging.reached_by_children(user.id) if kind == "circle" else self.belonging.reached(user.id)

    def _may_be_in_class(self, user: User) -> bool:
        if not user.is_minor:
            return True
        return may_be_in_class(True, self.consents[user.id], self._assents.get(user.id))


def has_company(room: Room) -> bool:
    """Returns whether no child would be alone with adults: two pupils of the class have joined."""
    if room.kind != "class" or room.closed_at is not None:
        return True
    here = (
        sa.select(Seat.id)
        .join(Membership, sa.and_(Membership.user_id == Seat.user_id, Membership.unit_id == room.unit_id))
        .where(
            Seat.room_id == room.id, Seat.role == "learner", Seat.removed_at.is_(None),
            Membership.role == "learner", Membership.state == "active",
        )
        .limit(FEWEST_APART)
    )  # fmt: skip
    return len(db.session.scalars(here).all()) == FEWEST_APART


UnitsOfUser = Mapping[str, Any]  # the values of `is_in_units`


def in_units_of(user: User) -> UnitsOfUser:
    """Returns the units to which this user belongs, by kind of room, as values for `is_in_units`."""
    return {_units_name(kind): ids_parameter(sorted(units_for(user, kind))) for kind in sorted(PERSISTENT_KINDS)}


def _units_name(kind: str) -> str:
    return f"units_of_{kind}"


def is_in_units() -> sa.ColumnElement[bool]:
    """SQL condition: persistent and breakout rooms of the units that `in_units_of` returned."""
    return sa.or_(
        *(
            sa.and_(Room.kind == kind, in_ids(Room.unit_id, sa.bindparam(_units_name(kind))))
            for kind in sorted(PERSISTENT_KINDS)
        )
    )


def rooms_for(user: User, places: UnitsOfUser) -> list[tuple[Room, Seat | None]]:
    """Returns the open persistent rooms of these units, and the user's breakout rooms.

    Each room comes with the user's seat, or None before the first visit. Breakout rooms come first, then the class.
    """
    none = ids_parameter([])
    if all(ids == none for ids in places.values()):
        return []
    return [(room, seat) for room, seat in db.session.execute(_own_rooms(), {"user": user.id, **places})]


@built_once
def _own_rooms() -> Any:
    return (
        standing_open()
        .outerjoin(Seat, IS_OWN_SEAT)
        .where(
            is_in_units(),
            sa.or_(Room.side_of_id.is_(None), Seat.id.is_not(None)),
            sa.or_(Seat.id.is_(None), Seat.role != "observer"),
        )
    )


IS_OWN_SEAT = sa.and_(Seat.room_id == Room.id, Seat.user_id == sa.bindparam("user", type_=sa.Integer))


def standing_open() -> Any:
    """Selects the open persistent rooms with their units, and seats that are not lost; the caller joins the seats."""
    return (
        sa.select(Room, Seat)
        .options(joinedload(Room.unit))
        .where(Room.closed_at.is_(None), Room.kind.in_(sorted(PERSISTENT_KINDS)), Seat.removed_at.is_(None))
        .order_by(Room.side_of_id.is_(None), Room.kind != "class", Room.id)
        .limit(MOST)
    )


def own_seats(user_id: int, room_ids: Collection[int]) -> dict[int, Seat]:
    """Returns the user's seats in these rooms, by room."""
    if not room_ids:
        return {}
    told = {"user": user_id, "rooms": ids_parameter(room_ids)}
    return {one.room_id: one for one in db.session.scalars(_own_seats(), told)}


@built_once
def _own_seats() -> sa.Select[Any]:
    return sa.select(Seat).where(Seat.user_id == sa.bindparam("user"), in_ids(Seat.room_id, sa.bindparam("rooms")))


def sides_for(room_id: int, user_id: int) -> list[Room]:
    """Returns the open breakout rooms of this room in which the user has a seat."""
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)
        .where(Room.side_of_id == room_id, Room.closed_at.is_(None), Seat.user_id == user_id, Seat.removed_at.is_(None))
        .order_by(Room.id)
    )
    return list(db.session.scalars(query))


def open_in(unit_id: int) -> dict[str, Room]:
    """Returns the open persistent rooms of a unit, by kind."""
    query = sa.select(Room).where(
        Room.unit_id == unit_id,
        Room.closed_at.is_(None),
        Room.side_of_id.is_(None),
        Room.kind.in_(sorted(PERSISTENT_KINDS)),
    )
    return {room.kind: room for room in db.session.scalars(query)}


def desk_of(user_id: int, unit_id: int) -> Room | None:
    """Returns the user's open room at this help desk."""
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)
        .where(Room.kind == "desk", Room.unit_id == unit_id, Room.closed_at.is_(None), Seat.user_id == user_id)
        .where(Seat.role == "learner", sa.not_(Room.is_talk))
        .order_by(Room.id)
    )
    return db.session.scalar(query.limit(1))


def wards_of(user: User) -> list[Unit]:
    """Returns the wards at whose help desk this user may ask."""
    if user.is_minor:
        return []
    query = sa.select(Unit).where(Unit.id.in_(sorted(reached(user.id))), Unit.kind == "ward")
    return list(db.session.scalars(query.order_by(Unit.id)))


# ---- people in a persistent room ---------------------------------------------------------------------------


def some_seats(room_id: int, user_ids: Collection[int]) -> list[Seat]:
    """Returns the seats of these people and of a few observers, in order of joining.

    A persistent room may have too many seats to load all.
    """
    watching = sa.select(Seat.id).where(Seat.room_id == room_id, Seat.role == "observer").order_by(Seat.id).limit(SHOWN)
    query = (
        sa.select(Seat)
        .options(joinedload(Seat.user))
        .where(
            Seat.room_id == room_id, Seat.removed_at.is_(None),
            sa.or_(Seat.user_id.in_(list(user_ids)), Seat.id.in_(watching)),
        )
        .order_by(Seat.id)
    )  # fmt: skip
    return list(db.session.scalars(query))


def readers(room_id: int, limit: int = WEIGHED) -> list[Seat]:
    """Returns the participants who have read farthest."""
    query = (
        sa.select(Seat)
        .options(joinedload(Seat.user))
        .where(Seat.room_id == room_id, Seat.removed_at.is_(None), Seat.role.in_(PARTICIPANT_ROLES))
        .order_by(Seat.seen_seq.desc(), Seat.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))
