"""The search of the lesson catalogue, which finds lessons and steps.

The results are the same on every database.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import defer

from tutoring.kernel.db import db
from tutoring.kernel.text import nfc
from tutoring.lessons.catalogue.models import SOURCE, Lesson
from tutoring.lessons.search import ranking
from tutoring.lessons.search.index import candidates, index
from tutoring.lessons.search.models import SearchDocument, SearchSynonym
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.snippets import Parts, marked, snippet

MAX_HITS_PER_LESSON = 3
MAX_QUERY_CHARS = 200
SUGGESTIONS = 6


@dataclass(frozen=True)
class Hit:
    """A search hit: a step of a lesson, or the lesson as a whole (`number` 0)."""

    slug: str
    lesson_title: str
    number: int
    title: Parts
    snippet: Parts


@dataclass(frozen=True)
class Suggestion:
    """A title suggested while the user types."""

    slug: str
    number: int
    title: str


def _parse(typed: str) -> Query:
    rows = db.session.execute(sa.select(SearchSynonym.term, SearchSynonym.means))  # all rows, so the ORM is skipped
    synonyms = {row.term: row.means for row in rows}
    return ranking.parse(nfc(typed)[:MAX_QUERY_CHARS], synonyms)


def _known(lang: str) -> Counter[str]:
    """Returns the syllables of all titles with their counts."""
    titles = db.session.scalars(sa.select(SearchDocument.folded_title).where(SearchDocument.lang == lang))
    return Counter(word for title in titles for word in title.split())


def _tries(query: Query, lang: str, loosely: bool) -> Iterator[tuple[Query, bool]]:
    """Yields the query, then its variants in order of precision.

    The variants read Telex letters, then correct typing errors, and finally, with `loosely`, accept any of the
    words.
    """
    yield query, True
    plain = [ranking.telex(token) for token in query.tokens]
    if plain != query.tokens:
        yield ranking.replace_tokens(query, plain), True
    mended = ranking.mend(plain, _known(lang))
    if mended != plain:
        yield ranking.replace_tokens(query, mended), True
    if loosely:
        yield query, False


def _ranked(query: Query, ids: list[int]) -> list[SearchDocument]:
    """Returns the documents, best first; equal scores keep the order of the catalogue."""
    spare = [SearchDocument.body, SearchDocument.title, *([] if query.accented else [SearchDocument.keys])]
    rows = db.session.scalars(
        sa.select(SearchDocument)
        .where(SearchDocument.id.in_(ids))
        .order_by(SearchDocument.place)
        .options(*(defer(column) for column in spare))
    )
    return sorted(rows, key=lambda row: -ranking.score(query, row))


def _best(documents: list[SearchDocument], limit: int) -> list[SearchDocument]:
    """Returns the first documents, with a limit for each lesson."""
    of_lesson: Counter[str] = Counter()
    kept = []
    for one in documents:
        of_lesson[one.lesson_slug] += 1
        if of_lesson[one.lesson_slug] <= MAX_HITS_PER_LESSON:
            kept.append(one)
        if len(kept) == limit:
            break
    return kept


def _hits(query: Query, documents: list[SearchDocument], lang: str) -> list[Hit]:
    texts = sa.select(SearchDocument.id, SearchDocument.title, SearchDocument.body).where(
        SearchDocument.id.in_([one.id for one in documents])
    )
    of = {row.id: row for row in db.session.execute(texts)}
    slugs = {one.lesson_slug for one in documents}
    lessons = {row.slug: row.title(lang) for row in db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_(slugs)))}
    return [
        Hit(
            one.lesson_slug, lessons[one.lesson_slug], one.step_number,
            marked(query, of[one.id].title), snippet(query, of[one.id].body),
        )
        for one in documents
    ]  # fmt: skip


def search(typed: str, lang: str, limit: int = 20, *, loosely: bool = True) -> list[Hit]:
    """Returns matching lessons and steps, best first; accents, case and order may differ.

    When no document holds all words, `loosely` accepts documents that hold any.
    """
    query = _parse(typed)
    if not query.slots:
        return []
    for language in dict.fromkeys((lang, SOURCE)):
        for attempt, every in _tries(query, language, loosely):
            if ids := candidates(attempt, language, every):
                return _hits(attempt, _best(_ranked(attempt, ids), limit), lang)
    return []


def suggest(typed: str, lang: str) -> list[Suggestion]:
    """Returns titles that match the typed text, lessons before steps; needs two letters."""
    query = _parse(typed)
    if not query.slots or len("".join(query.tokens)) < 2:
        return []
    ids = index().holding([[query.tokens]], lang, title=True, every=True, limit=50)
    ids = ids or index().holding(query.slots, lang, title=True, every=True, limit=50)
    rows = db.session.scalars(
        sa.select(SearchDocument).where(SearchDocument.id.in_(ids)).order_by(SearchDocument.place)
    )
    ranked = sorted(rows, key=lambda row: (-ranking.score(query, row), row.step_number > 0))
    return [Suggestion(one.lesson_slug, one.step_number, one.title) for one in ranked[:SUGGESTIONS]]
