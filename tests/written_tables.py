"""The tables that an application writes, read from its statements: what a test puts back where it puts back often."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask

from tests.statements import each_statement
from tutoring.kernel.db import db

WRITTEN = re.compile(r'\b(?:INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
EMPTIED = re.compile(r'\bDELETE\s+FROM\s+"?(\w+)"?', re.IGNORECASE)
ALONG = ("CASCADE", "SET NULL")  # what a key may do to the rows that name a deleted one


@cache
def written(statement: str) -> frozenset[str]:
    """The tables that a statement may change. A deletion also changes tables through their foreign keys."""
    found = {name for name in WRITTEN.findall(statement) if name in db.metadata.tables}
    waiting = {name for name in EMPTIED.findall(statement) if name in db.metadata.tables}
    while waiting:
        gone = waiting.pop()
        more = {one for one in _changed_along(gone) if one not in found}
        found |= more
        waiting |= more
    return frozenset(found)


def _changed_along(gone: str) -> Iterator[str]:
    for table in db.metadata.tables.values():
        if any(key.column.table.name == gone and (key.ondelete or "").upper() in ALONG for key in table.foreign_keys):
            yield table.name


@contextmanager
def written_by(app: Flask) -> Iterator[set[str]]:
    """The names of the tables that are written meanwhile. The caller may clear the set."""
    names = set[str]()
    with each_statement(app, lambda statement: names.update(written(statement))):
        yield names
