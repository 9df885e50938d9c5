"""Commands on help requests: ask, answer, pause, resume, add texts, cancel, end.

A request without device or internet opens device needs. The learner answers a helper, and for a young child the
guardian too; the room opens once all agreed. After a session the learner's side may ask the same helper again. A
guardian may approve on the child's own phone with the guardian's password.
"""

import logging
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts import password_hashes
from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian, user
from tutoring.accounts.sign_ins import attempts
from tutoring.community.duty.coverage import hours_of
from tutoring.community.models import Unit
from tutoring.community.units.settings import subject_switches
from tutoring.devices.needs.commands import NewNeed, ask_need
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.awaiting_device.events import HelpAwaitingDevice
from tutoring.pairing.eligibility import can_ask, home_unit, person_facts
from tutoring.pairing.events import (
    FollowUpRequested,
    GuardianAsked,
    HelpEnded,
    HelpPaused,
    HelpRequested,
    HelpResumed,
    PairOpened,
    RequestTextAdded,
)
from tutoring.pairing.handoff.commands import ask_by_name
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.lifecycle.room_opening import first_words_due, open_for
from tutoring.pairing.lifecycle.state_machine import (
    GUARDIAN_ANSWERS_WITHIN,
    enter_queue,
    expire_later,
    lock_request,
    return_to_queue,
    transition,
)
from tutoring.pairing.lifecycle.timers import plan_words, requeue
from tutoring.pairing.matching.week_bits import Week
from tutoring.pairing.models import OPEN, AddedText, HelpRequest, RequestStep, WrittenAnswer
from tutoring.pairing.offers.commands import withdraw_offers_of
from tutoring.pairing.offers.helper_selection import MOST_ASKED_OF_RULES, fit_to_help_on, reason_no_room_can_open
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests.models import SpokenAnswer
from tutoring.pairing.requests.queries import open_requests, pair_for_follow_up, request, request_of_room
from tutoring.pairing.scheduling.appointments import agree
from tutoring.pairing.scheduling.commands import set_first_hours
from tutoring.pairing.scheduling.models import Booking
from tutoring.policy.pairing.awaiting_device import LACKS, at_home_of, kinds_of
from tutoring.policy.pairing.requests import (
    may_answer,
    may_answer_as_guardian,
    may_ask_beside,
    may_ask_for,
    may_keep_request,
    needs_guardian_seat,
)
from tutoring.policy.pairing.school_subjects import SubjectSwitches, is_school_subject, may_ask_about
from tutoring.rooms import queries as rooms
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions.closure import PAUSED
from tutoring.safety.free_text import listen, reject_private_data

log = logging.getLogger(__name__)


def ask_needs(actor: User, asked: HelpRequest) -> None:
    """Requests the devices that are lacking.

    A rejected need (a child asks, there is no ward, one is open already) is logged. The request still awaits a device,
    and its page shows what is missing.
    """
    for kind in kinds_of(asked.lack):
        wanted = NewNeed(kind, "any", at_home_of(asked.lack), 1, False)
        try:
            with db.session.begin_nested():
                ask_need(actor, asked.learner_id, wanted)
        except DomainError as refusal:
            log.info("request %s: no need of kind %s: %s", asked.id, kind, refusal.code)


