"""Due work in figures: what should have been done by now, of which kind and since when; what was given up."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.kernel import clock, metrics
from tutoring.kernel.jobs import GIVEN_UP, DueWork
from tutoring.kernel.site_figures import MOST


def _due(connection: Connection) -> metrics.Rows:
    some = (
        sa.select(DueWork.kind, DueWork.run_at)
        .where(DueWork.done_at.is_(None), DueWork.failed_at.is_(None), DueWork.run_at <= clock.now())
        .order_by(DueWork.run_at)
        .limit(MOST)
        .subquery()
    )
    query = sa.select(some.c.kind, sa.func.count(), sa.func.min(some.c.run_at)).group_by(some.c.kind)
    return [((kind,), count, since) for kind, count, since in connection.execute(query)]


def _failed(connection: Connection) -> metrics.Rows:
    some = sa.select(DueWork.kind, DueWork.failed_at).where(sa.text(GIVEN_UP)).limit(MOST).subquery()
    query = sa.select(some.c.kind, sa.func.count(), sa.func.min(some.c.failed_at)).group_by(some.c.kind)
    return [((kind,), count, since) for kind, count, since in connection.execute(query)]


metrics.waiting("work_due", "Due work that should have been done by now.", _due, ("kind",))
metrics.waiting("work_failed", "Due work that was given up.", _failed, ("kind",))
