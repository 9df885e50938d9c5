"""Rows of the tests' databases, kept beside their tables and put back, and tables emptied.

It happens around every test, so a whole database takes one order: a script on SQLite, a function on PostgreSQL. Neither
asks keys or triggers, so no order of tables matters and the audit's rows go too.
"""

import _sqlite3
import ctypes
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa
from flask import Flask

from tutoring.kernel import audit
from tutoring.kernel.db import db

BANK = ("lesson", "lesson_path", "lesson_step", "skill", "quiz_question", "lesson_search", "lesson_synonym")
WORDS = "lesson_words"  # PostgreSQL's own table of the search, which a trigger fills
# The tables in which SQLite keeps the index of the search, each with its key and the rest. A trigger that reads every
# lesson's text again takes ten times as long as to put these rows back.
INDEX = {
    f"{WORDS}_data": (("id",), ("block",)),
    f"{WORDS}_idx": (("segid", "term"), ("pgno",)),
    f"{WORDS}_docsize": (("id",), ("sz",)),
    f"{WORDS}_config": (("k",), ("v",)),
}
BY_COLUMN = "#variable_conflict use_column"  # a column may be called `found`, which is a word of PL/pgSQL
GUARDS = ("audit_row_no_update", "audit_row_no_delete")  # SQLite's, on the audit


