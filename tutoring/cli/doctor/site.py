"""Checks of the site: content, workers, demonstration accounts, audit chain, backups."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.accounts.models import User
from tutoring.backups.models import BackupKey
from tutoring.cli.doctor.findings import Finding, fault, ok, warning
from tutoring.config import Settings
from tutoring.kernel import audit, audit_anchors, clock, failed_jobs
from tutoring.kernel.jobs import GIVEN_UP, Job
from tutoring.lessons.catalogue.models import Lesson

LATE, VERY_LATE = timedelta(minutes=2), timedelta(minutes=10)
LAST_ROWS = 2_000  # the number of newest audit rows that are checked; `flask audit verify` checks all
BACKUP, OLD_BACKUP = timedelta(hours=26), timedelta(days=3)
DRILL = timedelta(days=45)


def content(connection: Connection, folder: Path) -> Iterator[Finding]:
    """Checks whether lessons are loaded."""
    if not folder.is_dir():
        yield fault("content", f"{folder} is not there", "Set CONTENT to the folder content/ of the release.")
    count = connection.scalar(sa.select(sa.func.count()).select_from(Lesson.__table__)) or 0
    if count:
        yield ok("content", f"{count} lessons are loaded")
    else:
        yield fault("content", "no lesson is loaded", "Run `flask prepare`, or `flask content load`.")


def workers(connection: Connection) -> Iterator[Finding]:
    """Checks whether workers run the background jobs in time, and whether jobs failed for good."""
    open_work = (Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= clock.now())
    oldest = connection.scalar(sa.select(Job.run_at).where(*open_work).order_by(Job.run_at).limit(1))
    late = clock.now() - oldest if oldest else timedelta(0)
    if late > LATE:
        says = f"work that was due {_length(late)} ago is not done"
        mend = 'Start a server process without JOBS=0, or `flask work`, and look for "due work" in its log.'
        yield (fault if late > VERY_LATE else warning)("workers", says, mend)
    else:
        yield ok("workers", "no due work is late")
    some = sa.select(Job.id).where(sa.text(GIVEN_UP)).limit(failed_jobs.MOST_AT_ONCE).subquery()
    if failed := connection.scalar(sa.select(sa.func.count()).select_from(some)):
        yield warning(
            "failed work",
            f"{failed} pieces of work were given up",
            "See Administration, work that failed: mend the reason, then let them be tried again.",
        )


def demo(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Checks for demonstration accounts.

    Every holder of SECRET_KEY can compute their passphrases.
    """
    found = connection.scalar(sa.select(User.id).where(User.demo).limit(1)) is not None
    if found and (settings.production or not settings.loopback):
        yield fault(
            "demonstration",
            "demonstration accounts exist where others can reach them, so the site does not start",
            "Begin with an empty database and `flask prepare` under APP_ENV=production.",
        )
    else:
        yield ok("demonstration", "on one's own computer" if found else "no demonstration accounts")


def backup_key(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Checks whether a site that runs for real has a key to which backups are encrypted."""
    kept = sa.select(BackupKey.id).where(BackupKey.confirmed_at.is_not(None))
    if settings.production and not settings.backup_recipient and connection.scalar(kept) is None:
        yield warning(
            "backups",
            "there is no key for backups, so there are no backups",
            "Make one in the set-up of the site, or set BACKUP_RECIPIENT, and run `flask backup` every day.",
        )


def chain(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Checks the end of the audit chain and its anchors outside the database."""
    key = audit.AuditKey(settings.audit_key)
    broken = audit.broken_lately(connection, LAST_ROWS, key)
    if broken is not None:
        yield fault(
            "audit chain",
            f"row {broken} does not fit the one before",
            "Run `flask audit verify`, keep everything as it is, and find out who changed it; or correct AUDIT_KEY.",
        )
        return
    written = [one for one in audit_anchors.read(settings.audit_anchors)[0] if one.is_genuine(key)]
    rows = connection.scalar(sa.select(sa.func.max(audit.AuditRow.id))) or 0
    newest = max(written, key=lambda one: one.date, default=None)
    if newest is not None and newest.count > rows:
        yield fault(
            "audit chain",
            f"it has {rows} rows, and had {newest.count} on {newest.date}",
            "Run `flask audit verify`; rows are missing, unless a backup has just been restored.",
        )
    elif rows and (newest is None or date.fromisoformat(newest.date) < clock.today() - timedelta(days=1)):
        yield warning(
            "audit chain",
            "its head was not written down since the day before yesterday",
            "See that workers run and that AUDIT_ANCHORS can be written to.",
        )
    else:
        yield ok("audit chain", f"the last {min(rows, LAST_ROWS)} of {rows} rows hold")


def backups(folder: Path) -> Iterator[Finding]:
    """Checks the age of the newest backup and of the last restore drill."""
    yield _aged(
        "backup",
        folder / "last-backup.json",
        BACKUP,
        OLD_BACKUP,
        "Run `flask backup` now, and every night from then on.",
    )
    yield _aged(
        "restore drill", folder / "last-drill.json", DRILL, None, "Run `flask restore` as a drill: docs/backup.md."
    )


def _aged(name: str, file: Path, most: timedelta, far: timedelta | None, mend: str) -> Finding:
    try:
        at = datetime.fromisoformat(json.loads(file.read_text("utf-8"))["at"])
        age = datetime.now(UTC) - (at if at.tzinfo else at.replace(tzinfo=UTC))
    except FileNotFoundError:
        return (fault if far else warning)(name, f"{file} is not there: there was none yet", mend)
    except (OSError, ValueError, KeyError, TypeError):
        return fault(name, f"{file} cannot be read", mend)
    if age <= most:
        return ok(name, f"{_length(age)} ago")
    return (fault if far and age > far else warning)(name, f"the last one is {_length(age)} old", mend)


def _length(age: timedelta) -> str:
    if age < timedelta(hours=2):
        return f"{age // timedelta(minutes=1)} minutes"
    return f"{age // timedelta(hours=1)} hours" if age < timedelta(days=2) else f"{age.days} days"
