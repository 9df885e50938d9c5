"""Statements that are asked so often that SQLAlchemy's own way to the driver is most of what they cost.

They are written in SQLAlchemy as all others, and stand in the session's transaction; only they are compiled once, their
parameters go to the driver as they are, and what comes back are plain tuples with names. What watches statements hears
of these too: how long they are waited for, which are slow, and the counts of tests.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Connection

from tutoring.kernel.db import UtcDateTime, is_sqlite

Make = Callable[[bool], Any]
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # Vietnamese escaped is twice as long


class PrecompiledStatement:
    """A statement of the present database; `make` is told whether that is SQLite."""

    def __init__(self, make: Make) -> None:
        self.made = make
        self._compiled: dict[bool, _Compiled] = {}

    def __call__(self, connection: Connection, **values: Any) -> list[Any]:
        """Its rows, asked on the session's connection. Raises as SQLAlchemy does."""
        for_sqlite = connection.dialect.name == "sqlite"
        compiled = self._compiled.get(for_sqlite)
        if compiled is None:
            made = self.made(for_sqlite)
            compiled = self._compiled[for_sqlite] = _OnSqlite(made) if for_sqlite else _Compiled(made)
        return compiled.rows(_run(connection, compiled.text, compiled.values(values), compiled.asks))


class _Compiled:
    """What PostgreSQL's driver takes and gives: it knows all types."""

    dialect: Any = psycopg.dialect()  # type: ignore[no-untyped-call]

    def __init__(self, made: Any) -> None:
        compiled = made.compile(dialect=self.dialect, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        columns = [] if made.is_dml else list(made.selected_columns)
        self.asks = bool(columns)  # whether rows come back
        self._row = namedtuple("Row", [column.key for column in columns]) if columns else tuple
        self._moments = [at for at, column in enumerate(columns) if isinstance(column.type, UtcDateTime)]

    def values(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        told = {name: _array(value) if type(value) is list else value for name, value in values.items()}
        return {**self._fixed, **told}

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [self._row(*row) for row in found]


class _OnSqlite(_Compiled):
    """SQLite knows neither moments nor lists: they are text, as SQLAlchemy writes them."""

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
    """A list as PostgreSQL writes arrays, if it is one of numbers or of texts: the driver looks at each value several
    times, which for a batch of messages takes longer than to ask about them."""
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


def unnest_values(**columns: Any) -> Any:
    """A table of what is asked about, from a list of values under the name of each column and an s: the database joins
    it by an index, where it would go through all rows for a list of pairs. (For SQLite the lists are one, `told`; see
    `lists`.)"""
    if is_sqlite():
        each = sa.func.json_each(sa.bindparam("told")).table_valued("value", name="each")
        cells = [
            sa.func.json_extract(each.c.value, sa.literal_column(f"'$[{at}]'"), type_=kind).label(name)
            for at, (name, kind) in enumerate(columns.items())
        ]
        return sa.select(*cells).subquery("told")
    # Within a SELECT of its own no planner sees how long a list is. It would find that one of one is read more cheaply
    # than one of ten, and make a new plan for each question, which takes longer than to answer it.
    binds = [sa.bindparam(f"{name}s", type_=postgresql.ARRAY(kind)) for name, kind in columns.items()]
    arrays = [sa.select(bind).scalar_subquery() for bind in binds]
    named = [sa.column(*one) for one in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*named, name="told").render_derived()


def unnest_parameters(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, Any]:
    """The values of such a table."""
    if is_sqlite():
        return {"told": [list(row) for row in rows]}
    return {f"{name}s": [row[at] for row in rows] for at, name in enumerate(names)}


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
    """The driver's error as SQLAlchemy tells it; a connection that is gone goes back to nobody."""
    dialect: Any = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if gone and not connection.invalidated:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=gone,
        dialect=dialect,
    )  # fmt: skip
