"""Reads a whole backup into drafts beside the live data; nothing is trusted before its end."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutoring.backups import archive, encryption, media_files, sqlite
from tutoring.backups.archive import Entry
from tutoring.backups.encryption import DAMAGED
from tutoring.backups.errors import BackupError


@dataclass(frozen=True)
class BackupContent:
    """The content of a backup: its own description, and the small state files."""

    begin: dict[str, Any]
    end: dict[str, Any]
    state: dict[str, bytes]
    genuine: bool  # made by a site with this FIELD_KEY


class _Through:
    def __init__(self, entries: Iterator[Entry], files: Path) -> None:
        self._entries, self._files = entries, files
        self.sums, self.state, self.end = archive.Sums(), dict[str, bytes](), dict[str, Any]()
        first = next(self._entries, None)
        if first is None or first.kind != "begin.json":
            raise BackupError(DAMAGED)
        self.begin = first.json()
        if self.begin.get("format") != archive.FORMAT:
            raise BackupError("The backup was made by a newer version of this program: install that first.")
        self._next: Entry | None = None

    def pieces(self) -> Iterator[bytes]:
        """Yields the pieces of the database; the entry behind them waits for `rest`."""
        for entry in self._entries:
            if entry.kind != "database":
                self._next = entry
                return
            if entry.size > archive.PIECE:
                raise BackupError(DAMAGED)
            piece = entry.file.read()
            self.sums.add_piece(piece)
            yield piece

    def rest(self) -> None:
        while self._next is not None:
            self._take(self._next)
            self._next = next(self._entries, None)

    def _take(self, entry: Entry) -> None:
        if self.end:
            raise BackupError(DAMAGED)
        if entry.kind == "media":
            self._keep(entry)
        elif entry.kind == "state":
            data = entry.file.read()
            self.state[entry.name] = data
            self.sums.state[entry.name] = hashlib.sha256(data).hexdigest()
        elif entry.kind == "end.json":
            self.end = entry.json()
        else:
            raise BackupError(DAMAGED)

    def _keep(self, entry: Entry) -> None:
        place = media_files.place(self._files, entry.name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        read = encryption.MeasuredFile(entry.file)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while data := read.read(1 << 16):
                file.write(data)
        self.sums.add_file(entry.name, read.bytes, read.sha256)


def through(file: Path, key: Any, kind: str, database: Path, files: Path) -> BackupContent:
    """Reads a whole backup: files into a folder, SQLite's database into a file.

    Raises BackupError unless every digest and count matches.
    """
    with file.open("rb") as opened, encryption.decrypting(opened, key) as plain:
        reading = _Through(archive.entries(plain), files)
        if reading.begin["kind"] != kind:
            names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
            raise BackupError(f"The backup is of {names.get(reading.begin['kind'])}; this site runs on {names[kind]}.")
        if kind == "sqlite":
            sqlite.unpack(reading.pieces(), database)
        else:
            for _piece in reading.pieces():
                pass
        reading.rest()
    told = reading.sums.told()
    if {key: reading.end.get(key) for key in told} != told:
        raise BackupError(DAMAGED)
    genuine = reading.end.get("mark") == archive.mark_of(reading.begin, told)
    return BackupContent(reading.begin, reading.end, reading.state, genuine)


def database_pieces(file: Path, key: Any) -> Iterator[bytes]:
    """Yields the database alone, of a backup that was verified before."""
    with file.open("rb") as opened, encryption.decrypting(opened, key) as plain:
        for entry in archive.entries(plain):
            if entry.kind == "database":
                yield entry.file.read()
            elif entry.kind != "begin.json":
                return
