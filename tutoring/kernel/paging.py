"""Sorts and pages the rows of a query: by the last row, whose cost does not grow, or by number, for tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from tutoring.kernel.db import db

T = TypeVar("T")

ROWS = 50  # on a page of a table
MOST_ROWS = 10_000  # in a file of a table


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and whether more follow."""

    items: list[T]
    more: bool

    @classmethod
    def of(cls, rows: list[T], size: int) -> "Page[T]":
        """Returns a page of at most `size` rows from a query that fetched one more."""
        return cls(rows[:size], len(rows) > size)


@dataclass(frozen=True)
class Wanted:
    """What a reader asks of a table: words, an order, filters by name, and a page."""

    words: str = ""
    order: str = ""  # the key of a column
    falling: bool = False
    page: int = 1
    size: int = ROWS
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Numbered(Page[T]):
    """A page with its number, and how many rows there are on all pages."""

    total: int
    number: int = 1
    size: int = ROWS


def part(rows: Sequence[T], number: int, size: int = ROWS) -> Numbered[T]:
    """Returns a page of a list in memory. A page before the first is the first, one after the last is the last."""
    number = max(1, min(number, -(-len(rows) // size)))
    return Numbered(list(rows[(number - 1) * size : number * size]), number * size < len(rows), len(rows), number, size)


def numbered(
    query: Any, wanted: Wanted, orders: Mapping[str, Any], last: Any, options: Sequence[Any] = ()
) -> Numbered[Any]:
    """Runs a query for the page that a reader wants: two statements, for any number of rows.

    `orders` are the expressions of the columns that can be sorted; rows that are equal there follow each other by
    `last`, which is unique. A page after the last one is the last one. A query of one entity returns entities.
    """
    total = db.session.scalar(query.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)) or 0
    number = max(1, min(wanted.page, -(-total // wanted.size)))
    turned = sa.desc if wanted.falling else sa.asc
    order = [turned(orders[wanted.order]).nulls_last()] if wanted.order in orders else []
    query = query.order_by(None).order_by(*order, turned(last)).options(*options)
    if number > 1:  # the page that is asked most skips no rows
        query = query.offset((number - 1) * wanted.size)
    found: Any = db.session.execute(query.limit(wanted.size))
    rows = list(found.scalars() if len(query.column_descriptions) == 1 else found)
    return Numbered(rows, number * wanted.size < total, total, number, wanted.size)
