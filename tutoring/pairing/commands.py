"""A help request from the first word to its outcome."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, is_guardian
from tutoring.kernel import clock, jobs, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.lessons import queries as lessons
from tutoring.pairing.events import GuardianAsked, HelpAsked, HelpClaimed, HelpEnded, HelpReturned, PairOpened
from tutoring.pairing.models import OPEN, Avoid, HelpRequest, Passed, RequestStep
from tutoring.pairing.queries import (
    avoided,
    busy,
    can_ask,
    facts,
    home_unit,
    open_request_of,
    pair_allowed,
    request,
    watchers,
)
from tutoring.policy.pairing import may_answer, may_answer_as_guardian, needs_guardian_seat
from tutoring.rooms import commands as rooms

ANSWER_WITHIN = timedelta(minutes=5)
GUARDIAN_ANSWERS_WITHIN = timedelta(minutes=20)
LONGEST_WORDS = 500


def _step(asked: HelpRequest, to: str, by_id: int | None, why: str = "") -> None:
    db.session.add(RequestStep(request_id=asked.id, from_state=asked.state, to_state=to, by_id=by_id, why=why))
    asked.state = to


@command
def ask_for_help(
    asker: User,
    learner: User,
    topic: str,
    words: str = "",
    *,
    device: str = "",
    urgency: int = 1,
    lesson_slug: str | None = None,
    step_number: int | None = None,
) -> HelpRequest:
    """Put a request into the queue, for oneself or as the guardian of a child. One open request a person."""
    if asker.id != learner.id and not is_guardian(asker.id, learner.id):
        raise Missing
    limits.hit("ask", learner.id)
    if not can_ask(learner):
        raise NotAllowed(
            N_(
                "Cần ba mẹ đồng ý và thầy cô xác nhận hồ sơ trước khi nhờ giúp. Hãy đưa máy cho ba mẹ mở trang Tài khoản."
            )
            if learner.kind == "child"
            else N_("Tài khoản đang chờ xác nhận nên chưa nhờ giúp được. Hãy hỏi thầy cô hoặc điều phối viên.")
        )
    skill = lessons.find_skill(topic)
    if skill is None or skill.retired_at is not None:
        raise Invalid(N_("Hãy chọn việc cần giúp."), field="topic")
    words = nfc(words)
    if len(words) > LONGEST_WORDS:
        raise Invalid(N_("Lời nhờ dài quá 500 ký tự. Hãy viết ngắn hơn."), field="words")
    unit = home_unit(learner.id)
    if unit is None:
        raise NotAllowed(N_("Bạn chưa thuộc lớp, trường hay khu phố nào. Hãy nhập mã tham gia trước."))
    if open_request_of(learner.id) is not None:
        raise Conflict(N_("Bạn đang có một yêu cầu chưa xong. Hãy mở yêu cầu đó, hoặc huỷ rồi hỏi lại."))
    asked = HelpRequest(
        learner_id=learner.id, asked_by_id=asker.id, unit_id=unit.id, ward_id=unit.ward_id, topic=topic,
        level=lessons.level_of(lesson_slug) if lesson_slug else 1, lesson_slug=lesson_slug, step_number=step_number,
        words=words, device=device, urgency=urgency, minor=learner.is_minor,
    )  # fmt: skip
    db.session.add(asked)
    try:
        db.session.flush()
    except IntegrityError:  # two presses at once: the index lets one through
        raise Conflict(N_("Bạn đang có một yêu cầu chưa xong. Hãy mở yêu cầu đó, hoặc huỷ rồi hỏi lại.")) from None
    db.session.add(RequestStep(request_id=asked.id, from_state="", to_state="waiting", by_id=asker.id))
    announce(HelpAsked(asked.id, learner.id))
    return asked


@command
def claim(helper: User, request_id: int) -> HelpRequest:
    """Take a waiting request. Of any number of helpers at once exactly one gets it; the others are told."""
    asked = request(request_id)
    limits.hit("claim", helper.id)
    if avoided(helper.id, asked.learner_id) or not pair_allowed(helper, asked):
        raise Missing
    if busy(helper.id):
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy")
    try:
        taken = db.session.execute(
            sa.update(HelpRequest)
            .where(HelpRequest.id == request_id, HelpRequest.state == "waiting")
            .values(state="offered", helper_id=helper.id, claimed_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    except IntegrityError:  # the same helper pressed twice, on two requests
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy") from None
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(N_("Một người khác vừa nhận yêu cầu này rồi. Mời bạn xem yêu cầu tiếp theo."), code="taken")
    db.session.refresh(asked)
    db.session.add(RequestStep(request_id=asked.id, from_state="waiting", to_state="offered", by_id=helper.id))
    _expire_later(asked, ANSWER_WITHIN)
    announce(HelpClaimed(asked.id, asked.learner_id, helper.id))
    return asked


def _expire_later(asked: HelpRequest, after: timedelta) -> None:
    key = f"claim:{asked.id}:{asked.helper_id}:{int((asked.claimed_at or clock.now()).timestamp())}:{after.seconds}"
    jobs.due("pairing.expire", key, clock.now() + after, request_id=asked.id, helper_id=asked.helper_id)


def _locked(request_id: int) -> HelpRequest:
    asked = db.session.scalar(
        sa.select(HelpRequest)
        .where(HelpRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if asked is None:
        raise Missing
    return asked


def put_back(asked: HelpRequest, by_id: int | None, why: str) -> None:
    """Back into the queue at its old place, and not to this helper again."""
    helper_id = asked.helper_id
    if helper_id is None:
        return
    _step(asked, "waiting", by_id, why)
    asked.helper_id = asked.claimed_at = asked.learner_yes_at = asked.guardian_yes_at = asked.guardian_id = None
    if db.session.get(Passed, (asked.id, helper_id)) is None:
        db.session.add(Passed(request_id=asked.id, helper_id=helper_id))
    db.session.flush()
    announce(HelpReturned(asked.id, asked.learner_id, helper_id, why))


@command
def give_back(helper: User, request_id: int) -> None:
    """The helper cannot after all."""
    asked = _locked(request_id)
    if asked.helper_id != helper.id or asked.state != "offered":
        raise Missing
    put_back(asked, helper.id, "given_back")


@command
def answer(learner: User, request_id: int, word: str) -> HelpRequest:
    """The learner's own word on this helper: accept, decline, or never again (private).

    A guardian who asked for a child with the child beside answers for both.
    """
    asked = _locked(request_id)
    beside = learner.id == asked.asked_by_id and is_guardian(learner.id, asked.learner_id)
    if not may_answer(learner.id == asked.learner_id, beside):
        raise Missing
    _answerable(asked)
    if word == "accept":
        asked.learner_yes_at = clock.now()
        if beside:
            asked.guardian_yes_at, asked.guardian_id = clock.now(), learner.id
        _open_if_agreed(asked)
    elif word in {"decline", "never"}:
        if word == "never" and asked.helper_id is not None:
            avoid(asked.learner, asked.helper_id)
        put_back(asked, learner.id, "declined")
    else:
        raise Invalid
    return asked


@command
def answer_as_guardian(guardian: User, request_id: int, word: str) -> HelpRequest:
    """The guardian's word, for a child of ten or under; the guardian then holds a seat in the room."""
    asked = _locked(request_id)
    if not may_answer_as_guardian(is_guardian(guardian.id, asked.learner_id)):
        raise Missing
    _answerable(asked)
    if word == "accept":
        asked.guardian_yes_at, asked.guardian_id = clock.now(), guardian.id
        _open_if_agreed(asked)
    elif word == "decline":
        put_back(asked, guardian.id, "declined")
    else:
        raise Invalid
    return asked


