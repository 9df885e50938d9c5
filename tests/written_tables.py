"""The tables that an application writes, read from its statements: what a test puts back where it puts back often."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tutoring.kernel.db import db

WRITTEN = re.compile(r'\b(?:INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
EMPTIED = re.compile(r'\bDELETE\s+FROM\s+"?(\w+)"?', re.IGNORECASE)
ALONG = ("CASCADE", "SET NULL")  # what a key may do to the rows that name a deleted one


def written(statement: str) -> set[str]:
    """The tables that a statement may change, with those whose rows a key changes when rows that they name are gone."""
    found = {name for name in WRITTEN.findall(statement) if name in db.metadata.tables}
    waiting = {name for name in EMPTIED.findall(statement) if name in db.metadata.tables}
    while waiting:
        gone = waiting.pop()
        more = {one for one in _changed_along(gone) if one not in found}
        found |= more
        waiting |= more
    return found


def _changed_along(gone: str) -> Iterator[str]:
    for table in db.metadata.tables.values():
        if any(key.column.table.name == gone and (key.ondelete or "").upper() in ALONG for key in table.foreign_keys):
            yield table.name


@contextmanager
def written_by(app: Flask) -> Iterator[set[str]]:
    """The names of the tables that are written meanwhile; they who read the set may clear it."""
    names = set[str]()
    known = dict[str, Iterable[str]]()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement not in known:
            known[statement] = written(statement)
        names.update(known[statement])

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield names
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
