"""Closes rooms: by a user, at the end of the hours, without staff on duty, or by a feature.

A room with minors stays open only within the unit's hours, and while a non-participant is on duty. Every
breakout room, of adults too, closes at the end of the hours. A persistent room becomes read-only instead
(rooms/read_only.py).
"""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.community.duty.coverage import Hours, hours_of
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.rooms.events import RoomClosed
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Attendance, Room, Seat
from tutoring.rooms.queries import locked_room, on_duty
from tutoring.rooms.volunteer_minutes.commands import count_minutes

_LINES = {
    "side": "Hết giờ nên phòng nhỏ đóng lại. Mọi người gặp lại nhau ở phòng chung.",
    "duty": "Hết giờ trực của thầy cô nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại khi có người trực.",
    "hours": "Hết giờ mở phòng nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại vào giờ mở cửa.",
    "stopped": "Một người trong phòng không còn tham gia được nên phòng đóng lại.",
}


def close(room: Room, reason: str, line: str, by_id: int | None) -> None:
    """Closes a room with a locked row inside the current command; its history stays readable."""
    append_system_message(room, line)
    room.closed_at, room.close_reason, room.closed_by_id = clock.now(), reason, by_id
    db.session.execute(
        sa.update(Attendance)
        .where(Attendance.room_id == room.id, Attendance.until_at.is_(None))
        .values(until_at=room.closed_at)
    )
    if not room.lasts:  # no minutes are counted in a persistent room
        everybody = sa.select(Seat).where(Seat.room_id == room.id).order_by(Seat.id)
        count_minutes(room, list(db.session.scalars(everybody)))
    if room.side_of_id is not None:
        _tell_back(room)
    elif room.lasts:
        _close_sides_later(room)
    publish(RoomClosed(room.id, reason, by_id))


def _close_sides_later(room: Room) -> None:
    """Enqueues one job for each breakout room: its row is locked before its persistent room's."""
    query = sa.select(Room.id).where(Room.side_of_id == room.id, Room.closed_at.is_(None)).order_by(Room.id)
    for side_id in db.session.scalars(query):
        jobs.enqueue("rooms.side", f"rooms.side:{side_id}", clock.now(), room_id=side_id)


@jobs.job("rooms.side")
def _close_side(payload: dict[str, int]) -> None:
    close_room_by_rule(payload["room_id"], "side")


def _tell_back(side: Room) -> None:
    """Tells the persistent room that a breakout room was closed, with its summary."""
    back = locked_room(side.side_of_id or 0)
    if back.closed_at is None:
        done = f" Đã làm: {side.summary}" if side.summary else ""
        append_system_message(back, f"Phòng nhỏ “{side.title}” đã đóng.{done}")


@command
def close_room_by_rule(room_id: int, reason: str, line: str = "") -> None:
    """Closes a room without an actor; idempotent.

    `reason` is duty, hours, side (the breakout room's persistent room is closed) or stopped. Hours and side are stored
    as duty.
    """
    room = locked_room(room_id)
    if room.closed_at is None:
        audit.record(None, "close_room", f"room:{room.id}", reason)
        kept = "duty" if reason in ("hours", "side") else reason
        said = "side" if room.side_of_id is not None and kept == "duty" else reason
        close(room, kept, line or _LINES.get(said, _LINES["stopped"]), None)


LOOK_EVERY = timedelta(minutes=1)
WARN_BEFORE = timedelta(minutes=10)
CLOSED_NOW = N_("Phòng có học sinh mở từ %(opens)s đến %(closes)s. Yêu cầu vẫn giữ chỗ; hãy quay lại trong giờ đó.")

PAUSED = N_("Phòng của học sinh đang tạm nghỉ: %(why)s. Không ai làm gì sai; hãy quay lại sau.")


def format_hour(minutes: int) -> str:
    """Formats minutes since midnight as a time of day."""
    return f"{minutes // 60}:{minutes % 60:02}"


def check_hours(unit_id: int) -> None:
    """Raises Conflict with the hours when no room with minors may open now."""
    hours = hours_of(unit_id)
    if hours.paused:
        raise Conflict(PAUSED, code="paused", why=hours.paused)
    if not hours.open_at(clock.now()):
        raise Conflict(CLOSED_NOW, opens=format_hour(hours.opens), closes=format_hour(hours.closes))


def look_later(room: Room, number: int, hours: Hours | None = None, warned: bool = False) -> None:
    """Enqueues the next check in a minute, or at the end of the hours if that is sooner."""
    moment = clock.now()
    ends = (hours or hours_of(room.unit_id)).ends(moment)
    at = moment + LOOK_EVERY
    if ends is not None and moment < ends:
        at = min(at, ends)
    jobs.enqueue("rooms.duty", f"rooms.duty:{room.id}:{number}", at, room_id=room.id, number=number, warned=warned)


@jobs.job("rooms.duty")
def _look_after(payload: dict[str, int]) -> None:
    room = locked_room(payload["room_id"])
    if room.closed_at is not None:
        return
    moment, hours = clock.now(), hours_of(room.unit_id)
    if not hours.open_at(moment):
        close_room_by_rule(room.id, "hours")
    elif room.minors and not on_duty(room):
        close_room_by_rule(room.id, "duty")
    else:
        ends, warned = hours.ends(moment), bool(payload.get("warned"))
        if ends is not None and not warned and moment >= ends - WARN_BEFORE:
            append_system_message(
                room, f"Đến {format_hour(hours.closes)} là hết giờ, phòng sẽ tự đóng. Hãy làm nốt bước đang dở."
            )
            warned = True
        look_later(room, payload["number"] + 1, hours, warned)
