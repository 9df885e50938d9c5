"""The content inside the encryption: a plain tar, so that standard tools can read it.

    begin.json                the time, the version, the migration, the row count of each table
    database/000000 …         the database in consecutive pieces: a PostgreSQL dump or a gzipped SQLite file
    media/<name>              files of users, under the names stored in the database
    state/<name>              state outside the database: tombstones, anchors
    end.json                  sizes and digests of all of it, and a mark that needs this site's key

No name from an archive is ever used as a path unchecked.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tutoring.backups.encryption import DAMAGED, MeasuredFile
from tutoring.backups.errors import BackupError
from tutoring.kernel import encryption

FORMAT = 1
PIECE = 4 << 20
STATE = ("tombstones.jsonl", "audit-anchors.jsonl")
_NAMES = re.compile(r"begin\.json|end\.json|database/\d{6,}|media/[0-9a-f]{32}|state/[a-z-]+\.jsonl")
_SMALL = 1 << 20  # no JSON file of this format is larger


@dataclass
class Sums:
    """Running totals of what is written to an archive or read from it."""

    database: Any = field(default_factory=hashlib.sha256)
    database_bytes: int = 0
    media: Any = field(default_factory=hashlib.sha256)
    media_files: int = 0
    media_bytes: int = 0
    state: dict[str, str] = field(default_factory=dict)

    def add_piece(self, data: bytes) -> None:
        self.database.update(data)
        self.database_bytes += len(data)

    def add_file(self, name: str, size: int, digest: str) -> None:
        self.media.update(f"{name} {size} {digest}\n".encode())
        self.media_files += 1
        self.media_bytes += size

    def told(self) -> dict[str, Any]:
        return {
            "database": {"bytes": self.database_bytes, "sha256": self.database.hexdigest()},
            "media": {"files": self.media_files, "bytes": self.media_bytes, "sha256": self.media.hexdigest()},
            "state": self.state,
        }


def mark_of(begin: dict[str, Any], told: dict[str, Any]) -> str:
    """Returns a mark that needs this site's FIELD_KEY: a public key alone proves no origin."""
    return encryption.blind_index(json.dumps([begin, told], sort_keys=True), "backup")


class ArchiveWriter:
    """Writes the entries of an archive one after the other."""

    def __init__(self, out: MeasuredFile, begin: dict[str, Any], moment: int) -> None:
        self._tar = tarfile.open(  # type: ignore[call-overload]  # noqa: SIM115
            None, "w|", fileobj=out, format=tarfile.USTAR_FORMAT
        )
        self._moment, self._begin = moment, begin
        self.sums = Sums()
        self._whole("begin.json", json.dumps(begin).encode())

    def database(self, pieces: Iterable[bytes]) -> None:
        for number, piece in enumerate(pieces):
            self.sums.add_piece(piece)
            self._whole(f"database/{number:06}", piece)

    def media(self, name: str, size: int, file: BinaryIO) -> None:
        """Adds a user's file; an open file stays complete even when it is deleted meanwhile."""
        read = MeasuredFile(file)
        self._tar.addfile(self._entry(f"media/{name}", size), read)
        self.sums.add_file(name, size, read.sha256)

    def state(self, name: str, data: bytes) -> None:
        self.sums.state[name] = hashlib.sha256(data).hexdigest()
        self._whole(f"state/{name}", data)

    def end(self) -> dict[str, Any]:
        told = self.sums.told()
        self._whole("end.json", json.dumps({**told, "mark": mark_of(self._begin, told)}).encode())
        self._tar.close()
        return told

    def _whole(self, name: str, data: bytes) -> None:
        self._tar.addfile(self._entry(name, len(data)), io.BytesIO(data))

    def _entry(self, name: str, size: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = size, self._moment, 0o600
        return entry


@dataclass(frozen=True)
class Entry:
    """One entry of an archive: its kind, its name there, and the open file."""

    kind: str
    name: str
    size: int
    file: BinaryIO

    def json(self) -> dict[str, Any]:
        if self.size > _SMALL:
            raise BackupError(DAMAGED)
        try:
            return dict(json.loads(self.file.read()))
        except ValueError as error:
            raise BackupError(DAMAGED) from error


def entries(plain: BinaryIO) -> Iterator[Entry]:
    """Yields the entries of an archive in order; rejects any unknown name or type."""
    try:
        with tarfile.open(mode="r|", fileobj=plain) as tar:
            for member in tar:
                if not member.isreg() or not _NAMES.fullmatch(member.name):
                    raise BackupError("The backup holds something that is not of this program.")
                kind, _slash, name = member.name.partition("/")
                opened = tar.extractfile(member)
                assert opened is not None
                yield Entry(kind, name, member.size, opened)  # type: ignore[arg-type]
                tar.members.clear()  # type: ignore[attr-defined]  # TarFile would keep every member in memory
    except tarfile.TarError as error:
        raise BackupError(DAMAGED) from error
    while plain.read(PIECE):
        pass  # reads the rest of the last block: only the end proves that the archive is complete
