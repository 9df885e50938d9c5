"""Appointments: a helper takes one of the learner's times, and the room opens then.

The own side must agree first.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.duty.coverage import hours_of
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.events import HelpClaimed, HelpReturned, PairOpened
from tutoring.pairing.fallbacks.events import TimeAgreed, TimeMissed, TimeNear
from tutoring.pairing.lifecycle.room_opening import first_words_due, open_for
from tutoring.pairing.lifecycle.slots import lock_open_requests
from tutoring.pairing.lifecycle.state_machine import (
    defer,
    enter_queue,
    expire_later,
    lock_request,
    release_helper,
    transition,
)
from tutoring.pairing.lifecycle.timers import withdraw_offers
from tutoring.pairing.models import HelpRequest, in_queue
from tutoring.pairing.offers.commands import record_helper_activity, refuse_strangers
from tutoring.pairing.requests.queries import busy, request
from tutoring.pairing.scheduling.calendar import is_taken
from tutoring.policy.pairing.fallbacks import FIRST_WORD_WITHIN, MINUTES, REMINDED, TRIES, TRY_AGAIN, yes_until

NO_ROOM = "no_room"
OTHER_ROOM = "other_room"


@command
def claim_time(helper: User, request_id: int, chosen: str) -> HelpRequest:
    """Claims a request for one of its learner's wished times, as stored there.

    Of concurrent helpers exactly one gets it; the others get Conflict with code `taken`.
    """
    asked = request(request_id)
    rate_limits.hit("claim", helper.id)
    refuse_strangers(helper, asked, watched=True)
    at = datetime.fromisoformat(chosen) if chosen in asked.times else None
    if at is None or at <= clock.now():
        raise Conflict(N_("Người học vừa đổi giờ. Hãy xem lại trang."))
    if (asked.minor or helper.is_minor) and not hours_of(asked.unit_id).open_at(at):
        raise Conflict(N_("Giờ đó nằm ngoài giờ mở phòng của trường. Hãy chọn giờ khác."))
    db.session.execute(sa.select(User.id).where(User.id == helper.id).with_for_update())  # serializes concurrent claims
    if is_taken(helper.id, at):
        raise Conflict(N_("Giờ đó bạn đã có hẹn khác. Hãy chọn giờ khác."))
    moment = clock.now()
    taken = db.session.execute(
        sa.update(HelpRequest)
        .where(HelpRequest.id == request_id, in_queue(), HelpRequest.times_until.is_not(None))
        .values(helper_id=helper.id, claimed_at=moment, meet_at=at)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(N_("Một người khác vừa nhận yêu cầu này rồi. Mời bạn xem yêu cầu tiếp theo."), code="taken")
    db.session.refresh(asked)
    record_helper_activity(helper.id)
    withdraw_offers(asked.id)
    transition(asked, "agreeing", helper.id, at_once=True)
    expire_later(asked, yes_until(moment, at) - moment)
    publish(HelpClaimed(asked.id, asked.learner_id, helper.id))
    return asked


def agree(asked: HelpRequest, learner: User, helper: User) -> None:
    """Books the appointment, inside the command with the last approval.

    Raises Conflict when the time is over.
    """
    at = asked.meet_at
    if at is None or at <= clock.now():
        raise Conflict(N_("Giờ hẹn đã qua. Hãy chọn giờ khác."))
    transition(asked, "booked", learner.id)
    _plan(asked, at, 0)
    if (early := at - REMINDED) > clock.now():
        jobs.enqueue("pairing.time_near", f"near:{_key(asked, at)}", early, request_id=asked.id, begins=at.isoformat())
    db.session.flush()
    publish(TimeAgreed(asked.id, learner.id, helper.id, at))


def _key(asked: HelpRequest, at: datetime) -> str:
    return f"{asked.id}:{asked.helper_id}:{at:%Y%m%d%H%M}:{asked.agreed_at or at:%Y%m%d%H%M%S}"


def _plan(asked: HelpRequest, at: datetime, tries: int) -> None:
    when = at + tries * TRY_AGAIN
    key = f"time:{_key(asked, at)}:{tries}"
    jobs.enqueue("pairing.time", key, when, request_id=asked.id, begins=at.isoformat(), tries=tries)


def _of(payload: dict[str, str | int]) -> tuple[HelpRequest, datetime] | None:
    """Returns the job's request and time, unless the appointment was given up or moved."""
    asked, at = lock_request(int(payload["request_id"])), datetime.fromisoformat(str(payload["begins"]))
    return (asked, at) if asked.stage == "booked" and asked.meet_at == at else None


@jobs.job("pairing.time_near")
def _remind(payload: dict[str, str | int]) -> None:
    found = _of(payload)
    if found and found[0].helper_id is not None and clock.now() < found[1]:
        publish(TimeNear(found[0].id, found[0].learner_id, found[0].helper_id, found[1]))


@jobs.job("pairing.time")
def _meet(payload: dict[str, str | int]) -> None:
    """Opens the room; retries while the rules or another session of the helper or the learner do not allow it.

    After the last try the request waits on, in front of all others. What else the learner asks for waits for the end.
    """
    request_id, at = int(payload["request_id"]), datetime.fromisoformat(str(payload["begins"]))
    learner_id = db.session.scalar(sa.select(HelpRequest.learner_id).where(HelpRequest.id == request_id))
    mine = lock_open_requests(learner_id) if learner_id is not None else []
    asked = next((one for one in mine if one.id == request_id), None)
    if asked is None or asked.stage != "booked" or asked.meet_at != at or asked.helper_id is None:
        return
    others = [one for one in mine if one.id != request_id and one.slot == "helper"]
    tries = int(payload["tries"]) + 1
    late = clock.now() >= at + timedelta(minutes=MINUTES)
    learner, helper = db.session.get_one(User, asked.learner_id), db.session.get_one(User, asked.helper_id)
    try:
        if busy(helper.id) or any(one.stage in {"helping", "grouping"} for one in others):
            raise Conflict
        room = open_for(asked, learner, helper)
    except Conflict:
        if tries < TRIES and not late:
            _plan(asked, at, tries)
            return
        helper_id = helper.id
        asked.in_front = True
        enter_queue(asked, None, NO_ROOM)
        release_helper(asked)
        publish(TimeMissed(asked.id, asked.learner_id, helper_id, at))
        return
    for one in others:
        _give_way(one)
    asked.room_id = room.id
    transition(asked, "helping", None)
    first_words_due(asked, room.id, FIRST_WORD_WITHIN)
    db.session.flush()
    publish(PairOpened(asked.id, learner.id, helper.id, room.id, learner.is_minor))


def _give_way(other: HelpRequest) -> None:
    """Defers a request for help at once while the learner is in the room of the appointment.

    A helper who took it is free again, and may be asked for it later.
    """
    helper_id = other.helper_id
    defer(other, None, OTHER_ROOM)
    release_helper(other)
    db.session.flush()  # before the appointment takes its slot
    if helper_id is not None:
        publish(HelpReturned(other.id, other.learner_id, helper_id, OTHER_ROOM))
