"""Reopens the look at a case after new reports, with a pause for a flood from one address."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.moderation.cases.deadlines import look_anew
from tutoring.moderation.events import CaseRaised
from tutoring.moderation.models import Case, Report

OFTEN = 5  # reports in an hour: a whole class may send as many and is served at once
LATELY = timedelta(hours=1)
PAUSE = timedelta(minutes=10)  # less than the quarter of an hour within which danger is looked at


def raise_to(case: Case, grade: str) -> None:
    """Sets the grade of a case inside the running command, and requires a new look."""
    case.grade = grade
    look_anew(case)


def is_new_look_deferred(case: Case) -> bool:
    """Returns whether a new report of a case that was just looked at is announced later.

    The job announces it, so that none is lost.
    """
    moment, looked = clock.now(), case.looked_at
    lately = sa.select(sa.func.count()).where(Report.case_id == case.id, Report.at > moment - LATELY)
    if looked is None or looked + PAUSE <= moment or (db.session.scalar(lately) or 0) < OFTEN:
        return False
    at = looked + PAUSE
    jobs.enqueue("moderation.again", f"case.again:{case.id}:{int(at.timestamp())}", at, case_id=case.id)
    return True


@jobs.job("moderation.again")
def _again(payload: dict[str, int]) -> None:
    """Requires a new look if reports came since the last one."""
    case = db.session.get(Case, payload["case_id"], populate_existing=True)
    if case is None or case.state != "open" or case.looked_at is None:
        return
    newer = sa.select(Report.id).where(Report.case_id == case.id, Report.at > case.looked_at).limit(1)
    if db.session.scalar(newer) is not None:
        raise_to(case, case.grade)
        publish(CaseRaised(case.id))
