"""Background jobs that were given up: statistics, retry and dismissal.

The caller checks who may use these functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job

_GIVEN_UP = (Job.failed_at.is_not(None), Job.done_at.is_(None))
MOST_AT_ONCE = 1000
_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Group:
    """Failed jobs of one kind with the same kind of error."""

    kind: str
    error: str
    count: int
    first: datetime
    last: datetime


def groups() -> list[Group]:
    """Returns the groups of failed jobs, the newest first."""
    last = sa.func.max(Job.failed_at)
    query = (
        sa.select(Job.kind, Job.last_error, sa.func.count(), sa.func.min(Job.failed_at), last)
        .where(*_GIVEN_UP)
        .group_by(Job.kind, Job.last_error)
        .order_by(last.desc(), Job.kind, Job.last_error)
    )
    return [Group(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query) if row[3] and row[4]]


def count() -> int:
    """Returns the number of failed jobs."""
    return db.session.scalar(sa.select(sa.func.count()).where(*_GIVEN_UP)) or 0


def of_kind(kind: str, error: str, most: int = 50) -> list[Job]:
    """Returns jobs of one group, the newest first."""
    query = sa.select(Job).where(*_GIVEN_UP, Job.kind == kind, Job.last_error == error)
    return list(db.session.scalars(query.order_by(Job.failed_at.desc(), Job.id.desc()).limit(most)))


def _locked(kind: str, error: str, only: int | None) -> Iterable[Job]:
    query = sa.select(Job).where(*_GIVEN_UP, Job.kind == kind, Job.last_error == error)
    if only is not None:
        query = query.where(Job.id == only)
    return db.session.scalars(query.order_by(Job.id).limit(MOST_AT_ONCE).with_for_update()).all()


def try_again(kind: str, error: str, only: int | None = None) -> int:
    """Returns failed jobs to the queue, within a command; returns how many."""
    found = list(_locked(kind, error, only))
    for row in found:
        row.failed_at, row.attempts, row.lease, row.lease_until, row.run_at = None, 0, None, None, clock.now()
    return len(found)


def put_away(kind: str, error: str, only: int | None = None) -> int:
    """Dismisses failed jobs within a command, so that they are never retried; returns how many."""
    found = list(_locked(kind, error, only))
    for row in found:
        row.done_at = clock.now()
    return len(found)


@dataclass(frozen=True)
class Nightly:
    """A daily job and when it last finished."""

    kind: str
    done_at: datetime | None
    late: bool  # today's run was due over an hour ago and is not done


def nightly(kinds: Iterable[str]) -> list[Nightly]:
    """Returns the state of the daily jobs."""
    names = sorted(kinds)
    last = sa.func.max(Job.done_at).label("last")
    rows = db.session.execute(sa.select(Job.kind, last).where(Job.kind.in_(names)).group_by(Job.kind))
    done: dict[str, datetime | None] = {row.kind: row.last for row in rows}
    behind = set(
        db.session.scalars(
            sa.select(Job.kind).where(Job.kind.in_(names), Job.done_at.is_(None), Job.run_at < clock.now() - _PATIENCE)
        )
    )
    return [Nightly(kind, done.get(kind), kind in behind) for kind in names]
