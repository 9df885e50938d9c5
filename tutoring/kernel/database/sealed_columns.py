"""Sealed columns: which there are, which key sealed each value, and sealing anew under the newest key.

Columns of the type `EncryptedText` are found by themselves. A column of bytes that a feature seals by hand carries the
place of its values in `info["sealed"]`, such as "totp:{user_id}", with the names of columns of its row.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

BATCH = 200  # rows of one transaction, so that no writer waits long
UNREADABLE = -1


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values. `where` is the place to which its values are bound."""

    table: sa.Table
    column: sa.Column[Any]
    where: str

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"

    def place(self, row: Any) -> str:
        """Returns the place to which the value of a row is bound."""
        return self.where.format(**row._mapping)


def sealed_columns() -> list[SealedColumn]:
    """Returns every sealed column of the database, by name."""
    found = []
    for table in db.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, encryption.EncryptedText):
                found.append(SealedColumn(table, column, column.type.where))
            elif "sealed" in column.info:
                found.append(SealedColumn(table, column, column.info["sealed"]))
    return sorted(found, key=lambda one: one.name)


def count_keys(of: SealedColumn) -> Counter[int]:
    """Counts the values of a column by the number of the key that opens them; 0 is the newest, -1 is none."""
    found: Counter[int] = Counter()
    for rows in _batches(of):
        found.update(_number(of, row) for row in rows)
    return found


def reseal(of: SealedColumn) -> Iterator[int]:
    """Seals anew what an older key sealed; yields after each batch how many values it changed.

    Each batch is a transaction. A value that changes in between is left as it is, and found by the next run.
    """
    for rows in _batches(of):
        yield _reseal([row for row in rows if _number(of, row) > 0], of)


def _batches(of: SealedColumn) -> Iterator[list[Any]]:
    """Yields the rows with a value, in the order of their keys. Each batch is read by a statement of its own."""
    keys = list(of.table.primary_key.columns)
    others = [column for column in of.table.columns if f"{{{column.name}}}" in of.where and column not in keys]
    raw = sa.type_coerce(of.column, sa.LargeBinary).label("sealed_value")
    query = sa.select(*keys, *others, raw).where(of.column.is_not(None)).order_by(*keys).limit(BATCH)
    after: tuple[Any, ...] | None = None
    while True:
        part = query if after is None else query.where(_after(keys, after))
        rows = list(db.session.execute(part))
        db.session.rollback()  # holds no snapshot while the batch is worked on
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][: len(keys)])


def _after(keys: list[sa.Column[Any]], last: tuple[Any, ...]) -> sa.ColumnElement[bool]:
    values = [sa.literal(value, key.type) for key, value in zip(keys, last, strict=True)]
    greater: sa.ColumnElement[bool] = sa.tuple_(*keys) > sa.tuple_(*values) if len(keys) > 1 else keys[0] > values[0]
    return greater


def _number(of: SealedColumn, row: Any) -> int:
    try:
        return encryption.decrypt_with_age(bytes(row.sealed_value), of.place(row))[1]
    except encryption.DecryptionError:
        return UNREADABLE


@command
def _reseal(rows: list[Any], of: SealedColumn) -> int:
    keys, raw, changed = list(of.table.primary_key.columns), sa.type_coerce(of.column, sa.LargeBinary), 0
    for row in rows:
        text = encryption.decrypt(bytes(row.sealed_value), of.place(row))
        same = [key == value for key, value in zip(keys, row, strict=False)]
        # Compared with what was read: a value that was written since must not be overwritten by the older one.
        same.append(raw == sa.literal(bytes(row.sealed_value), sa.LargeBinary))
        value = sa.type_coerce(sa.literal(encryption.encrypt(text, of.place(row)), sa.LargeBinary), sa.LargeBinary)
        done = db.session.execute(sa.update(of.table).where(*same).values({of.column: value}))
        changed += done.rowcount  # type: ignore[attr-defined]
    return changed
