"""Reports of written and spoken answers to requests: finds the target, and what moderators read and hear."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.moderation.models import REPLY, Case
from tutoring.moderation.reports.target import Target
from tutoring.pairing.models import WrittenAnswer
from tutoring.pairing.requests.models import SpokenAnswer
from tutoring.pairing.requests.queries import request_for


@dataclass(frozen=True)
class Reply:
    """An answer to a request, with its sound if it was spoken."""

    answer: WrittenAnswer
    spoken: SpokenAnswer | None


def find_reply(by: User, answer_id: int) -> Target:
    """Returns an answer to a request as a target for those who read it. Raises NotFound.

    Its author does not report it.
    """
    found = db.session.get(WrittenAnswer, answer_id)
    if found is None or found.author_id == by.id or not found.words:
        raise NotFound
    asked = request_for(by, found.request_id)
    # No case kind of its own: the target names the answer, and reports of the same answer share its case.
    return Target("site", f"{REPLY}{found.id}", asked.minor, "near", unit_id=asked.unit_id, about_id=found.author_id)


def request_of(answer_id: int) -> int:
    """Returns the number of the request that an answer belongs to. Raises NotFound.

    It does not check who asks; `find_reply` does.
    """
    found = db.session.get(WrittenAnswer, answer_id)
    if found is None:
        raise NotFound
    return found.request_id


def words_of(target: str) -> str:
    """Returns the written words of an answer that `find_reply` has found."""
    return db.session.get_one(WrittenAnswer, int(target.removeprefix(REPLY))).words


def reply_of(case: Case) -> Reply | None:
    """Returns the answer that a case is about, if it still has a text."""
    if not case.in_reply:
        return None
    found = db.session.get(WrittenAnswer, int(case.target.removeprefix(REPLY)))
    if found is None or not found.words:
        return None
    return Reply(found, db.session.get(SpokenAnswer, found.id))
