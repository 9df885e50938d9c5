"""Background jobs: rows written in the transaction that causes them, done once each.

Any live worker claims a row with a lease. The handler and the mark "done" share one transaction, so what a job writes
happens exactly once even when a worker dies. Effects outside the database, such as mail, happen at least once.

There are four lanes (`lane_of`), and no lane waits for another: jobs that only write, jobs that compute for long, jobs
that talk to other machines, and posts to machines that users name, which may be slow. A worker renews the leases of all
but the first while they run.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database import timeouts
from tutoring.kernel.database.sql import insert_if_absent, upsert
from tutoring.kernel.db import Model, db
from tutoring.kernel.monitoring import correlation

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
SKEW = timedelta(minutes=2)  # the clocks of several machines differ by less
RENEWED = timedelta(hours=1)  # a job that takes longer counts as stuck: its lease expires
TRIES = 8
QUICK, LONG, OUTWARD, POSTS = "quick", "long", "outward", "posts"
LANES = (QUICK, LONG, OUTWARD, POSTS)
GIVEN_UP = "failed_at IS NOT NULL AND done_at IS NULL"

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}
_outward: dict[str, Handler] = {}  # done outside any transaction
_lanes: dict[str, str] = {}  # of the kinds of `_outward`
_leases: dict[str, timedelta] = {}
_daily: dict[str, time] = {}
_under_way: dict[str, tuple[int, str, datetime]] = {}  # by lease: the row, its kind and when it was begun
_noting = threading.Lock()


class Job(Model):
    __tablename__ = "due_work"
    __table_args__ = (
        sa.Index("ix_due_work_open", "run_at", sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
                 postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL")),
        sa.Index("ix_due_work_failed", "failed_at", sqlite_where=sa.text(GIVEN_UP), postgresql_where=sa.text(GIVEN_UP)),
        sa.Index("ix_due_work_kind", "kind", "done_at"),  # for the last run of daily jobs and for failed jobs
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    run_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")


def job(kind: str) -> Callable[[Handler], Handler]:
    """Registers the handler of a kind; it runs inside its own transaction."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def external_job(kind: str, lane: str = OUTWARD) -> Callable[[Handler], Handler]:
    """Registers a handler that talks to another machine; it waits for others of its lane alone.

    It runs outside any transaction, so that a slow answer holds no lock. It may run again if the process dies before
    the job is marked done.
    """

    def register(handler: Handler) -> Handler:
        _outward[kind], _lanes[kind] = handler, lane
        return handler

    return register


def long_job(kind: str) -> Callable[[Handler], Handler]:
    """Registers a handler that runs for long, outside any transaction, in its own lane."""
    return external_job(kind, LONG)


def lane_of(kind: str) -> str:
    """Returns the lane, which decides which worker threads do this kind."""
    return _lanes.get(kind, QUICK)


