"""The search index: FTS5 on SQLite, text vectors on PostgreSQL, with the same interface.

Both index folded syllables only, so their own rules for accents, case and word borders do not matter. Both return
the same documents, because order and limit follow the place in the catalogue. Migration 0005 creates the indexes.
The module also makes the index rows of a lesson.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import sqlalchemy as sa

from tutoring.kernel.db import db, is_sqlite
from tutoring.lessons.content import SOURCE, Lesson
from tutoring.lessons.content.schema import STAFF_FROM
from tutoring.lessons.search import ranking
from tutoring.lessons.search.models import SearchDocument
from tutoring.lessons.search.ranking import Query, Slot

MAX_TITLE_MATCHES = 100
MAX_TEXT_MATCHES = 200
MAX_ANY_MATCHES = 1000  # more than a bank has documents in one language; a lower bound hides its last lessons


class Candidate(NamedTuple):
    """A document that may answer a search: what the ranking reads of it. The keys are empty for a bare search."""

    id: int
    slug: str
    number: int
    place: int
    folded_title: str
    folded_aliases: str
    folded: str
    title_keys: str
    keys: str


class Part(NamedTuple):
    """One question to the index: documents whose title (or text) holds every slot (or any), the first so many."""

    slots: Sequence[Slot]
    unfinished: bool  # the last slot may be the beginning of a word
    title: bool
    every: bool
    limit: int


class LessonIndex(Protocol):
    """Finds documents by folded syllables.

    A slot matches when one of its alternatives occurs with adjacent syllables.
    """

    def expression(self, part: Part) -> str:
        """Returns the question in the language of the index."""
        ...

    def ids(self, title: bool, match: str, limit: str) -> str:
        """Returns the SELECT of matching ids, in catalogue order; `match` and `limit` name its parameters."""
        ...


class SqliteIndex:
    """FTS5 over the folded texts."""

    def expression(self, part: Part) -> str:
        """See LessonIndex."""
        last = part.slots[-1] if part.unfinished else None
        slots = [
            "(" + " OR ".join(f'"{" ".join(way)}"{"*" if slot is last else ""}' for way in slot) + ")"
            for slot in part.slots
        ]
        column = "folded_title" if part.title else "folded"
        return f"{column} : ({(' AND ' if part.every else ' OR ').join(slots)})"

    def ids(self, title: bool, match: str, limit: str) -> str:
        """See LessonIndex."""
        # CROSS JOIN prevents a plan in which SQLite scans all documents and queries the index for each.
        return (
            "SELECT d.id FROM lesson_words CROSS JOIN lesson_search AS d ON d.id = lesson_words.rowid "
            f"WHERE lesson_words MATCH :{match} AND d.lang = :lang ORDER BY d.place LIMIT :{limit}"
        )


class PostgresIndex:
    """Full text search with the `simple` dictionary, which changes no word.

    The vectors are computed once, when the lessons are loaded.
    """

    def expression(self, part: Part) -> str:
        """See LessonIndex."""
        last = part.slots[-1] if part.unfinished else None
        slots = [
            "(" + " | ".join(f"({' <-> '.join(way)}{':*' if slot is last else ''})" for way in slot) + ")"
            for slot in part.slots
        ]
        return (" & " if part.every else " | ").join(slots)

    def ids(self, title: bool, match: str, limit: str) -> str:
        """See LessonIndex."""
        column = "folded_title" if title else "folded"
        return (
            "SELECT d.id FROM lesson_words AS w JOIN lesson_search AS d ON d.id = w.id "
            f"WHERE w.{column} @@ to_tsquery('simple', :{match}) AND d.lang = :lang ORDER BY d.place LIMIT :{limit}"
        )


def index() -> LessonIndex:
    """Returns the index of the database in use."""
    return SqliteIndex() if is_sqlite() else PostgresIndex()


def candidates(query: Query, lang: str, every: bool) -> list[Candidate]:
    """Returns the documents to rank, in catalogue order: one statement, whatever was typed.

    Their number is bounded, independent of the size of the catalogue.
    """
    title = Part(query.slots, query.unfinished, True, True, MAX_TITLE_MATCHES)
    text = title._replace(title=False, limit=MAX_TEXT_MATCHES)
    if not every:
        # `text` too: in a larger bank the bound of `some` must not leave out a document that holds all words.
        some = text._replace(every=False, limit=MAX_ANY_MATCHES)
        return _documents([text, some], lang, query.accented)
    whole = Part([[query.tokens]], not query.finished, True, True, MAX_TITLE_MATCHES)
    return _documents([whole, title, text], lang, query.accented)


def titles(query: Query, lang: str, limit: int) -> list[Candidate]:
    """Returns the documents whose title holds what was typed so far as it stands, or else in another order."""
    whole = Part([[query.tokens]], True, True, True, limit)
    found = _documents([whole], lang, query.accented)
    return found or _documents([whole._replace(slots=query.slots)], lang, query.accented)


def _documents(parts: Sequence[Part], lang: str, accented: bool) -> list[Candidate]:
    here = index()
    values: dict[str, object] = {"lang": lang}
    found = []
    for n, part in enumerate(parts):
        values |= {f"match{n}": here.expression(part), f"limit{n}": part.limit}
        found.append(f"SELECT id FROM ({here.ids(part.title, f'match{n}', f'limit{n}')}) AS part{n}")
    keys = "title_keys, keys" if accented else "'', ''"
    statement = sa.text(
        f"SELECT id, lesson_slug, step_number, place, folded_title, folded_aliases, folded, {keys} "
        f"FROM lesson_search WHERE id IN ({' UNION '.join(found)}) ORDER BY place"
    )
    return [Candidate(*one) for one in db.session.execute(statement, values)]


LANGUAGES = ("vi", "en")
MOST_LESSONS, MOST_STEPS = 1000, 10  # lessons per path and steps per lesson for which the place number has room


def is_of_staff(one: Candidate) -> bool:
    """Whether a document belongs to a path for staff."""
    return one.place >= STAFF_FROM * MOST_LESSONS * MOST_STEPS


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
