"""Due work that was given up: how much of which kind, tried again, or put away. Who may is known by whoever calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.jobs import DueWork

_GIVEN_UP = (DueWork.failed_at.is_not(None), DueWork.done_at.is_(None))
MOST_AT_ONCE = 1000
_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Group:
    """Work of one kind that ended with the same kind of error."""

    kind: str
    error: str
    count: int
    first: datetime
    last: datetime


def groups() -> list[Group]:
    """What was given up, the newest first."""
    last = sa.func.max(DueWork.failed_at)
    query = (
        sa.select(DueWork.kind, DueWork.last_error, sa.func.count(), sa.func.min(DueWork.failed_at), last)
        .where(*_GIVEN_UP)
        .group_by(DueWork.kind, DueWork.last_error)
        .order_by(last.desc(), DueWork.kind, DueWork.last_error)
    )
    return [Group(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query) if row[3] and row[4]]


def count() -> int:
    """How much was given up."""
    return db.session.scalar(sa.select(sa.func.count()).where(*_GIVEN_UP)) or 0


def of_kind(kind: str, error: str, most: int = 50) -> list[DueWork]:
    """Pieces of one group, the newest first."""
    query = sa.select(DueWork).where(*_GIVEN_UP, DueWork.kind == kind, DueWork.last_error == error)
    return list(db.session.scalars(query.order_by(DueWork.failed_at.desc(), DueWork.id.desc()).limit(most)))


def _locked(kind: str, error: str, only: int | None) -> Iterable[DueWork]:
    query = sa.select(DueWork).where(*_GIVEN_UP, DueWork.kind == kind, DueWork.last_error == error)
    if only is not None:
        query = query.where(DueWork.id == only)
    return db.session.scalars(query.order_by(DueWork.id).limit(MOST_AT_ONCE).with_for_update()).all()


def try_again(kind: str, error: str, only: int | None = None) -> int:
    """Within a command: let workers begin anew with these; how many."""
    found = list(_locked(kind, error, only))
    for row in found:
        row.failed_at, row.attempts, row.lease, row.lease_until, row.run_at = None, 0, None, None, clock.now()
    return len(found)


def put_away(kind: str, error: str, only: int | None = None) -> int:
    """Within a command: nobody tries these again; how many."""
    found = list(_locked(kind, error, only))
    for row in found:
        row.done_at = clock.now()
    return len(found)


@dataclass(frozen=True)
class Nightly:
    """Work of every day, and when it was last done."""

    kind: str
    done_at: datetime | None
    late: bool  # today's was due some time ago, and is not done


def nightly(kinds: Iterable[str]) -> list[Nightly]:
    """How work of every day stands."""
    names = sorted(kinds)
    last = sa.func.max(DueWork.done_at).label("last")
    rows = db.session.execute(sa.select(DueWork.kind, last).where(DueWork.kind.in_(names)).group_by(DueWork.kind))
    done: dict[str, datetime | None] = {row.kind: row.last for row in rows}
    behind = set(
        db.session.scalars(
            sa.select(DueWork.kind).where(
                DueWork.kind.in_(names), DueWork.done_at.is_(None), DueWork.run_at < clock.now() - _PATIENCE
            )
        )
    )
    return [Nightly(kind, done.get(kind), kind in behind) for kind in names]
