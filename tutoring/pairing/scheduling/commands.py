"""Commands on weekly meetings: book, remind, open the room, move, end.

Users also store their free hours and the days on which they are away.
"""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.duty.coverage import hours_of
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.pairing.engine_inputs import weekly_of
from tutoring.pairing.events import (
    Booked,
    BookingEnded,
    MeetingMissed,
    MeetingNear,
    MeetingOpened,
    MetQuestionDue,
    MoveAnswered,
    MoveRequested,
)
from tutoring.pairing.lifecycle.room_opening import open_for
from tutoring.pairing.matching.week_bits import NEVER, QUARTERS, Week, quarters, span
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.scheduling.calendar import ASKED_AFTER, is_away, next_meeting
from tutoring.pairing.scheduling.models import MOST_PAIRS, Away, Booking, Proposal, WeeklyHours
from tutoring.pairing.scheduling.participants import Side, held_by
from tutoring.pairing.scheduling.queries import whose_hours
from tutoring.pairing.scheduling.week_grid import remove_meetings, starts, week_from_bytes, week_to_bytes, within
from tutoring.safety.free_text import for_readers, listen

REMINDED = (24, 1)  # hours before
RETRY_INTERVAL, TRIES = timedelta(minutes=5), 3  # while no observer is on duty


def book(row: Proposal) -> None:
    """Creates the booking of an agreed proposal, inside the command that agreed."""
    asked = row.request
    made = Booking(
        proposal_id=row.id, learner_id=row.learner_id, helper_id=row.helper_id, unit_id=asked.unit_id,
        topic=asked.topic, level=asked.level, day=row.day, quarter=row.quarter, minutes=row.minutes,
        first_on=clock.today(),
    )  # fmt: skip
    first = next_meeting(made, clock.now())
    made.first_on = clock.local(first).date()
    db.session.add(made)
    db.session.flush()
    schedule(made, first)
    jobs.enqueue("pairing.met", f"met:{made.id}", first + ASKED_AFTER, booking_id=made.id)
    publish(Booked(made.id, made.learner_id, made.helper_id, first))


def schedule(row: Booking, at: datetime) -> None:
    """Enqueues the reminders and the room opening of one meeting.

    A moved booking has other keys; old jobs find another time than their own and do nothing.
    """
    facts = {"booking_id": row.id, "day": row.day, "quarter": row.quarter, "begins": at.isoformat()}
    key = f"{row.id}:{at:%Y%m%d%H%M}"
    for hours in REMINDED:
        if (early := at - timedelta(hours=hours)) > clock.now():
            jobs.enqueue("pairing.remind", f"remind:{key}:{hours}", early, hours=hours, **facts)
    jobs.enqueue("pairing.meet", f"meet:{key}:0", at, tries=0, **facts)


def booking_of(actor: User, booking_id: int) -> tuple[Booking, Side]:
    """Returns a current weekly meeting and the user's side in it.

    Raises NotFound for other users, Conflict when the meeting has ended.
    """
    row, side = held_by(actor, Booking, booking_id)
    if row.state != "on":
        raise Conflict(N_("Lịch hẹn này đã dừng."))
    return row, side


def other_side(row: Booking, actor: User) -> int:
    """Returns the user to notify of what this user does."""
    return row.learner_id if actor.id == row.helper_id else row.helper_id


@command
def end_booking(actor: User, booking_id: int, why: str) -> None:
    """Ends a weekly meeting, with a reason for the coordinator.

    The other side is notified of the end, not of the reason.
    """
    row, _ = booking_of(actor, booking_id)
    listen(nfc(why))
    why = nfc(why)[:200].strip()
    if not why:
        raise InvalidInput(N_("Hãy ghi ngắn gọn lý do. Người kia không đọc được."), field="why")
    for_readers(why, minor=row.learner.is_minor or row.helper.is_minor, field="why")
    _end(row, actor.id, why)


def _end(row: Booking, by_id: int | None, why: str) -> None:
    row.state, row.ended_at, row.ended_by_id, row.why = "ended", clock.now(), by_id, why
    publish(BookingEnded(row.id, row.learner_id, row.helper_id, by_id))


@command
def end_bookings_of(user_id: int, why: str, helping_alone: bool = False) -> None:
    """Ends all weekly meetings of a user who may no longer ask or help.

    `helping_alone` ends only those in which they help.
    """
    mine = Booking.helper_id == user_id
    if not helping_alone:
        mine = sa.or_(mine, Booking.learner_id == user_id)
    for row in db.session.scalars(sa.select(Booking).where(mine, Booking.state == "on").with_for_update()).all():
        _end(row, None, why)


@command
def end_bookings_between(one_id: int, other_id: int, why: str) -> None:
    """Ends the weekly meetings of these two."""
    two = (one_id, other_id)
    mine = (Booking.learner_id.in_(two), Booking.helper_id.in_(two), Booking.state == "on")
    for row in db.session.scalars(sa.select(Booking).where(*mine).order_by(Booking.id).with_for_update()).all():
        _end(row, None, why)


