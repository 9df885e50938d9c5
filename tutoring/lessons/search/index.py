"""Where candidates come from: FTS5 on SQLite, text vectors on PostgreSQL, asked in the same words.

Both get folded syllables only, so neither's idea of accents, case or word borders comes into play, and both give
the same documents: order and limit follow the place in the bank. Migration 0005 makes the indexes.
"""

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from tutoring.kernel.db import db, is_sqlite
from tutoring.lessons.search.ranking import Query, Slot

MOST_IN_TITLES = 100
MOST_IN_TEXTS = 300
MOST_OF_ANY = 300
ENOUGH = 60  # as many titles answer as anybody will read: the texts need not be asked

Found = Sequence[int]


class LessonIndex(Protocol):
    """Finds documents by folded syllables."""

    def holding(self, slots: list[Slot], lang: str, *, title: bool, every: bool, limit: int) -> Found:
        """Ids of documents whose title (or whole text) holds every slot (or any), in the order of the bank.

        Of each slot one way must stand there, its syllables side by side; the last slot may be unfinished.
        """
        ...


class SqliteIndex:
    """FTS5 over the folded texts."""

    def holding(self, slots: list[Slot], lang: str, *, title: bool, every: bool, limit: int) -> Found:
        """See LessonIndex."""
        parts = [
            "(" + " OR ".join(f'"{" ".join(way)}"{"*" if slot is slots[-1] else ""}' for way in slot) + ")"
            for slot in slots
        ]
        match = f"{'folded_title' if title else 'folded'} : ({(' AND ' if every else ' OR ').join(parts)})"
        # CROSS keeps SQLite from walking all documents in their order and asking the index about each.
        found = sa.text(
            "SELECT d.id FROM lesson_words CROSS JOIN lesson_search AS d ON d.id = lesson_words.rowid "
            "WHERE lesson_words MATCH :match AND d.lang = :lang ORDER BY d.place LIMIT :limit"
        )
        return db.session.scalars(found, {"match": match, "lang": lang, "limit": limit}).all()


class PostgresIndex:
    """Text search over the folded texts with the dictionary that changes nothing; read once, when they are loaded."""

    def holding(self, slots: list[Slot], lang: str, *, title: bool, every: bool, limit: int) -> Found:
        """See LessonIndex."""
        parts = [
            "(" + " | ".join(f"({' <-> '.join(way)}{':*' if slot is slots[-1] else ''})" for way in slot) + ")"
            for slot in slots
        ]
        match = (" & " if every else " | ").join(parts)
        column = "folded_title" if title else "folded"
        found = sa.text(
            "SELECT d.id FROM lesson_words AS w JOIN lesson_search AS d ON d.id = w.id "
            f"WHERE w.{column} @@ to_tsquery('simple', :match) AND d.lang = :lang ORDER BY d.place LIMIT :limit"
        )
        return db.session.scalars(found, {"match": match, "lang": lang, "limit": limit}).all()


def index() -> LessonIndex:
    """The index of the database in use."""
    return SqliteIndex() if is_sqlite() else PostgresIndex()


def candidates(query: Query, lang: str, every: bool) -> list[int]:
    """Documents worth ranking: titles that hold it first, then texts; bounded, whatever the size of the bank."""
    here = index()
    if not every:
        return list(here.holding(query.slots, lang, title=False, every=False, limit=MOST_OF_ANY))
    found: dict[int, None] = {}
    for slots, title in (([[query.tokens]], True), (query.slots, True), (query.slots, False)):
        limit = MOST_IN_TITLES if title else MOST_IN_TEXTS
        found |= dict.fromkeys(here.holding(slots, lang, title=title, every=True, limit=limit))
        if len(found) >= ENOUGH:
            break
    return list(found)
