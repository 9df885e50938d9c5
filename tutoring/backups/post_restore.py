"""Steps that a freshly restored database needs before the site serves it."""

import json
import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask_migrate import upgrade

from tutoring.accounts.models import LiveSocket, SignIn
from tutoring.api.tokens.commands import end_all_tokens
from tutoring.backups.errors import BackupError
from tutoring.config import ROOT
from tutoring.kernel import audit, audit_anchors, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.webhooks.commands import end_all_webhooks

MIGRATIONS = str(ROOT / "migrations")


def newest() -> str:
    """Returns the migration that this code needs."""
    return str(ScriptDirectory(MIGRATIONS).get_current_head())


def check_known(head: str) -> None:
    """Rejects a database that a newer version of the program has migrated."""
    try:
        ScriptDirectory(MIGRATIONS).get_revision(head)
    except CommandError as error:
        raise BackupError(
            f"The backup stands at migration {head}, which this version does not have: install a newer one."
        ) from error


def run_migrations(head: str) -> str | None:
    """Runs missing migrations; returns the newest if any ran."""
    if head == newest():
        return None
    upgrade(directory=MIGRATIONS)
    return newest()


@command
def end_sign_ins(**facts: Any) -> int:
    """Ends all sign-ins, tokens and webhooks, and records the restore; returns how many sign-ins.

    Some of those restored were ended after the backup: by users who lost a phone or a token, or by staff who suspended
    a user. A restore is a privileged action, so the audit chain records it.
    """
    open_ones = sa.update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    ended = db.session.execute(open_ones).rowcount  # type: ignore[attr-defined]
    db.session.execute(sa.delete(LiveSocket))
    end_all_tokens()
    end_all_webhooks()
    audit.record(None, "restore_backup", "site", **facts)
    return int(ended)


def settle_anchors(file: Path, told: bytes) -> Path | None:
    """Merges the anchors of the backup with those of this server.

    Anchors later than the restored chain go into a separate file, whose path is returned: they show how much was lost.
    """
    here = file.read_text("utf-8", "replace").splitlines() if file.exists() else []
    lines = list(dict.fromkeys([*told.decode("utf-8", "replace").splitlines(), *here]))
    found = {line: one for line in lines if (one := _anchor(line))}
    verdict = audit.verify({one.count for one in found.values()})
    if verdict.broken_at is not None:  # which anchors would fit is unknown; `flask audit verify` reports the break
        return None
    fit = [line for line, one in found.items() if _fits(one, verdict)]
    fit.sort(key=lambda line: (found[line].count, found[line].date))
    _write(file, fit)
    lost = [line for line in lines if line.strip() and line not in fit]
    if not lost:
        return None
    beside = file.with_name(f"{file.stem}-later-than-restore-{clock.now():%Y%m%dT%H%M%SZ}.jsonl")
    _write(beside, lost)
    return beside


def _anchor(line: str) -> audit_anchors.Anchor | None:
    try:
        one = audit_anchors.Anchor(**json.loads(line))
        return one if isinstance(one.count, int) and isinstance(one.date, str) and isinstance(one.head, str) else None
    except (ValueError, TypeError):
        return None


def _fits(one: audit_anchors.Anchor, verdict: audit.Verdict) -> bool:
    return one.count <= verdict.rows and (one.count == 0 or verdict.seals.get(one.count) == one.head)


def _write(file: Path, lines: list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.writelines(line + "\n" for line in lines)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(draft, file)


def add_tombstones(file: Path, told: bytes) -> None:
    """Appends tombstones that this server's file lacks; never removes one."""
    here = set(file.read_bytes().splitlines()) if file.exists() else set()
    more = [line for line in told.splitlines() if line.strip() and line not in here]
    if not more:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as opened:
        opened.write(b"".join(line + b"\n" for line in more))
        opened.flush()
        os.fsync(opened.fileno())
