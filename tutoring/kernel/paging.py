"""Keyset pagination, so that cost does not grow with the page number."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and whether more follow."""

    items: list[T]
    more: bool

    @classmethod
    def of(cls, rows: list[T], size: int) -> "Page[T]":
        """Returns a page of at most `size` rows from a query that fetched one more."""
        return cls(rows[:size], len(rows) > size)
