"""Whether a helper may write an answer after a request, from the database."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import find_lesson
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
    return _solved(helper, asked) if asked is not None and asked.helper_id == helper.id else None


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
    found = (_solved(helper, asked) for asked in db.session.scalars(query).all())
    return [one for one in found if one is not None]


def _solved(helper: User, asked: HelpRequest) -> SolvedRequest | None:
    lesson = find_lesson(asked.lesson_slug) if asked.lesson_slug else None
    number = asked.step_number or 0
    on_a_step = lesson is not None and lesson.step_id(number) is not None
    since = clock.now() - asked.ended_at if asked.ended_at else WRITE_WITHIN * 2
    may = may_write(True, _is_solved(helper, asked), on_a_step, can_agree(asked.learner) and can_agree(helper), since)
    return SolvedRequest(asked, lesson, number) if may and lesson is not None else None


def _is_solved(helper: User, asked: HelpRequest) -> bool:
    """The learner's side said yes. A child is not asked that at the end: its thanks or the helper's yes count."""
    if asked.state == "ended" and asked.outcome == "yes":
        return True
    if asked.state != "ended" or not asked.minor or asked.outcome != "closed" or asked.room_id is None:
        return False
    said = feedback_of(asked.room_id)
    own, of_learner = said.get(helper.id), said.get(asked.learner_id)
    return (own is not None and own.solved == "yes") or (of_learner is not None and of_learner.thanks)
