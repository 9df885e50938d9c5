"""Metrics of pairing: how many learners wait for help now, and since when the first waits."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.kernel.monitoring import metrics
from tutoring.kernel.monitoring.metrics_cache import MOST
from tutoring.pairing.models import HELPER_SLOT, HelpRequest, in_queue


def _waiting(connection: Connection) -> metrics.Rows:
    # Literals, not parameters: PostgreSQL uses the partial index of requests for a helper only with literals.
    are_open = sa.text(HELPER_SLOT)
    for_now = sa.and_(HelpRequest.wish == "now", HelpRequest.times_until.is_(None))
    some = sa.select(HelpRequest.queued_at).where(are_open, in_queue(), for_now).limit(MOST).subquery()
    count, since = connection.execute(sa.select(sa.func.count(), sa.func.min(some.c.queued_at))).one()
    return [((), count, since)]


metrics.waiting("people_waiting", "People who wait for somebody to help them now.", _waiting)
