"""The nightly end of queues: past days become sums, their tickets are deleted, desks close."""

from collections import defaultdict
from datetime import date, datetime, time
from statistics import median
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.jobs import daily
from tutoring.queues.models import QueueDay, QueueDesk, QueueTicket


@daily("queues.end_days", time(0, 10))
def end_days(_payload: dict[str, Any]) -> None:
    """Stores the sums of every past day and deletes its tickets; a second run finds none."""
    today = clock.today()
    rows = db.session.scalars(sa.select(QueueTicket).where(QueueTicket.day < today).with_for_update()).all()
    by_day: defaultdict[tuple[int, date], list[QueueTicket]] = defaultdict(list)
    for row in rows:
        by_day[row.unit_id, row.day].append(row)
    for (unit_id, day), tickets in sorted(by_day.items()):
        insert_if_absent(QueueDay, unit_id=unit_id, day=day, **sums_of(tickets))
    db.session.execute(sa.delete(QueueTicket).where(QueueTicket.day < today))
    midnight = datetime.combine(today, time(0), clock.LOCAL)
    opened_before = QueueDesk.opened_at < midnight
    db.session.execute(sa.update(QueueDesk).where(opened_before).values(clerk_id=None, opened_at=None))


def sums_of(tickets: list[QueueTicket]) -> dict[str, int | None]:
    """Returns the sums of one day. A holder still at a desk at its end was served; one still waiting was missed."""
    served = [one for one in tickets if one.state in ("done", "called")]
    waits = sorted(
        int((one.first_called_at - one.drawn_at).total_seconds() // 60) for one in served if one.first_called_at
    )
    left = sum(one.state == "left" for one in tickets)
    return {
        "drawn": len(tickets), "served": len(served), "left": left, "missed": len(tickets) - len(served) - left,
        "wait_median": round(median(waits)) if waits else None, "wait_longest": waits[-1] if waits else None,
    }  # fmt: skip
