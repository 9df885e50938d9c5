"""Calendar months of Vietnam, each named by its first day, and streamed reads of a month."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db

OPEN_UNTIL = 8  # the day of the next month on which a month is last counted: phones deliver late rows


def of_day(day: date) -> date:
    """Returns the month of a day."""
    return day.replace(day=1)


def back(month: date, by: int) -> date:
    """Returns the month this many months earlier."""
    year, number = divmod(month.year * 12 + month.month - 1 - by, 12)
    return date(year, number + 1, 1)


def following(month: date) -> date:
    """Returns the next month."""
    return back(month, -1)


def begins(month: date) -> datetime:
    """Returns the moment at which a month begins."""
    return datetime(month.year, month.month, 1, tzinfo=clock.LOCAL)


def over(month: date, today: date) -> bool:
    """Returns whether the month is closed: no late rows are expected, this count is the last."""
    return today >= following(month) + timedelta(days=OPEN_UNTIL - 1)


def between(first: date, last: date) -> list[date]:
    """Returns every month from the first to the last one."""
    found = []
    while first <= last:
        found.append(first)
        first = following(first)
    return found


AT_ONCE = 2_000  # rows of a source in memory


def read(query: Any) -> Iterator[Any]:
    """Streams rows a few at a time; PostgreSQL holds the rest in a server-side cursor."""
    yield from db.session.connection().execute(query, execution_options={"yield_per": AT_ONCE})


def within(moment: Any, month: date) -> sa.ColumnElement[bool]:
    """Matches moments within a month."""
    return sa.and_(moment >= begins(month), moment < begins(following(month)))
