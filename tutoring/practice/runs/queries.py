"""Reads of runs."""

from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.practice import scenarios
from tutoring.practice.runs.models import PracticeRun


def run(user_id: int, run_id: str) -> PracticeRun:
    """Returns a run of this user; raises NotFound for all others."""
    found = db.session.get(PracticeRun, run_id)
    if found is None or found.user_id != user_id:
        raise NotFound
    return found


def open_runs(user_id: int) -> list[PracticeRun]:
    """Returns the user's open runs, the newest first."""
    query = sa.select(PracticeRun).where(PracticeRun.user_id == user_id, PracticeRun.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(PracticeRun.updated_at.desc(), PracticeRun.id)))


@dataclass(frozen=True)
class UnfinishedRun:
    """A practice run that a user has not finished."""

    run_id: str
    title: str


def find_unfinished_run(user_id: int, language: str) -> UnfinishedRun | None:
    """Returns the user's most recent open run outside rooms, if it is still offered."""
    run = db.session.execute(_unfinished(), {"user": user_id}).first()
    scenario = scenarios.find_scenario(run.scenario) if run else None
    return UnfinishedRun(run.id, scenario.title.in_(language)) if run and scenario else None


@cache
def _unfinished() -> sa.Select[str, str]:
    query = sa.select(PracticeRun.id, PracticeRun.scenario).where(
        PracticeRun.user_id == sa.bindparam("user"), PracticeRun.ended_at.is_(None), PracticeRun.room_id.is_(None)
    )
    return query.order_by(PracticeRun.updated_at.desc(), PracticeRun.id).limit(1)


def passed(user_id: int) -> set[str]:
    """Returns the scenarios that this user has passed."""
    query = sa.select(PracticeRun.scenario).where(PracticeRun.user_id == user_id, PracticeRun.passed)
    return set(db.session.scalars(query.distinct()))