LONGEST_WORDS = 500
_ONE_IS_OPEN = N_("Bạn đang có một yêu cầu chưa xong. Hãy mở yêu cầu đó, hoặc huỷ rồi hỏi lại.")
_ONE_OF_EACH = N_(
    "Chưa giữ được cả hai. Mỗi lúc có một việc cần ngay, một việc chờ máy hoặc mạng, một việc chờ giờ hẹn."
)


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
    instead_of: int | None = None,
    keep_others: bool = False,
    free: Week | None = None,
) -> HelpRequest:
    """Creates a help request, for the asker or as the guardian of a child.

    An open request of the learner raises Conflict, unless it is the one to replace (`instead_of`): that one is
    cancelled, and stays where the new one is rejected. With `keep_others` the new one stands beside requests that wait
    for a device or an hour; at most one waits for each, and one for a helper. `wish` is now, or weekly for a weekly
    meeting, which waits for a coordinator's next round. `lack` says that device, internet or both are missing. Such a
    request awaits a device, and the needs are opened. `free` becomes the learner's free hours when none are on record.
    Raises NotFound, Forbidden, InvalidInput or Conflict when a rule rejects the request.
    """
    if asker.id != learner.id and not may_ask_for(is_guardian(asker.id, learner.id), learner.kind == "child"):
        raise NotFound
    words = nfc(words)
    listen(words)  # before the checks below: a rejected request still reports a sign of distress
    rate_limits.hit("ask", learner.id)
    unit = home_unit(learner.id)
    _check_wish(learner, unit, topic, words, lack)
    if unit is None:
        raise Forbidden(N_("Bạn chưa thuộc lớp, trường hay khu phố nào. Hãy nhập mã tham gia trước."))
    if learner.is_minor and (why := hours_of(unit.id).paused):
        raise Conflict(PAUSED, code="paused", why=why)
    slot = "device" if lack else "hour" if wish == "weekly" else "helper"
    replaced = _replace(asker, learner, instead_of) if instead_of is not None else None
    others = [one.slot for one in open_requests(learner.id)]
    if others and not ((keep_others or replaced) and may_ask_beside(others, slot, replaced)):
        raise Conflict(_ONE_OF_EACH, field="open") if keep_others else Conflict(_ONE_IS_OPEN)
    lesson = catalogue_queries.find_lesson(lesson_slug) if lesson_slug else None
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
    except IntegrityError:  # the indexes admit one of each kind, even of two concurrent calls
        raise Conflict(_ONE_IS_OPEN) from None
    if free is not None:
        set_first_hours(asker, learner.id, free)
    _queue_new_request(asked, asker)
    return asked


def _check_wish(learner: User, unit: Unit | None, topic: str, words: str, lack: str) -> None:
    """Raises Forbidden or InvalidInput for a learner who may not ask yet, and for what cannot be asked."""
    if not can_ask(learner):
        raise Forbidden(
            N_("Cần ba mẹ đồng ý và thầy cô xác nhận hồ sơ trước khi nhờ giúp. Hãy nhờ ba mẹ mở trang Tài khoản.")
            if learner.kind == "child"
            else N_("Tài khoản đang chờ xác nhận nên chưa nhờ giúp được. Hãy hỏi thầy cô hoặc điều phối viên.")
        )
    skill = skills_queries.find_skill(topic)
    if skill is None or skill.retired_at is not None:
        raise InvalidInput(N_("Hãy chọn việc cần giúp."), field="topic")
    switches = subject_switches(unit) if unit is not None and is_school_subject(topic) else SubjectSwitches()
    if is_school_subject(topic) and not may_ask_about(topic, learner.is_minor, learner.grade, switches):
        raise InvalidInput(
            N_("Môn này chưa nhờ được: trường chưa bật, hoặc không đúng lớp đang học. Hãy chọn việc khác."),
            field="topic",
        )
    if lack and lack not in LACKS:
        raise InvalidInput(N_("Hãy chọn máy đang dùng."), field="device")
    if len(words) > LONGEST_WORDS:
        raise InvalidInput(N_("Phần kể dài quá 500 ký tự. Hãy viết ngắn hơn."), field="words")
    reject_private_data(words, minor=learner.is_minor, field="words")


def _replace(asker: User, learner: User, request_id: int) -> str:
    """Cancels the learner's open request and returns its slot.

    Raises Conflict once its room is open or it is over, and NotFound for another's.
    """
    if request(request_id).learner_id != learner.id:
        raise NotFound
    asked = lock_request(request_id)
    if asked.state not in {"waiting", "offered"}:
        raise Conflict(N_("Yêu cầu kia vừa có người giúp rồi. Hãy mở yêu cầu đó."))
    slot = asked.slot
    cancel(asker, request_id)
    return slot or "helper"


def _queue_new_request(asked: HelpRequest, asker: User) -> None:
    """Puts a new request into the queue, or lets it await a device: then no helper is asked."""
    stage = "parked" if asked.lack else "waiting"
    db.session.add(RequestStep(request_id=asked.id, from_state="", to_state=stage, by_id=asker.id))
    if asked.lack:
        ask_needs(asker, asked)
        publish(HelpAwaitingDevice(asked.id, asked.learner_id, asked.lack))
    elif asked.wish == "now":  # a weekly one waits for a round: no helper is asked
        requeue(asked)
        plan_words(asked)
        publish(HelpRequested(asked.id, asked.learner_id))


