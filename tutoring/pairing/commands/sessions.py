"""Group sessions are announced and cancelled; rules that end a person's part in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.hours import hours_of
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.lessons import queries as lessons
from tutoring.pairing.commands.session_start import plan, unplan
from tutoring.pairing.commands.signing_up import leave_open, locked_session
from tutoring.pairing.eligibility import can_ask, helper_facts
from tutoring.pairing.session_events import SessionAnnounced, SessionCancelled
from tutoring.pairing.session_models import GroupSession, SignUp
from tutoring.pairing.session_places import over, units_for
from tutoring.pairing.vetting import standing
from tutoring.policy.pairing import Facts
from tutoring.policy.sessions import (
    FEWEST_PLACES,
    MOST_PLACES,
    WIDEST_GRADES,
    may_announce,
    may_cancel_session,
    may_come,
)
from tutoring.rooms import commands as rooms
from tutoring.rooms.commands.duty import said_hour
from tutoring.safety.free_text import for_readers

LENGTHS = (30, 45, 60, 90)
LEVELS = (1, 2, 3)
LONGEST_WORDS = 80
LONGEST_WHY = 200
FARTHEST = timedelta(days=60)
SOONEST = timedelta(minutes=15)  # so that somebody can still see it and sign up


@dataclass(frozen=True)
class Plan:
    """What somebody would announce; grades are of pupils alone."""

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
    origin: str = ""  # the page from which it is announced, if that wants to hear of it


@command
def announce_session(helper: User, wanted: Plan) -> GroupSession:
    """Announce a session that this person leads, for the learners of a unit and all below it."""
    unit = next((one for one in units_for(helper.id) if one.id == wanted.unit_id), None)
    if unit is None:
        raise Invalid(N_("Hãy chọn lớp, trường hoặc khu phố của bạn."), field="unit")
    limits.hit("session", helper.id)
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
    announce(SessionAnnounced(row.id, helper.id, wanted.origin))
    return row


def _checked(helper: User, unit: Unit, wanted: Plan) -> str:
    """The words, when everything that was typed is within its bounds."""
    skill = lessons.find_skill(wanted.topic)
    if skill is None or skill.retired_at is not None:
        raise Invalid(N_("Hãy chọn việc sẽ hướng dẫn."), field="topic")
    if wanted.level not in LEVELS:
        raise Invalid(N_("Hãy chọn mức của buổi học."), field="level")
    if wanted.minutes not in LENGTHS:
        raise Invalid(N_("Hãy chọn độ dài của buổi học."), field="minutes")
    if not FEWEST_PLACES <= wanted.places <= MOST_PLACES:
        raise Invalid(N_("Một buổi nhận từ 2 đến 8 người."), field="places")
    if wanted.pupils:
        _check_grades(wanted.lowest, wanted.highest)
    words = nfc(wanted.words)
    if not words:
        raise Invalid(N_("Hãy đặt tên cho buổi học."), field="words")
    if len(words) > LONGEST_WORDS:
        raise Invalid(N_("Tên buổi học dài quá 80 ký tự. Hãy viết ngắn hơn."), field="words")
    return for_readers(words, minor=wanted.pupils or helper.is_minor, field="words")


def _check_grades(lowest: int | None, highest: int | None) -> None:
    if lowest is None or highest is None or not 1 <= lowest <= highest <= 12:
        raise Invalid(N_("Hãy chọn từ lớp nào đến lớp nào, lớp nhỏ trước."), field="highest")
    if highest - lowest > WIDEST_GRADES:
        raise Invalid(N_("Trong một buổi, các lớp cách nhau nhiều nhất ba lớp."), field="highest")


def _may_lead(helper: User, unit: Unit, wanted: Plan) -> None:
    """Whether this person may lead such a group at all; what depends on who comes is asked of each who comes."""
    stands = standing(helper)
    if not (can_ask(helper) and stands.vouched) or not may_announce(
        acting_roles_at(helper, unit.id), True, stands.state, pupils=wanted.pupils
    ):
        raise NotAllowed(
            N_("Thầy cô, điều phối viên và người giúp đã qua những buổi đầu mới mở buổi học nhóm được. "
               "Trưởng nhóm khu phố và công chức mở buổi cho người lớn.")
        )  # fmt: skip
    if wanted.pupils and not stands.promised:
        raise NotAllowed(N_("Trước khi giúp học sinh, hãy đọc và hứa các điều an toàn ở trang Tôi giúp."))
    if lessons.skills_of(helper.id).get(wanted.topic, 0) < wanted.level:
        raise Invalid(N_("Bạn chưa được công nhận kỹ năng này ở mức đó. Hãy chọn việc khác."), field="topic")
    known = helper_facts(helper, stands)
    for grade in (wanted.lowest, wanted.highest) if wanted.pupils else (None,):
        someone = Facts(0, wanted.pupils, None, grade)
        if not may_come(known, someone, wanted, youth_help_adults=unit.youth_may_help_adults):
            raise Invalid(N_("Bạn không mở được buổi cho những người này. Học sinh chỉ giúp các lớp nhỏ hơn mình."),
                          field="highest" if wanted.pupils else "audience")  # fmt: skip


def _check_time(helper: User, unit: Unit, wanted: Plan) -> None:
    moment, ends = clock.now(), wanted.at + timedelta(minutes=wanted.minutes)
    if wanted.at < moment + SOONEST:
        raise Invalid(N_("Giờ này đã qua hoặc quá gần. Hãy chọn giờ muộn hơn ít nhất 15 phút."), field="time")
    if wanted.at > moment + FARTHEST:
        raise Invalid(N_("Hãy chọn ngày trong vòng 60 ngày tới."), field="day")
    if wanted.pupils or helper.is_minor:
        hours, last = hours_of(unit.id), ends - timedelta(minutes=1)
        same_day = clock.local(wanted.at).date() == clock.local(last).date()
        if not (same_day and hours.open_at(wanted.at) and hours.open_at(last)):
            raise Invalid(
                N_("Phòng có học sinh mở từ %(opens)s đến %(closes)s. Hãy chọn giờ để buổi học nằm trọn trong đó."),
                field="time", opens=said_hour(hours.opens), closes=said_hour(hours.closes),
            )  # fmt: skip
    mine = sa.select(GroupSession).where(GroupSession.helper_id == helper.id, GroupSession.state == "open")
    if any(one.at < ends and wanted.at < one.ends for one in db.session.scalars(mine)):
        raise Invalid(N_("Bạn đã có một buổi học nhóm vào giờ này."), field="time")


@command
def cancel_session(actor: User, session_id: int, why: str) -> None:
    """Cancel a session before it begins, with a reason that everybody in it reads."""
    row = locked_session(session_id)
    if row.merged or not may_cancel_session(row.helper_id == actor.id, acting_roles_at(actor, row.unit_id)):
        raise Missing
    if row.state != "open":
        raise Conflict(N_("Buổi này đã bắt đầu hoặc đã kết thúc."))
    why = nfc(why)
    if not why:
        raise Invalid(N_("Hãy ghi lý do; mọi người đã đăng ký đọc được."), field="why")
    if len(why) > LONGEST_WHY:
        raise Invalid(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="why")
    for_readers(why, minor=row.pupils or row.helper.is_minor, field="why")
    _cancel(row, actor.id, why)


def _cancel(row: GroupSession, by_id: int | None, why: str) -> None:
    row.state, row.ended_by_id, row.why = "cancelled", by_id, why
    unplan(row)
    coming = sa.select(SignUp.learner_id).where(SignUp.session_id == row.id, SignUp.state != "gone")
    people = tuple(db.session.scalars(coming.order_by(SignUp.learner_id)))
    announce(SessionCancelled(row.id, by_id, (*people, row.helper_id)))


@command
def stop_sessions_of(user_id: int, helping_alone: bool = False) -> None:
    """Somebody may no longer help (or ask): what they lead ends, and their places become free."""
    mine = sa.select(GroupSession.id, GroupSession.room_id).where(
        GroupSession.helper_id == user_id, GroupSession.state.in_(("open", "begun"))
    )
    for session_id, room_id in db.session.execute(mine.order_by(GroupSession.id)).all():
        if room_id is not None:  # the room is locked before its session, as at every end
            rooms.shut_room(room_id, "stopped")
            continue
        row = locked_session(session_id)
        if row.state == "open":
            _cancel(row, None, "")
    if not helping_alone:
        leave_open(user_id)


@command
def leave_strange_sessions(user_id: int) -> None:
    """Somebody has left a unit: what they lead there ends, and places in sessions that are no longer for them."""
    mine = sa.select(GroupSession.id).where(
        GroupSession.helper_id == user_id,
        GroupSession.state == "open",
        GroupSession.unit_id.not_in([unit.id for unit in units_for(user_id)]),
    )
    for session_id in db.session.scalars(mine.order_by(GroupSession.id)).all():
        row = locked_session(session_id)
        if row.state == "open":
            _cancel(row, None, "")
    leave_open(user_id, over([user_id]).get(user_id, set()))


@command
def end_session_with_room(room_id: int) -> None:
    """The room is closed, and with it the session."""
    query = sa.select(GroupSession).where(GroupSession.room_id == room_id, GroupSession.state == "begun")
    row = db.session.scalar(query.with_for_update())
    if row is not None:
        row.state = "over"


@command
def forget_session_words(user_id: int) -> None:
    """Erase what this person wrote into sessions that are over."""
    done = GroupSession.state.not_in(("open", "begun"))
    db.session.execute(sa.update(GroupSession).where(GroupSession.helper_id == user_id, done).values(words=""))
    db.session.execute(sa.update(GroupSession).where(GroupSession.ended_by_id == user_id, done).values(why=""))
