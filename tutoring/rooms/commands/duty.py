"""A room with minors stays open only within the unit's hours, and while somebody who takes no part is on duty. A side
room, of grown-ups too, ends with the hours; a lasting room rests instead (rooms/resting.py)."""

from datetime import timedelta

from tutoring.community.hours import Hours, hours_of
from tutoring.kernel import clock, jobs
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.rooms.commands.closing import shut_room
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.models import Room
from tutoring.rooms.queries import locked_room, on_duty

LOOK_EVERY = timedelta(minutes=1)
WARN_BEFORE = timedelta(minutes=10)
CLOSED_NOW = N_("Phòng có học sinh mở từ %(opens)s đến %(closes)s. Yêu cầu vẫn giữ chỗ; hãy quay lại trong giờ đó.")

PAUSED = N_("Phòng của học sinh đang tạm nghỉ: %(why)s. Không ai làm gì sai; hãy quay lại sau.")


def said_hour(minutes: int) -> str:
    """Minutes since midnight as a clock shows them."""
    return f"{minutes // 60}:{minutes % 60:02}"


def check_hours(unit_id: int) -> None:
    """Raise Conflict with the hours when no room with minors may open now."""
    hours = hours_of(unit_id)
    if hours.paused:
        raise Conflict(PAUSED, code="paused", why=hours.paused)
    if not hours.open_at(clock.now()):
        raise Conflict(CLOSED_NOW, opens=said_hour(hours.opens), closes=said_hour(hours.closes))


def look_later(room: Room, number: int, hours: Hours | None = None, warned: bool = False) -> None:
    """Look again in a minute, or at the very end of the hours if that is sooner."""
    moment = clock.now()
    ends = (hours or hours_of(room.unit_id)).ends(moment)
    at = moment + LOOK_EVERY
    if ends is not None and moment < ends:
        at = min(at, ends)
    jobs.due("rooms.duty", f"rooms.duty:{room.id}:{number}", at, room_id=room.id, number=number, warned=warned)


@jobs.job("rooms.duty")
def _look_after(payload: dict[str, int]) -> None:
    room = locked_room(payload["room_id"])
    if room.closed_at is not None:
        return
    moment, hours = clock.now(), hours_of(room.unit_id)
    if not hours.open_at(moment):
        shut_room(room.id, "hours")
    elif room.minors and not on_duty(room):
        shut_room(room.id, "duty")
    else:
        ends, warned = hours.ends(moment), bool(payload.get("warned"))
        if ends is not None and not warned and moment >= ends - WARN_BEFORE:
            system_line(room, f"Đến {said_hour(hours.closes)} là hết giờ, phòng sẽ tự đóng. Hãy làm nốt bước đang dở.")
            warned = True
        look_later(room, payload["number"] + 1, hours, warned)
