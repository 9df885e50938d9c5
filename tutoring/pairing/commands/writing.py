"""An answer in writing, when nobody could come: once, to be read by the learner's side and by staff, never a talk."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import clock, jobs, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.pairing.commands.planning import queue_again
from tutoring.pairing.commands.states import let_go, locked, step
from tutoring.pairing.eligibility import may_answer_in_writing
from tutoring.pairing.events import (
    HelpEnded,
)
from tutoring.pairing.models import HelpRequest, WrittenAnswer
from tutoring.pairing.track_events import (
    AnswerJudged,
    AnswerWritten,
)
from tutoring.policy.tracks import WORD_WITHIN, may_judge_answer
from tutoring.safety.free_text import for_readers, listen

LONGEST_ANSWER = 2000
SHORTEST_ANSWER = 20


@command
def write_answer(author: User, request_id: int, words: str) -> None:
    """Answer a request that nobody took at once. The learner says whether it helped."""
    asked = locked(request_id)
    if not may_answer_in_writing(author, asked):
        raise Missing
    listen(nfc(words))
    limits.hit("act", author.id)
    if asked.stage != "waiting" or asked.later_at is None:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    words = nfc(words).strip()
    if len(words) < SHORTEST_ANSWER:
        raise Invalid(N_("Hãy viết từng bước một, để người đọc làm theo được."), field="words")
    if len(words) > LONGEST_ANSWER:
        raise Invalid(N_("Câu trả lời dài quá 2.000 ký tự. Hãy viết ngắn hơn."), field="words")
    for_readers(words, minor=asked.minor or author.is_minor, field="words")
    asked.helper_id, asked.claimed_at = author.id, clock.now()
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
    step(asked, "answered", author.id)
    made = WrittenAnswer(request_id=asked.id, author_id=author.id, words=words)
    db.session.add(made)
    db.session.flush()
    jobs.due("pairing.answer_over", f"answer:{made.id}", clock.now() + WORD_WITHIN, answer_id=made.id)
    announce(AnswerWritten(asked.id, asked.learner_id, author.id))


@command
def judge_answer(user: User, request_id: int, word: str) -> HelpRequest:
    """The learner's word: yes, it is done; or no, still in need of somebody, and the request waits on at its place."""
    asked = locked(request_id)
    beside = user.id == asked.asked_by_id and is_guardian(user.id, asked.learner_id)
    if not may_judge_answer(user.id == asked.learner_id, beside):
        raise Missing
    if asked.stage != "answered" or asked.helper_id is None:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    if word not in {"yes", "no"}:
        raise Invalid
    helped = word == "yes"
    answer, author_id = _newest(asked.id), asked.helper_id
    answer.helped = helped
    if helped:
        _end(asked, user.id, "yes")
    else:
        step(asked, "waiting", user.id, "answer_not_enough")
        let_go(asked)
        queue_again(asked)
    announce(AnswerJudged(asked.id, asked.learner_id, author_id, helped))
    return asked


def _newest(request_id: int) -> WrittenAnswer:
    query = sa.select(WrittenAnswer).where(WrittenAnswer.request_id == request_id).order_by(WrittenAnswer.id.desc())
    return db.session.scalars(query.limit(1)).one()


def _end(asked: HelpRequest, by_id: int | None, outcome: str) -> None:
    asked.outcome, asked.ended_at = outcome, clock.now()
    step(asked, "ended", by_id, outcome)
    announce(HelpEnded(asked.id, asked.learner_id, asked.helper_id, outcome))


@jobs.job("pairing.answer_over")
def _nobody_said_anything(payload: dict[str, int]) -> None:
    """The learner has not said for three days whether it helped: the request ends with its answer."""
    answer = db.session.get_one(WrittenAnswer, payload["answer_id"])
    asked = locked(answer.request_id)
    if asked.stage == "answered" and answer.helped is None and _newest(asked.id).id == answer.id:
        _end(asked, None, "answered")
