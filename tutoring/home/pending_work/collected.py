"""Everything that waits for a person, in the order in which it should be done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sqlalchemy as sa

from tutoring.home.pending_work import (
    class_cards,
    class_work,
    devices,
    learners,
    meetings,
    moderation,
    notices,
    people,
    publications,
    published_answers,
    queues,
    recordings,
    site,
)
from tutoring.home.pending_work.statements import Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem

SOURCES: tuple[Source, ...] = (
    *moderation.SOURCES, *learners.SOURCES, *people.SOURCES, *class_cards.SOURCES, *class_work.SOURCES,
    *devices.SOURCES, *meetings.SOURCES, *queues.SOURCES, *publications.SOURCES, *published_answers.SOURCES,
    *recordings.SOURCES, *notices.SOURCES, *site.SOURCES,
)  # fmt: skip
_WAITS = Statement(
    lambda here: sa.select(*(source.waits(here).label(f"source_{n}") for n, source in enumerate(SOURCES)))
)
SHOWN, FOLDED = 12, 12  # rows that stand open and folded on the start page


@dataclass(frozen=True)
class PendingWork:
    """The rows, the most urgent first, and how many things they stand for.

    Rows of `items` may lack their words; those of `shown`, `folded` and `with_words` have them.
    """

    viewer: Viewer
    items: list[WorkItem] = field(default_factory=list)

    @cached_property
    def _first(self) -> list[WorkItem]:
        return self.with_words(self.items[: SHOWN + FOLDED])

    @property
    def shown(self) -> list[WorkItem]:
        return self._first[:SHOWN]

    @property
    def folded(self) -> list[WorkItem]:
        return self._first[SHOWN:]

    def with_words(self, rows: list[WorkItem]) -> list[WorkItem]:
        """Returns these rows with their words. What has gone meanwhile is left out."""
        words: dict[str, Mapping[int, tuple[str, str]]] = {}
        for source in SOURCES:
            keys = [row.key for row in rows if not row.title and row.kind in source.kinds]
            if keys and source.words is not None:
                words |= dict.fromkeys(source.kinds, source.words(self.viewer, keys))
        found: list[WorkItem] = []
        for row in rows:
            title, detail = (row.title, row.detail) if row.title else words.get(row.kind, {}).get(row.key, ("", ""))
            if title:
                found.append(replace(row, title=title, detail=detail))
        return found

    @property
    def more(self) -> int:
        """How many rows do not stand open on the start page."""
        return max(0, len(self.items) - SHOWN)

    @property
    def cut(self) -> bool:
        """Whether the start page leaves out some rows, which stand on a page of their own."""
        return self.more > FOLDED

    def __bool__(self) -> bool:
        return bool(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def count(self, kinds: Iterable[str]) -> int:
        """Returns how many things of these kinds wait."""
        wanted = frozenset(kinds)
        return sum(item.count for item in self.items if item.kind in wanted)


def pending_work(viewer: Viewer) -> PendingWork:
    """Collects what waits for this person.

    One statement asks every source whether anything waits; only those that say so are read. So the number of statements
    does not grow with units, members or rows.
    """
    [waits] = _WAITS.rows(viewer)
    found = [item for source, so in zip(SOURCES, waits, strict=True) if so for item in source.items(viewer)]
    return PendingWork(viewer, sorted(found, key=lambda item: item.order))
