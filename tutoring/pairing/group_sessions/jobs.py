"""Background jobs of a group session: reminders, room opening, absent leader, overtime."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.pairing.group_sessions.events import SessionMissed, SessionNear, SessionOpened
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.group_sessions.room_opening import OpenedGroup, open_group
from tutoring.rooms import queries as room_queries
from tutoring.rooms.sessions import closure

REMINDED = (24, 1)  # hours before
RETRY_INTERVAL, TRIES = timedelta(minutes=5), 3  # while no observer is on duty
HELPER_WITHIN = timedelta(minutes=10)  # after the room has opened; the learners wait no longer
OVERTIME = timedelta(minutes=15)  # after the planned end; then the room closes

_ABSENT = "Người hướng dẫn chưa vào được nên buổi học dừng ở đây. Bạn đăng ký buổi khác, hoặc nhờ giúp riêng."
_TIME_IS_UP = "Đã quá giờ của buổi học nên phòng đóng lại. Việc chưa xong thì bạn nhờ giúp riêng được."


def plan(row: GroupSession) -> None:
    """Enqueues the reminders and the room opening of an announced session."""
    for hours in REMINDED:
        if (early := row.at - timedelta(hours=hours)) > clock.now():
            jobs.enqueue("pairing.session_near", _near(row, hours), early, session_id=row.id, hours=hours)
    jobs.enqueue("pairing.session", f"session:{row.id}:0", row.at, session_id=row.id, tries=0)


def unplan(row: GroupSession) -> None:
    """Cancels the jobs of a cancelled session."""
    for hours in REMINDED:
        jobs.cancel(_near(row, hours))
    jobs.cancel(f"session:{row.id}:0")


def _near(row: GroupSession, hours: int) -> str:
    return f"session-near:{row.id}:{hours}"


def _open(session_id: int) -> GroupSession | None:
    row = db.session.get(GroupSession, session_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.state == "open" else None


@jobs.job("pairing.session_near")
def _remind(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    if row is not None and clock.now() < row.at:
        publish(SessionNear(row.id, payload["hours"]))


def coming(session_id: int) -> list[User]:
    """Returns the learners with a place, in the order of signing up."""
    query = (
        sa.select(User)
        .join(SignUp, SignUp.learner_id == User.id)
        .where(SignUp.session_id == session_id, SignUp.state == "in")
        .order_by(SignUp.at, SignUp.id)
    )
    return list(db.session.scalars(query))


@jobs.job("pairing.session")
def _begin(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    if row is None:
        return
    tries = payload["tries"]
    try:
        if clock.now() >= row.ends:  # the job runs too late
            raise Conflict
        opened = _opened(row)
    except Conflict as refusal:
        if refusal.code == "few" or tries + 1 >= TRIES or clock.now() >= row.ends:
            _missed(row, "few" if refusal.code == "few" else "shut")
            return
        again = clock.now() + RETRY_INTERVAL
        jobs.enqueue("pairing.session", f"session:{row.id}:{tries + 1}", again, session_id=row.id, tries=tries + 1)
        return
    _begun(row, opened)


def _opened(row: GroupSession) -> OpenedGroup:
    return open_group(row.unit, row.helper, coming(row.id), row, row.topic, row.level, alone=row.merged)


def begin_group(row: GroupSession) -> None:
    """Opens a group of similar requests once enough learners agreed.

    Runs inside the running command. While the rules do not let it open, it waits for its planned time.
    """
    try:
        opened = _opened(row)
    except Conflict:
        return
    jobs.cancel(f"session:{row.id}:0")
    _begun(row, opened)


def _missed(row: GroupSession, because: str) -> None:
    row.state, row.because = "missed", because
    publish(SessionMissed(row.id, because))


def _begun(row: GroupSession, opened: OpenedGroup) -> None:
    row.state, row.room_id = "begun", opened.room.id
    facts = {"session_id": row.id, "room_id": opened.room.id}
    jobs.enqueue("pairing.session_led", f"session-led:{row.id}", clock.now() + HELPER_WITHIN, **facts)
    jobs.enqueue("pairing.session_ends", f"session-ends:{row.id}", row.ends + OVERTIME, **facts)
    publish(SessionOpened(row.id, opened.room.id, opened.left_out))


@jobs.job("pairing.session_led")
def _look_for_the_helper(payload: dict[str, int]) -> None:
    room = room_queries.locked_room(payload["room_id"])  # locked before its session, as at every end
    if room.closed_at is not None:
        return
    row = db.session.get_one(GroupSession, payload["session_id"], with_for_update=True)
    seat = room_queries.seat(room.id, row.helper_id)
    if seat is None or seat.joined_at is None:
        _missed(row, "helper")
        closure.close_room_by_rule(room.id, "stopped", _ABSENT)


@jobs.job("pairing.session_ends")
def _close_after_time(payload: dict[str, int]) -> None:
    closure.close_room_by_rule(payload["room_id"], "ended", _TIME_IS_UP)
