"""The place of the walk, grown: many units for whoever looks after one, many members, many rows in every list.

Rows are copied as they stand in the tables, so that a table of tomorrow grows too. What may stand there once only gets
another word, another moment or another owner; what the database refuses all the same is left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db

OF_EACH = 4  # rows of a table that are copied: those of several owners
# Sign-ins and sockets belong to browsers, the audit to its chain, jobs to the worker; the bank is as long as written.
LEFT = frozenset({
    "audit_row", "audit_head", "due_work", "sign_in", "live_socket", "lesson", "lesson_path", "lesson_step", "skill",
    "quiz_question", "lesson_search", "lesson_synonym", "content_note", "alembic_version", "kept_change",
})  # fmt: skip

Row = dict[str, Any]


class Grown:
    """What has been copied: the numbers of the copies of each row of each table."""

    def __init__(self) -> None:
        self.copies: dict[tuple[str, int], list[int]] = defaultdict(list)

    def of_table(self, table: str) -> list[int]:
        return [one for (name, _id), some in self.copies.items() if name == table for one in some]


def _unique(table: sa.Table) -> set[str]:
    """Columns that stand in a key of which there may be one only."""
    sets = [set(one.columns.keys()) for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
    sets += [set(one.columns.keys()) for one in table.indexes if one.unique]
    sets.append(set(table.primary_key.columns.keys()))
    return set().union(*sets)


def _listed(table: sa.Table) -> set[str]:
    """Columns that hold one of a few words only."""
    checks = [str(one.sqltext) for one in table.constraints if isinstance(one, sa.CheckConstraint)]
    return {one.key for one in table.columns if any(re.match(rf"\W*{one.name}\W+IN\b", text) for text in checks)}


def _parent(column: sa.Column[Any]) -> str | None:
    key = next(iter(column.foreign_keys), None)
    return key.column.table.name if key is not None else None


def _other(column: sa.Column[Any], value: Any, n: int, grown: Grown) -> Any:
    """Another value for a column that holds each one once; None where there is none."""
    if value is None:
        return None
    parent = _parent(column)
    if parent is not None:
        others = grown.copies.get((parent, value)) or grown.of_table(parent)
        return others[n % len(others)] if others else value
    if isinstance(value, str):
        return f"{value}{n}"[-max(len(value) + 4, 8) :] if len(value) > 60 else f"{value}{n}"
    if isinstance(value, datetime):
        return value + timedelta(seconds=n + 1)
    if isinstance(value, date):
        return value + timedelta(days=n + 1)
    if isinstance(value, int) and not isinstance(value, bool):
        return value + n + 1
    return value


def _copies(table: sa.Table, row: Row, last: int, grown: Grown, rows: int) -> Iterator[Row]:
    unique = _unique(table) - _listed(table)
    number = table.autoincrement_column
    for n in range(rows):
        made = dict(row)
        for column in table.columns:
            if number is not None and column is number:
                made[column.key] = last + n + 1
            elif column.key in unique:
                made[column.key] = _other(column, row[column.key], n, grown)
        yield made


def _insert(table: sa.Table, rows: list[Row]) -> None:
    ignoring = table.insert().prefix_with("OR IGNORE", dialect="sqlite")
    for row in rows:
        db.session.execute(ignoring, row)


def _members(table: sa.Table, grown: Grown, units: int, rows: int) -> None:
    """Everybody holds in some units more what they hold in one; and each unit has so many members more."""
    raw = db.session.connection().exec_driver_sql
    raw("UPDATE unit SET ward_id = id WHERE kind = 'ward'")
    raw("UPDATE unit SET school_id = id WHERE kind = 'school'")
    present = [dict(one) for one in db.session.execute(table.select()).mappings().all()]
    new = [one for (name, _id), some in grown.copies.items() if name == "user" for one in some]
    for row in present:
        more = grown.copies.get(("unit", row["unit_id"]), [])[:units]
        _insert(table, [{**row, "id": None, "unit_id": unit} for unit in more])
        if row["role"] in ("learner", "parent"):
            _insert(table, [{**row, "id": None, "user_id": one} for one in new[:rows]])


def grow(units: int, rows: int) -> Grown:
    """Copy rows of every table, parents first; then everybody holds in some units more what they hold in one."""
    grown = Grown()
    raw = db.session.connection().exec_driver_sql
    raw("PRAGMA foreign_keys=OFF")
    for table in db.metadata.sorted_tables:
        if table.name in LEFT:
            continue
        if table.name == "membership":
            _members(table, grown, units, rows)
            continue
        present = [dict(one) for one in db.session.execute(table.select()).mappings().all()]
        if not present:
            continue
        number = table.autoincrement_column
        last = max(row[number.key] for row in present) if number is not None else 0
        few = present if table.name == "unit" else present[:: max(1, len(present) // OF_EACH)][: OF_EACH + 1]
        for row in few:
            made = list(_copies(table, row, last, grown, rows))
            _insert(table, made)
            if number is not None:
                there = db.session.scalars(sa.select(number).where(number > last).order_by(number)).all()
                grown.copies[(table.name, row[number.key])] = [one for one in there if one <= last + rows]
                last += rows
    return grown
