"""The statements that an application asks of its database while something is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from benchmarks.query_plans import SILENT
from tutoring.kernel.db import db


@contextmanager
def each_statement(app: Flask, note: Callable[[str], object]) -> Iterator[None]:
    """Calls `note` with each statement that runs meanwhile."""

    def execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        note(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", execute)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", execute)


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if not SILENT.match(statement):
            seen.append(statement)

    with each_statement(app, note):
        yield seen
