"""The job that closes a school year: when the time to undo is over, those who leave are no members any more."""

from typing import Any

from tutoring.community.events import MembershipEnded
from tutoring.community.year_ends import queries
from tutoring.community.year_ends.commands import CLOSE_JOB
from tutoring.community.year_ends.models import YearEnd
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish

PART = 20  # memberships in one transaction: each ends help, weekly pairs and seats


@jobs.job(CLOSE_JOB)
def close_year(payload: dict[str, Any]) -> None:
    """Ends some of the memberships, and enqueues the rest; an interrupted job goes on with those that are left."""
    done = db.session.get(YearEnd, payload["year_end_id"], with_for_update=True, populate_existing=True)
    if done is None or done.state != "done":
        return
    done.closed_at = done.closed_at or clock.now()
    rest = queries.still_members(done.id, PART)
    for member in rest:
        member.state, member.ended_at = "ended", clock.now()
        db.session.flush()
        publish(MembershipEnded(member.user_id, member.unit_id, member.role))
    if len(rest) == PART:
        part = payload["part"] + 1
        jobs.enqueue(CLOSE_JOB, f"{CLOSE_JOB}:{done.id}:{part}", clock.now(), year_end_id=done.id, part=part)
