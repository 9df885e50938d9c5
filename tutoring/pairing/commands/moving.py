"""Another time for a weekly meeting: one side wishes for it, the other says yes or no."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.hours import hours_of
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.commands.bookings import booking_of, other_side, schedule
from tutoring.pairing.events import MoveAnswered, MoveAsked
from tutoring.pairing.matching.times import NEVER, QUARTERS, quarters, span
from tutoring.pairing.meeting_times import next_meeting
from tutoring.pairing.people import weekly_of
from tutoring.pairing.week import told, within, without
from tutoring.pairing.weekly_models import Booking, WeeklyHours


@command
def move_booking(actor: User, booking_id: int, day: int, quarter: int) -> None:
    """Wish for another time of the week at which both are free; it holds once the other side says yes."""
    row, _ = booking_of(actor, booking_id)
    if day not in range(7) or quarter not in range(QUARTERS - quarters(row.minutes) + 1):
        raise Invalid(N_("Hãy chọn ngày và giờ từ 07:00, và xong trước 23:00."))
    if (day, quarter) == (row.day, row.quarter):
        raise Invalid(N_("Đó chính là giờ đang hẹn. Hãy chọn giờ khác."))
    _check(actor, row, day, quarter)
    row.to_day, row.to_quarter, row.moved_by_id = day, quarter, actor.id
    announce(MoveAsked(row.id, actor.id, other_side(row, actor)))


@command
def answer_move(actor: User, booking_id: int, agreed: bool) -> None:
    """Say yes or no to the time that the other side wishes for; a yes only while both are still free then."""
    row, side = booking_of(actor, booking_id)
    if row.to_day is None or row.to_quarter is None or row.moved_by_id is None:
        raise Conflict(N_("Lời xin đổi giờ này không còn nữa."))
    if (row.moved_by_id == row.helper_id) == (side == "helper"):
        raise Missing  # one's own side has spoken
    by_id = row.moved_by_id
    if agreed:
        _check(actor, row, row.to_day, row.to_quarter)
        row.day, row.quarter = row.to_day, row.to_quarter
        schedule(row, next_meeting(row, clock.now()))
    row.to_day = row.to_quarter = row.moved_by_id = None
    announce(MoveAnswered(row.id, actor.id, by_id, agreed))


def _check(actor: User, row: Booking, day: int, quarter: int) -> None:
    """Raises Conflict with the reason where one of the two is not free for the whole meeting, or the room is shut."""
    wanted = span(quarter, quarter + quarters(row.minutes))
    if row.learner.is_minor or row.helper.is_minor:
        hours = hours_of(row.unit_id)
        if within((wanted,), hours.opens, hours.closes) != (wanted,):
            raise Conflict(N_("Giờ này phòng có học sinh không mở. Hãy chọn giờ khác."))
    both = {row.learner_id: row.learner, row.helper_id: row.helper}
    # Of two moves at once the second finds what the first has written.
    held = sa.select(User.id).where(User.id.in_(both)).order_by(User.id).with_for_update(key_share=True)
    db.session.execute(held)
    hours_told = sa.select(WeeklyHours.user_id, WeeklyHours.free).where(WeeklyHours.user_id.in_(both))
    weeks = {user_id: told(free) for user_id, free in db.session.execute(hours_told)}
    meetings, _ = weekly_of(both, but=row.id)
    for user_id, person in sorted(both.items(), key=lambda one: one[0] != actor.id):  # one's own reason first
        week = weeks.get(user_id, NEVER)
        if without(week, meetings[user_id])[day] & wanted == wanted:
            continue
        if user_id != actor.id:
            raise Conflict(N_("%(name)s không rảnh vào giờ này. Hãy chọn giờ khác."), name=person.said_name)
        if week[day] & wanted == wanted:
            raise Conflict(N_("Giờ này bạn đã có một lịch hẹn khác. Hãy chọn giờ khác."))
        raise Conflict(N_("Giờ này không nằm trong giờ rảnh bạn đã ghi. Hãy chọn giờ khác, hoặc sửa giờ rảnh trước."))
