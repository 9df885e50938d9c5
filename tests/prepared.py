"""What is made once in a run of tests, and used by all its processes.

Migrating a database, loading the lessons and building the demonstration cost about twenty seconds of processor. The
first process that needs the result makes it; the others wait for it and work on copies.
"""

import contextlib
import hashlib
import json
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests import run_folder
from tests.backing_services import create_database

DATABASES = "databases.jsonl"  # databases on servers that others use too: server and name


@run_folder.at_the_end
def _drop_databases(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        for line in (folder / DATABASES).read_text("utf-8").splitlines():
            server, made = json.loads(line)
            # A private server may have ended, and its databases with it.
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server, autocommit=True) as admin:
                admin.execute(f"drop database if exists {made} with (force)")


def name(what: str, server_url: str = "") -> str:
    """What `run_folder.once` calls this: databases on different servers are different things."""
    return f"{what}-{hashlib.sha256(server_of(server_url).encode()).hexdigest()[:8]}" if server_url else what


def server_of(url: str) -> str:
    """The server of a database URL, by the database that every server has."""
    return urlsplit(url)._replace(path="/postgres").geturl()


def database(server_url: str) -> str:
    """The URL of a new empty database that ends with this run."""
    name, server = f"test_{uuid.uuid4().hex[:12]}", server_of(server_url)
    with (run_folder.path() / DATABASES).open("a", encoding="utf-8") as file:
        file.write(json.dumps([server, name]) + "\n")
    create_database(server, name, durable=False)
    return urlsplit(server)._replace(path=f"/{name}").geturl()
