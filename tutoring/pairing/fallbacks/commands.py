"""Fallbacks of a request that no helper took at once.

The learner chooses times or a weekly meeting. In the end the coordinator must see that it is answered in writing. A
written answer is given once and read by the learner's side and by staff; it is no conversation.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.community.duty.coverage import hours_of
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.pairing.eligibility import may_answer_in_writing
from tutoring.pairing.events import (
    HelpEnded,
)
from tutoring.pairing.fallbacks.events import (
    AnswerRated,
    AnswerWritten,
    FallbacksOffered,
    HelpersInvited,
    TimesWished,
    WishedTimesExpired,
    WrittenAnswerDue,
)
from tutoring.pairing.fallbacks.invitations import invitees
from tutoring.pairing.lifecycle.slots import is_slot_taken, look_at_deferred
from tutoring.pairing.lifecycle.state_machine import enter_queue, lock_request, release_helper, transition
from tutoring.pairing.lifecycle.timers import next_after, plan_track, requeue, waited_until, withdraw_offers
from tutoring.pairing.matching.week_bits import Week
from tutoring.pairing.models import HelpRequest, WrittenAnswer
from tutoring.pairing.requests.commands import lock_own_request
from tutoring.pairing.scheduling.commands import set_first_hours
from tutoring.pairing.scheduling.proposals import withdraw_proposals
from tutoring.policy.pairing.fallbacks import WORD_WITHIN, may_judge_answer, wrong_time
from tutoring.safety.free_text import for_readers, listen

_NEARLY = timedelta(seconds=5)  # the clock of another server may be a little behind

_WRONG = {
    "none": N_("Hãy chọn ít nhất một giờ."),
    "many": N_("Hãy chọn nhiều nhất ba giờ."),
    "soon": N_("Hãy chọn giờ cách bây giờ ít nhất 30 phút."),
    "far": N_("Hãy chọn giờ trong bảy ngày tới."),
    "quarter": N_("Hãy chọn giờ tròn 15 phút, như 19:00 hoặc 19:15."),
}
_HOUR_IS_WISHED = N_("Đã có một yêu cầu khác chờ giờ hẹn. Mỗi lúc chỉ giữ một yêu cầu như vậy.")
_HELP_IS_ASKED = N_("Đang nhờ một việc khác. Xong việc đó rồi hãy tìm người cho yêu cầu này.")


def _waiting(user: User, request_id: int) -> HelpRequest:
    asked = lock_own_request(user, request_id)
    rate_limits.hit("act", user.id)
    if asked.stage != "waiting":
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    return asked


@command
def wish_times(user: User, request_id: int, times: Sequence[datetime]) -> None:
    """Stores wished times instead of help now.

    A helper takes one of them; no helper is offered the request at once. Raises InvalidInput for a wrong time or one
    outside the unit's hours.
    """
    asked = _waiting(user, request_id)
    moment = clock.now()
    chosen = sorted(set(times))
    if wrong := wrong_time(chosen, moment):
        raise InvalidInput(_WRONG[wrong], field="times")
    hours = hours_of(asked.unit_id)
    if asked.minor and not all(hours.open_at(at) for at in chosen):
        raise InvalidInput(N_("Có giờ nằm ngoài giờ mở phòng của trường. Hãy chọn giờ khác."), field="times")
    _take_hour(asked)
    weekly = asked.wish == "weekly"
    asked.wish, asked.times, asked.times_until = "now", [at.isoformat() for at in chosen], chosen[-1]
    _keep_slot()
    if weekly:
        withdraw_proposals(request_id=asked.id)
        plan_track(asked)  # a weekly request is owed no answer, one with wished times is
    _withdraw_offers_and_alarm(asked)
    jobs.enqueue("pairing.invite", f"invite:{asked.id}:{moment.isoformat()}", moment, request_id=asked.id)
    key = f"times:{asked.id}:{chosen[-1].isoformat()}:{moment.isoformat()}"
    jobs.enqueue("pairing.times_over", key, chosen[-1], request_id=asked.id, until=chosen[-1].isoformat())
    publish(TimesWished(asked.id, asked.learner_id))


@command
def look_now(user: User, request_id: int) -> None:
    """Returns a request to help at once: wished times and the weekly wish are dropped.

    Raises Conflict while another request of the learner waits for a helper.
    """
    asked = _waiting(user, request_id)
    if asked.wish == "now" and asked.times_until is None:
        return
    if is_slot_taken(asked, "helper"):
        raise Conflict(_HELP_IS_ASKED)
    look_at_deferred(asked)
    asked.wish, asked.times, asked.times_until = "now", [], None
    _keep_slot()
    withdraw_proposals(request_id=asked.id)
    requeue(asked)
    publish(TimesWished(asked.id, asked.learner_id))


@command
def wait_weekly(user: User, request_id: int, free: Week | None = None) -> None:
    """Changes a request to a weekly meeting: it waits for the next round.

    `free` becomes the learner's free hours when none are on record, also for a request that is weekly already. Raises
    InvalidInput for hours that are all too short, Conflict while another request of the learner waits for an hour.
    """
    asked = _waiting(user, request_id)
    if free is not None:
        set_first_hours(user, asked.learner_id, free)
    if asked.wish == "weekly":
        return
    _take_hour(asked)
    asked.wish, asked.times, asked.times_until = "weekly", [], None
    asked.later_at = asked.later_at or clock.now()  # help at once was tried, so an answer is still owed
    _keep_slot()
    _withdraw_offers_and_alarm(asked)
    plan_track(asked)
    publish(TimesWished(asked.id, asked.learner_id))


def _take_hour(asked: HelpRequest) -> None:
    """Checks that no other request of the learner waits for an hour; help at once is free for a deferred one then."""
    if asked.slot == "hour":
        return
    if is_slot_taken(asked, "hour"):
        raise Conflict(_HOUR_IS_WISHED)
    look_at_deferred(asked)


def _keep_slot() -> None:
    """Writes the change; raises Conflict where another request of the learner took the slot in the same moment."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang.")) from None


