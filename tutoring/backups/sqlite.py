"""SQLite: a snapshot while other connections write, and replacing the file."""

import gzip
import os
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tutoring.backups.archive import PIECE
from tutoring.backups.errors import BackupError
from tutoring.backups.postgres import Snapshot

BESIDE = ("", "-wal", "-shm", "-journal")
_LEVEL = 6


def path_of(url: str) -> Path:
    """Returns the path of the database file."""
    return Path(make_url(url).database or "")


def tables_of(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [row[0] for row in rows]


def counts(file: Path) -> dict[str, int]:
    """Returns the row count of each table."""
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables_of(connection)
        }


def whole(file: Path) -> bool:
    """Returns whether SQLite's own check passes."""
    with closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))


@contextmanager
def snapshot(file: Path) -> Iterator[Snapshot]:
    """Yields a consistent snapshot of the database.

    VACUUM INTO reads it in one transaction and blocks no writer. It leaves out the free pages, which may still hold
    erased data. The copy is in the folder of the database, so it is equally protected.
    """
    if not file.exists():
        raise BackupError("There is nothing to back up: there is no database.")
    _forget_copies(file)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.backup-")
    os.close(handle)
    copy = Path(name)
    try:
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        yield _told(copy)
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise BackupError("There is not enough space on the disk for a copy of the database.") from error
        raise BackupError(f"The database cannot be read: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database is damaged: {error}.") from error
    finally:
        remove(copy)


def _forget_copies(file: Path) -> None:
    """Deletes copies that are at least a day old, left by backups that were killed."""
    for left in file.parent.glob(f"{file.name}.backup-*"):
        if left.stat().st_mtime < time.time() - 24 * 3600:
            left.unlink(missing_ok=True)


def _told(copy: Path) -> Snapshot:
    with closing(sqlite3.connect(copy)) as connection:
        if "alembic_version" not in tables_of(connection):
            raise BackupError("There is nothing to back up: the database is empty.")
        head = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    if not whole(copy):
        raise BackupError("The database is damaged: SQLite's own check fails.")
    return Snapshot("sqlite", head, counts(copy), 0, _packed(copy))


def _packed(copy: Path) -> Iterator[bytes]:
    packer, held = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31), bytearray()
    with copy.open("rb") as file:
        while data := file.read(PIECE):
            held += packer.compress(data)
            while len(held) >= PIECE:
                yield bytes(held[:PIECE])
                del held[:PIECE]
    copy.unlink()
    held += packer.flush()
    for at in range(0, len(held), PIECE):
        yield bytes(held[at : at + PIECE])


def unpack(pieces: Iterable[bytes], draft: Path) -> None:
    """Unpacks the database from the pieces into a new file, flushed to the disk on return."""
    unpacker = zlib.decompressobj(31)
    try:
        with draft.open("xb") as file:
            os.chmod(draft, 0o600)
            for piece in pieces:
                while piece:
                    file.write(unpacker.decompress(piece, PIECE))
                    piece = unpacker.unconsumed_tail
            file.write(unpacker.flush())
            file.flush()
            os.fsync(file.fileno())
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BackupError("The database in the backup cannot be unpacked.") from error


def alone(file: Path) -> bool:
    """Returns whether no other process has the database open.

    Its write-ahead log is then merged into the file.
    """
    if not file.exists():
        return True
    with closing(sqlite3.connect(file, timeout=0.2, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            return True
        except sqlite3.OperationalError:
            return False


def empty(file: Path) -> bool:
    if not file.exists() or not file.stat().st_size:
        return True
    with closing(sqlite3.connect(file)) as connection:
        return not tables_of(connection)


def remove(file: Path) -> None:
    for more in BESIDE:
        file.with_name(file.name + more).unlink(missing_ok=True)


def move(file: Path, to: Path) -> None:
    """Renames a database together with its log files."""
    for more in reversed(BESIDE):
        beside = file.with_name(file.name + more)
        if beside.exists():
            os.replace(beside, to.with_name(to.name + more))