def _answerable(asked: HelpRequest) -> None:
    if asked.state != "offered":
        raise Conflict(N_("Người giúp vừa thay đổi. Hãy xem lại trang."))


@command
def avoid(user: User, other_id: int) -> None:
    """Never pair these two again; the other is not told."""
    query = sa.select(Avoid.id).where(Avoid.user_id == user.id, Avoid.other_id == other_id)
    if user.id != other_id and db.session.scalar(query) is None:
        db.session.add(Avoid(user_id=user.id, other_id=other_id))


def _known_pair(asked: HelpRequest) -> int | None:
    """The guardian who said yes to this very pair before, if one did."""
    query = sa.select(HelpRequest.guardian_id).where(
        HelpRequest.learner_id == asked.learner_id,
        HelpRequest.helper_id == asked.helper_id,
        HelpRequest.guardian_yes_at.is_not(None),
        HelpRequest.room_id.is_not(None),
    )
    return db.session.scalar(query.order_by(HelpRequest.id.desc()).limit(1))


def _open_if_agreed(asked: HelpRequest) -> None:
    """Open the room once everybody who must has said yes and the rules still hold."""
    helper, learner = db.session.get_one(User, asked.helper_id), db.session.get_one(User, asked.learner_id)
    child = facts(learner)
    if asked.learner_yes_at is None:
        return
    if needs_guardian_seat(child) and asked.guardian_yes_at is None:
        asked.guardian_id = _known_pair(asked)
        if asked.guardian_id is None:
            _expire_later(asked, GUARDIAN_ANSWERS_WITHIN)
            announce(GuardianAsked(asked.id, learner.id, helper.id))
            return
    if not pair_allowed(helper, asked):
        raise Conflict(
            N_("Hiện chưa có thầy cô trực nên phòng chưa mở được. Yêu cầu vẫn giữ chỗ; hãy thử lại sau ít phút.")
        )
    minors = child.minor or helper.is_minor
    seats = [(learner.id, "learner"), (helper.id, "helper")]
    if learner.kind == "child":
        seats += [(guardian.id, "guardian") for guardian in guardians(learner.id) if guardian.id != helper.id]
    room = rooms.open_room(
        asked.unit_id, seats, topic=asked.topic, lesson_slug=asked.lesson_slug, step_number=asked.step_number,
        minors=minors, observed=minors or bool(watchers(asked, helper.id)),
    )  # fmt: skip
    asked.room_id = room.id
    _step(asked, "helping", learner.id)
    db.session.flush()
    announce(PairOpened(asked.id, learner.id, helper.id, room.id, child.minor))


