"""Metrics of moderation for operators: deadlines that are overdue, near or in time."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.kernel import clock
from tutoring.kernel.monitoring import metrics
from tutoring.kernel.monitoring.metrics_cache import MOST
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.models import Case
from tutoring.policy.moderation.queue import SOON


def _told(connection: Connection, what: str, due: sa.Select[Any]) -> dict[metrics.Labels, float]:
    some, now = due.limit(MOST).subquery(), clock.now()
    at = some.c.due
    which = sa.case((at <= now, "overdue"), (at <= now + SOON, "near"), else_="in_time")
    rows = connection.execute(sa.select(which, sa.func.count()).group_by(which))
    found = {row[0]: row[1] for row in rows}
    return {(what, name): float(found.get(name, 0)) for name in ("overdue", "near", "in_time")}


def _clocks(connection: Connection) -> dict[metrics.Labels, float]:
    of_case = sa.case((Case.looked_at.is_(None), Case.look_by), else_=Case.decide_by)
    cases = sa.select(of_case.label("due")).where(Case.state == "open")
    looks = sa.select(ActionAppeal.due_at.label("due")).where(ActionAppeal.decided_at.is_(None))
    return {**_told(connection, "case", cases), **_told(connection, "second_look", looks)}


metrics.counts("desk_clocks", "What waits at the desk, by whether its clock has run out.", _clocks, ("what", "clock"))