def _withdraw_offers_and_alarm(asked: HelpRequest) -> None:
    """Withdraws offers and the alarm; the new wave number makes a planned wave a no-op."""
    withdraw_offers(asked.id)
    asked.wave += 1
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None


# ---- background jobs ------------------------------------------------------------------------------------------


@jobs.job("pairing.invite")
def _invite(payload: dict[str, int]) -> None:
    """Invites a few helpers to take one of the wished times."""
    asked = lock_request(payload["request_id"])
    if asked.stage == "waiting" and asked.times_until is not None and asked.times_until > clock.now():
        publish(HelpersInvited(asked.id, tuple(invitees(asked))))


@jobs.job("pairing.times_over")
def _times_over(payload: dict[str, str | int]) -> None:
    """Ends wished times that no helper took.

    The request returns to help at once, and the learner is notified.
    """
    asked = lock_request(int(payload["request_id"]))
    over = asked.times_until is not None and asked.times_until <= datetime.fromisoformat(str(payload["until"]))
    if asked.stage in {"waiting", "paused", "deferred"} and over:
        if asked.stage == "paused":
            asked.times, asked.times_until = [], None
            look_at_deferred(asked)
        else:
            enter_queue(asked, None, "times_over")
        publish(WishedTimesExpired(asked.id, asked.learner_id))


@jobs.job("pairing.track")
def _track(payload: dict[str, int]) -> None:
    """Offers fallbacks for a long-waiting request; later reports that an answer is owed.

    The coordinator gets the report.
    """
    asked = lock_request(payload["request_id"])
    if asked.stage != "waiting":
        return  # scheduled again when it waits again
    if waited_until(asked, clock.now()) + _NEARLY < next_after(asked):
        pass  # it was paused in between
    elif asked.later_at is None:
        asked.later_at = clock.now()
        publish(FallbacksOffered(asked.id, asked.learner_id))
    elif asked.school_subject:
        return  # only pupils may answer, so no coordinator owes an answer
    else:
        asked.answer_calls += 1
        publish(WrittenAnswerDue(asked.id, asked.unit_id, asked.answer_calls))
    plan_track(asked)