@command
def cancel(user: User, request_id: int, reason: str = "") -> None:
    """Cancels a request, by the learner, the user who asked for them, or a guardian.

    Raises NotFound for other users.
    """
    asked = lock_request(request_id)
    if user.id not in (asked.learner_id, asked.asked_by_id) and not is_guardian(user.id, asked.learner_id):
        raise NotFound
    helper_id = asked.helper_id
    listen(nfc(reason))
    asked.outcome, asked.ended_at = "cancelled", clock.now()
    why = reject_private_data(nfc(reason)[:200], minor=asked.minor, field="reason")
    transition(asked, "cancelled", user.id, why)
    publish(HelpEnded(asked.id, asked.learner_id, helper_id, "cancelled"))


@command
def end_with_room(room_id: int, outcome: str) -> None:
    """Ends the request of a closed room with the given outcome.

    The outcome is `interrupted` when no feedback was given yet.
    """
    asked = db.session.scalar(sa.select(HelpRequest).where(HelpRequest.room_id == room_id).with_for_update())
    if asked is None:
        return
    if asked.state == "helping":
        asked.outcome, asked.ended_at = outcome, clock.now()
        transition(asked, "ended", None, outcome)
        publish(HelpEnded(asked.id, asked.learner_id, asked.helper_id, outcome))
    elif asked.state == "ended" and outcome not in {"closed", "interrupted"}:
        asked.outcome = outcome


@command
def end_requests_of(user_id: int, why: str, helping_alone: bool = False) -> None:
    """Ends at once what a user asks for and helps with, or only the latter.

    Reasons: consent withdrawn, suspended, left the unit, no longer vouched for.
    """
    mine = HelpRequest.helper_id == user_id
    if not helping_alone:
        mine = sa.or_(HelpRequest.learner_id == user_id, mine)
    open_ones = sa.select(HelpRequest.id, HelpRequest.room_id).where(mine, HelpRequest.state.in_(OPEN))
    for request_id, room_id in db.session.execute(open_ones).all():
        if room_id is not None:  # lock the room before its request, as at every session's end
            closure.close_room_by_rule(room_id, "stopped")
            continue
        asked = lock_request(request_id)
        if asked.state not in OPEN:
            continue
        if asked.room_id is not None:  # it opened while this command waited for the lock
            closure.close_room_by_rule(asked.room_id, "stopped")
            continue
        if asked.learner_id == user_id:
            asked.outcome, asked.ended_at = "interrupted", clock.now()
            helper_id = asked.helper_id
            transition(asked, "cancelled", None, why)
            publish(HelpEnded(asked.id, asked.learner_id, helper_id, "interrupted", why))
        else:
            return_to_queue(asked, None, why)
    withdraw_offers_of(user_id)


def forget_spoken_answers() -> None:
    """Deletes the sounds of answers whose text was erased."""
    erased = sa.select(WrittenAnswer.id).where(WrittenAnswer.words == "")
    db.session.execute(sa.delete(SpokenAnswer).where(SpokenAnswer.answer_id.in_(erased)))


@command
def forget_words(user_id: int) -> None:
    """Erases what this user wrote into requests and weekly meetings that are over."""
    over = sa.select(HelpRequest.id).where(HelpRequest.learner_id == user_id, HelpRequest.state.not_in(OPEN))
    gone: dict[str, Any] = {"words": "", "device": "", "lack": "", "times": [], "times_until": None}
    db.session.execute(sa.update(HelpRequest).where(HelpRequest.id.in_(over)).values(**gone))
    own = (RequestStep.request_id.in_(over), RequestStep.by_id == user_id)
    db.session.execute(sa.update(RequestStep).where(*own).values(why=""))
    db.session.execute(sa.delete(AddedText).where(AddedText.request_id.in_(over)))
    db.session.execute(sa.update(WrittenAnswer).where(WrittenAnswer.author_id == user_id).values(words=""))
    forget_spoken_answers()
    mine = (Booking.ended_by_id == user_id, Booking.state == "ended")
    db.session.execute(sa.update(Booking).where(*mine).values(why=""))


