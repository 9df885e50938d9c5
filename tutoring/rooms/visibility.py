"""Which rooms a user may see, who has a seat in them, and what is unread there."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.community.units.scopes import Scope, scope_of
from tutoring.kernel import clock
from tutoring.kernel.database.sql import ids_parameter, in_ids
from tutoring.kernel.db import db, is_sqlite
from tutoring.policy.rooms.participation import ADULT_OBSERVER_ROLES, CHILD_OBSERVER_ROLES, PERSISTENT_KINDS
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries


def visible_to(user: User, limit: int = 50, places: sa.ColumnElement[bool] | None = None) -> list[Room]:
    """Returns the rooms that this user may read: open ones first, then the newest.

    Persistent rooms are included only when closed; `persistent_rooms.queries.rooms_for` lists the open ones. `places`
    is a previous result of `in_places_of`, to save its query.
    """
    places = persistent_rooms_queries.in_units_of(user) if places is None else places
    session = Room.kind.not_in(sorted(PERSISTENT_KINDS))
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)  # start from the user's own seats: one row for each room
        .options(joinedload(Room.unit))
        .where(
            Seat.user_id == user.id,
            Seat.removed_at.is_(None),
            sa.or_(
                sa.and_(Seat.role != "observer", sa.or_(session, places)),
                sa.and_(Seat.role == "observer", observed_by(user)),
            ),
            sa.or_(session, Room.closed_at.is_not(None)),
        )
        .order_by(Room.closed_at.is_not(None), Room.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


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


def open_rooms_for(
    watcher: User, most: int | None = None, observed: sa.ColumnElement[bool] | None = None
) -> list[Room]:  # fmt: skip
    """Returns at most `most` open rooms this user may enter as an observer, oldest first.

    `observed` is a previous result of `observed_by`, to save its queries.
    """
    observed = observed_by(watcher) if observed is None else observed
    barred = sa.select(Seat.room_id).where(
        Seat.user_id == watcher.id, sa.or_(Seat.role != "observer", Seat.removed_at.is_not(None))
    )
    query = (
        sa.select(Room)
        .options(joinedload(Room.unit))
        .where(Room.closed_at.is_(None), Room.id.not_in(barred), observed)
        .order_by(Room.id)
        .limit(most)
    )
    return list(db.session.scalars(query))


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
    """Returns the number of unread messages by room; rooms without any are left out.

    What a guardian may not know of (`without_sealed_places`) is not counted.
    """
    if not room_ids:
        return {}
    rows = db.session.execute(_unread(is_sqlite()), {"user": user_id, "rooms": ids_parameter(room_ids)})
    return {row[0]: row[1] for row in rows}


@cache  # on every page that lists rooms; building it takes longer than running it
def _unread(_for_sqlite: bool) -> sa.Select[int, int]:
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
    since = clock.now() - timedelta(days=1)
    query = sa.select(Seat).where(Seat.user_id == user.id, Seat.removed_at > since)
    return list(db.session.scalars(query.order_by(Seat.removed_at.desc())))
