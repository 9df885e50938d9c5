"""The state of the site: checked at most once in ten seconds per process, with a timeout.

It holds counts and hours only: nothing about a person or an address, and nothing of use to an attacker.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from tutoring import VERSION as VERSION
from tutoring.kernel import clock, jobs, mail
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.notifications.channels.registry import CHANNELS
from tutoring.notifications.models import NoticeDelivery
from tutoring.privacy.retention_jobs import NIGHTLY
from tutoring.web import site_settings

log = logging.getLogger(__name__)

FRESH = 10.0  # seconds that a check stays valid
CHECK_TIMEOUT_SECONDS = 2.0  # seconds that a page waits for a check
SLOW = timedelta(seconds=0.5)  # for a few queries that take a millisecond each
LATE = timedelta(minutes=2)  # jobs that should have been done by then
FAILED_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Nightly:
    """The scheduled jobs: when the last ended, and how many due ones of today are not done."""

    last: datetime | None = None
    open: int = 0


@dataclass(frozen=True)
class SiteStatus:
    """The result of a check. `database` is answers, slow or gone.

    The other fields are unknown while it is gone.
    """

    at: datetime
    database: str
    took: timedelta = timedelta(0)
    late: timedelta = timedelta(0)
    waiting: int = 0
    failed: int = 0
    nightly: Nightly = Nightly()
    announcement: tuple[str, str] = ("", "")  # in Vietnamese and in English

    def said(self, language: str) -> str:
        """Returns the announcement of the site administrator in this language."""
        vietnamese, english = self.announcement
        return (language == "en" and english) or vietnamese

    @property
    def behind(self) -> bool:
        """Returns whether background jobs are late."""
        return self.late > LATE

    @property
    def well(self) -> bool:
        return self.database == "answers" and not self.behind and not self.failed and not self.nightly.open


class _Look:
    """Runs one check at a time; concurrent callers get the last result."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[float, SiteStatus] | None = None
        self._running: threading.Thread | None = None

    def forget(self) -> None:
        self._seen = None

    def standing(self, app: Flask) -> SiteStatus:
        with self._lock:
            if self._seen and time.monotonic() - self._seen[0] < FRESH:
                return self._seen[1]
            running = self._running
            begins = running is None or not running.is_alive()
            if running is None or begins:
                running = threading.Thread(target=self._run, args=(app,), name="status", daemon=True)
                running.start()
                self._running = running
        if begins:  # only the first caller waits, so that an outage cannot occupy all server threads
            running.join(CHECK_TIMEOUT_SECONDS)
        if self._seen and not running.is_alive():
            return self._seen[1]
        return replace(self._seen[1] if self._seen else SiteStatus(clock.now(), ""), at=clock.now(), database="slow")

    def _run(self, app: Flask) -> None:
        with app.app_context():
            try:
                found = _looked()
            except Exception as error:
                log.warning("status: the database does not answer: %s", type(error).__name__)
                # Keep the announcement: it may be about this very outage.
                said = self._seen[1].announcement if self._seen else ("", "")
                found = SiteStatus(clock.now(), "gone", announcement=said)
            finally:
                db.session.remove()
        self._seen = (time.monotonic(), found)


_look = _Look()
standing = _look.standing
forget = _look.forget


def channels() -> list[tuple[str, bool]]:
    """Returns each channel by name, and whether it is configured."""
    ready = {"mail": mail.ready(), **{name: channel.ready() for name, channel in CHANNELS.items()}}
    return [(name, ready.get(name, False)) for name in ("mail", "push", "sms")]


def _looked() -> SiteStatus:
    before, now = time.monotonic(), clock.now()
    db.session.execute(sa.text("SELECT 1"))
    open_work = sa.and_(Job.done_at.is_(None), Job.failed_at.is_(None))
    oldest = db.session.scalar(sa.select(sa.func.min(Job.run_at)).where(open_work, Job.run_at <= now))
    waits = sa.and_(NoticeDelivery.state == "waiting", NoticeDelivery.due_at <= now)
    waiting = db.session.scalar(sa.select(sa.func.count()).where(waits))
    # Only an exhausted day of retries counts; the site cannot fix an address that is gone.
    gave_up = sa.and_(NoticeDelivery.state == "failed", NoticeDelivery.why == "tries")
    failed = db.session.scalar(sa.select(sa.func.count()).where(gave_up, NoticeDelivery.ended_at > now - FAILED_WITHIN))
    nightly = _nightly(now)
    took = timedelta(seconds=time.monotonic() - before)
    late = now - oldest if oldest else timedelta(0)
    state = "slow" if took > SLOW else "answers"
    says = site_settings.ANNOUNCEMENT(), site_settings.ANNOUNCEMENT_EN()
    return SiteStatus(now, state, took, late, waiting or 0, failed or 0, nightly, says)


def _keys(day: date) -> list[str]:
    return [f"{kind}:{day}" for kind in (*jobs.daily_kinds(), NIGHTLY)]


def _nightly(now: datetime) -> Nightly:
    """Looks jobs up by key, so the cost does not depend on the number of jobs."""
    today = clock.local(now).date()
    rows = db.session.execute(
        sa.select(Job.run_at, Job.done_at).where(Job.key.in_([*_keys(today), *_keys(today - timedelta(days=1))]))
    ).all()
    undone = sum(1 for run_at, done_at in rows if done_at is None and run_at < now - LATE)
    return Nightly(max((done for _, done in rows if done), default=None), undone)
