"""The end of a room, however it comes."""

import sqlalchemy as sa

from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.rooms.commands.counting import count_minutes
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.events import RoomClosed
from tutoring.rooms.models import Attendance, Room, Seat
from tutoring.rooms.queries import locked_room

_LINES = {
    "duty": "Hết giờ trực của thầy cô nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại khi có người trực.",
    "hours": "Hết giờ mở phòng nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại vào giờ mở cửa.",
    "stopped": "Một người trong phòng không còn tham gia được nên phòng đóng lại.",
}


def close(room: Room, reason: str, line: str, by_id: int | None) -> None:
    """Close a locked room inside the running command; its history stays readable."""
    system_line(room, line)
    room.closed_at, room.close_reason, room.closed_by_id = clock.now(), reason, by_id
    db.session.execute(
        sa.update(Attendance)
        .where(Attendance.room_id == room.id, Attendance.until_at.is_(None))
        .values(until_at=room.closed_at)
    )
    everybody = sa.select(Seat).where(Seat.room_id == room.id).order_by(Seat.id)
    count_minutes(room, list(db.session.scalars(everybody)))
    announce(RoomClosed(room.id, reason, by_id))


@command
def shut_room(room_id: int, reason: str, line: str = "") -> None:
    """Close a room for a reason that is nobody's act: duty, hours (kept as duty), stopped; safe to say twice."""
    room = locked_room(room_id)
    if room.closed_at is None:
        audit.record(None, "close_room", f"room:{room.id}", reason)
        kept = "duty" if reason == "hours" else reason
        close(room, kept, line or _LINES.get(reason, _LINES["stopped"]), None)
