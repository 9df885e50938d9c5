"""Whether a helper may write an answer after a request, from the database."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import found_lessons
from tutoring.pairing.models import HelpRequest
from tutoring.policy.published_answers import WRITE_WITHIN, may_write
from tutoring.published_answers.models import PublishedAnswer
from tutoring.published_answers.queries import can_agree
from tutoring.rooms.queries import feedback_of

MOST = 10


@dataclass(frozen=True)
class SolvedRequest:
    """A request after which this helper may write, and the step it came from."""

    request: HelpRequest
    lesson: Lesson
    number: int

    @property
    def step_id(self) -> str:
        return self.lesson.step_id(self.number) or ""


def solved_request(helper: User, request_id: int) -> SolvedRequest | None:
    """Returns the request if this user may write an answer after it, else None."""
    query = sa.select(HelpRequest).options(joinedload(HelpRequest.learner)).where(HelpRequest.id == request_id)
    asked = db.session.scalar(query)
    if asked is None or asked.helper_id != helper.id:
        return None
    return next(iter(_solved(helper, [asked])), None)


def solved_requests(helper: User) -> list[SolvedRequest]:
    """Returns the requests of the last two weeks after which this user may write and has not, newest first."""
    written = sa.select(PublishedAnswer.request_id).where(PublishedAnswer.author_id == helper.id)
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner))
        .where(
            HelpRequest.helper_id == helper.id,
            HelpRequest.state == "ended",
            HelpRequest.ended_at > clock.now() - WRITE_WITHIN,
            HelpRequest.lesson_slug.is_not(None),
            HelpRequest.id.not_in(written),
        )
        .order_by(HelpRequest.id.desc())
        .limit(MOST)
    )
    return _solved(helper, db.session.scalars(query).all())


def _solved(helper: User, requests: Sequence[HelpRequest]) -> list[SolvedRequest]:
    """Returns those of a helper's own requests after which the helper may write."""
    if not requests:
        return []
    lessons = found_lessons({asked.lesson_slug for asked in requests if asked.lesson_slug})
    helper_agrees = can_agree(helper)
    found = []
    for asked in requests:
        lesson, number = lessons.get(asked.lesson_slug or ""), asked.step_number or 0
        if lesson is None:
            continue
        on_a_step = lesson.step_id(number) is not None
        since = clock.now() - asked.ended_at if asked.ended_at else WRITE_WITHIN * 2
        if may_write(True, _is_solved(helper, asked), on_a_step, helper_agrees and can_agree(asked.learner), since):
            found.append(SolvedRequest(asked, lesson, number))
    return found


def _is_solved(helper: User, asked: HelpRequest) -> bool:
    """The learner's side said yes. A child is not asked that at the end: its thanks or the helper's yes count."""
    if asked.state != "ended":
        return False
    if asked.outcome == "yes":
        return True
    if not asked.minor or asked.outcome != "closed" or asked.room_id is None:
        return False
    said = feedback_of(asked.room_id)
    own, of_learner = said.get(helper.id), said.get(asked.learner_id)
    return (own is not None and own.solved == "yes") or (of_learner is not None and of_learner.thanks)