@command
def say_met(actor: User, booking_id: int, met: bool) -> None:
    """Stores whether the two met, as one of them reports it."""
    row, side = booking_of(actor, booking_id)
    if side == "helper":
        row.met_helper = met
    else:
        row.met_learner = met


# ---- background jobs ------------------------------------------------------------------------------------------


def _of(payload: dict[str, str | int]) -> Booking | None:
    """Returns the booking of this job, unless it ended or moved."""
    row = db.session.get(Booking, payload["booking_id"], with_for_update=True)
    on = row is not None and row.state == "on" and (row.day, row.quarter) == (payload["day"], payload["quarter"])
    return row if on else None


@jobs.job("pairing.remind")
def _remind(payload: dict[str, str | int]) -> None:
    row = _of(payload)
    at = datetime.fromisoformat(str(payload["begins"]))
    if row is not None and clock.now() < at:
        publish(MeetingNear(row.id, row.learner_id, row.helper_id, at, int(payload["hours"])))


@jobs.job("pairing.meet")
def _meet(payload: dict[str, str | int]) -> None:
    row = _of(payload)
    if row is None:
        return
    at, tries = datetime.fromisoformat(str(payload["begins"])), int(payload["tries"])
    if not tries:
        schedule(row, next_meeting(row, max(at, clock.now())))
    if is_away(row, at) or clock.now() >= at + timedelta(minutes=row.minutes):
        return  # one of the two is away since, or the job runs too late
    asked = db.session.scalars(
        sa.select(HelpRequest).join(Proposal).where(Proposal.id == row.proposal_id)
    ).one()  # fmt: skip
    try:
        room = open_for(asked, row.learner, row.helper)
    except Conflict as refusal:
        if tries + 1 < TRIES:
            again = {**payload, "tries": tries + 1}
            jobs.enqueue(
                "pairing.meet", f"meet:{row.id}:{at:%Y%m%d%H%M}:{tries + 1}", clock.now() + RETRY_INTERVAL, **again
            )
        else:
            publish(MeetingMissed(row.id, row.learner_id, row.helper_id, at, refusal.say))
        return
    row.room_id = room.id
    minor = row.learner.is_minor
    publish(MeetingOpened(row.id, row.learner_id, row.helper_id, room.id, minor))


@jobs.job("pairing.met")
def _ask_whether_met(payload: dict[str, int]) -> None:
    row = db.session.get(Booking, payload["booking_id"])
    if row is not None and row.state == "on":
        publish(MetQuestionDue(row.id, row.learner_id, row.helper_id))


@command
def move_booking(actor: User, booking_id: int, day: int, quarter: int) -> None:
    """Asks for another weekly time at which both are free.

    It takes effect once the other side agrees.
    """
    row, _ = booking_of(actor, booking_id)
    if day not in range(7) or quarter not in range(QUARTERS - quarters(row.minutes) + 1):
        raise InvalidInput(N_("Hãy chọn ngày và giờ từ 07:00, và xong trước 23:00."))
    if (day, quarter) == (row.day, row.quarter):
        raise InvalidInput(N_("Đó chính là giờ đang hẹn. Hãy chọn giờ khác."))
    _check(actor, row, day, quarter)
    row.to_day, row.to_quarter, row.moved_by_id = day, quarter, actor.id
    publish(MoveRequested(row.id, actor.id, other_side(row, actor)))


@command
def answer_move(actor: User, booking_id: int, agreed: bool) -> None:
    """Accepts or declines the time that the other side asks for.

    Accepting raises Conflict unless both are still free then.
    """
    row, side = booking_of(actor, booking_id)
    if row.to_day is None or row.to_quarter is None or row.moved_by_id is None:
        raise Conflict(N_("Lời xin đổi giờ này không còn nữa."))
    if (row.moved_by_id == row.helper_id) == (side == "helper"):
        raise NotFound  # the user's own side asked
    by_id = row.moved_by_id
    if agreed:
        _check(actor, row, row.to_day, row.to_quarter)
        row.day, row.quarter = row.to_day, row.to_quarter
        schedule(row, next_meeting(row, clock.now()))
    row.to_day = row.to_quarter = row.moved_by_id = None
    publish(MoveAnswered(row.id, actor.id, by_id, agreed))


