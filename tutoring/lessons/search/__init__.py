"""The search of the lesson bank: a hit opens at its step. Works in the same way on every database."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.kernel.text import nfc
from tutoring.lessons.models import SOURCE, Lesson, LessonPath, SearchDocument, SearchSynonym
from tutoring.lessons.search import ranking

MOST_CANDIDATES = 1000
MOST_OF_ONE_LESSON = 3
LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """Something found: a step of a lesson, or the lesson as a whole (`number` 0)."""

    slug: str
    lesson_title: str
    number: int
    title: str
    snippet: str


def _has(phrase: list[str], prefix: bool) -> sa.ColumnElement[bool]:
    # Tokens are letters and digits only, so nothing in them is a wildcard.
    return SearchDocument.folded.like(f"% {' '.join(phrase)}{'' if prefix else ' '}%")


def _candidates(query: ranking.Query, lang: str, every: bool) -> list[tuple[SearchDocument, Lesson]]:
    """Documents that hold every slot (or any of them), in the order of the bank."""
    slots = [sa.or_(*(_has(way, prefix=slot is query.slots[-1]) for way in slot)) for slot in query.slots]
    found = (
        sa.select(SearchDocument, Lesson)
        .join(Lesson, Lesson.slug == SearchDocument.lesson_slug)
        .join(LessonPath, LessonPath.slug == Lesson.path_slug)
        .where(SearchDocument.lang == lang, sa.and_(*slots) if every else sa.or_(*slots))
        .order_by(LessonPath.position, Lesson.position, SearchDocument.step_number)
        .limit(MOST_CANDIDATES)
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def _ranked(query: ranking.Query, rows: list[tuple[SearchDocument, Lesson]], lang: str, limit: int) -> list[Hit]:
    scored = [(ranking.score(query, doc.title, doc.aliases, doc.body), doc, lesson) for doc, lesson in rows]
    scored.sort(key=lambda row: -row[0])  # stable: equals stay in the order of the bank
    hits: list[Hit] = []
    of_lesson: dict[str, int] = {}
    for _, doc, lesson in scored:
        of_lesson[lesson.slug] = of_lesson.get(lesson.slug, 0) + 1
        if of_lesson[lesson.slug] <= MOST_OF_ONE_LESSON:
            text = ranking.snippet(query, doc.body)
            hits.append(Hit(lesson.slug, lesson.title(lang), doc.step_number, doc.title, text))
        if len(hits) == limit:
            break
    return hits


def _tries(query: ranking.Query) -> list[tuple[ranking.Query, bool]]:
    """All words; then the same with Telex letters read; then any of the words."""
    plain = [ranking.telex(token) for token in query.tokens]
    decoded = replace(query, slots=[[[token]] for token in plain], tokens=plain, exact=plain)
    return [(query, True), (decoded, True), (query, False)]


def search(typed: str, lang: str, limit: int = 20) -> list[Hit]:
    """Lessons and steps that answer what was typed, best first; accents, case and word order may differ."""
    synonyms = {row.term: row.means for row in db.session.scalars(sa.select(SearchSynonym))}
    query = ranking.parse(nfc(typed)[:LONGEST], synonyms)
    if not query.slots:
        return []
    for language in dict.fromkeys((lang, SOURCE)):
        for attempt, every in _tries(query):
            if rows := _candidates(attempt, language, every):
                return _ranked(attempt, rows, lang, limit)
    return []
