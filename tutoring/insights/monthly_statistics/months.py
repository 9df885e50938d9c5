"""Calendar months of Vietnam, each named by its first day.

Rows of a month, a few at a time.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db

OPEN_UNTIL = 8  # the day of the next month on which a month is counted for the last time: phones bring in late rows


def of_day(day: date) -> date:
    """The month in which a day lies."""
    return day.replace(day=1)


def back(month: date, by: int) -> date:
    """The month so many months earlier."""
    year, number = divmod(month.year * 12 + month.month - 1 - by, 12)
    return date(year, number + 1, 1)


def following(month: date) -> date:
    """The next month."""
    return back(month, -1)


def begins(month: date) -> datetime:
    """The moment at which a month begins."""
    return datetime(month.year, month.month, 1, tzinfo=clock.LOCAL)


def over(month: date, today: date) -> bool:
    """Whether nothing late is waited for any more: this count of it is the last."""
    return today >= following(month) + timedelta(days=OPEN_UNTIL - 1)


def between(first: date, last: date) -> list[date]:
    """Every month from the first to the last one."""
    found = []
    while first <= last:
        found.append(first)
        first = following(first)
    return found


AT_ONCE = 2_000  # rows of a source in memory


def read(query: Any) -> Iterator[Any]:
    """Rows as they come, a few at a time; PostgreSQL keeps the rest on its side."""
    yield from db.session.connection().execute(query, execution_options={"yield_per": AT_ONCE})


def within(moment: Any, month: date) -> sa.ColumnElement[bool]:
    """That a moment lies in a month."""
    return sa.and_(moment >= begins(month), moment < begins(following(month)))
