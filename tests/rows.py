"""Rows of the tests' databases, kept beside their tables and put back, and tables emptied.

It happens around every test, so a whole database takes one order: a script on SQLite, a function on PostgreSQL. Neither
asks keys or triggers, so no order of tables matters and the audit's rows go too.
"""

import sqlite3
from collections.abc import Iterable

import sqlalchemy as sa
from flask import Flask

from tutoring.kernel import audit
from tutoring.kernel.db import db

BANK = ("lesson", "lesson_path", "lesson_step", "skill", "quiz_question", "lesson_search", "lesson_synonym")
WORDS = "lesson_words"  # PostgreSQL's own table of the search, which a trigger fills


class Rows:
    """The tables of one application."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._raw = None if engine.dialect.name == "postgresql" else _beside(str(engine.url.database))
        self._orders: dict[str, str] = {}
        if self._raw is None:
            self._run("CREATE SCHEMA kept")
        self._means("empty", self._emptied([table for table in db.metadata.tables if table not in BANK]))

    def empty(self) -> None:
        """Nothing is left but the lesson bank."""
        self._does("empty")

    def has(self, name: str) -> bool:
        """Whether something is kept under this name."""
        return name in self._orders

    def keep(self, name: str, bank: bool = False) -> None:
        """Keep what stands in all tables but the bank's, or in those of the bank alone."""
        tables = [table for table in db.metadata.sorted_tables if (table.name in BANK) == bank]
        copies, back = [], self._emptied(BANK) if bank else []
        with self._engine.connect() as connection:
            for table in tables:
                if connection.execute(table.select().limit(1)).first() is None:
                    continue
                copy, columns = f'kept."{name}_{table.name}"', ", ".join(f'"{one.name}"' for one in table.columns)
                copies.append(f'CREATE TABLE {copy} AS SELECT * FROM "{table.name}"')
                back.append(f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {copy}')
                if self._raw is None and table.autoincrement_column is not None:
                    sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                    back.append(f"PERFORM setval({sequence}, (SELECT max(id) FROM {copy}))")
        if bank and self._raw is None:
            copies.append(f'CREATE TABLE kept."{name}_{WORDS}" AS SELECT * FROM {WORDS}')
            back.append(f'INSERT INTO {WORDS} SELECT * FROM kept."{name}_{WORDS}"')
        self._run(";\n".join(copies))
        self._means(name, back)

    def put_back(self, name: str) -> None:
        """What was kept stands there again; the tables must be empty, or be those of the bank."""
        self._does(name)

    def _emptied(self, names: Iterable[str]) -> list[str]:
        """The statements that empty these tables."""
        if self._raw is not None:
            deleted = [f'DELETE FROM "{name}"' for name in names]
            guards = [f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_row_no_update", "audit_row_no_delete")]
            return [*guards, *deleted, *audit.GUARDS["sqlite"]]
        # Row by row and only where there are any: TRUNCATE makes new files for every table, fifteen times as slow.
        found = [f"DELETE FROM {WORDS}"] if set(names) == set(BANK) else []
        for name in names:
            again = ""
            if db.metadata.tables[name].autoincrement_column is not None:
                again = f" PERFORM setval(pg_get_serial_sequence('\"{name}\"', 'id'), 1, false);"
            found.append(f'IF EXISTS (SELECT 1 FROM "{name}") THEN DELETE FROM "{name}";{again} END IF')
        return found

    def _means(self, name: str, statements: list[str]) -> None:
        lines = ";\n".join(statements)
        if self._raw is not None:
            self._orders[name] = f"BEGIN IMMEDIATE; {lines}; COMMIT"
            return
        self._run(
            f"CREATE FUNCTION kept.put_{name}() RETURNS void LANGUAGE plpgsql"
            # A column may be called `found`, which is a word of its own there.
            f" SET session_replication_role = replica AS $$\n#variable_conflict use_column\n"
            f"BEGIN {lines}; END $$"
        )
        self._orders[name] = f"SELECT kept.put_{name}()"

    def _does(self, name: str) -> None:
        if self._raw is None:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(self._orders[name])
            return
        with self._raw:  # takes back what failed
            self._raw.executescript(self._orders[name])

    def _run(self, script: str) -> None:
        """Several statements in one transaction."""
        if self._raw is not None:
            self._raw.executescript(script)
            return
        with self._engine.begin() as connection:
            connection.connection.cursor().execute(script)


def _beside(path: str) -> sqlite3.Connection:
    """A connection for tests alone, which holds no keys, with a second database `kept`."""
    raw = sqlite3.connect(path, timeout=10, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("ATTACH ? AS kept", [f"{path}-kept"])
    return raw


_rows: dict[Flask, Rows] = {}


def of(app: Flask) -> Rows:
    """Those of an application, within or without its context."""
    if app not in _rows:
        with app.app_context():
            _rows[app] = Rows(db.engine)
    return _rows[app]
