"""Which rooms a user may see, who has a seat in them, and what is unread there."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import Scope, scope_of
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.policy.rooms.participation import ADULT_OBSERVER_ROLES, CHILD_OBSERVER_ROLES, PERSISTENT_KINDS
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.persistent_rooms.queries import MOST, UnitsOfUser, is_in_units, standing_open

WatchedKind = tuple[int, int | None]  # room for so many units; None: the units of children are the same


class WatchedUnits:
    """The units in which a user may observe rooms, for a statement that is built once with `observed_when_bound`."""

    def __init__(self, user_id: int) -> None:
        adults, children = scope_of(user_id, ADULT_OBSERVER_ROLES), scope_of(user_id, CHILD_OBSERVER_ROLES)
        same = children == adults
        self.kind: WatchedKind = room_for(len(adults.tops)), None if same else room_for(len(children.tops))
        self.values = {**scope_values("adults", adults), **({} if same else scope_values("children", children))}


def observed_when_bound(kind: WatchedKind) -> sa.ColumnElement[bool]:
    """The condition of `observed_by` for a statement that is run with the values of `WatchedUnits`."""
    adults = bound_scope("adults", kind[0])
    return observed_in(adults, adults if kind[1] is None else bound_scope("children", kind[1]))


def visible_to(user: User, places: UnitsOfUser | None = None, limit: int = MOST) -> list[Room]:
    """Returns the rooms that this user may read: open ones first, then the newest.

    Persistent rooms are included only when closed; `persistent_rooms.queries.rooms_for` lists the open ones. `places`
    is a previous result of `in_units_of`, to save its queries.
    """
    places = persistent_rooms_queries.in_units_of(user) if places is None else places
    watched = WatchedUnits(user.id)
    told = {"user": user.id, "most": limit, **places, **watched.values}
    return list(db.session.scalars(_visible(watched.kind), told))


@built_once  # building it takes longer than running it
def _visible(kind: WatchedKind) -> sa.Select[Any]:
    session = Room.kind.not_in(sorted(PERSISTENT_KINDS))
    return (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)  # start from the user's own seats: one row for each room
        .options(joinedload(Room.unit))
        .where(
            Seat.user_id == sa.bindparam("user"),
            Seat.removed_at.is_(None),
            sa.or_(
                sa.and_(Seat.role != "observer", sa.or_(session, is_in_units())),
                sa.and_(Seat.role == "observer", observed_when_bound(kind)),
            ),
            sa.or_(session, Room.closed_at.is_not(None)),
        )
        .order_by(Room.closed_at.is_not(None), Room.id.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


def persistent_rooms_for(user: User, places: UnitsOfUser, watches: bool) -> list[tuple[Room, Seat | None]]:
    """Returns the result of `rooms_for`; a user who `watches` gets the rooms of a valid observer seat as well."""
    found = persistent_rooms_queries.rooms_for(user, places)
    if not watches or not (watched := WatchedUnits(user.id)).values:
        return found
    # A separate query from the user's own seats; combined, it would scan every open room.
    query = _watched_persistent_rooms(watched.kind)
    found += [(room, seat) for room, seat in db.session.execute(query, {"user": user.id, **watched.values})]
    found.sort(key=lambda row: (row[0].side_of_id is None, row[0].kind != "class", row[0].id))
    return found[:MOST]


@built_once
def _watched_persistent_rooms(kind: WatchedKind) -> Any:
    own = standing_open().join(Seat, persistent_rooms_queries.IS_OWN_SEAT)
    return own.where(Seat.role == "observer", observed_when_bound(kind))


def read_with_child(guardian: User, child_id: int, most: int = 20) -> list[Room]:
    """Returns the rooms that a guardian may read with a child: open ones first, then the newest.

    The guardian needs a seat in the room.
    """
    of_child = sa.select(Seat.room_id).where(Seat.user_id == child_id)
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)
        .where(Seat.user_id == guardian.id, Seat.role == "guardian", Seat.removed_at.is_(None), Room.id.in_(of_child))
        .order_by(Room.closed_at.is_not(None), Room.id.desc())
        .limit(most)
    )
    return list(db.session.scalars(query))


def open_rooms_for(watcher: User, most: int = 1_000) -> list[Room]:
    """Returns at most `most` open rooms this user may enter as an observer, oldest first."""
    watched = WatchedUnits(watcher.id)
    told = {"watcher": watcher.id, "most": most, **watched.values}
    return list(db.session.scalars(_open_rooms(watched.kind), told))


@built_once  # building it takes longer than running it
def _open_rooms(kind: WatchedKind) -> sa.Select[Any]:
    barred = sa.select(Seat.room_id).where(
        Seat.user_id == sa.bindparam("watcher"), sa.or_(Seat.role != "observer", Seat.removed_at.is_not(None))
    )
    return (
        sa.select(Room)
        .options(joinedload(Room.unit))
        .where(Room.closed_at.is_(None), Room.id.not_in(barred), observed_when_bound(kind))
        .order_by(Room.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


def observed_by(user: User) -> sa.ColumnElement[bool]:
    """SQL condition: rooms of units where this user holds a role that may observe such rooms; no talks."""
    return observed_in(scope_of(user.id, ADULT_OBSERVER_ROLES), scope_of(user.id, CHILD_OBSERVER_ROLES))


def observed_in(adults: Scope, children: Scope) -> sa.ColumnElement[bool]:
    """The same condition for the units where a user may observe rooms of adults, and those of children."""
    here = sa.and_(adults.holds(Room.unit_id), sa.not_(Room.is_talk))  # a talk is found on the page of its case
    if children == adults:  # true for most users; a plain condition lets the index on units be used
        return here
    grown_up = sa.not_(sa.or_(Room.minors.is_(True), Room.kind == "circle"))
    return sa.and_(here, sa.or_(grown_up, children.holds(Room.unit_id)) if children else grown_up)


def seats_of_rooms(room_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """Returns the seats with their users, by room."""
    ids, found = list(room_ids), dict[int, list[Seat]]()
    for one in db.session.scalars(_seats(), {"rooms": ids_parameter(ids)}) if ids else ():
        found.setdefault(one.room_id, []).append(one)
    return found


@built_once
def _seats() -> Any:
    return _in_rooms(sa.select(Seat).options(joinedload(Seat.user)))


def _in_rooms(query: Any) -> Any:
    here = in_ids(Seat.room_id, sa.bindparam("rooms"))
    return query.where(here, Seat.removed_at.is_(None)).order_by(Seat.id)


class Sitting(NamedTuple):
    """A seat without its person."""

    room_id: int
    user_id: int
    role: str


def sittings_in_rooms(room_ids: Collection[int]) -> dict[int, list[Sitting]]:
    """Returns the seats of `seats_of_rooms` without their users, by room."""
    found: dict[int, list[Sitting]] = {}
    for row in db.session.execute(_sittings(), {"rooms": ids_parameter(room_ids)}) if room_ids else ():
        found.setdefault(row[0], []).append(Sitting(*row))
    return found


@built_once
def _sittings() -> Any:
    return _in_rooms(sa.select(Seat.room_id, Seat.user_id, Seat.role))


def unread(user_id: int, room_ids: Collection[int]) -> dict[int, int]:
    """Returns the number of unread messages by room; rooms without any are left out.

    What a guardian may not know of (`without_sealed_places`) is not counted.
    """
    if not room_ids:
        return {}
    rows = db.session.execute(_unread(), {"user": user_id, "rooms": ids_parameter(room_ids)})
    return {row[0]: row[1] for row in rows}


@built_once  # on every page that lists rooms
def _unread() -> sa.Select[int, int]:
    guards = (
        sa.exists()
        .where(Guardian.guardian_id == Seat.user_id, Guardian.child_id == Message.author_id)
        .correlate(Seat, Message)
    )
    unknown = (
        sa.select(sa.func.count())
        .where(
            Message.room_id == Room.id, Message.seq > Seat.seen_seq, Message.disclosed,
            sa.func.coalesce(Message.author_id, 0) != Seat.user_id, sa.or_(Seat.role == "guardian", guards),
        )
        .correlate(Room, Seat)
        .scalar_subquery()
    )  # fmt: skip
    new = Room.last_seq - Seat.seen_seq - sa.case((Room.last_seq > Seat.seen_seq, unknown), else_=0)
    here = in_ids(Room.id, sa.bindparam("rooms"))
    query = sa.select(Room.id, new).join(Seat, Seat.room_id == Room.id)
    return query.where(Seat.user_id == sa.bindparam("user"), Seat.removed_at.is_(None), here, new > 0)


def removed_lately(user: User) -> list[Seat]:
    """Returns the seats this user lost within the last day, newest first."""
    return list(db.session.scalars(_removed(), {"user": user.id, "since": clock.now() - timedelta(days=1)}))


@built_once
def _removed() -> sa.Select[Any]:
    query = sa.select(Seat).where(Seat.user_id == sa.bindparam("user"), Seat.removed_at > sa.bindparam("since"))
    return query.order_by(Seat.removed_at.desc())
