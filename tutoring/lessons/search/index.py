"""The search index: FTS5 on SQLite, text vectors on PostgreSQL, with the same interface.

Both index folded syllables only, so their own rules for accents, case and word borders do not matter. Both return
the same documents, because order and limit follow the place in the catalogue. Migration 0005 creates the indexes.
The module also makes the index rows of a lesson.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import sqlalchemy as sa

from tutoring.kernel.db import db, is_sqlite
from tutoring.lessons.content import SOURCE, Lesson
from tutoring.lessons.search import ranking
from tutoring.lessons.search.models import SearchDocument
from tutoring.lessons.search.ranking import Query, Slot

MAX_TITLE_MATCHES = 100
MAX_TEXT_MATCHES = 300
MAX_ANY_MATCHES = 300
ENOUGH = 60  # with this many title hits the texts are not searched

Found = Sequence[int]


class LessonIndex(Protocol):
    """Finds documents by folded syllables."""

    def holding(self, slots: list[Slot], lang: str, *, title: bool, every: bool, limit: int) -> Found:
        """Returns ids of documents whose title (or text) holds every slot (or any).

        They come in catalogue order. A slot matches when one of its alternatives occurs with adjacent syllables.
        The last slot may be a prefix.
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
        # CROSS JOIN prevents a plan in which SQLite scans all documents and queries the index for each.
        found = sa.text(
            "SELECT d.id FROM lesson_words CROSS JOIN lesson_search AS d ON d.id = lesson_words.rowid "
            "WHERE lesson_words MATCH :match AND d.lang = :lang ORDER BY d.place LIMIT :limit"
        )
        return db.session.scalars(found, {"match": match, "lang": lang, "limit": limit}).all()


class PostgresIndex:
    """Full text search with the `simple` dictionary, which changes no word.

    The vectors are computed once, when the lessons are loaded.
    """

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
    """Returns the index of the database in use."""
    return SqliteIndex() if is_sqlite() else PostgresIndex()


def candidates(query: Query, lang: str, every: bool) -> list[int]:
    """Returns the documents to rank: title matches first, then text matches.

    The number is bounded, independent of the size of the catalogue.
    """
    here = index()
    if not every:
        return list(here.holding(query.slots, lang, title=False, every=False, limit=MAX_ANY_MATCHES))
    found: dict[int, None] = {}
    for slots, title in (([[query.tokens]], True), (query.slots, True), (query.slots, False)):
        limit = MAX_TITLE_MATCHES if title else MAX_TEXT_MATCHES
        found |= dict.fromkeys(here.holding(slots, lang, title=title, every=True, limit=limit))
        if len(found) >= ENOUGH:
            break
    return list(found)


LANGUAGES = ("vi", "en")
MOST_LESSONS, MOST_STEPS = 1000, 10  # lessons per path and steps per lesson for which the place number has room


def documents(one: Lesson, path: int) -> Iterator[SearchDocument]:
    """Yields the search documents of a lesson and its steps, in each language of the site."""
    place = (path * MOST_LESSONS + one.order) * MOST_STEPS
    for lang in LANGUAGES:
        head = one.texts.get(lang) or one.texts[SOURCE]
        yield document(one.id, 0, place, lang, head.title, head.summary, one.aliases)
        for step in one.steps:
            text = step.texts.get(lang) or step.texts[SOURCE]
            yield document(one.id, step.position, place + step.position, lang, text.title, text.plain)


def document(
    slug: str, number: int, place: int, lang: str, title: str, body: str, aliases: Iterable[str] = ()
) -> SearchDocument:
    """Returns a text as stored for the search: syllables folded, and with accents."""
    whole = " ".join((title, *aliases, body))
    return SearchDocument(
        lesson_slug=slug,
        step_number=number,
        place=place,
        lang=lang,
        title=title,
        body=body,
        folded_title=ranking.row(ranking.syllables(title)),
        folded_aliases="\n".join(ranking.row(ranking.syllables(alias)) for alias in aliases),
        folded=ranking.row(ranking.syllables(whole)),
        title_keys=ranking.row(ranking.exact_keys(title)),
        keys=ranking.row(ranking.exact_keys(whole)),
    )
