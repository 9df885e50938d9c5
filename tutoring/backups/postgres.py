"""Backup and restore with pg_dump and pg_restore: one snapshot, one transaction."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from tutoring.backups.archive import PIECE
from tutoring.backups.errors import BackupError

ASIDE = "before_restore"  # a schema that holds the replaced tables until a restore is done


@dataclass(frozen=True)
class Snapshot:
    """One moment of a database: its migration, the row count of each table, and its bytes."""

    kind: str
    head: str
    tables: dict[str, int]
    tool: int  # the PostgreSQL version of the program that has to read the dump
    pieces: Iterator[bytes]


def libpq(url: str) -> dict[str, Any]:
    """Converts an SQLAlchemy URL to libpq parameters."""
    return dict(conninfo.conninfo_to_dict(re.sub(r"^postgresql\+\w+://", "postgresql://", url)))


def name_of(url: str) -> str:
    """Returns the name of the database."""
    return str(libpq(url).get("dbname") or libpq(url).get("user") or "")


def connect(url: str) -> psycopg.Connection[Any]:
    """Opens a separate connection to the database itself; rejects one through a pooler."""
    try:
        made = psycopg.connect(**libpq(url), autocommit=True)
    except psycopg.Error as error:
        raise BackupError(f"PostgreSQL does not answer: {str(error).strip().splitlines()[0]}") from error
    row = made.execute("SELECT pg_backend_pid()").fetchone()
    if row is None or row[0] != made.info.backend_pid:  # a pooler reports process ids of its own
        made.close()
        raise BackupError("DATABASE_URL goes through a pooler: name the database itself in BACKUP_DATABASE_URL.")
    return made


def program(name: str, at_least: int, folder: Path | None) -> str:
    """Finds the oldest PostgreSQL program that is new enough.

    With `folder`, the search covers only that folder.
    """
    found = dict[int, str]()
    places = [str(folder / name)] if folder else [shutil.which(name), *map(str, _debian(name))]
    for path in places:
        version = _version(path) if path and os.access(path, os.X_OK) else None
        if version is not None and version >= at_least:
            found.setdefault(version, str(path))
    if not found:
        where = f" in {folder}" if folder else ""
        raise BackupError(
            f"{name} of PostgreSQL {at_least} or newer is not there{where} (Debian: postgresql-client-{at_least})."
        )
    return found[min(found)]


def _debian(name: str) -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))


def _version(path: str) -> int | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\) (\d+)", said)
    return int(match[1]) if match else None


def _called(path: str, url: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Builds the command line and its environment.

    The password goes into the environment, because process lists show the command line.
    """
    known = libpq(url)
    password = known.pop("password", None)
    env = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}
    return [path, *arguments, f"--dbname={conninfo.make_conninfo(**known)}"], env


def tables_of(connection: psycopg.Connection[Any]) -> list[str]:
    """Lists the tables of the site, without those that a restore set aside."""
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
    return [row[0] for row in rows]


def counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Returns the row count of each table."""
    found = {}
    for name in tables_of(connection):
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


@contextmanager
def snapshot(url: str, folder: Path | None) -> Iterator[Snapshot]:
    """Yields a consistent snapshot of the database while other sessions go on writing."""
    with connect(url) as connection:
        tool = connection.info.server_version // 10000
        path = program("pg_dump", tool, folder)
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if "alembic_version" not in tables_of(connection):
            raise BackupError("There is nothing to back up: the database is empty.")
        head = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        moment = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert head and moment
        how = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment[0]}")
        command = _called(path, url, *how, f"--exclude-schema={ASIDE}")

        def pieces() -> Iterator[bytes]:
            yield from _read(*command)
            connection.execute("COMMIT")  # the open snapshot must not block vacuum while files are copied

        yield Snapshot("postgresql", head[0], counts(connection), _version(path) or tool, pieces())


def _read(command: list[str], env: dict[str, str]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=said, env=env)
        assert running.stdout is not None
        try:
            while piece := running.stdout.read(PIECE):
                yield piece
            if running.wait():
                raise BackupError(f"pg_dump gave up: {_first_line(said)}")
        finally:
            running.stdout.close()
            if running.poll() is None:
                running.kill()
            running.wait()


def _first_line(said: Any) -> str:
    said.seek(0)
    lines = said.read(2000).decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "it said nothing"


def restore_dump(url: str, path: str, pieces: Iterable[bytes]) -> None:
    """Restores a dump into the database in one transaction: all of it or nothing."""
    how = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    command, env = _called(path, url, *how)
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=env)
        assert running.stdin is not None
        try:
            try:
                for piece in pieces:
                    running.stdin.write(piece)
                running.stdin.close()
            except BrokenPipeError:
                pass  # pg_restore's error is reported below
            if running.wait():
                raise BackupError(f"pg_restore gave up: {_first_line(said)}")
        finally:
            if running.poll() is None:  # its transaction ends with it
                running.kill()
            running.wait()


# ---- setting existing tables aside -------------------------------------------------------------------------------

_OBJECTS = """
    SELECT 'TABLE', c.oid::regclass::text FROM pg_class c
      WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT 'SEQUENCE', c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace
      AND c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
    UNION ALL
    SELECT 'FUNCTION', p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = %(schema)s::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def _objects(connection: psycopg.Connection[Any], schema: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(_OBJECTS, {"schema": schema})]


def _schema(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute("SELECT current_schema()").fetchone()
    if row is None or row[0] is None:
        raise BackupError("The database has no schema to restore into.")
    return str(row[0])


def has_aside(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT to_regnamespace(%s)", (ASIDE,)).fetchone() != (None,)


def set_aside(connection: psycopg.Connection[Any]) -> None:
    """Moves all tables to the schema of the replaced ones, in one transaction."""
    with connection.transaction():
        connection.execute(f"CREATE SCHEMA {ASIDE}")
        for kind, name in _objects(connection, _schema(connection)):
            connection.execute(f"ALTER {kind} {name} SET SCHEMA {ASIDE}")


def wipe(connection: psycopg.Connection[Any]) -> None:
    """Drops all tables of the site; those that were set aside stay."""
    with connection.transaction():
        for kind, name in _objects(connection, _schema(connection)):
            connection.execute(f"DROP {kind} IF EXISTS {name} CASCADE")


def restore_set_aside_tables(connection: psycopg.Connection[Any]) -> None:
    """Moves the tables that were set aside back, and drops the restored ones."""
    with connection.transaction():
        schema = sql.Identifier(_schema(connection))
        wipe(connection)
        for kind, name in _objects(connection, ASIDE):
            connection.execute(sql.SQL("ALTER {} {} SET SCHEMA {}").format(sql.SQL(kind), sql.SQL(name), schema))
        connection.execute(f"DROP SCHEMA {ASIDE}")


def drop_aside(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")


def others(connection: psycopg.Connection[Any], patience: float = 5.0) -> bool:
    """Returns whether other clients are connected to this database.

    The server takes a moment to notice a disconnect, also that of our own last connection.
    """
    until = time.monotonic() + patience
    while found := _others(connection):
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    return bool(found)


def _others(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchone()
    return int(row[0]) if row else 0
