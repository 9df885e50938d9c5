"""Asking for help, and the end of a request."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.community.hours import hours_of
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.lessons import queries as lessons
from tutoring.pairing.commands.lacking import ask_needs
from tutoring.pairing.commands.offering import no_longer_asked
from tutoring.pairing.commands.planning import plan_words, queue_again
from tutoring.pairing.commands.states import locked, put_back, step
from tutoring.pairing.eligibility import can_ask, home_unit
from tutoring.pairing.events import HelpAsked, HelpEnded
from tutoring.pairing.models import OPEN, AddedWords, HelpRequest, RequestStep, WrittenAnswer
from tutoring.pairing.parked_events import HelpParked
from tutoring.pairing.weekly_models import Booking
from tutoring.policy.pairing import may_ask_for
from tutoring.policy.parked import LACKS
from tutoring.rooms import commands as rooms
from tutoring.rooms.commands.duty import PAUSED
from tutoring.safety.free_text import listen, without_private

LONGEST_WORDS = 500


@command
def ask_for_help(
    asker: User,
    learner: User,
    topic: str,
    words: str = "",
    *,
    device: str = "",
    urgency: int = 1,
    wish: str = "now",
    lack: str = "",
    lesson_slug: str | None = None,
    step_number: int | None = None,
) -> HelpRequest:
    """Put a request into the queue, for oneself or as the guardian of a child. One open request a person.

    `wish` is now, or weekly for a meeting every week, which waits for the next round of a coordinator. `lack`: there is
    no device, no internet, or both; then the desk of the neighbourhood keeps it, and what is needed is asked for."""
    if asker.id != learner.id and not may_ask_for(is_guardian(asker.id, learner.id), learner.kind == "child"):
        raise Missing
    words = nfc(words)
    listen(words)  # before anything else is asked: no cry for help is refused
    limits.hit("ask", learner.id)
    if not can_ask(learner):
        raise NotAllowed(
            N_("Cần ba mẹ đồng ý và thầy cô xác nhận hồ sơ trước khi nhờ giúp. Hãy nhờ ba mẹ mở trang Tài khoản.")
            if learner.kind == "child"
            else N_("Tài khoản đang chờ xác nhận nên chưa nhờ giúp được. Hãy hỏi thầy cô hoặc điều phối viên.")
        )
    skill = lessons.find_skill(topic)
    if skill is None or skill.retired_at is not None:
        raise Invalid(N_("Hãy chọn việc cần giúp."), field="topic")
    if lack and lack not in LACKS:
        raise Invalid(N_("Hãy chọn máy đang dùng."), field="device")
    if len(words) > LONGEST_WORDS:
        raise Invalid(N_("Lời nhờ dài quá 500 ký tự. Hãy viết ngắn hơn."), field="words")
    without_private(words, minor=learner.is_minor, field="words")
    unit = home_unit(learner.id)
    if unit is None:
        raise NotAllowed(N_("Bạn chưa thuộc lớp, trường hay khu phố nào. Hãy nhập mã tham gia trước."))
    if learner.is_minor and (why := hours_of(unit.id).paused):
        raise Conflict(PAUSED, code="paused", why=why)
    lesson = lessons.find_lesson(lesson_slug) if lesson_slug else None
    asked = HelpRequest(
        learner_id=learner.id, asked_by_id=asker.id, unit_id=unit.id, ward_id=unit.ward_id, topic=topic,
        level=lesson.level if lesson else 1, lesson_slug=lesson.slug if lesson else None,
        step_number=step_number if lesson and step_number and lesson.step_id(step_number) else None,
        words=words, device=device, urgency=urgency, wish=wish, minor=learner.is_minor,
        lack=lack, parked_at=clock.now() if lack else None,
    )  # fmt: skip
    db.session.add(asked)
    try:
        db.session.flush()
    except IntegrityError:  # the index lets one through, also of two presses at once
        raise Conflict(N_("Bạn đang có một yêu cầu chưa xong. Hãy mở yêu cầu đó, hoặc huỷ rồi hỏi lại.")) from None
    _begins(asked, asker)
    return asked


def _begins(asked: HelpRequest, asker: User) -> None:
    """Into the queue, or to the desk of the neighbourhood: nobody is called to what is kept there."""
    stage = "parked" if asked.lack else "waiting"
    db.session.add(RequestStep(request_id=asked.id, from_state="", to_state=stage, by_id=asker.id))
    if asked.lack:
        ask_needs(asker, asked)
        announce(HelpParked(asked.id, asked.learner_id, asked.lack))
    elif asked.wish == "now":  # a weekly one waits for a round: nobody is called to it
        queue_again(asked)
        plan_words(asked)
        announce(HelpAsked(asked.id, asked.learner_id))


@command
def cancel(user: User, request_id: int, reason: str = "") -> None:
    """The learner, or whoever asked for them, no longer needs help."""
    asked = locked(request_id)
    if user.id not in (asked.learner_id, asked.asked_by_id) and not is_guardian(user.id, asked.learner_id):
        raise Missing
    helper_id = asked.helper_id
    listen(nfc(reason))
    asked.outcome, asked.ended_at = "cancelled", clock.now()
    why = without_private(nfc(reason)[:200], minor=asked.minor, field="reason")
    step(asked, "cancelled", user.id, why)
    announce(HelpEnded(asked.id, asked.learner_id, helper_id, "cancelled"))


@command
def end_with_room(room_id: int, outcome: str) -> None:
    """The room is closed: its request ends with what was reached, or `interrupted` when nobody has said yet."""
    asked = db.session.scalar(sa.select(HelpRequest).where(HelpRequest.room_id == room_id).with_for_update())
    if asked is None:
        return
    if asked.state == "helping":
        asked.outcome, asked.ended_at = outcome, clock.now()
        step(asked, "ended", None, outcome)
        announce(HelpEnded(asked.id, asked.learner_id, asked.helper_id, outcome))
    elif asked.state == "ended" and outcome not in {"closed", "interrupted"}:
        asked.outcome = outcome


@command
def stop_for(user_id: int, why: str, helping_alone: bool = False) -> None:
    """End at once what this person asks for or helps with (or only the latter): consent withdrawn, suspended,
    left the unit, no longer vouched for."""
    mine = HelpRequest.helper_id == user_id
    if not helping_alone:
        mine = sa.or_(HelpRequest.learner_id == user_id, mine)
    open_ones = sa.select(HelpRequest.id, HelpRequest.room_id).where(mine, HelpRequest.state.in_(OPEN))
    for request_id, room_id in db.session.execute(open_ones).all():
        if room_id is not None:  # the room is locked before its request, as at every session's end
            rooms.shut_room(room_id, "stopped")
            continue
        asked = locked(request_id)
        if asked.state not in OPEN:
            continue
        if asked.room_id is not None:  # opened a moment ago, while we waited for the request
            rooms.shut_room(asked.room_id, "stopped")
            continue
        if asked.learner_id == user_id:
            asked.outcome, asked.ended_at = "interrupted", clock.now()
            helper_id = asked.helper_id
            step(asked, "cancelled", None, why)
            announce(HelpEnded(asked.id, asked.learner_id, helper_id, "interrupted", why))
        else:
            put_back(asked, None, why)
    no_longer_asked(user_id)


@command
def forget_words(user_id: int) -> None:
    """Erase what this person wrote into requests and weekly meetings that are over."""
    over = sa.select(HelpRequest.id).where(HelpRequest.learner_id == user_id, HelpRequest.state.not_in(OPEN))
    db.session.execute(sa.update(HelpRequest).where(HelpRequest.id.in_(over)).values(words="", device="", lack=""))
    own = (RequestStep.request_id.in_(over), RequestStep.by_id == user_id)
    db.session.execute(sa.update(RequestStep).where(*own).values(why=""))
    db.session.execute(sa.delete(AddedWords).where(AddedWords.request_id.in_(over)))
    db.session.execute(sa.update(WrittenAnswer).where(WrittenAnswer.author_id == user_id).values(words=""))
    mine = (Booking.ended_by_id == user_id, Booking.state == "ended")
    db.session.execute(sa.update(Booking).where(*mine).values(why=""))
