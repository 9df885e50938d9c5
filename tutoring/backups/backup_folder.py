"""A folder of backups: file names, manifests, verification and retention."""

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from tutoring.backups import encryption
from tutoring.backups.archive import FORMAT
from tutoring.backups.errors import BackupError

_NAME = re.compile(r"cunghoc-(\d{8}T\d{6}Z)-[0-9a-f]{4}\.age")
_DRAFT = re.compile(r"new-cunghoc-[0-9a-f]{8}\.part")
LAST = "last-backup.json"
LAST_DRILL = "last-drill.json"


@dataclass(frozen=True)
class Backup:
    """A backup file with its manifest."""

    file: Path
    told: dict[str, Any]

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.told["made"])

    @property
    def site(self) -> str:
        return str(self.told["site"])


def new_name(moment: datetime) -> str:
    return f"cunghoc-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.age"


def manifest_of(file: Path) -> Path:
    return file.with_suffix(".json")


def read_manifest(file: Path) -> dict[str, Any] | None:
    """Reads the manifest of a backup; None when there is none.

    Raises BackupError when the file is no valid manifest of this backup.
    """
    beside = manifest_of(file)
    try:
        told = json.loads(beside.read_text("utf-8"))
        if told["format"] != FORMAT or told["file"] != file.name or not isinstance(told["sha256"], str):
            raise ValueError
        datetime.fromisoformat(told["made"])
        return dict(told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{beside.name} is no manifest of this backup.") from error


def backups(folder: Path) -> list[Backup]:
    """Lists backups that have a manifest and the size it states, oldest first."""
    found = []
    for file in folder.glob("cunghoc-*.age"):
        try:
            told = read_manifest(file) if _NAME.fullmatch(file.name) else None
        except BackupError:
            continue
        if told is not None and file.stat().st_size == told["size"]:
            found.append(Backup(file, told))
    return sorted(found, key=lambda one: (one.made, one.file.name))


def check(file: Path) -> dict[str, Any] | None:
    """Checks a backup against its manifest; raises BackupError on any mismatch."""
    told = read_manifest(file)
    encryption.header_length(file)
    if told is not None and (file.stat().st_size != told["size"] or encryption.digest_of(file) != told["sha256"]):
        raise BackupError(f"{file.name} is not what its manifest tells: it is damaged or cut short.")
    return told


def delete_old_backups(folder: Path, site: str, keep: timedelta, newest: Path, now: datetime) -> list[str]:
    """Deletes this site's backups that are older than `keep`, never the newest.

    Drafts older than a day are deleted too.
    """
    gone = []
    for one in backups(folder):
        if one.site == site and one.file != newest and one.made < now - keep:
            one.file.unlink(missing_ok=True)
            manifest_of(one.file).unlink(missing_ok=True)
            gone.append(one.file.name)
    for draft in folder.iterdir():
        if _DRAFT.fullmatch(draft.name) and draft.stat().st_mtime < (now - timedelta(days=1)).timestamp():
            draft.unlink(missing_ok=True)
    return gone


@contextmanager
def draft(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Opens a draft under a name that is never taken for a backup; removes it at the end."""
    path = folder / f"new-cunghoc-{secrets.token_hex(4)}.part"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)


def write_small(file: Path, told: dict[str, Any], mode: int = 0o644) -> None:
    """Writes a small JSON file atomically."""
    with draft(file.parent) as (path, opened):
        opened.write(json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
        os.chmod(path, mode)
        os.replace(path, file)
    settle(file.parent)


def settle(folder: Path) -> None:
    """Flushes the folder, so that new file names survive a power failure."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_LENGTHS = {"d": "days", "h": "hours", "w": "weeks"}


def length(text: str) -> timedelta:
    """Parses a duration such as 35d, 36h or 5w."""
    match = re.fullmatch(r"([1-9]\d{0,3})([dhw])", text)
    if not match:
        raise BackupError("--keep is a number with d, h or w behind it, such as 35d.")
    return timedelta(**{_LENGTHS[match[2]]: int(match[1])})