@command
def answer(learner: User, request_id: int, word: str) -> HelpRequest:
    """Stores the learner's answer to a helper: accept, decline, or never again (private).

    A guardian who asked for a child with the child beside them answers for both. Raises NotFound for other users,
    Conflict when there is no helper to answer.
    """
    asked = lock_request(request_id)
    beside = learner.id == asked.asked_by_id and is_guardian(learner.id, asked.learner_id)
    if not may_answer(learner.id == asked.learner_id, beside):
        raise NotFound
    _answerable(asked)
    if word == "accept" and asked.stage != "booked":
        asked.learner_yes_at = clock.now()
        if beside:
            asked.guardian_yes_at, asked.guardian_id = clock.now(), learner.id
        _open_if_agreed(asked)
    elif word in {"decline", "never"}:
        if word == "never" and asked.helper_id is not None:
            avoid(asked.learner, asked.helper_id)
        return_to_queue(asked, learner.id, "time_cancelled" if asked.stage == "booked" else "declined")
    else:
        raise InvalidInput
    return asked


@command
def answer_as_guardian(guardian: User, request_id: int, word: str) -> HelpRequest:
    """Stores the guardian's answer for a child of ten or under.

    The guardian then gets a seat in the room. Raises NotFound for other users.
    """
    asked = lock_request(request_id)
    if not may_answer_as_guardian(is_guardian(guardian.id, asked.learner_id), asked.learner.kind == "child"):
        raise NotFound
    _answerable(asked)
    if word == "accept" and asked.stage != "booked":
        asked.guardian_yes_at, asked.guardian_id = clock.now(), guardian.id
        _open_if_agreed(asked)
    elif word == "decline":
        return_to_queue(asked, guardian.id, "declined")
    else:
        raise InvalidInput
    return asked


def _answerable(asked: HelpRequest) -> None:
    if asked.stage not in {"offered", "agreeing", "booked"}:
        raise Conflict(N_("Người giúp vừa thay đổi. Hãy xem lại trang."))


def _known_pair(asked: HelpRequest) -> int | None:
    """Returns the guardian who approved this pair before and still is a guardian, or None."""
    query = sa.select(HelpRequest.guardian_id).where(
        HelpRequest.learner_id == asked.learner_id,
        HelpRequest.helper_id == asked.helper_id,
        HelpRequest.guardian_yes_at.is_not(None),
        HelpRequest.room_id.is_not(None),
    )
    known = db.session.scalar(query.order_by(HelpRequest.id.desc()).limit(1))
    return known if known is not None and is_guardian(known, asked.learner_id) else None


def _open_if_agreed(asked: HelpRequest) -> None:
    """Opens the room once all required approvals are given and the rules still hold."""
    helper, learner = db.session.get_one(User, asked.helper_id), db.session.get_one(User, asked.learner_id)
    child = person_facts(learner)
    if asked.learner_yes_at is None:
        return
    if needs_guardian_seat(child) and asked.guardian_yes_at is None:
        asked.guardian_id = _known_pair(asked)
        if asked.guardian_id is None:
            if asked.meet_at is None:
                expire_later(asked, GUARDIAN_ANSWERS_WITHIN)
            publish(GuardianAsked(asked.id, learner.id, helper.id))
            return
    if asked.meet_at is not None:
        agree(asked, learner, helper)
        return
    room = open_for(asked, learner, helper)
    asked.room_id = room.id
    transition(asked, "helping", learner.id)
    first_words_due(asked, room.id)
    db.session.flush()
    publish(PairOpened(asked.id, learner.id, helper.id, room.id, child.minor))


MOST_ADDED = 10  # texts that can be added to one request
GROWING = frozenset({"waiting", "paused", "parked", "deferred"})  # stages in which texts and pictures are added


def lock_own_request(user: User, request_id: int) -> HelpRequest:
    """Returns a request, locked, for its own side; raises NotFound for other users.

    The own side is the learner, or the guardian who asked for the child.
    """
    asked = lock_request(request_id)
    asked_for_child = user.id == asked.asked_by_id and is_guardian(user.id, asked.learner_id)
    if not may_keep_request(user.id == asked.learner_id, asked_for_child):
        raise NotFound
    return asked


