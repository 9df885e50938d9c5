"""Reads of runs."""

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.practice.models import PracticeRun


def run(user_id: int, run_id: str) -> PracticeRun:
    """A run of this person; raises Missing for all others."""
    found = db.session.get(PracticeRun, run_id)
    if found is None or found.user_id != user_id:
        raise Missing
    return found


def open_runs(user_id: int) -> list[PracticeRun]:
    """What this person has begun and not ended, the newest first."""
    query = sa.select(PracticeRun).where(PracticeRun.user_id == user_id, PracticeRun.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(PracticeRun.updated_at.desc(), PracticeRun.id)))


def passed(user_id: int) -> set[str]:
    """The scenarios that this person has passed."""
    query = sa.select(PracticeRun.scenario).where(PracticeRun.user_id == user_id, PracticeRun.passed)
    return set(db.session.scalars(query.distinct()))
