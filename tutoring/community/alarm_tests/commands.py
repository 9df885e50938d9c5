"""Commands and jobs of test alarms: start one, answer one, run scheduled ones.

A test alarm calls those whom a real alarm about a child would call first. These are the people on duty and those whose
turn starts within a day. If they are fewer than two, all others who may watch over children are called too. It is
delivered like a real alarm (`notifications/inbox/alarms.py`).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.alarm_tests.events import AlarmTestAnswered, AlarmTestStarted, ReadinessEnded, UnitReady
from tutoring.community.alarm_tests.models import AlarmCall, AlarmTest
from tutoring.community.alarm_tests.readiness import newest_of, readiness_of, tests_since
from tutoring.community.duty.coverage import Hours, hours_of
from tutoring.community.duty.queries import turns_ahead
from tutoring.community.models import Unit
from tutoring.community.queries import on_duty, roles_for, unit
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.alarm_tests import ANSWER_WITHIN, APART, BEFORE, ENOUGH, HOLDS, MONTH, MOST_A_DAY, may_test_alarm

ON_CALL = timedelta(days=1)  # someone whose turn starts within this time is on call
LATELY = timedelta(hours=12)  # no scheduled test alarm starts so soon after another one
MORNING, EVENING, EARLY = 9 * 60, 20 * 60, 7 * 60


# ---- one test alarm -------------------------------------------------------------------------------------------


@command
def start_test(actor: User, unit_id: int) -> AlarmTest:
    """Sends a test alarm to those on duty or on call for a unit."""
    if not may_test_alarm(roles_for(actor, unit(unit_id).id)):
        raise NotFound
    place = _locked(unit_id)
    last = newest_of(unit_id)
    if last is not None and clock.now() < last.started_at + APART:
        raise Conflict(
            N_("Báo động thử vừa gửi lúc %(time)s. Hãy đợi mọi người trả lời; sau 10 phút gửi lại được."),
            time=f"{clock.local(last.started_at):%H:%M}",
        )
    if tests_since(unit_id, clock.now() - timedelta(days=1)) >= MOST_A_DAY:
        raise Conflict(N_("Hôm nay đã gửi 3 báo động thử. Hãy gọi điện cho từng người để sửa cách nhận, mai gửi lại."))
    made = _send(place, actor.id)
    if made is None:
        raise Conflict(N_("Chưa có giáo viên hay điều phối viên nào để gọi. Hãy mời ít nhất hai người trước."))
    return made


def _locked(unit_id: int) -> Unit:
    query = sa.select(Unit).where(Unit.id == unit_id).with_for_update().execution_options(populate_existing=True)
    place = db.session.scalars(query).one()
    if place.merged_into_id is not None:
        raise Conflict(N_("Nơi này đã nhập vào nơi khác. Hãy mở trang của nơi ấy."))
    return place


def people_to_call(unit_id: int) -> tuple[list[int], list[int]]:
    """Returns those on duty now, and the other people to call."""
    moment = clock.now()
    duty = [one.id for one in on_duty(unit_id, minors=True)]
    turns = [turn for turn in turns_ahead(unit_id, minors=True) if turn.person.id not in duty]
    on_call = [turn.person.id for turn in turns if turn.at is not None and turn.at <= moment + ON_CALL]
    few = len(duty) + len(on_call) < ENOUGH
    return duty, [turn.person.id for turn in turns] if few else on_call


def _send(place: Unit, by_id: int | None) -> AlarmTest | None:
    """Sends a test alarm inside the running command; returns None if there is no one to call."""
    duty, others = people_to_call(place.id)
    _month_from_now(place)
    if not duty and not others:
        return None
    before, moment = newest_of(place.id), clock.now()
    made = AlarmTest(unit_id=place.id, by_id=by_id, started_at=moment)
    db.session.add(made)
    db.session.flush()
    for user_id in (*duty, *others):
        db.session.add(AlarmCall(test_id=made.id, user_id=user_id, on_duty=user_id in duty, called_at=moment))
    db.session.flush()
    audit.record(by_id, "test_alarm", f"unit:{place.id}", called=[*duty, *others])
    publish(AlarmTestStarted(made.id, place.id, tuple(duty), tuple(others), before.id if before else None))
    return made


@command
def answer_test(actor: User, test_id: int) -> AlarmCall:
    """Records that this person received the alarm; answering is idempotent."""
    called = sa.select(AlarmCall).where(AlarmCall.test_id == test_id, AlarmCall.user_id == actor.id)
    call = db.session.scalar(called.with_for_update().execution_options(populate_existing=True))
    if call is None:
        raise NotFound
    if call.answered_at is not None:
        return call
    if clock.now() > call.called_at + ANSWER_WITHIN:
        raise Conflict(N_("Báo động thử này đã qua một ngày. Hãy nhờ điều phối viên gửi lại."))
    unit_id = db.session.get_one(AlarmTest, test_id).unit_id
    _locked(unit_id)  # serializes concurrent answers, so that exactly one of them makes the unit ready
    was = readiness_of(unit_id)
    call.answered_at = clock.now()
    db.session.flush()
    found = readiness_of(unit_id)
    if found.until is not None:
        _look_before(unit_id, found.until)
    publish(AlarmTestAnswered(test_id, actor.id))
    if found.until is not None and not was.ready:
        publish(UnitReady(unit_id, found.until))
    return call


def call_of(user_id: int, test_id: int) -> AlarmCall:
    """Returns the call to this person; raises NotFound if there is none."""
    found = db.session.get(AlarmCall, (test_id, user_id))
    if found is None:
        raise NotFound
    return found


# ---- scheduled ------------------------------------------------------------------------------------------------


def civil(moment: datetime, hours: Hours) -> datetime:
    """Returns a decent hour of that day: nine, or the closest to it within opening hours."""
    minute = min(max(MORNING, hours.opens), max(hours.opens, hours.closes - 60))
    minute = min(max(minute, EARLY), EVENING)
    midnight = clock.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(minutes=minute)


def _at(unit_id: int, moment: datetime) -> datetime:
    """Returns the decent hour of that day, or of the next day if it has passed."""
    hours = hours_of(unit_id)
    at = civil(moment, hours)
    return at if at > clock.now() else civil(clock.now() + timedelta(days=1), hours)


def _put_down(kind: str, unit_id: int, at: datetime, **more: int) -> None:
    jobs.enqueue(f"community.{kind}", f"{kind}:{unit_id}:{int(at.timestamp())}", at, unit_id=unit_id, **more)


def _month_from_now(place: Unit) -> None:
    _put_down("alarm_month", place.id, _at(place.id, clock.now() + MONTH))


def _look_before(unit_id: int, until: datetime) -> None:
    for before in BEFORE:
        _put_down("alarm_before", unit_id, _at(unit_id, until - before), until=int(until.timestamp()))
    _put_down("readiness_ends", unit_id, until)


def _by_itself(unit_id: int) -> None:
    place = db.session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
    if place is None or place.merged_into_id is not None:
        return
    last = newest_of(unit_id)
    if last is None or last.started_at < clock.now() - LATELY:
        _send(place, None)


@jobs.job("community.alarm_month")
def _month(payload: dict[str, int]) -> None:
    """Runs a month after the last test alarm, regardless of its result.

    A newer test alarm has its own job, so this one does nothing then.
    """
    last = newest_of(payload["unit_id"])
    if last is None or last.started_at < clock.now() - MONTH + timedelta(days=2):
        _by_itself(payload["unit_id"])


@jobs.job("community.alarm_before")
def _before(payload: dict[str, int]) -> None:
    """Runs before readiness ends, unless people have answered since."""
    until = readiness_of(payload["unit_id"]).until
    if until is None or until.timestamp() < payload["until"] + 1:
        _by_itself(payload["unit_id"])


@jobs.job("community.readiness_ends")
def _ends(payload: dict[str, int]) -> None:
    if not readiness_of(payload["unit_id"]).ready and unit(payload["unit_id"]).merged_into_id is None:
        publish(ReadinessEnded(payload["unit_id"], clock.now()))


@command
def look_after_leaving(user_id: int) -> None:
    """Publishes the end of readiness of units with one answer too few without this person."""
    mine = (
        sa.select(AlarmTest.unit_id)
        .join(AlarmCall, AlarmCall.test_id == AlarmTest.id)
        .where(AlarmCall.user_id == user_id, AlarmCall.answered_at > clock.now() - HOLDS)
    )
    db.session.flush()
    for unit_id in db.session.scalars(mine.distinct().order_by(AlarmTest.unit_id)).all():
        if readiness_of(unit_id).answered == ENOUGH - 1:
            publish(ReadinessEnded(unit_id, clock.now()))
