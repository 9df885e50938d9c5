"""Two people meet every week: reminders, the room at its time, another time by both, and the end."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.pairing.commands.opening import open_for
from tutoring.pairing.events import (
    Booked,
    BookingEnded,
    MeetingMissed,
    MeetingNear,
    MeetingOpened,
    MetAsked,
    MoveAnswered,
    MoveAsked,
)
from tutoring.pairing.matching.times import QUARTERS, quarters
from tutoring.pairing.meeting_times import ASKED_AFTER, is_away, next_meeting
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.weekly_models import Booking, Proposal
from tutoring.policy.pairing import may_answer_proposal
from tutoring.safety.free_text import without_private

REMINDED = (24, 1)  # hours before
TRY_AGAIN, TRIES = timedelta(minutes=5), 3  # while nobody is on duty


def book(row: Proposal) -> None:
    """The booking of an agreed proposal, inside the command that agreed."""
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
    _schedule(made, first)
    jobs.due("pairing.met", f"met:{made.id}", first + ASKED_AFTER, booking_id=made.id)
    announce(Booked(made.id, made.learner_id, made.helper_id, first))


def _schedule(row: Booking, at: datetime) -> None:
    """Put down the reminders and the room of one meeting. A booking that moves has other keys; the old work finds
    another time than its own and does nothing."""
    facts = {"booking_id": row.id, "day": row.day, "quarter": row.quarter, "begins": at.isoformat()}
    key = f"{row.id}:{at:%Y%m%d%H%M}"
    for hours in REMINDED:
        if (early := at - timedelta(hours=hours)) > clock.now():
            jobs.due("pairing.remind", f"remind:{key}:{hours}", early, hours=hours, **facts)
    jobs.due("pairing.meet", f"meet:{key}:0", at, tries=0, **facts)


def _mine(actor: User, booking_id: int) -> Booking:
    """A booking of this person, or of their child, held by the running command; raises Missing."""
    query = sa.select(Booking).where(Booking.id == booking_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    guardian = row is not None and row.learner.kind == "child" and is_guardian(actor.id, row.learner_id)
    if row is None or not may_answer_proposal(actor.id == row.learner_id, actor.id == row.helper_id, guardian):
        raise Missing
    if row.state != "on":
        raise Conflict(N_("Lịch hẹn này đã dừng."))
    return row


def _other(row: Booking, actor: User) -> int:
    return row.learner_id if actor.id == row.helper_id else row.helper_id


@command
def move_booking(actor: User, booking_id: int, day: int, quarter: int) -> None:
    """Wish for another time of the week; it holds once the other side says yes."""
    row = _mine(actor, booking_id)
    if day not in range(7) or quarter not in range(QUARTERS - quarters(row.minutes) + 1):
        raise Invalid(N_("Hãy chọn ngày và giờ từ 07:00, và xong trước 23:00."))
    if (day, quarter) == (row.day, row.quarter):
        raise Invalid(N_("Đó chính là giờ đang hẹn. Hãy chọn giờ khác."))
    row.to_day, row.to_quarter, row.moved_by_id = day, quarter, actor.id
    announce(MoveAsked(row.id, actor.id, _other(row, actor)))


@command
def answer_move(actor: User, booking_id: int, agreed: bool) -> None:
    """Say yes or no to the time that the other side wishes for."""
    row = _mine(actor, booking_id)
    if row.to_day is None or row.to_quarter is None or row.moved_by_id is None:
        raise Conflict(N_("Lời xin đổi giờ này không còn nữa."))
    if (row.moved_by_id == row.helper_id) == (actor.id == row.helper_id):
        raise Missing  # one's own side has spoken
    by_id = row.moved_by_id
    if agreed:
        row.day, row.quarter = row.to_day, row.to_quarter
        _schedule(row, next_meeting(row, clock.now()))
    row.to_day = row.to_quarter = row.moved_by_id = None
    announce(MoveAnswered(row.id, actor.id, by_id, agreed))


@command
def end_booking(actor: User, booking_id: int, why: str) -> None:
    """Meet no longer, with a reason for the coordinator; the other side hears that it ended, not why."""
    row = _mine(actor, booking_id)
    why = nfc(why)[:200].strip()
    if not why:
        raise Invalid(N_("Hãy ghi ngắn gọn lý do. Người kia không đọc được."), field="why")
    without_private(why, minor=row.learner.is_minor or row.helper.is_minor, field="why")
    _end(row, actor.id, why)


def _end(row: Booking, by_id: int | None, why: str) -> None:
    row.state, row.ended_at, row.ended_by_id, row.why = "ended", clock.now(), by_id, why
    announce(BookingEnded(row.id, row.learner_id, row.helper_id, by_id))


@command
def end_bookings_of(user_id: int, why: str, helping_alone: bool = False) -> None:
    """End all weekly meetings of somebody who may no longer ask or help (or those in which they help)."""
    mine = Booking.helper_id == user_id
    if not helping_alone:
        mine = sa.or_(mine, Booking.learner_id == user_id)
    for row in db.session.scalars(sa.select(Booking).where(mine, Booking.state == "on").with_for_update()).all():
        _end(row, None, why)


@command
def say_met(actor: User, booking_id: int, met: bool) -> None:
    """Whether the two did meet, as one of them saw it."""
    row = _mine(actor, booking_id)
    if actor.id == row.helper_id:
        row.met_helper = met
    else:
        row.met_learner = met


# ---- due work -------------------------------------------------------------------------------------------------


def _of(payload: dict[str, str | int]) -> Booking | None:
    """The booking of this piece of work, unless it ended or moved."""
    row = db.session.get(Booking, payload["booking_id"], with_for_update=True)
    on = row is not None and row.state == "on" and (row.day, row.quarter) == (payload["day"], payload["quarter"])
    return row if on else None


@jobs.job("pairing.remind")
def _remind(payload: dict[str, str | int]) -> None:
    row = _of(payload)
    at = datetime.fromisoformat(str(payload["begins"]))
    if row is not None and clock.now() < at:
        announce(MeetingNear(row.id, row.learner_id, row.helper_id, at, int(payload["hours"])))


@jobs.job("pairing.meet")
def _meet(payload: dict[str, str | int]) -> None:
    row = _of(payload)
    if row is None:
        return
    at, tries = datetime.fromisoformat(str(payload["begins"])), int(payload["tries"])
    if not tries:
        _schedule(row, next_meeting(row, max(at, clock.now())))
    if is_away(row, at) or clock.now() >= at + timedelta(minutes=row.minutes):
        return  # somebody has gone away since, or the work comes too late
    asked = db.session.scalars(
        sa.select(HelpRequest).join(Proposal).where(Proposal.id == row.proposal_id)
    ).one()  # fmt: skip
    try:
        room = open_for(asked, row.learner, row.helper)
    except Conflict as refusal:
        if tries + 1 < TRIES:
            again = {**payload, "tries": tries + 1}
            jobs.due("pairing.meet", f"meet:{row.id}:{at:%Y%m%d%H%M}:{tries + 1}", clock.now() + TRY_AGAIN, **again)
        else:
            announce(MeetingMissed(row.id, row.learner_id, row.helper_id, at, refusal.say))
        return
    row.room_id = room.id
    minor = row.learner.is_minor
    announce(MeetingOpened(row.id, row.learner_id, row.helper_id, room.id, minor))


@jobs.job("pairing.met")
def _ask_whether_met(payload: dict[str, int]) -> None:
    row = db.session.get(Booking, payload["booking_id"])
    if row is not None and row.state == "on":
        announce(MetAsked(row.id, row.learner_id, row.helper_id))
