"""Creates a backup: a database snapshot, then the files of users, in one encrypted file.

The snapshot comes first. A file is complete before the row that names it is written, so every file of the snapshot can
still be read. Exceptions are files that users have deleted since, which are meant to be gone.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tutoring import VERSION
from tutoring.backups import archive, backup_folder, encryption, media_files, postgres, site_key, sqlite
from tutoring.backups.archive import FORMAT
from tutoring.backups.errors import BackupError
from tutoring.config import Settings
from tutoring.kernel import encryption as kernel_encryption


@dataclass(frozen=True)
class CreatedBackup:
    """A complete backup, and the names of the older ones that were deleted."""

    file: Path
    told: dict[str, Any]
    gone: list[str]


def url_of(settings: Settings) -> str:
    """Returns the URL of the database itself, for sites that connect through a pooler."""
    return settings.backup_database_url or settings.database_url


def site_of(settings: Settings) -> str:
    """Returns an id of this installation's database that reveals neither its name nor host."""
    url = url_of(settings)
    if url.startswith("sqlite"):
        return kernel_encryption.blind_index(str(sqlite.path_of(url).resolve()), "site")[:16]
    known = postgres.libpq(url)
    return kernel_encryption.blind_index(f"{known.get('host')} {known.get('port')} {known.get('dbname')}", "site")[:16]


@contextmanager
def _snapshot(settings: Settings, programs: Path | None) -> Iterator[postgres.Snapshot]:
    url = url_of(settings)
    made = sqlite.snapshot(sqlite.path_of(url)) if url.startswith("sqlite") else postgres.snapshot(url, programs)
    with made as found:
        yield found


def make(settings: Settings, into: Path, keep: timedelta, programs: Path | None = None) -> CreatedBackup:
    """Writes one backup into a folder.

    Raises BackupError or the system's own error, and leaves nothing behind then.
    """
    to = encryption.recipient(site_key.recipient_before_upgrade(settings))
    if not into.is_dir():
        raise BackupError(f"There is no folder {into}.")
    if settings.media.resolve() in (into.resolve(), *into.resolve().parents):
        raise BackupError("Backups do not lie in the folder of people's files: the next one would hold the last.")
    _room(settings, into)
    site, moment = site_of(settings), datetime.now(UTC)
    file = into / backup_folder.new_name(moment)
    with backup_folder.draft(into) as (path, opened):
        told = {"file": file.name, "site": site, **_written(settings, to, opened, programs, moment)}
        opened.flush()
        os.fsync(opened.fileno())
        _verify(path, told)
        os.replace(path, file)
    backup_folder.settle(into)
    backup_folder.write_small(backup_folder.manifest_of(file), told)
    backup_folder.write_small(into / backup_folder.LAST, {"at": told["made"]})
    return CreatedBackup(file, told, backup_folder.delete_old_backups(into, site, keep, file, datetime.now(UTC)))


def _written(settings: Settings, to: Any, opened: Any, programs: Path | None, moment: datetime) -> dict[str, Any]:
    out = encryption.MeasuredFile(opened)
    with _snapshot(settings, programs) as snapshot:
        begin = {
            "format": FORMAT,
            "made": moment.isoformat(timespec="seconds"),
            "version": VERSION,
            "kind": snapshot.kind,
            "head": snapshot.head,
            "tool": snapshot.tool,
            "tables": snapshot.tables,
        }
        with encryption.encrypting(to, out) as plain:
            writing = archive.ArchiveWriter(plain, begin, int(moment.timestamp()))
            writing.database(snapshot.pieces)
            for name, size, file in media_files.walk(settings.media):
                writing.media(name, size, file)
            for name, path in zip(archive.STATE, (settings.tombstones, settings.audit_anchors), strict=True):
                writing.state(name, path.read_bytes() if path.exists() else b"")
            sums = writing.end()
    held = {key: sums["media"][key] for key in ("files", "bytes")}
    return {**begin, "database_bytes": sums["database"]["bytes"], "media": held, "plain": plain.bytes,
            "size": out.bytes, "sha256": out.sha256}  # fmt: skip


def _verify(path: Path, told: dict[str, Any]) -> None:
    """Verifies what can be verified without the private key.

    The disk holds all that was written, and its size matches the layout of age.
    """
    size = path.stat().st_size
    if size != told["size"] or size != encryption.encrypted_size(encryption.header_length(path), told["plain"]):
        raise BackupError("The backup was not written whole.")
    if encryption.digest_of(path) != told["sha256"]:
        raise BackupError("The disk does not give back what was written to it.")


def _room(settings: Settings, into: Path) -> None:
    """Raises BackupError before the start when the disk space does not suffice."""
    url, site = url_of(settings), site_of(settings)
    before = [one.told["size"] for one in backup_folder.backups(into) if one.site == site]
    needed = int(before[-1] * 1.1) if before else media_files.total(settings.media)
    if shutil.disk_usage(into).free < needed:
        raise BackupError("There is not enough space on the disk for another backup.")
    database = sqlite.path_of(url) if url.startswith("sqlite") else None
    if database and database.exists() and shutil.disk_usage(database.parent).free < database.stat().st_size:
        raise BackupError("There is not enough space on the disk for a copy of the database.")
