"""The search of the lesson catalogue: lessons, each with its steps that match.

The results are the same on every database, and the number of statements depends neither on the words nor on the size
of the catalogue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.kernel.text import nfc
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.search import corrections, index, ranking
from tutoring.lessons.search.hits import Found, RankedLesson, cards, document_texts
from tutoring.lessons.search.index import LANGUAGES, Candidate
from tutoring.lessons.search.models import SearchSynonym
from tutoring.lessons.search.ranking import HOLDS, SAYS, Query, Scorer
from tutoring.lessons.search.vocabulary import vocabulary

MAX_LESSONS = 10
MAX_CLOSE_LESSONS = 6  # where not all words were found
MAX_QUERY_CHARS = 200
SUGGESTIONS = 6
CARE_SKILL = "an-toan.bat-nat"  # lessons that teach it say whom to tell and whom to call
_OF_LESSON = 1.1  # a lesson before a step that matches as well
_OF_STAFF = 0.85  # a lesson for staff after one for everybody that matches as well
_NEAR = 0.5  # of the best score: steps below it are left out
_CLOSE = 0.45  # of the best score: lessons below it are left out where not all words were found
_COMMON = 8  # documents that any word may be thought to be in, so that the rarest does not decide alone
_SYLLABLE = 0.4  # each further syllable of a term: it says more than a single one
_TOGETHER = 2.0  # what the documents of a lesson hold between them
_RANKED = 60  # documents that hold most of the search; only these are ranked where not all hold all words
_ENOUGH = 3  # lessons that hold the search in their texts; with fewer, those that hold some of it are shown too


@dataclass(frozen=True)
class Suggestion:
    """A title suggested while the user types."""

    slug: str
    number: int
    title: str


@dataclass(frozen=True)
class _Reading:
    """One reading of a search, and the lessons that it found in one language, best first."""

    query: Query
    lang: str
    lessons: list[RankedLesson] = field(default_factory=list)
    fit: int = 0  # of the best lesson, as `Scorer.fit` says it

    def found(
        self, lang: str, limit: int, corrected: str = "", *, nothing: bool = False, partly: bool = False
    ) -> Found:
        """Returns what a page in this language shows of it."""
        return Found(cards(self.query, self.lessons[:limit], lang, self.lang), corrected, nothing, partly)


def parse_search(typed: str, *, typing: bool = False) -> Query:
    """Parses a search with the synonyms of its words."""
    terms = ranking.possible_terms(typed)
    if not terms:
        return Query([], [], [], [])
    columns = SearchSynonym.term, SearchSynonym.means
    rows = db.session.execute(sa.select(*columns).where(SearchSynonym.term.in_(sorted(terms))))
    return ranking.parse(typed, {row.term: row.means for row in rows}, typing=typing)


def search(typed: str, lang: str, limit: int = MAX_LESSONS, *, loosely: bool = True, as_typed: bool = False) -> Found:
    """Returns matching lessons, best first; accents, case and order may differ.

    Lessons that hold all words come first, in the language of the page, then in another one. If the words are only
    scattered there, `loosely` reads the search in the words of the lessons (unless `as_typed`), and finally accepts
    lessons that hold any of the words.
    """
    typed = nfc(typed[:MAX_QUERY_CHARS])
    query = parse_search(typed)
    if not query.slots:
        return Found()
    tried = _all_words(query, lang)
    if not tried.lessons:  # the words may be of another language
        other = next(language for language in LANGUAGES if language != lang)
        tried = max(tried, _all_words(query, other), key=lambda one: len(one.lessons) > 0)
    if tried.fit == SAYS or not loosely:
        return tried.found(lang, limit)
    if not as_typed and (tried.fit != HOLDS or query.accented):
        words = vocabulary()
        corrected = corrections.correct(typed, words)
        reading = _all_words(parse_search(corrected), lang) if corrected else tried
        if reading.fit > tried.fit:
            return reading.found(lang, limit, corrected, nothing=not tried.lessons)
        if not tried.lessons and (corrected := corrections.correct(typed, words, unknown_only=True)):
            return _any_word(parse_search(corrected), lang).found(lang, limit, corrected, nothing=True, partly=True)
    if tried.fit == HOLDS and len(tried.lessons) >= _ENOUGH:
        return tried.found(lang, limit)
    return _any_word(query, tried.lang).found(lang, limit, partly=not tried.lessons)


def search_in_danger(typed: str, lang: str, limit: int = MAX_LESSONS) -> Found:
    """Returns the lessons that say whom to call, then those whose title or alias says what was typed."""
    teaching = sa.select(Lesson).where(Lesson.retired_at.is_(None)).order_by(Lesson.path_slug, Lesson.position)
    first = [one.slug for one in db.session.scalars(teaching) if CARE_SKILL in one.facts["teaches"]]
    query = replace(parse_search(nfc(typed[:MAX_QUERY_CHARS])), finished=True)
    reading = _all_words(query, lang) if query.slots else _Reading(query, lang)
    said = {one[1]: one for one in reading.lessons if reading.fit == SAYS}
    lessons: list[RankedLesson] = [said.pop(slug, (0.0, slug, [])) for slug in first]
    return _Reading(query, lang, [*lessons, *said.values()]).found(lang, limit)


def suggest(typed: str, lang: str) -> list[Suggestion]:
    """Returns titles that match the typed text, lessons before steps; needs two letters."""
    query = parse_search(nfc(typed[:MAX_QUERY_CHARS]), typing=True)
    if not query.slots or len("".join(query.tokens)) < 2:
        return []
    scorer = Scorer(query)
    found = index.titles(query, lang, limit=50)
    best = sorted(found, key=lambda one: (-scorer.score(one), one.number > 0))[:SUGGESTIONS]
    texts = document_texts(best, lang, lang)
    return [Suggestion(one.slug, one.number, texts[one.id][0]) for one in best]


# ---- one reading of a search ------------------------------------------------------------------------------


def _all_words(query: Query, lang: str) -> _Reading:
    """Ranks the lessons that hold all words in one place."""
    scorer = Scorer(query)
    lessons = _by_lesson(scorer, index.candidates(query, lang, every=True))
    return _Reading(query, lang, lessons, max(map(scorer.fit, lessons[0][2])) if lessons else 0)


def _any_word(query: Query, lang: str) -> _Reading:
    """Ranks the lessons that hold some of the words; words that few documents hold count more."""
    found = index.candidates(query, lang, every=False)
    if not found:
        return _Reading(query, lang)
    plain, needed = Scorer(query), {id(slot) for slot in query.slots}
    held = {one.id: plain.held(one.folded) for one in found}
    holding = [sum(worth > 0 for worth in of_term) for of_term in zip(*held.values(), strict=True)]
    weights = [
        log(1 + len(found) / (_COMMON + many)) * (1 + _SYLLABLE * (len(slot[0]) - 1))
        for slot, many in zip(query.row, holding, strict=True)
        if id(slot) in needed
    ]
    scorer = Scorer(query, weights)
    best = sorted(found, key=lambda one: -scorer.share(held[one.id]))[:_RANKED]
    lessons = _by_lesson(scorer, sorted(best, key=lambda one: one.place), held)
    close = [one for one in lessons if one[0] >= _CLOSE * lessons[0][0]]
    return _Reading(query, lang, close[:MAX_CLOSE_LESSONS])


def _by_lesson(
    scorer: Scorer, found: Sequence[Candidate], held: Mapping[int, Sequence[float]] | None = None
) -> list[RankedLesson]:
    """Groups documents by lesson, best first; equal scores keep the order of the catalogue.

    `held` says how each document holds the terms, if not all do: then it counts what a lesson holds between them.
    """
    of_lesson: dict[str, list[tuple[float, Candidate]]] = {}
    for one in found:
        times = (1.0 if one.number else _OF_LESSON) * (_OF_STAFF if index.is_of_staff(one) else 1.0)
        points = scorer.score(one, held[one.id] if held else ()) * times
        of_lesson.setdefault(one.slug, []).append((points, one))
    ranked: list[RankedLesson] = []
    for slug, rows in of_lesson.items():
        rows.sort(key=lambda row: -row[0])
        points = rows[0][0]
        # Where all words were found, each step is near enough that matches half as well as the best step.
        least = _NEAR * (points if held else next((mine for mine, one in rows if one.number), 0.0))
        if held:
            between = zip(*(held[one.id] for _points, one in rows), strict=True)
            points += _TOGETHER * scorer.share([max(of_term) for of_term in between])
        ranked.append((points, slug, [one for mine, one in rows if mine >= least]))
    return sorted(ranked, key=lambda one: -one[0])
