"""Two people meet every week: reminders, the room at its time, and the end."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.pairing.commands.opening import open_for
from tutoring.pairing.commands.sides import Side, held_by
from tutoring.pairing.events import (
    Booked,
    BookingEnded,
    MeetingMissed,
    MeetingNear,
    MeetingOpened,
    MetAsked,
)
from tutoring.pairing.meeting_times import ASKED_AFTER, is_away, next_meeting
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.weekly_models import Booking, Proposal
from tutoring.safety.free_text import for_readers, listen

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
    schedule(made, first)
    jobs.due("pairing.met", f"met:{made.id}", first + ASKED_AFTER, booking_id=made.id)
    announce(Booked(made.id, made.learner_id, made.helper_id, first))


def schedule(row: Booking, at: datetime) -> None:
    """Put down the reminders and the room of one meeting. A booking that moves has other keys; the old work finds
    another time than its own and does nothing."""
    facts = {"booking_id": row.id, "day": row.day, "quarter": row.quarter, "begins": at.isoformat()}
    key = f"{row.id}:{at:%Y%m%d%H%M}"
    for hours in REMINDED:
        if (early := at - timedelta(hours=hours)) > clock.now():
            jobs.due("pairing.remind", f"remind:{key}:{hours}", early, hours=hours, **facts)
    jobs.due("pairing.meet", f"meet:{key}:0", at, tries=0, **facts)


def booking_of(actor: User, booking_id: int) -> tuple[Booking, Side]:
    """A weekly meeting that goes on, and what this person is in it; raises Missing."""
    row, side = held_by(actor, Booking, booking_id)
    if row.state != "on":
        raise Conflict(N_("Lịch hẹn này đã dừng."))
    return row, side


def other_side(row: Booking, actor: User) -> int:
    """Who is told of what this person does."""
    return row.learner_id if actor.id == row.helper_id else row.helper_id


@command
def end_booking(actor: User, booking_id: int, why: str) -> None:
    """Meet no longer, with a reason for the coordinator; the other side hears that it ended, not why."""
    row, _ = booking_of(actor, booking_id)
    listen(nfc(why))
    why = nfc(why)[:200].strip()
    if not why:
        raise Invalid(N_("Hãy ghi ngắn gọn lý do. Người kia không đọc được."), field="why")
    for_readers(why, minor=row.learner.is_minor or row.helper.is_minor, field="why")
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
def end_bookings_between(one_id: int, other_id: int, why: str) -> None:
    """End the weekly meetings of these two."""
    two = (one_id, other_id)
    mine = (Booking.learner_id.in_(two), Booking.helper_id.in_(two), Booking.state == "on")
    for row in db.session.scalars(sa.select(Booking).where(*mine).order_by(Booking.id).with_for_update()).all():
        _end(row, None, why)


@command
def say_met(actor: User, booking_id: int, met: bool) -> None:
    """Whether the two did meet, as one of them saw it."""
    row, side = booking_of(actor, booking_id)
    if side == "helper":
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
        schedule(row, next_meeting(row, max(at, clock.now())))
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
