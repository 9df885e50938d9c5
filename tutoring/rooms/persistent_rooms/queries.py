"""Reads of persistent rooms: access by membership, visible seats, breakout rooms and desks."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import purposes_in_force, purposes_of_each
from tutoring.community.memberships.queries import Belonging, classes_of, reached, reached_by_children
from tutoring.community.models import Membership, Unit
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
    mine = sa.select(Membership.unit_id).where(
        Membership.user_id == user.id, Membership.role == "learner", Membership.state == "active"
    )
    there = sa.select(Room.id).where(Room.kind == "class", Room.unit_id.in_(mine), Room.closed_at.is_(None))
    return db.session.scalar(there.limit(1)) is not None and not _may_be_in_class(user)


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


def in_units_of(user: User) -> sa.ColumnElement[bool]:
    """SQL condition: persistent and breakout rooms of units to which this user belongs."""
    units = {kind: units_for(user, kind) for kind in sorted(PERSISTENT_KINDS)}
    here = [sa.and_(Room.kind == kind, Room.unit_id.in_(sorted(ids))) for kind, ids in units.items() if ids]
    return sa.or_(sa.false(), *here)


def rooms_for(
    user: User, places: sa.ColumnElement[bool], watched: sa.ColumnElement[bool] | None = None
) -> list[tuple[Room, Seat | None]]:
    """Returns the open persistent rooms of these units, and the user's breakout rooms.

    Each room comes with the user's seat, or None before the first visit. `watched` selects rooms where the user's
    observer seat is valid. Breakout rooms come first, then the class.
    """
    mine = sa.and_(Seat.room_id == Room.id, Seat.user_id == user.id)
    belongs = (
        _standing_open()
        .outerjoin(Seat, mine)
        .where(
            places,
            sa.or_(Room.side_of_id.is_(None), Seat.id.is_not(None)),
            sa.or_(Seat.id.is_(None), Seat.role != "observer"),
        )
    )
    found = list(db.session.execute(belongs).all())
    if watched is not None:  # a separate query from the user's own seats; combined, it would scan every open room
        found += db.session.execute(_standing_open().join(Seat, mine).where(Seat.role == "observer", watched)).all()
    found.sort(key=lambda row: (row[0].side_of_id is None, row[0].kind != "class", row[0].id))
    return [(row[0], row[1]) for row in found[:MOST]]


def _standing_open() -> Any:
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
    query = sa.select(Seat).where(Seat.user_id == user_id, Seat.room_id.in_(list(room_ids)))
    return {one.room_id: one for one in db.session.scalars(query)}


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
