"""After a name change the user's open rooms show a system message with both names."""

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms.hooks import find_write_restriction
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import locked_room


def is_silenced(user_id: int) -> bool:
    """Returns whether a room restricts this user's writing; a new name would bypass that."""
    shut = (Seat.muted_until > clock.now(), Room.locked_at.is_not(None), Room.hold_all)
    query = (
        sa.select(Seat.id)
        .join(Room, Room.id == Seat.room_id)
        .where(Seat.user_id == user_id, Seat.removed_at.is_(None), Room.closed_at.is_(None), sa.or_(*shut))
        .limit(1)
    )
    return db.session.scalar(query) is not None or find_write_restriction(user_id) is not None


@command
def tell_new_name(user_id: int, before: str, after: str) -> None:
    """Adds a system message to each open room where this user has a seat."""
    mine = (
        sa.select(Room.id)
        .join(Seat, Seat.room_id == Room.id)
        .where(Seat.user_id == user_id, Seat.removed_at.is_(None), Room.closed_at.is_(None))
        .order_by(Room.id)
    )
    for room_id in db.session.scalars(mine).all():
        room = locked_room(room_id)
        if room.closed_at is None:
            append_system_message(room, f"{before} đổi tên thành {after}.")
