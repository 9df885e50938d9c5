"""The nightly retention job: deletes expired data and continues unfinished erasures."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.erasure import forget_decided, forget_welfare
from tutoring.pairing.erasure import forget_requests
from tutoring.privacy import personal_columns, tombstones
from tutoring.privacy.data_inventory import DATA_INVENTORY
from tutoring.privacy.erasure_schedule import finish_all
from tutoring.privacy.inventory_entries import Entry
from tutoring.rooms.erasure.retention import forget_transcripts

NIGHTLY = "privacy.nightly"
AT = time(3, 40, tzinfo=clock.LOCAL)
AT_ONCE = 5_000  # rows in one transaction, so that no writer waits long
TRANSCRIPTS = REQUESTS = CASES = timedelta(days=180)


def tonight() -> None:
    """Enqueues the job of the next night, inside the running command."""
    at = datetime.combine(clock.today(), AT)
    if at <= clock.now():
        at += timedelta(days=1)
    jobs.enqueue(NIGHTLY, f"{NIGHTLY}:{clock.local(at):%Y-%m-%d}", at)


@command
def begin() -> None:
    """Enqueues the first night at `flask prepare`; each night enqueues the next."""
    tonight()


@jobs.long_job(NIGHTLY)  # outside any transaction: each part has its own, so that none blocks writers for long
def _night(_payload: dict[str, Any]) -> None:
    delete_expired_rows()
    finish_all()
    tombstones.reapply()
    begin()


def delete_expired_rows() -> None:
    """Deletes expired rows by the registry.

    Rooms, requests and cases are emptied by functions of their own features.
    """
    now = clock.now()
    for held in DATA_INVENTORY:
        if held.days is not None:
            while _by_rule(held, now - timedelta(days=held.days)) == AT_ONCE:
                pass
    while forget_transcripts(now - TRANSCRIPTS):
        pass
    while forget_requests(now - REQUESTS):
        pass
    forget_decided(now - CASES)
    forget_welfare(now)


@command
def _by_rule(held: Entry, before: datetime) -> int:
    """Deletes one batch of expired rows in its own transaction; returns the number of rows."""
    table = personal_columns.table(held.table)
    key = sa.tuple_(*table.primary_key.columns)
    old = sa.select(*table.primary_key.columns).where(table.columns[held.since] < before).limit(AT_ONCE)
    return db.session.connection().execute(sa.delete(table).where(key.in_(old))).rowcount
