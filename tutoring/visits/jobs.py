"""Scheduled cleanup of visits, and the release of visits of users who are suspended or erased.

It erases addresses after seven days. It ends requests without a plan, and visits whose outcome is not recorded.
"""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.policy.visits import ADDRESS_KEPT, OPEN, WAITS
from tutoring.visits.commands import unplan_visits_of
from tutoring.visits.models import Visit, VisitOffer
from tutoring.visits.transitions import end_visit

AT_ONCE = 200
NOTHING: dict[str, Any] = {
    "words": "", "times": [], "address": None, "number": None, "said": "", "done_words": "", "children": False,
    "guardian_there": False,
}  # fmt: skip


@jobs.daily("visits.nightly", time(3, 50))
def _night(_payload: dict[str, Any]) -> None:
    tidy()


@command
def tidy() -> None:
    """Ends and erases everything of visits whose retention time is over."""
    now = clock.now()
    _end(now, Visit.state == "planned", Visit.at < now - ADDRESS_KEPT, "missed", "unsaid")
    _end(now, Visit.state == "asked", Visit.state_since < now - WAITS, "cancelled", "unplanned")
    old = sa.or_(Visit.ended_at < now - ADDRESS_KEPT, Visit.at < now - ADDRESS_KEPT)
    db.session.execute(
        sa.update(Visit).where(Visit.address.is_not(None), Visit.ended_at.is_not(None), old).values(address=None)
    )


def _end(now: datetime, which: sa.ColumnElement[bool], old: sa.ColumnElement[bool], state: str, why: str) -> None:
    """Ends a limited number of visits, so that the nightly job stays short.

    The address is erased at once, not after seven more days.
    """
    query = sa.select(Visit).where(which, old).order_by(Visit.id).limit(AT_ONCE)
    for row in db.session.scalars(query.with_for_update(skip_locked=True)).all():
        row.address = None
        end_visit(row, state, why)


@command
def stop_for(user_id: int) -> None:
    """Cancels the visits of a suspended asker, and unplans those of a suspended visitor."""
    mine = sa.select(Visit).where(Visit.asker_id == user_id, Visit.state.in_(OPEN)).order_by(Visit.id)
    for row in db.session.scalars(mine.with_for_update()).all():
        row.address = None
        end_visit(row, "cancelled", "staff")
    unplan_visits_of(user_id, gone=True)


@command
def forget_person(user_id: int) -> None:
    """Erases the texts of a user's visits, and the user's offers; the visits stay.

    Visits to which the user was to go wait for other visitors.
    """
    mine = sa.select(Visit).where(Visit.asker_id == user_id).order_by(Visit.id)
    for row in db.session.scalars(mine.with_for_update()).all():
        if row.state in OPEN:
            end_visit(row, "cancelled", "left", user_id)
        for name, nothing in NOTHING.items():
            setattr(row, name, nothing)
    unplan_visits_of(user_id, gone=True)
    db.session.execute(sa.update(Visit).where(Visit.outcome_by_id == user_id).values(done_words=""))
    about = sa.or_(VisitOffer.learner_id == user_id, VisitOffer.by_id == user_id)
    db.session.execute(sa.delete(VisitOffer).where(about))
