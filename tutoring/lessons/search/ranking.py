"""Scores how well a text matches a search. Pure, so every database gives the same order.

Vietnamese words consist of several syllables, so adjacent syllables count more than single ones. One unaccented
syllable stands for many words, so typed accents count too. Texts are stored as one row of folded syllables, with a
blank before and after each.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from operator import mul
from typing import Protocol

from tutoring.kernel.text import fold, words
from tutoring.lessons.content.schema import MAX_SYNONYM_WORDS
from tutoring.lessons.search.stop_words import PHRASES, SPELLINGS, is_stop_word

MAX_WORDS = 20  # syllables of a search that count
MAX_TERMS = 10  # terms of a search that a text must hold
MAX_WAYS = 4  # alternatives of a term that count beside another term
MAX_PHRASES = 8  # ways to say the whole search
_SYLLABLE = re.compile(r"[^\W_]+")
TONES = "\u0300\u0309\u0303\u0301\u0323"
_SYNONYM, _BEGUN, _ASIDE, _CORE = 0.9, 0.7, 0.25, 0.8  # what counts less than a whole typed word, or phrase
_SHORTEST_BEGUN = 3  # letters from which an unfinished word says enough
SAYS, HOLDS = 2, 1  # how well a text fits

Slot = list[list[str]]  # alternatives for one term, each a list of folded syllables
Patterns = list[tuple[str, float]]  # what to look for in a row, and what it counts, the most first


class Document(Protocol):
    """A searchable text: its title and whole text as rows of folded syllables and of exact keys."""

    @property
    def folded_title(self) -> str: ...
    @property
    def folded_aliases(self) -> str: ...  # one line for each alias
    @property
    def folded(self) -> str: ...
    @property
    def title_keys(self) -> str: ...
    @property
    def keys(self) -> str: ...


@dataclass(frozen=True)
class Query:
    """A search: all its terms in order, those that must occur, and the syllables with and without accents."""

    row: list[Slot]
    slots: list[Slot]
    tokens: list[str]
    exact: list[str]
    finished: bool = False  # the last word is whole

    @classmethod
    def of_words(cls, words: Sequence[str]) -> "Query":
        """Returns the search for all of these folded words."""
        slots: list[Slot] = [[[word]] for word in words]
        return cls(slots, slots, list(words), list(words))

    @property
    def accented(self) -> bool:
        return any(key != fold(key) for key in self.exact)

    @property
    def unfinished(self) -> bool:
        """Whether the last term that must occur is the last one typed, and may be the beginning of a word."""
        return not self.finished and bool(self.slots) and self.slots[-1] is self.row[-1]


# ---- syllables -------------------------------------------------------------------------------------------


def row(syllables: Iterable[str]) -> str:
    """Joins syllables to one row with a blank before and after each."""
    return f" {' '.join(syllables)} "


def syllables(text: str) -> list[str]:
    """Returns the searchable folded syllables; only letters and digits, so none is an operator."""
    return [word for word in words(text) if word.isascii()]


@lru_cache(8192)  # Vietnamese has fewer syllables than this
def exact_key(syllable: str) -> str:
    """Returns a syllable with its vowel marks and its tone at the end.

    So hoà and hòa get the same key, ma and mà different ones.
    """
    decomposed = unicodedata.normalize("NFD", syllable.lower())
    tone = "".join(mark for mark in decomposed if mark in TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in TONES)) + tone


def exact_keys(text: str) -> list[str]:
    """Returns the exact keys of all syllables of a text, in order."""
    return [exact_key(part) for part in _SYLLABLE.findall(unicodedata.normalize("NFC", text))]


def typed_words(typed: str) -> list[tuple[str, str]]:
    """Returns the first words of a search, each in lower case as typed, and folded."""
    found: list[tuple[str, str]] = []
    for part in unicodedata.normalize("NFC", typed).lower().split():
        bare, raw = words(part), _SYLLABLE.findall(part)
        # Marks that join no letter split the typed form, so only the folded one is used.
        found += zip(raw if len(raw) == len(bare) else bare, bare, strict=True)
        if len(found) >= MAX_WORDS:
            break
    full = [(SPELLINGS.get(raw, raw), SPELLINGS.get(raw, bare)) for raw, bare in found[:MAX_WORDS]]
    return [(raw, bare) for raw, bare in full if bare.isascii()]


# ---- parsing a search ------------------------------------------------------------------------------------


def possible_terms(typed: str) -> set[str]:
    """Returns the folded terms of a search that may have synonyms."""
    tokens = [bare for _raw, bare in typed_words(typed)]
    return {" ".join(tokens[at : at + size]) for at in range(len(tokens)) for size in range(1, MAX_SYNONYM_WORDS + 1)}


def parse(typed: str, synonyms: Mapping[str, list[str]], *, typing: bool = False) -> Query:
    """Parses a search; `synonyms` are folded, each term with all its synonyms.

    A stop word need not occur, unless nothing else was typed, or it is the last one and the user is still `typing`.
    """
    pairs = typed_words(typed)
    tokens = [bare for _raw, bare in pairs]
    whole: list[Slot] = []
    needed: list[Slot] = []
    at = 0
    while at < len(tokens):
        aside = next((size for size in (3, 2) if tuple(tokens[at : at + size]) in PHRASES), 0)
        sizes = range(MAX_SYNONYM_WORDS, 0, -1)
        size = aside or next((size for size in sizes if " ".join(tokens[at : at + size]) in synonyms), 1)
        term = tokens[at : at + size]
        others = [other.split() for other in synonyms.get(" ".join(term), [])]
        whole.append([term, *(other for other in others if other != term)])
        stop = aside or (size == 1 and is_stop_word(pairs[at][0]))
        at += size
        if (not stop or (typing and at == len(tokens))) and len(needed) < MAX_TERMS:
            needed.append(whole[-1])
    return Query(whole, needed or whole[:MAX_TERMS], tokens, exact_keys(" ".join(raw for raw, _bare in pairs)))


# ---- scoring ----------------------------------------------------------------------------------------------


def _patterns(ways: Iterable[tuple[Sequence[str], float]], unfinished: bool) -> Patterns:
    """Returns what a row must hold for one of these ways to say something."""
    found = [(f" {' '.join(way)} ", worth) for way, worth in ways]
    if unfinished:
        found += [(pattern[:-1], worth * _BEGUN) for pattern, worth in found]
    return found


def _worth(text: str, patterns: Patterns) -> float:
    for pattern, worth in patterns:
        if pattern in text:
            return worth
    return 0.0


def _ways(slot: Slot) -> list[tuple[list[str], float]]:
    return [(way, 1.0 if way is slot[0] else _SYNONYM) for way in slot]


def _phrases(slots: Sequence[Slot], unfinished: bool) -> Patterns:
    """Returns the ways to say these terms one after the other."""
    chosen = islice(product(*(_ways(slot) for slot in slots)), MAX_PHRASES)
    said = [([word for way, _worth in ways for word in way], min(worth for _way, worth in ways)) for ways in chosen]
    return _patterns(said, unfinished)


class Scorer:
    """Scores texts for one search. `weights` says how much each term that must occur counts; else all count alike."""

    def __init__(self, query: Query, weights: Sequence[float] = ()) -> None:
        self.query = query
        weights = weights or [1.0] * len(query.slots)
        counts = {id(slot): weight for slot, weight in zip(query.slots, weights, strict=True)}
        last = -1 if query.finished else len(query.row) - 1
        self._terms = [
            (counts.get(id(slot), _ASIDE), _patterns(_ways(slot), at == last), id(slot) in counts)
            for at, slot in enumerate(query.row)
        ]
        self._pairs = [
            (
                min(counts.get(id(one), _ASIDE), counts.get(id(other), _ASIDE)),
                _phrases([one[:MAX_WAYS], other[:MAX_WAYS]], at == last),
                id(one) in counts and id(other) in counts,
            )
            for at, (one, other) in enumerate(zip(query.row, query.row[1:], strict=False), 1)
        ]
        self._whole = _phrases(query.row, not query.finished)
        self._core = _phrases(query.slots, query.unfinished) if len(query.slots) < len(query.row) else []
        self._weights = [weight for weight, *_rest in self._terms]
        self._all = sum(self._weights)
        self._beside = sum(weight for weight, *_rest in self._pairs)
        self._words = {word for slot in query.row for way in slot for word in way}
        self._accented = query.accented

    def held(self, text: str) -> list[float]:
        """Returns for each term how well a row holds it, from 0 to 1."""
        found = []
        for _weight, patterns, _needed in self._terms:
            for pattern, worth in patterns:  # not `_worth`: nothing is called more often
                if pattern in text:
                    found.append(worth)
                    break
            else:
                found.append(0.0)
        return found

    def share(self, held: Sequence[float]) -> float:
        """Returns the share of the search that is held, by the weights of its terms."""
        return float(sum(map(mul, held, self._weights))) / self._all

    def _covered(self, text: str, held: Sequence[float] = ()) -> float:
        share = self.share(held or self.held(text))
        if not share or not self._pairs:
            return 2 * share
        beside = sum(weight * _worth(text, patterns) for weight, patterns, _needed in self._pairs)
        return share + 2 * beside / self._beside

    def _line(self, line: str) -> float:
        """Returns how well a title or an alias says the search: all of it at once, and hardly anything else."""
        share = self.share(self.held(line))
        if not share:
            return 0.0
        words = line.split()
        precision = sum(word in self._words for word in words) / len(words)
        phrase = _worth(line, self._whole) or _CORE * _worth(line, self._core)
        asked = precision == 1 and len(words) > 1  # every word of it was typed, among others
        return 4.0 * phrase + 1.5 * asked + 6.0 * share * precision / (share + precision)

    def score(self, document: Document, held: Sequence[float] = ()) -> float:
        """Returns the score of a text, higher is better; titles and aliases count most.

        `held` is how its whole text holds the terms, if known.
        """
        if not self.query.slots:
            return 0.0
        title, line = self._covered(document.folded_title), self._line(document.folded_title)
        if document.folded_aliases:
            title = max(title, _CORE * self._covered(document.folded_aliases))
            line = max(line, *map(self._line, document.folded_aliases.split("\n")))
        points = line + 2.0 * title + self._covered(document.folded, held)
        if self._accented:
            exact = self.query.exact
            there = sum((f" {key} " in document.keys) + (f" {key} " in document.title_keys) for key in exact)
            points += there * 2.0 / len(exact)
        return points

    def fit(self, document: Document) -> int:
        """Returns whether a text is what was meant: its title or an alias `SAYS` it, or the text `HOLDS` it together.

        A text that only holds the words somewhere, or with other accents than were typed, returns 0.
        """
        terms = zip(self.held(document.folded), self._terms, strict=True)
        held = [worth for worth, (_weight, _patterns, needed) in terms if needed]
        least = _BEGUN if len(self.query.tokens[-1]) >= _SHORTEST_BEGUN else 1.0
        marked = [key for key in self.query.exact if key != fold(key)]
        exact = sum(f" {key} " in document.keys for key in marked) >= len(marked) / 2
        if not exact or not all(worth >= least * _SYNONYM for worth in held):
            return 0
        lines = f"{document.folded_title}\n{document.folded_aliases}"
        if _worth(lines, self._whole) or _worth(lines, self._core):
            return SAYS
        if self.share(self.held(document.folded_title)) >= _CORE:
            return SAYS
        beside = [_worth(document.folded, patterns) > 0 for _weight, patterns, needed in self._pairs if needed]
        return HOLDS if sum(beside) >= len(beside) / 2 else 0


def score(query: Query, document: Document) -> float:
    """Returns the score of one text."""
    return Scorer(query).score(document)
