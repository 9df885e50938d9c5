"""Tombstones of erased accounts, in the database and in a file beside it.

A restored backup contains erased accounts again; the tombstones let the site erase them anew. The file has one line of
JSON for each account, with its id, a blind index and a time, and is append-only. It is not restored with a backup of
the database. If it is lost with the server, only the tombstones in the restored database remain.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, encryption, services
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.privacy.models import Tombstone


@dataclass(frozen=True)
class TombstoneFile:
    """The file of an application's tombstones; every server process of a site needs the same one."""

    path: Path


def mark_of(user: User) -> str:
    """Returns the blind index of this account; a later account with the same id has another one."""
    return encryption.blind_index(f"{user.id} {user.created_at.isoformat(timespec='microseconds')}", "tombstone")


def raise_for(user: User) -> None:
    """Writes the tombstone inside the erasing command.

    It is written before the erasure, so every erased account has one.
    """
    mark, at = mark_of(user), clock.now()
    insert_if_absent(Tombstone, user_id=user.id, mark=mark, at=at)
    write(user.id, mark, at)


def write(user_id: int, mark: str, at: datetime) -> None:
    """Appends a line to the file, unless it is there."""
    if any(known == mark for _user_id, known in read()):
        return
    file = services.current(TombstoneFile).path
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"user": user_id, "mark": mark, "at": at.isoformat(timespec="seconds")}) + "\n"
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read() -> Iterator[tuple[int, str]]:
    """Yields the ids and blind indexes in the file.

    Skips a line that a power cut left incomplete.
    """
    file = services.current(TombstoneFile).path
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                one = json.loads(line)
                yield int(one["user"]), str(one["mark"])
            except (ValueError, KeyError, TypeError):
                continue


def reapply() -> int:
    """Erases restored accounts again, at every `flask prepare` and every night.

    Returns how many there were.
    """
    known = dict(read())
    found = 0
    for user_id, mark in sorted(known.items()):
        found += _again(user_id, mark)
    _complete(known)
    return found


@command
def _again(user_id: int, mark: str) -> int:
    user = db.session.get(User, user_id)
    if user is None or user.erased_at is not None or mark_of(user) != mark:
        return 0
    insert_if_absent(Tombstone, user_id=user_id, mark=mark, at=clock.now())
    audit.record(None, "erase_account_again", f"user:{user_id}")
    erase_account(user_id)
    return 1


def _complete(known: dict[int, str]) -> None:
    """Writes the lines that the file lacks from the table, for example after its loss."""
    for row in db.session.execute(
        sa.select(Tombstone.user_id, Tombstone.mark, Tombstone.at).order_by(Tombstone.at)
    ).all():
        if row.user_id not in known:
            write(row.user_id, row.mark, row.at)
