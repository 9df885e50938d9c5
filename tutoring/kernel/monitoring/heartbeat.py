"""The dead-man check: background jobs record a heartbeat once a minute.

The first beat after a gap publishes one event. While everything works, an outside address (`HEARTBEAT_URL`) is called
every five minutes. A monitor there raises its own alarm when the calls stop, because a dead site cannot report itself.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock, jobs, outbound_http, services
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import Model, db
from tutoring.kernel.events import publish
from tutoring.kernel.monitoring import outages

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=55)  # workers look each minute; a second more or less is no miss
GAP = timedelta(minutes=10)  # a longer gap: no alarm could have been sent meanwhile
CALLED = 5 * 60  # seconds between outside calls
LATE = timedelta(minutes=5)  # an alarm job that is overdue for so long: a beat alone does not prove that alarms work
CALL = "kernel.heartbeat"


@dataclass(frozen=True)
class OutsideMonitor:
    """The address that an application calls while everything works; empty means none."""

    url: str


class Heartbeat(Model):
    """One row: the last beat and the last gap."""

    __tablename__ = "heartbeat"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
    gap_since: Mapped[datetime | None]
    gap_until: Mapped[datetime | None]


@dataclass(frozen=True)
class BackgroundJobsStalled:
    """No background job ran between these moments."""

    since: datetime
    until: datetime


def beat() -> None:
    """Records the heartbeat; only a cheap read unless a minute has passed since any process did."""
    last = db.session.scalar(sa.select(Heartbeat.beat_at).where(Heartbeat.id == 1))
    db.session.rollback()
    if last is None or not _is_fresh(last):
        _beat()


def _is_fresh(last: datetime) -> bool:
    since = clock.now() - last
    return -jobs.SKEW < since < EVERY  # far ahead: the clock was set back


@command
def _beat() -> None:
    moment = clock.now()
    if not insert_if_absent(Heartbeat, id=1, beat_at=moment):
        row = db.session.get_one(Heartbeat, 1, with_for_update=True, populate_existing=True)
        if _is_fresh(row.beat_at):
            return  # another worker was faster and has published the event
        before, row.beat_at = row.beat_at, moment
        if moment - before > GAP:
            row.gap_since, row.gap_until = before, moment
            publish(BackgroundJobsStalled(before, moment))
    if services.current(OutsideMonitor).url:
        number = int(moment.timestamp()) // CALLED
        jobs.enqueue(CALL, f"heartbeat:{number}", moment, number=number)


def stood_still_at(moment: datetime) -> bool:
    """Whether the last gap includes this moment: operators have been notified of it."""
    row = db.session.get(Heartbeat, 1)
    return row is not None and row.gap_since is not None and row.gap_until is not None and (
        row.gap_since <= moment <= row.gap_until
    )  # fmt: skip


@jobs.external_job(CALL)
def _call(payload: dict[str, Any]) -> None:
    """Calls the outside monitor, unless something that alarms need is broken.

    A failed call is not retried; the next one follows in five minutes.
    """
    old = payload["number"] < int(clock.now().timestamp()) // CALLED
    why = "late" if old else _why_not()
    db.session.rollback()
    url = services.current(OutsideMonitor).url
    if why or not url:
        log.warning("heartbeat not called: %s", why)
        return
    try:
        answer = outbound_http.post(url, b"", {"Content-Type": "text/plain"})
        if not 200 <= answer.status < 300:
            log.warning("heartbeat: answered %s", answer.status)
    except Exception as error:  # any error; its message may hold the address
        log.warning("heartbeat: %s", type(error).__name__)


def _why_not() -> str:
    if outages.failing_channels():
        return "a way out fails"
    waits = (
        jobs.Job.done_at.is_(None), jobs.Job.failed_at.is_(None), jobs.Job.run_at < clock.now() - LATE,
        *jobs.of_lane(jobs.QUICK),
    )  # fmt: skip
    return "due work waits" if db.session.scalar(sa.select(jobs.Job.id).where(*waits).limit(1)) else ""