@command
def cancel(user: User, request_id: int, reason: str = "") -> None:
    """The learner, or whoever asked for them, no longer needs help."""
    asked = _locked(request_id)
    if user.id not in (asked.learner_id, asked.asked_by_id) and not is_guardian(user.id, asked.learner_id):
        raise Missing
    if asked.state not in {"waiting", "offered"}:
        raise Conflict(N_("Yêu cầu này đã kết thúc hoặc đang trong buổi học."))
    helper_id = asked.helper_id
    asked.outcome, asked.ended_at = "cancelled", clock.now()
    _step(asked, "cancelled", user.id, nfc(reason)[:200])
    announce(HelpEnded(asked.id, asked.learner_id, helper_id, "cancelled"))


@command
def end_with_room(room_id: int, outcome: str) -> None:
    """The room is closed: its request ends with what was reached, or `interrupted` when nobody has said yet."""
    asked = db.session.scalar(sa.select(HelpRequest).where(HelpRequest.room_id == room_id).with_for_update())
    if asked is None:
        return
    if asked.state == "helping":
        asked.outcome, asked.ended_at = outcome, clock.now()
        _step(asked, "ended", None, outcome)
        announce(HelpEnded(asked.id, asked.learner_id, asked.helper_id, outcome))
    elif asked.state == "ended" and outcome not in {"closed", "interrupted"}:
        asked.outcome = outcome


@command
def stop_for(user_id: int, why: str) -> None:
    """End at once what this person asks for or helps with: consent withdrawn, suspended, left the unit."""
    mine = sa.or_(HelpRequest.learner_id == user_id, HelpRequest.helper_id == user_id)
    for asked in db.session.scalars(
        sa.select(HelpRequest).where(mine, HelpRequest.state.in_(OPEN)).with_for_update()
    ).all():
        if asked.state == "helping" and asked.room_id is not None:
            rooms.shut_room(asked.room_id, "stopped")
        elif asked.learner_id == user_id:
            asked.outcome, asked.ended_at = "interrupted", clock.now()
            helper_id = asked.helper_id
            _step(asked, "cancelled", None, why)
            announce(HelpEnded(asked.id, asked.learner_id, helper_id, "interrupted"))
        else:
            put_back(asked, None, why)


@jobs.job("pairing.expire")
def _expire(payload: dict[str, int]) -> None:
    asked = _locked(payload["request_id"])
    if asked.state != "offered" or asked.helper_id != payload["helper_id"]:
        return
    waits_for_guardian = asked.learner_yes_at is not None and asked.guardian_yes_at is None
    latest = (asked.learner_yes_at or asked.claimed_at or clock.now()) + (
        GUARDIAN_ANSWERS_WITHIN if waits_for_guardian else ANSWER_WITHIN
    )
    if clock.now() >= latest - timedelta(seconds=5):
        put_back(asked, None, "expired")