class Rows:
    """The tables of one application."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._raw = None if engine.dialect.name == "postgresql" else _beside(str(engine.url.database))
        self._freely = None if self._raw is None else _free_of_triggers(str(engine.url.database))
        self._orders: dict[str, str] = {}
        self._back: dict[str, dict[str, list[str]]] = {}  # by the name of a copy and the table: how it is refilled
        if self._raw is None:
            self._run("CREATE SCHEMA IF NOT EXISTS kept")
        self._means("empty", self._emptied([table for table in db.metadata.tables if table not in BANK]))

    def empty(self) -> None:
        """Nothing is left but the lesson bank."""
        if self._freely is None:
            self._does("empty")
        else:
            self._freely.does(self._orders["empty"])
            self._guard_again()

    def _guard_again(self) -> None:
        """Make the audit's triggers anew if a test has dropped them."""
        assert self._raw is not None
        asked = f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN {GUARDS}"
        if self._raw.execute(asked).fetchone()[0] < len(GUARDS):
            self._raw.executescript(";".join([*self._dropped(), *audit.GUARDS["sqlite"]]))

    def _dropped(self) -> list[str]:
        return [f"DROP TRIGGER IF EXISTS {name}" for name in GUARDS]

    def close(self) -> None:
        """Close the connections of its own; on SQLite all is in the files then, and none in a log beside them."""
        if self._freely is not None:
            self._freely.close()
        if self._raw is not None:
            for schema in ("main", "kept"):
                self._raw.execute(f"PRAGMA {schema}.wal_checkpoint(TRUNCATE)")
            self._raw.close()

    def keep(self, name: str, bank: bool = False) -> None:
        """Keep what stands in all tables but the bank's, or in those of the bank alone."""
        copies = []
        with self._engine.connect() as connection:
            for table in self._tables(bank):
                if connection.execute(table.select().limit(1)).first() is not None:
                    copies.append(f'CREATE TABLE kept."{name}_{table.name}" AS SELECT * FROM "{table.name}"')
        if bank and self._raw is None:
            copies.append(f'CREATE TABLE kept."{name}_{WORDS}" AS SELECT * FROM {WORDS}')
        elif bank:
            copies += [f'CREATE TABLE kept."{name}_{one}" AS SELECT * FROM {one}' for one in INDEX]
            copies += [
                f'CREATE UNIQUE INDEX IF NOT EXISTS kept."{name}_{one}_key" ON "{name}_{one}" ({", ".join(key)})'
                for one, (key, _rest) in self._keyed().items()
                if any(f'"{name}_{one}"' in copy for copy in copies)
            ]
        self._run(";\n".join(copies))
        self.find_kept(name, bank)

    def find_kept(self, name: str, bank: bool = False) -> None:
        """Take over what was kept under this name in the database that this one is a copy of."""
        copies = self._copies()
        if bank and self._freely is not None:
            self._means(
                name, [line for one, keyed in self._keyed().items() for line in self._as_kept(name, one, keyed, copies)]
            )
            return
        self._back[name] = {
            one.name: self._refilled(name, one) for one in self._tables(bank) if _copy(name, one) in copies
        }
        back = self._emptied(BANK) if bank else []
        back += [line for lines in self._back[name].values() for line in lines]
        if f"{name}_{WORDS}" in copies:
            back.append(f'INSERT INTO {WORDS} SELECT * FROM kept."{name}_{WORDS}"')
        self._means(name, back)

    def _refilled(self, name: str, table: sa.Table) -> list[str]:
        copy, columns = f'kept."{_copy(name, table)}"', ", ".join(f'"{one.name}"' for one in table.columns)
        back = [f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {copy}']
        if self._raw is None and table.autoincrement_column is not None:
            sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
            back.append(f"PERFORM setval({sequence}, (SELECT max(id) FROM {copy}))")
        return back

    def _tables(self, bank: bool) -> list[sa.Table]:
        return [table for table in db.metadata.sorted_tables if (table.name in BANK) == bank]

    def _keyed(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """The key and the other columns of the bank's tables on SQLite."""
        tables = {one.name: [one.primary_key.columns.keys(), one.columns.keys()] for one in self._tables(bank=True)}
        return {
            name: (tuple(key), tuple(column for column in columns if column not in key))
            for name, (key, columns) in tables.items()
        } | INDEX

    def _as_kept(
        self, name: str, table: str, keyed: tuple[tuple[str, ...], tuple[str, ...]], copies: set[str]
    ) -> list[str]:
        """What makes a table of the bank what was kept. Rows that are the same stay: most are, and have long texts."""
        if f"{name}_{table}" not in copies:
            return [f'DELETE FROM "{table}" WHERE true']
        copy, (key, rest) = f'kept."{name}_{table}"', keyed

        def alike(columns: Iterable[str]) -> str:
            return " AND ".join(f'one."{column}" IS other."{column}"' for column in columns)

        columns = ", ".join(f'"{column}"' for column in (*key, *rest))
        same = f"SELECT 1 FROM {copy} AS other WHERE {alike((*key, *rest))}"
        there = f'SELECT 1 FROM "{table}" AS other WHERE {alike(key)}'
        return [
            f'DELETE FROM "{table}" AS one WHERE NOT EXISTS ({same})',
            f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {copy} AS one WHERE NOT EXISTS ({there})',
        ]

    def _copies(self) -> set[str]:
        if self._raw is not None:
            return {str(name) for (name,) in self._raw.execute("SELECT name FROM kept.sqlite_master")}
        with self._engine.connect() as connection:
            return set(sa.inspect(connection).get_table_names(schema="kept"))

    def put_back(self, name: str) -> None:
        """What was kept stands there again; the tables must be empty, or be those of the bank."""
        self._does(name)

    def put_back_some(self, name: str, tables: Iterable[str]) -> None:
        """Refills these tables, except those of the bank, from the copy under this name."""
        some = sorted(set(tables) - set(BANK))
        if not some:
            return
        lines = [*self._emptied(some), *(line for one in some for line in self._back[name].get(one, []))]
        script = ";\n".join(lines)
        if self._raw is None:
            self._run(f"SET LOCAL session_replication_role = replica; DO $$\n{BY_COLUMN}\nBEGIN {script}; END $$")
        elif self._freely is not None:
            self._freely.does(f"BEGIN IMMEDIATE; {script}; COMMIT")
        else:
            with self._raw:
                self._raw.executescript(f"BEGIN IMMEDIATE; {script}; COMMIT")

    def changed(self, name: str) -> list[str]:
        """Returns the tables, except those of the bank, that differ from the copy under this name."""
        copies, found = self._copies(), []
        for table in self._tables(bank=False):
            columns = ", ".join(f'"{one.name}"' for one in table.columns)
            now, copied = Counter(self._read(f'SELECT {columns} FROM "{table.name}"')), Counter[str]()
            if _copy(name, table) in copies:
                copied = Counter(self._read(f'SELECT {columns} FROM kept."{_copy(name, table)}"'))
            if now != copied:
                found.append(table.name)
        return found

    def _read(self, query: str) -> list[str]:
        if self._raw is not None:
            return [repr(tuple(row)) for row in self._raw.execute(query)]
        with self._engine.connect() as connection:
            return [repr(tuple(row)) for row in connection.exec_driver_sql(query)]

    def _emptied(self, names: Iterable[str]) -> list[str]:
        """The statements that empty these tables."""
        if self._raw is not None:
            names = list(names)
            # By its condition row by row: without one SQLite writes anew every table and index, also the empty ones, of
            # together 2 MB.
            deleted = [f'DELETE FROM "{name}" WHERE true' for name in names]
            if self._freely is not None and set(names) != set(BANK):
                return deleted
            return [*self._dropped(), *deleted, *audit.GUARDS["sqlite"]]
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
            f"CREATE OR REPLACE FUNCTION kept.put_{name}() RETURNS void LANGUAGE plpgsql"
            f" SET session_replication_role = replica AS $$\n{BY_COLUMN}\n"
            f"BEGIN {lines}; END $$"
        )
        self._orders[name] = f"SELECT kept.put_{name}()"

    def _does(self, name: str) -> None:
        if self._raw is None:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(self._orders[name])
            return
        if self._freely is not None:
            self._freely.does(self._orders[name])
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


def _copy(name: str, table: sa.Table) -> str:
    """Returns the name of the copy of a table in the schema `kept`."""
    return f"{name}_{table.name}"


def _beside(path: str) -> sqlite3.Connection:
    """A connection for tests alone, which holds no keys, with a second database `kept`."""
    raw = sqlite3.connect(path, timeout=10, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("ATTACH ? AS kept", [f"{path}-kept"])
    return raw


class _Free:
    """A connection of SQLite's own, on which no trigger runs.

    To drop the audit's triggers and make them again changes the schema, which then every connection of the application
    reads anew: 3 ms for each of them after each test. Before Python 3.12 the module cannot turn triggers off.
    """

    def __init__(self, library: ctypes.CDLL, path: str) -> None:
        self._library, self._handle = library, ctypes.c_void_p()
        library.sqlite3_errmsg.restype = ctypes.c_char_p
        self._asked(library.sqlite3_open(path.encode(), ctypes.byref(self._handle)))
        self._asked(library.sqlite3_busy_timeout(self._handle, 10_000))
        enable_trigger, off = 1003, 0  # SQLITE_DBCONFIG_ENABLE_TRIGGER
        self._asked(library.sqlite3_db_config(self._handle, enable_trigger, off, None))
        self.does(f"PRAGMA synchronous=OFF; ATTACH '{path}-kept' AS kept")

    def does(self, script: str) -> None:
        """The statements of a script; what failed is taken back."""
        try:
            self._asked(self._library.sqlite3_exec(self._handle, script.encode(), None, None, None))
        except sqlite3.OperationalError:
            self._library.sqlite3_exec(self._handle, b"ROLLBACK", None, None, None)
            raise

    def close(self) -> None:
        self._asked(self._library.sqlite3_close(self._handle))

    def _asked(self, status: int) -> None:
        if status:
            raise sqlite3.OperationalError(self._library.sqlite3_errmsg(self._handle).decode())


def _free_of_triggers(path: str) -> _Free | None:
    """None where it is not known how: Python's module must let its library be reached, as it does on Linux."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(_sqlite3.__file__)  # the same library: locks of another would not be seen by this one
    return _Free(library, path) if hasattr(library, "sqlite3_db_config") else None


_rows: dict[Flask, Rows] = {}


def of(app: Flask) -> Rows:
    """Those of an application, within or without its context."""
    if app not in _rows:
        with app.app_context():
            _rows[app] = Rows(db.engine)
    return _rows[app]


def close(app: Flask) -> None:
    """Give up the connections that the tests hold beside the application's."""
    _rows.pop(app).close()