LONGEST_ANSWER = 2000
SHORTEST_ANSWER = 20


@command
def write_answer(author: User, request_id: int, words: str) -> None:
    """Answers a waiting request in writing; the learner then says whether it helped.

    Raises NotFound when the author may not answer, Conflict when no answer is owed, InvalidInput for a bad text.
    """
    asked = lock_owed(author, request_id, words)
    words = nfc(words).strip()
    if len(words) < SHORTEST_ANSWER:
        raise InvalidInput(N_("Hãy viết từng bước một, để người đọc làm theo được."), field="words")
    if len(words) > LONGEST_ANSWER:
        raise InvalidInput(N_("Câu trả lời dài quá 2.000 ký tự. Hãy viết ngắn hơn."), field="words")
    for_readers(words, minor=asked.minor or author.is_minor, field="words")
    keep_answer(author, asked, words)


def lock_owed(author: User, request_id: int, words: str = "") -> HelpRequest:
    """Returns a request, locked, to which this user may give an answer now; raises NotFound or Conflict."""
    asked = lock_request(request_id)
    if not may_answer_in_writing(author, asked):
        raise NotFound
    listen(nfc(words))
    rate_limits.hit("act", author.id)
    if asked.stage != "waiting" or asked.later_at is None:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    return asked


def keep_answer(author: User, asked: HelpRequest, words: str) -> WrittenAnswer:
    """Stores an answer, inside a command; the learner's side judges it."""
    asked.helper_id, asked.claimed_at = author.id, clock.now()
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
    transition(asked, "answered", author.id)
    made = WrittenAnswer(request_id=asked.id, author_id=author.id, words=words)
    db.session.add(made)
    db.session.flush()
    jobs.enqueue("pairing.answer_over", f"answer:{made.id}", clock.now() + WORD_WITHIN, answer_id=made.id)
    publish(AnswerWritten(asked.id, asked.learner_id, author.id))
    return made


@command
def judge_answer(user: User, request_id: int, word: str) -> HelpRequest:
    """Records whether a written answer helped: yes ends the request, no returns it to the queue.

    The learner may, or the guardian who asked for them. Raises NotFound for other users.
    """
    asked = lock_request(request_id)
    beside = user.id == asked.asked_by_id and is_guardian(user.id, asked.learner_id)
    if not may_judge_answer(user.id == asked.learner_id, beside):
        raise NotFound
    if asked.stage != "answered" or asked.helper_id is None:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    if word not in {"yes", "no"}:
        raise InvalidInput
    helped = word == "yes"
    answer, author_id = _newest(asked.id), asked.helper_id
    answer.helped = helped
    if helped:
        _end(asked, user.id, "yes")
    else:
        enter_queue(asked, user.id, "answer_not_enough")
        release_helper(asked)
    publish(AnswerRated(asked.id, asked.learner_id, author_id, helped))
    return asked


def _newest(request_id: int) -> WrittenAnswer:
    query = sa.select(WrittenAnswer).where(WrittenAnswer.request_id == request_id).order_by(WrittenAnswer.id.desc())
    return db.session.scalars(query.limit(1)).one()


def _end(asked: HelpRequest, by_id: int | None, outcome: str) -> None:
    asked.outcome, asked.ended_at = outcome, clock.now()
    transition(asked, "ended", by_id, outcome)
    publish(HelpEnded(asked.id, asked.learner_id, asked.helper_id, outcome))


@jobs.job("pairing.answer_over")
def _end_unrated_request(payload: dict[str, int]) -> None:
    """Ends an answered request when the learner has not replied for three days."""
    answer = db.session.get_one(WrittenAnswer, payload["answer_id"])
    asked = lock_request(answer.request_id)
    if asked.stage == "answered" and answer.helped is None and _newest(asked.id).id == answer.id:
        _end(asked, None, "answered")