@command
def pause(user: User, request_id: int) -> None:
    """Pauses a request: it keeps its position and is not offered until it is resumed."""
    asked = lock_own_request(user, request_id)
    if asked.stage == "paused":
        return
    transition(asked, "paused", user.id)
    publish(HelpPaused(asked.id, asked.learner_id))


@command
def resume(user: User, request_id: int) -> None:
    """Resumes a paused request: it is offered again at its old position, or deferred behind another request."""
    asked = lock_own_request(user, request_id)
    if asked.stage == "waiting":
        return
    if asked.stage != "paused":  # other kinds of waiting end in their own ways
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    if enter_queue(asked, user.id, "resumed"):
        publish(HelpResumed(asked.id, asked.learner_id))


@command
def add_words(user: User, request_id: int, words: str) -> None:
    """Adds a text to a waiting request; earlier texts stay as they were."""
    asked = lock_own_request(user, request_id)
    listen(nfc(words))
    rate_limits.hit("act", user.id)
    if asked.stage not in GROWING:
        raise Conflict(N_("Đã có người nhận rồi. Hãy viết thêm trong phòng học."))
    words = nfc(words).strip()
    if not words:
        raise InvalidInput(N_("Hãy viết điều muốn kể thêm."), field="words")
    if len(words) > LONGEST_WORDS:
        raise InvalidInput(N_("Phần kể dài quá 500 ký tự. Hãy viết ngắn hơn."), field="words")
    said = db.session.scalar(sa.select(sa.func.count()).where(AddedText.request_id == asked.id)) or 0
    if said >= MOST_ADDED:
        raise Conflict(N_("Bạn đã kể thêm nhiều lần rồi. Người giúp sẽ hỏi tiếp trong phòng học."))
    reject_private_data(words, minor=asked.minor, field="words")
    db.session.add(AddedText(request_id=asked.id, by_id=user.id, words=words))
    publish(RequestTextAdded(asked.id, asked.learner_id))


@command
def ask_on(asker: User, room_id: int, words: str = "") -> tuple[HelpRequest, bool]:
    """Asks the same helper again after a session.

    It returns the request, and whether that helper is asked first. The learner or a child's guardian may. The helper
    is asked first when they are present, free and still allowed. Otherwise any free helper is asked as usual, and the
    former helper is notified.
    """
    room = rooms.room(room_id)
    if room.closed_at is None:
        rooms.readable_room(asker, room_id)
        raise Conflict(N_("Buổi học này chưa kết thúc. Cứ hỏi ngay trong phòng."), code="open")
    pair = pair_for_follow_up(asker, room)
    if pair is None:
        raise NotFound
    before = request_of_room(room_id)
    asked = ask_for_help(
        asker, pair.learner, room.topic, words, device=before.device if before else "",
        lesson_slug=room.lesson_slug, step_number=room.step_number, keep_others=True,
    )  # fmt: skip
    asked.follows_room_id = room_id
    fit = [] if reason_no_room_can_open(asked) else fit_to_help_on(asked, MOST_ASKED_OF_RULES, {asker.id})
    same = next((one for one in fit if one.helper_id == pair.helper.id), None)
    if same is not None:
        ask_by_name(asked, same)
    elif any(one.id == asked.id for one in may_take(pair.helper)):
        publish(FollowUpRequested(asked.id, pair.helper.id, pair.learner.id))
    return asked, same is not None


def approve_on_childs_device(
    child: User, request_id: int, guardian_id: int, password: str, word: str, address: str
) -> HelpRequest:
    """Stores a guardian's answer on the child's device, proved by the guardian's password.

    Otherwise it equals `answer_as_guardian`.
    """
    asked = request(request_id)
    if asked.learner_id != child.id or not is_guardian(guardian_id, child.id):
        raise NotFound
    guardian = user(guardian_id)
    if guardian.state != "active":
        raise NotFound
    rate_limits.check("sign_in_address", address)
    origin = attempts.place(address)  # shares the attempt counter of the sign-in page
    attempts.begin(guardian.id, origin, False, [guardian.id])
    if not password_hashes.verify(guardian.password_hash, password):
        attempts.failed(guardian.id, False)
        rate_limits.hit("sign_in_address", address)
        raise InvalidInput(N_("Mật khẩu của ba mẹ chưa đúng. Hãy thử lại."), field="password")
    attempts.right(guardian.id, origin)
    return answer_as_guardian(guardian, request_id, word)
