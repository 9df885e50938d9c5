"""Job metrics: overdue and failed jobs, by kind, with the age of the oldest."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.kernel import clock
from tutoring.kernel.jobs import GIVEN_UP, Job
from tutoring.kernel.monitoring import metrics
from tutoring.kernel.monitoring.metrics_cache import MOST


def _due(connection: Connection) -> metrics.Rows:
    some = (
        sa.select(Job.kind, Job.run_at)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= clock.now())
        .order_by(Job.run_at)
        .limit(MOST)
        .subquery()
    )
    query = sa.select(some.c.kind, sa.func.count(), sa.func.min(some.c.run_at)).group_by(some.c.kind)
    return [((kind,), count, since) for kind, count, since in connection.execute(query)]


def _failed(connection: Connection) -> metrics.Rows:
    some = sa.select(Job.kind, Job.failed_at).where(sa.text(GIVEN_UP)).limit(MOST).subquery()
    query = sa.select(some.c.kind, sa.func.count(), sa.func.min(some.c.failed_at)).group_by(some.c.kind)
    return [((kind,), count, since) for kind, count, since in connection.execute(query)]


metrics.waiting("work_due", "Due work that should have been done by now.", _due, ("kind",))
metrics.waiting("work_failed", "Due work that was given up.", _failed, ("kind",))
