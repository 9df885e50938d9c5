"""Precompiled statements for hot queries, where SQLAlchemy's own overhead dominates.

They are written in SQLAlchemy and run in the session's transaction. They are compiled once, pass parameters to the
driver unchanged and return plain named tuples. Event listeners still see them: time limits, slow-query logging and the
query counts of tests.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Connection

from tutoring.kernel.db import UtcDateTime

Make = Callable[[bool], Any]
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # unescaped: Vietnamese text is half as long


class PrecompiledStatement:
    """A statement for the current database; `make` gets whether that is SQLite."""

    def __init__(self, make: Make) -> None:
        self.made = make
        self._compiled: dict[bool, _Compiled] = {}

    def __call__(self, connection: Connection, **values: Any) -> list[Any]:
        """Runs it on the session's connection and returns its rows; raises SQLAlchemy's errors."""
        for_sqlite = connection.dialect.name == "sqlite"
        compiled = self._compiled.get(for_sqlite)
        if compiled is None:
            made = self.made(for_sqlite)
            compiled = self._compiled[for_sqlite] = _OnSqlite(made) if for_sqlite else _Compiled(made)
        return compiled.rows(_run(connection, compiled.text, compiled.values(values), compiled.asks))


class _Compiled:
    """A compiled statement for PostgreSQL, whose driver knows all types."""

    dialect: Any = psycopg.dialect()  # type: ignore[no-untyped-call]

    def __init__(self, made: Any) -> None:
        compiled = made.compile(dialect=self.dialect, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        columns = [] if made.is_dml else list(made.selected_columns)
        self.asks = bool(columns)  # whether it returns rows
        self._row = namedtuple("Row", [column.key for column in columns]) if columns else tuple
        self._moments = [at for at, column in enumerate(columns) if isinstance(column.type, UtcDateTime)]

    def values(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        told = {name: _array(value) if type(value) is list else value for name, value in values.items()}
        return {**self._fixed, **told}

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [self._row(*row) for row in found]


class _OnSqlite(_Compiled):
    """A compiled statement for SQLite: moments and lists are text, as SQLAlchemy writes them."""

    dialect: Any = sqlite.dialect(paramstyle="named")

    def values(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: _as_text(value) for name, value in {**self._fixed, **values}.items()}

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        if not self._moments:
            return super().rows(found)
        rows = []
        for row in map(list, found):
            for at in self._moments:
                row[at] = None if row[at] is None else datetime.fromisoformat(row[at]).replace(tzinfo=UTC)
            rows.append(self._row(*row))
        return rows


def _array(values: list[Any]) -> Any:
    """Encodes a list of numbers or texts as a PostgreSQL array literal.

    The driver inspects each value several times, which for a batch of messages takes longer than the query itself.
    """
    kinds = set(map(type, values))
    if kinds <= {int}:
        return f"{{{','.join(map(str, values))}}}"
    if kinds != {str}:
        return values
    inside = '","'.join([one.replace("\\", "\\\\").replace('"', '\\"') for one in values])
    return f'{{"{inside}"}}'


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return _json(value) if isinstance(value, list) else value


def _run(connection: Connection, text: str, values: Mapping[str, Any], asks: bool) -> Sequence[tuple[Any, ...]]:
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    try:
        connection.dispatch.before_cursor_execute(connection, cursor, text, values, None, False)
        try:
            _execute(connection, cursor, text, values)
            found = cursor.fetchall() if asks else ()
        finally:
            connection.dispatch.after_cursor_execute(connection, cursor, text, values, None, False)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, cursor, text, error) from error
    finally:
        cursor.close()
    return found


def _execute(connection: Connection, cursor: Any, text: str, values: Mapping[str, Any]) -> None:
    for watched in connection.dialect.dispatch.do_execute:
        if watched(cursor, text, values, None):
            return
    cursor.execute(text, values)


def _told(connection: Connection, cursor: Any, text: str, error: Exception) -> Exception:
    """Wraps the driver's error as SQLAlchemy does; a lost connection leaves the pool."""
    dialect: Any = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if gone and not connection.invalidated:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=gone,
        dialect=dialect,
    )  # fmt: skip
