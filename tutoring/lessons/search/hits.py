"""What a page shows of the lessons found: a card for each, with the steps that match and the matches marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson, LessonPath, in_language
from tutoring.lessons.search.index import Candidate
from tutoring.lessons.search.models import SearchDocument
from tutoring.lessons.search.ranking import Query
from tutoring.lessons.search.snippets import Parts, marked, snippet

MAX_STEPS_PER_LESSON = 3
RankedLesson = tuple[float, str, list[Candidate]]  # its score, its slug, and its documents, best first


@dataclass(frozen=True)
class StepHit:
    """A step that matches; without a snippet where it was found in another language than the page's."""

    number: int
    title: Parts
    snippet: Parts


@dataclass(frozen=True)
class LessonHit:
    """A lesson that matches, or that has steps that do."""

    slug: str
    title: Parts
    summary: Parts
    picture: str
    hue: str
    steps: list[StepHit]


@dataclass(frozen=True)
class Found:
    """What a search found, best first.

    `corrected` is the search whose results these are, where it is not the one typed; `nothing` says that the typed one
    has none. `partly` says that no lesson holds all words.
    """

    lessons: list[LessonHit] = field(default_factory=list)
    corrected: str = ""
    nothing: bool = False
    partly: bool = False

    def __len__(self) -> int:
        return len(self.lessons)

    def places(self) -> list[tuple[str, int | None]]:
        """Returns each lesson as a whole, and after it its steps that match."""
        return [(one.slug, number) for one in self.lessons for number in (None, *(step.number for step in one.steps))]


def cards(query: Query, ranked: Sequence[RankedLesson], lang: str, found_in: str) -> list[LessonHit]:
    """Returns the cards of these lessons, which were found in the language `found_in`: two statements."""
    steps = {slug: [one for one in rows if one.number][:MAX_STEPS_PER_LESSON] for _points, slug, rows in ranked}
    rows = lesson_rows([slug for _points, slug, _rows in ranked])
    texts = document_texts([one for some in steps.values() for one in some], lang, found_in)
    return [_card(query, rows[slug], lang, steps[slug], texts) for _points, slug, _rows in ranked if slug in rows]


def _card(
    query: Query, row: Any, lang: str, steps: Sequence[Candidate], texts: Mapping[int, tuple[str, str]]
) -> LessonHit:
    head = in_language(row.texts, lang)
    mark, around = partial(marked, query), partial(snippet, query)
    shown = [
        StepHit(one.number, mark(title), around(body) if body else [])
        for one in steps
        for title, body in [texts.get(one.id, ("", ""))]
        if title
    ]
    picture = row.picture or row.path_picture
    return LessonHit(row.slug, mark(head["title"]), mark(head["summary"]), picture, row.hue, shown)


def lesson_rows(slugs: Sequence[str]) -> dict[str, Any]:
    """Returns what cards show of these lessons; columns, because entities would decode all that a lesson holds."""
    if not slugs:
        return {}
    path = LessonPath.picture.label("path_picture"), LessonPath.hue
    query = (
        sa.select(Lesson.slug, Lesson.texts, Lesson.picture, *path)
        .join(LessonPath, LessonPath.slug == Lesson.path_slug)
        .where(Lesson.slug.in_(slugs), Lesson.retired_at.is_(None))
    )
    return {row.slug: row for row in db.session.execute(query)}


def document_texts(shown: Sequence[Candidate], lang: str, found_in: str) -> dict[int, tuple[str, str]]:
    """Returns titles and texts by id; for documents of another language than the page's, their titles in that alone."""
    if not shown:
        return {}
    if lang == found_in:
        columns = SearchDocument.id, SearchDocument.title, SearchDocument.body
        query = sa.select(*columns).where(SearchDocument.id.in_([one.id for one in shown]))
        return {row.id: (row.title, row.body) for row in db.session.execute(query)}
    ids = {one.place: one.id for one in shown}
    titles = sa.select(SearchDocument.place, SearchDocument.title).where(SearchDocument.lang == lang)
    return {ids[row.place]: (row.title, "") for row in db.session.execute(titles.where(SearchDocument.place.in_(ids)))}
