"""Commands on group sessions: announce and cancel them, take and give back places.

Rules that end a person's part in sessions are here too. Every command locks the session's row. One statement gives a
place, and its row count decides: concurrent sign-ups never exceed the limit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian, user
from tutoring.community.duty.coverage import hours_of
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.eligibility import can_ask, helper_facts, person_facts
from tutoring.pairing.group_sessions.events import (
    PlaceFreed,
    SessionAnnounced,
    SessionCancelled,
    SignedUp,
    SignUpWithdrawn,
)
from tutoring.pairing.group_sessions.jobs import plan, unplan
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.group_sessions.queries import units_and_ancestors_of, units_for
from tutoring.pairing.group_sessions.room_opening import avoiding
from tutoring.pairing.vetting.queries import vetting_status_of
from tutoring.policy.pairing.group_sessions import (
    FEWEST_PLACES,
    MOST_PLACES,
    MOST_WAITING,
    WIDEST_GRADES,
    may_announce,
    may_cancel_session,
    may_come,
)
from tutoring.policy.pairing.requests import PersonFacts, may_ask_for, needs_guardian_seat
from tutoring.policy.pairing.school_subjects import is_school_subject
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions.closure import format_hour
from tutoring.safety.free_text import for_readers

UNFIT = N_("Buổi này không dành cho bạn lúc này. Hãy chọn một buổi khác, hoặc nhờ giúp riêng.")


def locked_session(session_id: int) -> GroupSession:
    """Returns a session, locked by the running command; raises NotFound."""
    query = sa.select(GroupSession).where(GroupSession.id == session_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _sign_up_of(session_id: int, learner_id: int) -> SignUp | None:
    query = sa.select(SignUp).where(SignUp.session_id == session_id, SignUp.learner_id == learner_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _for(actor: User, learner_id: int) -> User:
    """Returns the user, or a child whose guardian the user is; raises NotFound."""
    learner = actor if learner_id == actor.id else user(learner_id)
    if learner.id != actor.id and not may_ask_for(is_guardian(actor.id, learner.id), learner.kind == "child"):
        raise NotFound
    return learner


@command
def sign_up(actor: User, session_id: int, learner_id: int) -> SignUp:
    """Takes a place for the user or for their child, or joins the waiting list when it is full.

    Raises NotFound when the session is not for the learner's units, Forbidden or Conflict when a rule rejects it.
    """
    learner = _for(actor, learner_id)
    row = locked_session(session_id)
    if row.merged or row.unit_id not in units_and_ancestors_of([learner.id]).get(learner.id, set()):
        raise NotFound
    rate_limits.hit("sign_up", actor.id)
    if row.helper_id == learner.id:
        raise Conflict(N_("Đây là buổi của bạn, bạn không cần đăng ký."))
    if row.state != "open" or row.at <= clock.now():
        raise Conflict(N_("Buổi này không còn nhận đăng ký."))
    mine = _sign_up_of(row.id, learner.id)
    if mine is not None and mine.state != "gone":
        raise Conflict(N_("Bạn đã đăng ký buổi này rồi."))
    _check(actor, row, learner)
    waits = not _take_place(row)
    if waits and _waiting(row.id) >= MOST_WAITING:
        raise Conflict(N_("Buổi này và danh sách chờ đều đã đầy. Hãy chọn một buổi khác."))
    if mine is None:
        mine = SignUp(session_id=row.id, learner_id=learner.id)
        db.session.add(mine)
    mine.state, mine.at, mine.by_id = "waiting" if waits else "in", clock.now(), actor.id
    db.session.flush()
    publish(SignedUp(row.id, learner.id, actor.id, waits))
    return mine


def _check(actor: User, row: GroupSession, learner: User) -> None:
    """Checks each rule of a pair with the leader, and that no two participants avoid each other.

    The error does not reveal who avoids whom.
    """
    if actor.id == learner.id and needs_guardian_seat(person_facts(learner)):
        raise Forbidden(N_("Em từ 10 tuổi trở xuống thì ba mẹ bấm đăng ký cho em, và cùng vào phòng với em."))
    if not can_ask(learner):
        raise Forbidden(N_("Tài khoản này chưa đăng ký được: hồ sơ đang chờ xác nhận, hoặc còn thiếu lời đồng ý."))
    others = db.session.scalars(
        sa.select(SignUp.learner_id).where(SignUp.session_id == row.id, SignUp.state != "gone")
    ).all()
    apart = avoiding([learner.id, row.helper_id, *others])
    known = helper_facts(row.helper)
    if any(learner.id in pair for pair in apart) or not may_come(
        known, person_facts(learner), row, youth_help_adults=row.unit.youth_may_help_adults
    ):
        raise Conflict(UNFIT)
    query = sa.select(GroupSession).join(SignUp, SignUp.session_id == GroupSession.id)
    query = query.where(SignUp.learner_id == learner.id, SignUp.state != "gone", GroupSession.state == "open")
    if any(one.at < row.ends and row.at < one.ends for one in db.session.scalars(query)):
        raise Conflict(N_("Bạn đã đăng ký một buổi khác cùng giờ."))


def _take_place(row: GroupSession) -> bool:
    """Takes a free place and returns whether there was one.

    No one gets a place before those on the waiting list.
    """
    waits = sa.select(SignUp.id).where(SignUp.session_id == row.id, SignUp.state == "waiting")
    taken = db.session.execute(
        sa.update(GroupSession)
        .where(
            GroupSession.id == row.id,
            GroupSession.state == "open",
            GroupSession.taken < GroupSession.places,
            ~waits.exists(),
        )
        .values(taken=GroupSession.taken + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _waiting(session_id: int) -> int:
    query = sa.select(sa.func.count()).where(SignUp.session_id == session_id, SignUp.state == "waiting")
    return db.session.scalar(query) or 0


@command
def withdraw(actor: User, session_id: int, learner_id: int) -> None:
    """Gives up a place or leaves the waiting list.

    The learner who waited longest gets the place in the same transaction.
    """
    learner = _for(actor, learner_id)
    row = locked_session(session_id)
    mine = _sign_up_of(row.id, learner.id)
    if mine is None or row.merged:
        raise NotFound
    if mine.state == "gone":
        raise Conflict(N_("Bạn đã rút khỏi buổi này rồi."))
    if row.state != "open":
        raise Conflict(N_("Buổi này đã bắt đầu hoặc đã kết thúc."))
    _leave(row, mine)


def leave_open(user_id: int, still: set[int] | None = None) -> None:
    """Removes this user from sessions that have not begun, except those of the units `still`.

    Runs inside the running command.
    """
    query = (
        sa.select(GroupSession.id)
        .join(SignUp, SignUp.session_id == GroupSession.id)
        .where(SignUp.learner_id == user_id, SignUp.state != "gone", GroupSession.state == "open")
    )
    if still is not None:
        query = query.where(GroupSession.unit_id.not_in(still))
    for session_id in db.session.scalars(query.order_by(GroupSession.id)).all():
        row = locked_session(session_id)
        mine = _sign_up_of(session_id, user_id)
        if row.state == "open" and mine is not None and mine.state != "gone":
            _leave(row, mine)


def _leave(row: GroupSession, mine: SignUp) -> None:
    had_place, mine.state = mine.state == "in", "gone"
    db.session.flush()
    publish(SignUpWithdrawn(row.id, mine.learner_id))
    if had_place:
        _pass_on(row)


def _pass_on(row: GroupSession) -> None:
    """Gives the place to the learner who waited longest, in one statement; else frees it."""
    first = (
        sa.select(SignUp.id)
        .where(SignUp.session_id == row.id, SignUp.state == "waiting")
        .order_by(SignUp.at, SignUp.id)
        .limit(1)
        .scalar_subquery()
    )
    given = db.session.execute(
        sa.update(SignUp)
        .where(SignUp.id == first, SignUp.state == "waiting")
        .values(state="in")
        .returning(SignUp.learner_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if given is not None:
        publish(PlaceFreed(row.id, given))
        return
    db.session.execute(
        sa.update(GroupSession)
        .where(GroupSession.id == row.id, GroupSession.taken > 0)
        .values(taken=GroupSession.taken - 1)
        .execution_options(synchronize_session=False)
    )


LENGTHS = (30, 45, 60, 90)
LEVELS = (1, 2, 3)
LONGEST_WORDS = 80
LONGEST_WHY = 200
FARTHEST = timedelta(days=60)
SOONEST = timedelta(minutes=15)  # so that learners can still see it and sign up


@dataclass(frozen=True)
class Plan:
    """Input of a session to announce; grades are for pupils only."""

    unit_id: int
    topic: str
    level: int
    words: str
    at: datetime
    minutes: int
    places: int
    pupils: bool
    lowest: int | None = None
    highest: int | None = None
    origin: str = ""  # the page it is announced from, if that feature wants to be notified


@command
def announce_session(helper: User, wanted: Plan) -> GroupSession:
    """Announces a session that this user leads, for the learners of a unit and all below it.

    Raises InvalidInput or Forbidden when the plan or the helper does not meet the rules.
    """
    unit = next((one for one in units_for(helper.id) if one.id == wanted.unit_id), None)
    if unit is None:
        raise InvalidInput(N_("Hãy chọn lớp, trường hoặc khu phố của bạn."), field="unit")
    rate_limits.hit("session", helper.id)
    words = _checked(helper, unit, wanted)
    _may_lead(helper, unit, wanted)
    _check_time(helper, unit, wanted)
    row = GroupSession(
        unit_id=unit.id, helper_id=helper.id, topic=wanted.topic, level=wanted.level, words=words, at=wanted.at,
        minutes=wanted.minutes, places=wanted.places, pupils=wanted.pupils,
        lowest=wanted.lowest if wanted.pupils else None, highest=wanted.highest if wanted.pupils else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    plan(row)
    publish(SessionAnnounced(row.id, helper.id, wanted.origin))
    return row


def _checked(helper: User, unit: Unit, wanted: Plan) -> str:
    """Returns the title when all input is within its bounds; raises InvalidInput."""
    skill = skills_queries.find_skill(wanted.topic)
    if skill is None or skill.retired_at is not None or is_school_subject(wanted.topic):
        raise InvalidInput(N_("Hãy chọn việc sẽ hướng dẫn."), field="topic")
    if wanted.level not in LEVELS:
        raise InvalidInput(N_("Hãy chọn mức của buổi học."), field="level")
    if wanted.minutes not in LENGTHS:
        raise InvalidInput(N_("Hãy chọn độ dài của buổi học."), field="minutes")
    if not FEWEST_PLACES <= wanted.places <= MOST_PLACES:
        raise InvalidInput(N_("Một buổi nhận từ 2 đến 8 người."), field="places")
    if wanted.pupils:
        _check_grades(wanted.lowest, wanted.highest)
    words = nfc(wanted.words)
    if not words:
        raise InvalidInput(N_("Hãy đặt tên cho buổi học."), field="words")
    if len(words) > LONGEST_WORDS:
        raise InvalidInput(N_("Tên buổi học dài quá 80 ký tự. Hãy viết ngắn hơn."), field="words")
    return for_readers(words, minor=wanted.pupils or helper.is_minor, field="words")


def _check_grades(lowest: int | None, highest: int | None) -> None:
    if lowest is None or highest is None or not 1 <= lowest <= highest <= 12:
        raise InvalidInput(N_("Hãy chọn từ lớp nào đến lớp nào, lớp nhỏ trước."), field="highest")
    if highest - lowest > WIDEST_GRADES:
        raise InvalidInput(N_("Trong một buổi, các lớp cách nhau nhiều nhất ba lớp."), field="highest")


def _may_lead(helper: User, unit: Unit, wanted: Plan) -> None:
    """Checks whether this user may lead such a group at all.

    What depends on the participants is checked when each signs up.
    """
    stands = vetting_status_of(helper)
    if not (can_ask(helper) and stands.vouched) or not may_announce(
        acting_roles_at(helper, unit.id), True, stands.state, pupils=wanted.pupils
    ):
        raise Forbidden(
            N_("Thầy cô, điều phối viên và người giúp đã qua những buổi đầu mới mở buổi học nhóm được. "
               "Trưởng khu phố, Trưởng ấp và công chức mở buổi cho người lớn.")
        )  # fmt: skip
    if wanted.pupils and not stands.promised:
        raise Forbidden(N_("Trước khi giúp học sinh, hãy đọc và hứa các điều an toàn ở trang Tôi giúp."))
    if skills_queries.skills_of(helper.id).get(wanted.topic, 0) < wanted.level:
        raise InvalidInput(N_("Bạn chưa được công nhận kỹ năng này ở mức đó. Hãy chọn việc khác."), field="topic")
    known = helper_facts(helper, stands)
    for grade in (wanted.lowest, wanted.highest) if wanted.pupils else (None,):
        someone = PersonFacts(0, wanted.pupils, None, grade)
        if not may_come(known, someone, wanted, youth_help_adults=unit.youth_may_help_adults):
            raise InvalidInput(
                N_("Bạn không mở được buổi cho những người này. Học sinh chỉ giúp các lớp nhỏ hơn mình."),
                field="highest" if wanted.pupils else "audience",
            )


def _check_time(helper: User, unit: Unit, wanted: Plan) -> None:
    moment, ends = clock.now(), wanted.at + timedelta(minutes=wanted.minutes)
    if wanted.at < moment + SOONEST:
        raise InvalidInput(N_("Giờ này đã qua hoặc quá gần. Hãy chọn giờ muộn hơn ít nhất 15 phút."), field="time")
    if wanted.at > moment + FARTHEST:
        raise InvalidInput(N_("Hãy chọn ngày trong vòng 60 ngày tới."), field="day")
    if wanted.pupils or helper.is_minor:
        hours, last = hours_of(unit.id), ends - timedelta(minutes=1)
        same_day = clock.local(wanted.at).date() == clock.local(last).date()
        if not (same_day and hours.open_at(wanted.at) and hours.open_at(last)):
            raise InvalidInput(
                N_("Phòng có học sinh mở từ %(opens)s đến %(closes)s. Hãy chọn giờ để buổi học nằm trọn trong đó."),
                field="time", opens=format_hour(hours.opens), closes=format_hour(hours.closes),
            )  # fmt: skip
    mine = sa.select(GroupSession).where(GroupSession.helper_id == helper.id, GroupSession.state == "open")
    if any(one.at < ends and wanted.at < one.ends for one in db.session.scalars(mine)):
        raise InvalidInput(N_("Bạn đã có một buổi học nhóm vào giờ này."), field="time")


@command
def cancel_session(actor: User, session_id: int, why: str) -> None:
    """Cancels a session before it begins, with a reason that all its participants read.

    The leader and a coordinator of the unit may. Raises NotFound for other users, Conflict when it has begun.
    """
    row = locked_session(session_id)
    if row.merged or not may_cancel_session(row.helper_id == actor.id, acting_roles_at(actor, row.unit_id)):
        raise NotFound
    if row.state != "open":
        raise Conflict(N_("Buổi này đã bắt đầu hoặc đã kết thúc."))
    why = nfc(why)
    if not why:
        raise InvalidInput(N_("Hãy ghi lý do; mọi người đã đăng ký đọc được."), field="why")
    if len(why) > LONGEST_WHY:
        raise InvalidInput(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="why")
    for_readers(why, minor=row.pupils or row.helper.is_minor, field="why")
    _cancel(row, actor.id, why)


def _cancel(row: GroupSession, by_id: int | None, why: str) -> None:
    row.state, row.ended_by_id, row.why = "cancelled", by_id, why
    unplan(row)
    coming = sa.select(SignUp.learner_id).where(SignUp.session_id == row.id, SignUp.state != "gone")
    people = tuple(db.session.scalars(coming.order_by(SignUp.learner_id)))
    publish(SessionCancelled(row.id, by_id, (*people, row.helper_id)))


@command
def stop_sessions_of(user_id: int, helping_alone: bool = False) -> None:
    """Ends the sessions a user leads, because they may no longer help; their places become free.

    Unless `helping_alone`, the places they took end too.
    """
    mine = sa.select(GroupSession.id, GroupSession.room_id).where(
        GroupSession.helper_id == user_id, GroupSession.state.in_(("open", "begun"))
    )
    for session_id, room_id in db.session.execute(mine.order_by(GroupSession.id)).all():
        if room_id is not None:  # lock the room before its session, as at every end
            closure.close_room_by_rule(room_id, "stopped")
            continue
        row = locked_session(session_id)
        if row.state == "open":
            _cancel(row, None, "")
    if not helping_alone:
        leave_open(user_id)


@command
def leave_strange_sessions(user_id: int) -> None:
    """Ends sessions and places of a user that no longer fit their units, after they left one.

    Sessions they lead there are cancelled. Places in sessions that are no longer open to them end.
    """
    mine = sa.select(GroupSession.id).where(
        GroupSession.helper_id == user_id,
        GroupSession.state == "open",
        GroupSession.unit_id.not_in([unit.id for unit in units_for(user_id)]),
    )
    for session_id in db.session.scalars(mine.order_by(GroupSession.id)).all():
        row = locked_session(session_id)
        if row.state == "open":
            _cancel(row, None, "")
    leave_open(user_id, units_and_ancestors_of([user_id]).get(user_id, set()))


@command
def end_session_with_room(room_id: int) -> None:
    """Ends the session whose room was closed."""
    query = sa.select(GroupSession).where(GroupSession.room_id == room_id, GroupSession.state == "begun")
    row = db.session.scalar(query.with_for_update())
    if row is not None:
        row.state = "over"


@command
def forget_session_words(user_id: int) -> None:
    """Erases what this user wrote into sessions that are over."""
    done = GroupSession.state.not_in(("open", "begun"))
    db.session.execute(sa.update(GroupSession).where(GroupSession.helper_id == user_id, done).values(words=""))
    db.session.execute(sa.update(GroupSession).where(GroupSession.ended_by_id == user_id, done).values(why=""))
