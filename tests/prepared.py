"""What is made once in a run of tests, and used by all its processes.

Migrating a database, loading the lessons and building the demonstration cost about twenty seconds of processor. The
first process that needs the result makes it; the others wait for it and work on copies.
"""

import atexit
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.backing_services import create_database

FOLDER = "TEST_RUN_FOLDER"  # the environment variable that names the folder of this run
DATABASES = "databases.jsonl"  # databases on servers that others use too: server and name


def open_run() -> bool:
    """Make the folder of this run; False if an outer process has made it."""
    if FOLDER in os.environ:
        return False
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="test-run-")
    return True


def close_run() -> None:
    """Remove the folder of this run and the databases that were made for it."""
    folder = Path(os.environ.pop(FOLDER))
    with contextlib.suppress(FileNotFoundError):
        for line in (folder / DATABASES).read_text("utf-8").splitlines():
            server, made = json.loads(line)
            # A private server has ended with the process that started it, and its databases with it.
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server, autocommit=True) as admin:
                admin.execute(f"drop database if exists {made} with (force)")
    shutil.rmtree(folder, ignore_errors=True)


def name(what: str, server_url: str = "") -> str:
    """What `once` calls this: databases on different servers are different things."""
    return f"{what}-{hashlib.sha256(server_of(server_url).encode()).hexdigest()[:8]}" if server_url else what


def server_of(url: str) -> str:
    """The server of a database URL, by the database that every server has."""
    return urlsplit(url)._replace(path="/postgres").geturl()


def database(server_url: str) -> str:
    """The URL of a new empty database that ends with this run."""
    name, server = f"test_{uuid.uuid4().hex[:12]}", server_of(server_url)
    with (_folder() / DATABASES).open("a", encoding="utf-8") as file:
        file.write(json.dumps([server, name]) + "\n")
    create_database(server, name, durable=False)
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, filled by one process of this run."""
    folder = _folder() / name
    with _alone(folder.with_suffix(".lock")):
        if not folder.exists():
            fresh = folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)  # of a process that was ended while it filled it
            fresh.mkdir()
            make(fresh)
            fresh.rename(folder)
    return folder


def _folder() -> Path:
    if open_run():  # outside of pytest, as in benchmarks
        atexit.register(close_run)
    return Path(os.environ[FOLDER])


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the system frees it even when this process is killed
        yield
