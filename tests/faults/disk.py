"""A disk that is full: a small one of its own, mounted for the test, or what a process may write at the most."""

import contextlib
import os
import re
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backing_services import _drop_root
from tests.faults.kills import held
from tests.faults.load_scenario import PATIENCE, Evening, on_postgres, on_sqlite
from tests.faults.oracle import Verdict
from tests.faults.slow import Visits
from tests.waiting import until

ASKED = 5  # times that each page is asked for while the disk is full


@contextlib.contextmanager
def small_disk(megabytes: int, owner: tuple[int, int] | None = None) -> Iterator[Path]:
    """A folder that is a file system of its own, of this size; without the right to mount one the test is left out."""
    with tempfile.TemporaryDirectory(prefix="disk-", dir="/tmp") as name:
        mounting = ("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", name)
        try:
            done = subprocess.run(mounting, capture_output=True)
        except FileNotFoundError:
            pytest.skip("there is no mount here")
        if done.returncode:
            pytest.skip("a file system cannot be mounted here, which needs root")
        try:
            if owner:
                os.chown(name, *owner)
            yield Path(name)
        finally:
            subprocess.run(("umount", "-l", name), check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill the disk to the last block but so many bytes; returns the file that does."""
    ballast = folder / "ballast"
    with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 14, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    space = os.statvfs(folder)
                    if space.f_bavail * space.f_frsize - size < leave:
                        break
                    file.write(b"\0" * size)
    return ballast


def full_under_sqlite(seconds: float = 0.0, messages: int = 150) -> Verdict:
    """The database, the pictures and the keys lie on a disk that is full until it is felt, and `seconds` longer."""
    with small_disk(64) as disk, on_sqlite(within=disk) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        return _full(evening, disk, seconds, messages, "full disk under SQLite")


def full_under_postgres(seconds: float, messages: int = 150) -> Verdict:
    """The database lies on a disk that is full for a while; whenever it ends, it is started again, as by systemd."""
    owner = _drop_root()
    with small_disk(160, (owner["user"], owner["group"])) as disk, on_postgres(within=disk) as evening:
        evening.come(rooms=3, members=4)
        evening.write()
        evening.more(messages)
        return _full(evening, disk, seconds, messages, "full disk under PostgreSQL")


def _full(evening: Evening, disk: Path, seconds: float, messages: int, what: str) -> Verdict:
    room = evening.pages[0].person.room
    visits = Visits(evening, 0, [f"/rooms/{room}", f"/rooms/{room}/messages?after=0", "/help", "/account"])
    with evening.broken(), evening.watched():
        _no_room_left_in_the_log(evening)
        ballast = fill(disk)
        visits.begin()
        before = sum(len(page.refused) for page in evening.pages)
        refusals = lambda: sum(len(page.refused) for page in evening.pages) - before  # noqa: E731
        until(lambda: refusals() and visits.each_had(ASKED), "posts are refused, and pages answered", PATIENCE)
        evening.lasts(seconds)
        refused = refusals()
        visits.end()
        ballast.unlink()
    with evening.watched():
        evening.more(messages)
    failed = sorted({re.sub(r"\d+", "N", path) for path, status, _took in visits.took if status >= 500})
    told = f"meanwhile {refused} posts refused, pages {visits.answered()}"
    found = held(evening, what, told + (f" (refused: {', '.join(failed)})" if failed else ""))
    assert failed == [], f"whoever only reads could not: {failed}"
    assert visits.unread == [], visits.unread
    return found


def _no_room_left_in_the_log(evening: Evening) -> None:
    """SQLite writes over the log that it has as long as that does: without one a full disk is felt at once."""
    if isinstance(evening.database, Path):
        with contextlib.closing(sqlite3.connect(evening.database, timeout=60)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
