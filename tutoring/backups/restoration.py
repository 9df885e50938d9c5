"""Restores a backup into an empty site, or over an existing one that is named explicitly.

All of the backup is read and checked against its digests before anything changes. A later failure is undone, and the
old data is back in place. After a power failure, a marker file stays that keeps servers from starting.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tutoring.backups import backup_folder, encryption, post_restore, reader, restore_marker
from tutoring.backups.errors import BackupError
from tutoring.backups.reader import BackupContent
from tutoring.backups.restore_marker import ASIDE, DONE, IN, READING
from tutoring.backups.restore_targets import Anchors, Database, Files, database_of
from tutoring.config import Settings
from tutoring.kernel import audit, audit_anchors
from tutoring.kernel.db import db
from tutoring.privacy import tombstones


@dataclass(frozen=True)
class RestoreResult:
    """The result of a restore."""

    begin: dict[str, Any]
    files: int
    migrated_to: str | None
    erased_again: int
    sign_ins_ended: int
    later_anchors: Path | None
    verdict: audit.Verdict
    held: audit_anchors.Held

    @property
    def chain_holds(self) -> bool:
        return self.verdict.broken_at is None and not self.held.faults


class _Restore:
    def __init__(self, settings: Settings, programs: Path | None) -> None:
        self._settings = settings
        self._database: Database = database_of(settings, programs)
        self._files, self._anchors = Files(settings.media), Anchors(settings.audit_anchors)
        self._targets = (self._database, self._files, self._anchors)

    def run(self, file: Path, key_file: Path, over: str | None, other_keys: bool) -> RestoreResult:
        told = backup_folder.check(file)
        key = encryption.identity(key_file)
        empty = self._database.empty() and self._files.empty()
        if not empty and over != self._database.name:
            raise BackupError(
                f"There is something there already: to have it replaced, say --over {self._database.name}."
            )
        _close_connections()
        self._database.check(int(told["tool"]) if told else 0)
        try:
            self._step(READING, file)
            self._files.begin()
            read = reader.through(file, key, self._database.kind, self._database.draft, self._files.draft)
            self._check(read, other_keys)
            self._step(ASIDE, file)
            for target in self._targets:
                target.set_aside()
            self._step(IN, file)
            self._database.fill(file, key)
            self._files.fill()
            if self._database.counts() != read.begin["tables"]:
                raise BackupError("The database that came out does not have the rows that the backup counted.")
            done = self._settle(read)
            self._step(DONE, file)
        except BaseException:
            self.undo()
            raise
        self.undo()
        return done

    def _check(self, read: BackupContent, other_keys: bool) -> None:
        post_restore.check_known(read.begin["head"])
        if not read.genuine and not other_keys:
            raise BackupError(
                "The backup was made with another FIELD_KEY, or not by this site: set the keys it was made with, or "
                "say --other-keys (then sealed values stay closed and nobody is erased again)."
            )

    def _settle(self, read: BackupContent) -> RestoreResult:
        begin = read.begin
        migrated = post_restore.run_migrations(begin["head"])
        post_restore.add_tombstones(self._settings.tombstones, read.state.get("tombstones.jsonl", b""))
        later = post_restore.settle_anchors(self._settings.audit_anchors, read.state.get("audit-anchors.jsonl", b""))
        verdict, held = audit_anchors.hold(self._settings.audit_anchors)
        ended = post_restore.end_sign_ins(made=begin["made"], rows=verdict.rows, head=verdict.head)
        again = tombstones.reapply()
        files = read.end["media"]["files"]
        _close_connections()
        return RestoreResult(begin, files, migrated, again, ended, later, verdict, held)

    def _step(self, step: str, file: Path) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        restore_marker.write(self._settings, {"step": step, "file": file.name, "at": now, "kind": self._database.kind})

    def undo(self) -> str | None:
        """Undoes an unfinished restore, or cleans up after a finished one; returns its step."""
        note = restore_marker.read(self._settings)
        if note is None:
            return None
        if note["kind"] != self._database.kind:
            raise BackupError(
                "The restore that was interrupted was into another database; set DATABASE_URL as it was then."
            )
        _close_connections()
        for target in self._targets:
            if note["step"] == DONE:
                target.throw_away()
            elif note["step"] == READING:
                if target is self._files:
                    target.throw_away()
                self._forget_draft()
            else:
                target.take_back(note["step"])
        restore_marker.remove(self._settings)
        return str(note["step"])

    def _forget_draft(self) -> None:
        if self._database.kind == "sqlite":
            self._database.draft.unlink(missing_ok=True)


def _close_connections() -> None:
    """Closes our own connections, which would block the restore."""
    db.session.remove()
    db.engine.dispose()


def restore(
    settings: Settings,
    file: Path,
    key_file: Path,
    over: str | None = None,
    other_keys: bool = False,
    programs: Path | None = None,
) -> RestoreResult:
    """Restores this backup; needs an app context.

    Raises BackupError with one sentence, and then leaves everything as it was.
    """
    if restore_marker.read(settings) is not None:
        raise BackupError("A restore was interrupted: run `flask restore --undo` first, to have what was there before.")
    return _Restore(settings, programs).run(file, key_file, over, other_keys)


def undo(settings: Settings) -> str | None:
    """Undoes an interrupted restore; needs an app context."""
    return _Restore(settings, None).undo()
