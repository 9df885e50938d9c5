"""Pauses rooms with minors of a unit: sessions close, persistent rooms become read-only."""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.community.queries import descendants
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Room
from tutoring.rooms.queries import locked_room
from tutoring.rooms.sessions.closure import close_room_by_rule


@command
def pause_rooms(unit_ids: Collection[int], why: str) -> None:
    """Stops all open rooms with minors of these units and below; the message blames no one."""
    for room_id in _open(unit_ids):
        room = locked_room(room_id)
        if room.lasts and room.side_of_id is None:
            append_system_message(room, f"Phòng tạm nghỉ: {why}. Không ai làm gì sai, mọi người vẫn đọc được.")
        else:
            close_room_by_rule(
                room_id, "duty", f"Buổi học dừng ở đây: {why}. Không ai làm gì sai, khi nào mở lại thì học tiếp."
            )


@command
def resume_rooms(unit_ids: Collection[int]) -> None:
    """Tells the persistent rooms that writing is possible again."""
    for room_id in _open(unit_ids):
        room = locked_room(room_id)
        if room.lasts:
            append_system_message(room, "Phòng không còn tạm nghỉ nữa. Trong giờ mở phòng, mọi người viết lại được.")


def _open(unit_ids: Collection[int]) -> list[int]:
    below = sorted({one for unit_id in unit_ids for one in descendants(unit_id)})
    query = sa.select(Room.id).where(
        Room.minors, Room.closed_at.is_(None), in_ids(Room.unit_id, below), sa.not_(Room.is_talk)
    )
    return list(db.session.scalars(query.order_by(Room.id)))
