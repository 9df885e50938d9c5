"""Pages of a list by position after a key, so that cost does not grow with the page number."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and whether there are more after them."""

    items: list[T]
    more: bool

    @classmethod
    def of(cls, rows: list[T], size: int) -> "Page[T]":
        """A page of at most `size` from a query that asked for one more than that."""
        return cls(rows[:size], len(rows) > size)
