"""Rows of a month, a few at a time."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from tutoring.insights.figures.months import begins, following
from tutoring.kernel.db import db

AT_ONCE = 2_000  # rows of a source in memory


def read(query: Any) -> Iterator[Any]:
    """Rows as they come, a few at a time; PostgreSQL keeps the rest on its side."""
    yield from db.session.connection().execute(query, execution_options={"yield_per": AT_ONCE})


def within(moment: Any, month: date) -> sa.ColumnElement[bool]:
    """That a moment lies in a month."""
    return sa.and_(moment >= begins(month), moment < begins(following(month)))