def _check(actor: User, row: Booking, day: int, quarter: int) -> None:
    """Raises Conflict with the reason when one of the two is not free, or the room is closed.

    They must be free for the whole meeting.
    """
    wanted = span(quarter, quarter + quarters(row.minutes))
    if row.learner.is_minor or row.helper.is_minor:
        hours = hours_of(row.unit_id)
        if within((wanted,), hours.opens, hours.closes) != (wanted,):
            raise Conflict(N_("Giờ này phòng có học sinh không mở. Hãy chọn giờ khác."))
    both = {row.learner_id: row.learner, row.helper_id: row.helper}
    # Locks both users: of two concurrent moves the second sees what the first has written.
    held = sa.select(User.id).where(User.id.in_(both)).order_by(User.id).with_for_update(key_share=True)
    db.session.execute(held)
    hours_told = sa.select(WeeklyHours.user_id, WeeklyHours.free).where(WeeklyHours.user_id.in_(both))
    weeks = {user_id: week_from_bytes(free) for user_id, free in db.session.execute(hours_told)}
    meetings, _ = weekly_of(both, but=row.id)
    for user_id, person in sorted(both.items(), key=lambda one: one[0] != actor.id):  # the user's own reason first
        week = weeks.get(user_id, NEVER)
        if remove_meetings(week, meetings[user_id])[day] & wanted == wanted:
            continue
        if user_id != actor.id:
            raise Conflict(N_("%(name)s không rảnh vào giờ này. Hãy chọn giờ khác."), name=person.said_by(actor))
        if week[day] & wanted == wanted:
            raise Conflict(N_("Giờ này bạn đã có một lịch hẹn khác. Hãy chọn giờ khác."))
        raise Conflict(N_("Giờ này không nằm trong giờ rảnh bạn đã ghi. Hãy chọn giờ khác, hoặc sửa giờ rảnh trước."))


FARTHEST = timedelta(days=366)
MOST_AWAYS = 10


@command
def set_hours(actor: User, user_id: int, week: Week, pairs: int) -> None:
    """Stores the free quarters of a week, and the number of people to meet a week, 0–4.

    Raises InvalidInput for free hours that are all too short for a meeting.
    """
    person = whose_hours(actor, user_id)
    rate_limits.hit("act", actor.id)
    if not 0 <= pairs <= MOST_PAIRS:
        raise InvalidInput(N_("Hãy chọn từ 0 đến 4 người một tuần."), field="pairs")
    if any(week) and not starts(week):
        raise InvalidInput(
            N_("Mỗi buổi dài 45 phút mà chưa chỗ nào rảnh liền 45 phút. Hãy chọn thêm ô liền trước hoặc liền sau."),
            field="cells",
        )
    found = _lock_hours(person.id)
    if found is None:
        db.session.add(WeeklyHours(user_id=person.id, free=week_to_bytes(week), pairs=pairs))
    else:
        found.free, found.pairs, found.changed_at = week_to_bytes(week), pairs, clock.now()


def _lock_hours(user_id: int) -> WeeklyHours | None:
    """Returns the hours of a user, locked; the user is locked too, for there may be no hours yet."""
    db.session.scalar(sa.select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    return db.session.get(WeeklyHours, user_id, with_for_update=True, populate_existing=True)


@command
def set_first_hours(actor: User, user_id: int, week: Week) -> None:
    """Stores the free hours of a user who has none on record; hours that are there stay as they are.

    Raises NotFound for another's hours, InvalidInput for hours that are all too short for a meeting.
    """
    person = whose_hours(actor, user_id)
    found = _lock_hours(person.id)
    if found is None or not any(week_from_bytes(found.free)):
        set_hours(actor, person.id, week, found.pairs if found else 1)


@command
def add_away(actor: User, user_id: int, first: date, last: date) -> None:
    """Stores that a user is away from one day to another, both included."""
    person = whose_hours(actor, user_id)
    rate_limits.hit("act", actor.id)
    if last < first:
        raise InvalidInput(N_("Ngày về lại sớm hơn ngày đi. Hãy xem lại hai ngày."), field="last")
    if last < clock.today():
        raise InvalidInput(N_("Những ngày này đã qua. Hãy chọn ngày từ hôm nay."), field="last")
    if last > clock.today() + FARTHEST:
        raise InvalidInput(N_("Chỉ ghi trước được một năm. Hãy chọn ngày gần hơn."), field="last")
    db.session.scalar(sa.select(User.id).where(User.id == person.id).with_for_update())  # serializes concurrent calls
    coming = sa.select(Away).where(Away.user_id == person.id, Away.last >= clock.today())
    mine = list(db.session.scalars(coming))
    if any(one.first <= first and last <= one.last for one in mine):
        return
    if len(mine) >= MOST_AWAYS:
        raise Conflict(N_("Bạn đã ghi mười lần vắng. Hãy xoá bớt lần không cần nữa."))
    db.session.add(Away(user_id=person.id, first=first, last=last))


@command
def remove_away(actor: User, away_id: int) -> int:
    """Removes an away period; returns the id of its user."""
    found = db.session.get(Away, away_id)
    if found is None:
        raise NotFound
    person = whose_hours(actor, found.user_id)
    db.session.delete(found)
    return person.id
