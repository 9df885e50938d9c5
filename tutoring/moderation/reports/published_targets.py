"""Reports of published answers: finds the target to report, and the text for moderators."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.moderation.models import PUBLISHED, Case
from tutoring.moderation.reports.target import Target
from tutoring.pairing.models import HelpRequest
from tutoring.published_answers.models import PublishedAnswer
from tutoring.published_answers.queries import public_answer


def find_published(by: User | None, answer_id: int) -> Target:
    """Returns a public answer as a target that everybody may report, visitors too. Raises NotFound."""
    found = public_answer(answer_id)
    unit_id = db.session.scalar(sa.select(HelpRequest.unit_id).where(HelpRequest.id == found.request_id))
    place = "outside" if by is None else "near"
    # No case kind of its own: the target names the answer, and reports of the same answer share its case.
    return Target("site", f"{PUBLISHED}{found.id}", True, place, unit_id=unit_id, about_id=found.author_id)


def published_of(case: Case) -> PublishedAnswer | None:
    """Returns the published answer that a case is about, if it still has a text."""
    if not case.in_published_answer:
        return None
    found = db.session.get(PublishedAnswer, int(case.target.removeprefix(PUBLISHED)))
    return found if found is not None and found.answer else None
