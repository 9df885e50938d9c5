"""The words that lessons use, how often, and beside which others: what a misspelt search is corrected to.

A process reads them from the search documents once for each version of the lessons, when a search first needs them.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.kernel.text import fold
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.search.models import SearchDocument, SearchSynonym
from tutoring.lessons.search.ranking import exact_key

MAX_DOCUMENTS = 3_000  # of all languages; more would take longer than they teach
MAX_VERSIONS = 4  # in memory: before and after a load, for two applications of one process
_WORD = re.compile(r"[^\W_]+")
_CAPITALS = re.compile(r"\w+[A-Z]\w*")


@dataclass(frozen=True)
class Vocabulary:
    """Words as lessons write them, in lower case, with their frequencies."""

    count: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)  # adjacent words
    said: frozenset[tuple[str, str]] = frozenset()  # adjacent folded words of aliases and synonyms
    of_fold: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # words by folded letters, commonest first
    of_key: Mapping[str, str] = field(default_factory=dict)  # the word with this exact key
    shown: Mapping[str, str] = field(default_factory=dict)  # words that are written with capitals: OTP, VNeID

    def beside(self, one: str, other: str) -> int:
        """Returns how often two words are adjacent; 1 if only an alias or a synonym has them so."""
        return self.pairs[one, other] or ((fold(one), fold(other)) in self.said)


def read(texts: Iterable[str], phrases: Iterable[str] = ()) -> Vocabulary:
    """Returns the vocabulary of these texts; `phrases` are folded aliases and synonyms."""
    count: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    capitals: Counter[str] = Counter()
    for text in texts:
        composed = unicodedata.normalize("NFC", text)
        found = _WORD.findall(composed.lower())
        count.update(found)
        pairs.update(pairwise(found))
        capitals.update(_CAPITALS.findall(composed))
    said = [phrase.split() for phrase in phrases]
    for word in {word for phrase in said for word in phrase} - set(count):
        count[word] = 1
    of_fold: dict[str, list[str]] = {}
    for word, _times in sorted(count.items(), key=lambda one: (-one[1], one[0])):
        of_fold.setdefault(fold(word), []).append(word)
    common = [(raw, times) for raw, times in capitals.items() if 2 * times >= count[raw.lower()]]
    return Vocabulary(
        count,
        pairs,
        frozenset(pair for phrase in said for pair in pairwise(phrase)),
        {bare: tuple(some) for bare, some in of_fold.items() if bare.isascii()},
        {exact_key(word): word for word in sorted(count, key=lambda word: (count[word], word))},
        {raw.lower(): raw for raw, _times in sorted(common, key=lambda one: one[1])},
    )


_read: dict[object, Vocabulary] = {}
_lock = threading.Lock()


def vocabulary() -> Vocabulary:
    """Returns the words of the current lessons and of the synonyms, in all languages.

    One statement asks which version of them is current; two more read it, if no search has needed it yet.
    """
    many = sa.select(sa.func.count()).select_from(SearchSynonym).scalar_subquery()
    long = sa.select(sa.func.sum(sa.func.length(SearchSynonym.term))).scalar_subquery()
    current = sa.select(Lesson.slug, Lesson.content_hash, many, long).where(Lesson.retired_at.is_(None))
    version = tuple(tuple(one) for one in db.session.execute(current.order_by(Lesson.slug)))
    with _lock:  # other threads wait rather than read the same
        if version not in _read:
            while len(_read) >= MAX_VERSIONS:
                del _read[next(iter(_read))]
            _read[version] = _of_documents()
        return _read[version]


def _of_documents() -> Vocabulary:
    columns = SearchDocument.title, SearchDocument.body, SearchDocument.folded_aliases
    rows = db.session.execute(sa.select(*columns).order_by(SearchDocument.place).limit(MAX_DOCUMENTS)).all()
    synonyms = db.session.execute(sa.select(SearchSynonym.term, SearchSynonym.means)).all()
    aliases = {alias for row in rows for alias in row.folded_aliases.split("\n")}
    meant = {phrase for row in synonyms for phrase in (row.term, *row.means)}
    return read((f"{row.title}\n{row.body}" for row in rows), sorted(aliases | meant))
