"""Which rooms somebody may see, who sits in them, and what is new there."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.units.scopes import scope_of
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.rooms.participation import LASTING, WATCH_ADULTS, WATCH_CHILDREN
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries


def visible_to(user: User, limit: int = 50, places: sa.ColumnElement[bool] | None = None) -> list[Room]:
    """The rooms that this person may read: open ones first, then the newest. Of lasting ones those that are closed:
    open ones are listed by themselves (lasting.rooms_for). `places`: what lasting.in_places_of answered before."""
    places = persistent_rooms_queries.in_places_of(user) if places is None else places
    session = Room.kind.not_in(sorted(LASTING))
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)  # from the own seats, of which there is one for each room
        .options(joinedload(Room.unit))
        .where(
            Seat.user_id == user.id,
            Seat.removed_at.is_(None),
            sa.or_(
                sa.and_(Seat.role != "observer", sa.or_(session, places)),
                sa.and_(Seat.role == "observer", watched_by(user)),
            ),
            sa.or_(session, Room.closed_at.is_not(None)),
        )
        .order_by(Room.closed_at.is_not(None), Room.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def read_with_child(guardian: User, child_id: int, most: int = 20) -> list[Room]:
    """The rooms of a child that this guardian may read, for having a seat there: open ones first, then the newest."""
    of_child = sa.select(Seat.room_id).where(Seat.user_id == child_id)
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)
        .where(Seat.user_id == guardian.id, Seat.role == "guardian", Seat.removed_at.is_(None), Room.id.in_(of_child))
        .order_by(Room.closed_at.is_not(None), Room.id.desc())
        .limit(most)
    )
    return list(db.session.scalars(query))


def open_rooms_for(watcher: User, most: int | None = None) -> list[Room]:
    """Open rooms that this person may enter as an observer, longest open first; at most so many."""
    barred = sa.select(Seat.room_id).where(
        Seat.user_id == watcher.id, sa.or_(Seat.role != "observer", Seat.removed_at.is_not(None))
    )
    query = (
        sa.select(Room)
        .options(joinedload(Room.unit))
        .where(Room.closed_at.is_(None), Room.id.not_in(barred), watched_by(watcher))
        .order_by(Room.id)
        .limit(most)
    )
    return list(db.session.scalars(query))


def watched_by(user: User) -> sa.ColumnElement[bool]:
    """Rooms of units over which this person holds a role that may look into such rooms."""
    adults, children = scope_of(user.id, WATCH_ADULTS), scope_of(user.id, WATCH_CHILDREN)
    here = adults.holds(Room.unit_id)
    if children == adults:  # of most people; so that the rooms are looked up by these units
        return here
    grown_up = sa.not_(sa.or_(Room.minors.is_(True), Room.kind == "circle"))
    return sa.and_(here, sa.or_(grown_up, children.holds(Room.unit_id)) if children else grown_up)


def seats_of_rooms(room_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """Seats with their people, by room."""
    query = (
        sa.select(Seat)
        .options(joinedload(Seat.user))
        .where(Seat.room_id.in_(list(room_ids)), Seat.removed_at.is_(None))
        .order_by(Seat.id)
    )
    found: dict[int, list[Seat]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.room_id, []).append(one)
    return found


def unread(user_id: int, room_ids: Collection[int]) -> dict[int, int]:
    """How many messages of these rooms somebody has not seen, where there are any."""
    if not room_ids:
        return {}
    new = Room.last_seq - Seat.seen_seq
    query = (
        sa.select(Room.id, new)
        .join(Seat, Seat.room_id == Room.id)
        .where(Seat.user_id == user_id, Seat.removed_at.is_(None), Room.id.in_(room_ids), new > 0)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def removed_lately(user: User) -> list[Seat]:
    """Seats that this person lost within a day, newest first."""
    since = clock.now() - timedelta(days=1)
    query = sa.select(Seat).where(Seat.user_id == user.id, Seat.removed_at > since)
    return list(db.session.scalars(query.order_by(Seat.removed_at.desc())))
