"""The end of a room, however it comes."""

import sqlalchemy as sa

from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.rooms.commands.counting import count_minutes
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.events import RoomClosed
from tutoring.rooms.models import Attendance, Room, Seat
from tutoring.rooms.queries import locked_room

_LINES = {
    "side": "Hết giờ nên phòng nhỏ đóng lại. Mọi người gặp lại nhau ở phòng chung.",
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
    if not room.lasts:  # nobody helps anybody by the minute in a room of many
        everybody = sa.select(Seat).where(Seat.room_id == room.id).order_by(Seat.id)
        count_minutes(room, list(db.session.scalars(everybody)))
    if room.side_of_id is not None:
        _tell_back(room)
    elif room.lasts:
        _close_sides_later(room)
    announce(RoomClosed(room.id, reason, by_id))


def _close_sides_later(room: Room) -> None:
    """Each in a transaction of its own: there the side room is locked first, and then the one it was split from."""
    query = sa.select(Room.id).where(Room.side_of_id == room.id, Room.closed_at.is_(None)).order_by(Room.id)
    for side_id in db.session.scalars(query):
        jobs.due("rooms.side", f"rooms.side:{side_id}", clock.now(), room_id=side_id)


@jobs.job("rooms.side")
def _close_side(payload: dict[str, int]) -> None:
    shut_room(payload["room_id"], "side")


def _tell_back(side: Room) -> None:
    """What was done in a side room is read where its people come from."""
    back = locked_room(side.side_of_id or 0)
    if back.closed_at is None:
        done = f" Đã làm: {side.summary}" if side.summary else ""
        system_line(back, f"Phòng nhỏ “{side.title}” đã đóng.{done}")


@command
def shut_room(room_id: int, reason: str, line: str = "") -> None:
    """Close a room for a reason that is nobody's act: duty, hours and side (the room that a side
    room was split from is closed), which are kept as duty; stopped. Safe to say twice."""
    room = locked_room(room_id)
    if room.closed_at is None:
        audit.record(None, "close_room", f"room:{room.id}", reason)
        kept = "duty" if reason in ("hours", "side") else reason
        said = "side" if room.side_of_id is not None and kept == "duty" else reason
        close(room, kept, line or _LINES.get(said, _LINES["stopped"]), None)