def of_lane(lane: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    """Returns the filters for jobs of this lane, or of any lane for None."""
    if lane is None:
        return ()
    kinds = sorted(kind for kind in _outward if lane == QUICK or lane_of(kind) == lane)
    return (Job.kind.not_in(kinds) if lane == QUICK else Job.kind.in_(kinds),)


def daily(kind: str, at: time, *, outside: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Registers a job that runs once a day from this Vietnam time on, by any live worker.

    `outside`: the job runs outside any transaction and may take this long before another worker takes it over.
    """
    _daily[kind] = at
    if outside is None:
        return job(kind)
    _leases[kind] = outside
    return long_job(kind)


@command
def enqueue_daily_jobs() -> date:
    """Enqueues today's daily jobs and returns the day; workers call it on every new day."""
    today = clock.today()
    for kind, at in sorted(_daily.items()):
        enqueue(kind, f"{kind}:{today}", datetime.combine(today, at, clock.LOCAL))
    return today


def daily_kinds() -> list[str]:
    """Returns the kinds of daily jobs; a day's key is the kind and the date."""
    return sorted(_daily)


def enqueue(kind: str, key: str, at: datetime, **payload: Any) -> None:
    """Enqueues a job inside the running command; an existing key is left unchanged."""
    insert_if_absent(Job, kind=kind, key=key, run_at=at, payload=payload)


def enqueue_all(rows: Sequence[tuple[str, str, datetime, dict[str, Any]]]) -> None:
    """Enqueues many jobs in one statement: kind, key, time and payload of each."""
    if rows:
        db.session.flush()
        values = [{"kind": kind, "key": key, "run_at": at, "payload": payload} for kind, key, at, payload in rows]
        db.session.execute(upsert(Job).on_conflict_do_nothing(), values)


def cancel(key: str) -> None:
    """Cancels a job that is no longer needed."""
    db.session.execute(sa.delete(Job).where(Job.key == key, Job.done_at.is_(None)))


def _leased_too_long(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether a lease ends later than any of its kind can.

    This happens when the clock was set back; the worker that took it may be dead.
    """
    latest = moment + SKEW
    own = [sa.and_(Job.kind == kind, Job.lease_until > latest + lease) for kind, lease in _leases.items()]
    return sa.or_(sa.and_(Job.kind.not_in(list(_leases)), Job.lease_until > latest + LEASE), *own)


@command
def _claim(limit: int, lane: str | None = None) -> list[tuple[int, str]]:
    moment = clock.now()
    free = sa.or_(Job.lease_until.is_(None), Job.lease_until < moment, _leased_too_long(moment))
    rows = db.session.scalars(
        sa.select(Job)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= moment, free, *of_lane(lane))
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    taken = []
    for row in rows:
        if row.attempts >= TRIES:  # it was begun that often and never finished
            row.failed_at, row.last_error = moment, "the process died each time"
            continue
        row.lease, row.attempts = uuid.uuid4().hex, row.attempts + 1
        row.lease_until = moment + _leases.get(row.kind, LEASE)
        taken.append((row.id, row.lease))
    return taken


def _perform(work_id: int, lease: str) -> None:
    row = db.session.scalar(sa.select(Job).where(Job.id == work_id, Job.lease == lease))
    if row is not None and row.done_at is None and row.kind in _outward:
        handler, payload = _outward[row.kind], row.payload
        correlation.call(row.kind)
        with _noting:
            _under_way[lease] = work_id, row.kind, clock.now()
        db.session.rollback()
        try:
            handler(payload)
        finally:
            with _noting:
                _under_way.pop(lease, None)
    _finish(work_id, lease)


@command
def renew() -> int:
    """Renews the leases of jobs this process runs outside a transaction; returns how many."""
    moment, renewed = clock.now(), 0
    with _noting:
        held = [(lease, *one) for lease, one in _under_way.items() if moment - one[2] < RENEWED]
    for lease, work_id, kind, _begun in held:
        mine = (Job.id == work_id, Job.lease == lease, Job.done_at.is_(None))
        until = moment + _leases.get(kind, LEASE)
        found = db.session.scalar(sa.update(Job).where(*mine).values(lease_until=until).returning(Job.id))
        renewed += found is not None
    return renewed


def is_any_under_way() -> bool:
    """Whether there is a lease to renew; costs no query."""
    return bool(_under_way)


@command
def _finish(work_id: int, lease: str) -> None:
    row = db.session.scalar(sa.select(Job).where(Job.id == work_id, Job.lease == lease).with_for_update())
    if row is None or row.done_at is not None:
        return  # our lease expired and another worker took the job
    correlation.call(row.kind)
    if row.kind not in _outward:
        _handlers[row.kind](row.payload)
    row.done_at = clock.now()


@command
def _put_back(work_id: int, lease: str, error: str) -> None:
    row = db.session.scalar(sa.select(Job).where(Job.id == work_id, Job.lease == lease))
    if row is None:
        return
    row.last_error, row.lease, row.lease_until = error[:500], None, None
    if row.attempts >= TRIES:
        row.failed_at = clock.now()
    else:
        row.run_at = clock.now() + timedelta(seconds=2**row.attempts)


@command
def _leave(taken: list[tuple[int, str]]) -> None:
    """Releases claimed jobs that were not begun."""
    for work_id, lease in taken:
        mine = (Job.id == work_id, Job.lease == lease, Job.done_at.is_(None))
        free = {"lease": None, "lease_until": None, "attempts": Job.attempts - 1}
        db.session.execute(sa.update(Job).where(*mine).values(free))


def run_due(limit: int = 20, go_on: Callable[[], bool] = lambda: True, lane: str | None = None) -> int:
    """Does due jobs of one lane or of all; returns how many were taken.

    Failed jobs are retried later. `go_on` is called before each job; when it returns False, the rest is released.
    """
    with timeouts.statement_timeout():  # or a database connection that died silently would block this worker for ever
        taken = claim(limit, lane) if go_on() else []
        for number, one in enumerate(taken):
            if not go_on():
                _leave(taken[number:])
                return number
            do(one)
        return len(taken)


def claim(limit: int, lane: str | None = None) -> list[tuple[int, str]]:
    """Claims due jobs; returns rows and leases, each to be passed to `do`."""
    with timeouts.statement_timeout():
        return _claim(limit, lane) if limit and _anything_due(lane) else []


def do(taken: tuple[int, str]) -> None:
    """Does a claimed job; a failure is recorded on its row."""
    work_id, lease = taken
    with timeouts.statement_timeout(), correlation.piece("work"):
        try:
            _perform(work_id, lease)
        except Exception as error:
            log.exception("due work %s failed", work_id)
            _put_back(work_id, lease, type(error).__name__)  # never its message, which may quote what users wrote


def _anything_due(lane: str | None) -> bool:
    """Checks for due jobs without a lock, so that idle workers never take the write lock."""
    found = db.session.scalar(
        sa.select(Job.id)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= clock.now(), *of_lane(lane))
        .limit(1)
    )
    db.session.rollback()
    return found is not None
