"""The folder of one run of tests: what its processes share, each thing made by the first that needs it."""

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = "TEST_RUN_FOLDER"  # the environment variable that names the folder of this run
_at_the_end: list[Callable[[Path], None]] = []


def open_run() -> bool:
    """Make the folder of this run; False if an outer process has made it."""
    if FOLDER in os.environ:
        return False
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="test-run-")
    return True


def at_the_end(clear: Callable[[Path], None]) -> Callable[[Path], None]:
    """Have this called with the folder before a run removes it; the last that was named is called first."""
    _at_the_end.append(clear)
    return clear


def close_run() -> None:
    """Remove the folder of this run, and what was made for it elsewhere."""
    folder = Path(os.environ.pop(FOLDER))
    for clear in reversed(_at_the_end):
        clear(folder)
    shutil.rmtree(folder, ignore_errors=True)


def path() -> Path:
    if open_run():  # outside of pytest, as in benchmarks
        atexit.register(close_run)
    return Path(os.environ[FOLDER])


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, filled by one process of this run."""
    folder = path() / name
    with _alone(folder.with_suffix(".lock")):
        if not folder.exists():
            fresh = folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)  # of a process that was ended while it filled it
            fresh.mkdir()
            make(fresh)
            fresh.rename(folder)
    return folder


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the system frees it even when this process is killed
        yield
