"""Very many rows put into a database at once: by COPY into PostgreSQL, by `executemany` into SQLite.

Columns that are not named take their model's default. Foreign keys are not asked while it runs; what is written has to
hold them by itself.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db, is_sqlite

AT_ONCE = 20_000


class Bulk:
    """Writes rows of models; numbers of rows are given by who writes them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._raw: Any = connection.connection.dbapi_connection
        self._sqlite = is_sqlite()

    def write(self, model: Any, names: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows of the columns of these names, in their order."""
        table = model.__table__
        columns = [table.columns[name] for name in names.split()]
        given = set(names.split())
        others = [one for one in table.columns if one.name not in given and not one.nullable and one.name != "id"]
        more = tuple(self._plain(_default(one)) for one in others)
        listed = ", ".join(f'"{one.name}"' for one in [*columns, *others])
        plain = (tuple(map(self._plain, row)) + more for row in rows)
        if not self._sqlite:
            lines = ("\t".join(map(_field, row)) + "\n" for row in plain)
            with self._raw.cursor().copy(f'COPY "{table.name}" ({listed}) FROM STDIN') as copy:
                while text := "".join(islice(lines, AT_ONCE)):
                    copy.write(text)
            return
        marks = ", ".join("?" * (len(columns) + len(others)))
        order = f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})'
        while some := list(islice(plain, AT_ONCE)):
            self._raw.executemany(order, some)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value)
        if self._sqlite and isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        if self._sqlite and isinstance(value, date):
            return value.isoformat()
        return value


def _field(value: Any) -> str:
    """As COPY reads it: by hand, because a row at a time takes four times as long."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return str(value)


def _default(column: sa.Column[Any]) -> Any:
    if column.default is not None and column.default.is_scalar:
        return column.default.arg  # type: ignore[attr-defined]
    if column.default is not None:  # list, dict
        made: Any = column.default.arg(None)  # type: ignore[attr-defined]
        return made
    raise ValueError(f"{column} has no default: name it")


@contextlib.contextmanager
def bulk() -> Iterator[Bulk]:
    """One transaction of them, with keys that are not asked; numbers go on after the highest."""
    db.session.commit()
    sqlite = is_sqlite()
    with db.engine.connect() as connection:
        if sqlite:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("SET session_replication_role = replica"))
        yield Bulk(connection)
        if sqlite:
            raw.execute("COMMIT")
            raw.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute(sa.text("SET session_replication_role = DEFAULT"))
            for table in db.metadata.tables.values():
                if table.autoincrement_column is not None:
                    sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                    connection.execute(
                        sa.text(
                            f'SELECT setval({sequence}, (SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                        )
                    )
        connection.commit()


def analyze() -> None:
    """Let the database count what it holds, as it does by itself when it has time."""
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if is_sqlite() else "VACUUM ANALYZE")
