"""Scores how well a text matches a search. Pure, so every database gives the same order.

Vietnamese words consist of several syllables, so adjacent syllables count more than single ones. One unaccented
syllable stands for many words, so typed accents count too. Texts are stored as one row of folded syllables, with a
blank before and after each.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from tutoring.kernel.text import fold, words

MAX_SYLLABLES = 12  # syllables of a search that count
_SYLLABLE = re.compile(r"[^\W_]+")
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_TELEX = (("dd", "d"), ("aa", "a"), ("aw", "a"), ("ee", "e"), ("oo", "o"), ("ow", "o"), ("uw", "u"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SHORTEST_TYPO = 3

Slot = list[list[str]]  # alternatives for one term, each a list of folded syllables


class Document(Protocol):
    """A searchable text: its title and whole text as rows of folded syllables and of exact keys."""

    folded_title: str
    folded_aliases: str  # one line for each alias
    folded: str
    title_keys: str
    keys: str


@dataclass(frozen=True)
class Query:
    """A search: the slots that must all occur, and the syllables with and without accents."""

    slots: list[Slot]
    tokens: list[str]
    exact: list[str]

    @property
    def accented(self) -> bool:
        return any(key != fold(key) for key in self.exact)


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
    tone = "".join(mark for mark in decomposed if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES)) + tone


def exact_keys(text: str) -> list[str]:
    """Returns the exact keys of all syllables of a text, in order."""
    return [exact_key(part) for part in _SYLLABLE.findall(unicodedata.normalize("NFC", text))]


def telex(token: str) -> str:
    """Returns the unaccented syllable for Telex letters typed with the input method off.

    For example "ddawng" becomes "dang".
    """
    plain = token
    for typed, letter in _TELEX:
        plain = plain.replace(typed, letter)
    plain = re.sub(r"(?<=[aeiouy])([a-z]*?)[sfrxj]$", r"\1", plain)
    return re.sub(r"w", "", plain) or token


# ---- parsing a search ------------------------------------------------------------------------------------


def parse(typed: str, synonyms: dict[str, list[str]]) -> Query:
    """Parses a search; `synonyms` are folded, each term with all its synonyms."""
    tokens = syllables(typed)[:MAX_SYLLABLES]
    longest = max((len(term.split()) for term in synonyms), default=1)
    slots: list[Slot] = []
    at = 0
    while at < len(tokens):
        size = next((n for n in range(longest, 0, -1) if " ".join(tokens[at : at + n]) in synonyms), 1)
        term = tokens[at : at + size]
        others = [other.split() for other in synonyms.get(" ".join(term), [])]
        slots.append([term, *(other for other in others if other != term)])
        at += len(term)
    return Query(slots, tokens, exact_keys(typed)[:MAX_SYLLABLES])


def replace_tokens(query: Query, tokens: list[str]) -> Query:
    """Returns the search with other syllables, such as those read from Telex; none is exact."""
    return replace(query, slots=[[[token]] for token in tokens], tokens=tokens, exact=tokens)


def mend(tokens: Iterable[str], known: Counter[str]) -> list[str]:
    """Replaces each unknown syllable by the most frequent known one a typing error away."""
    return [token if token in known else _nearest(token, known) for token in tokens]


def _nearest(token: str, known: Counter[str]) -> str:
    if len(token) < _SHORTEST_TYPO:
        return token
    near = {slip for slip in _slips(token) if slip in known}
    return min(near, key=lambda word: (-known[word], word), default=token)


def _slips(token: str) -> Iterator[str]:
    for at in range(len(token) + 1):
        left, right = token[:at], token[at:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


# ---- scoring ----------------------------------------------------------------------------------------------


def _holds(text: str, phrase: Iterable[str], prefix: bool) -> bool:
    return f" {' '.join(phrase)}{'' if prefix else ' '}" in text


def _covered(text: str, query: Query) -> float:
    """Returns the share of slots and of adjacent pairs of the search that the text holds."""
    last = query.slots[-1]
    found = [any(_holds(text, way, slot is last) for way in slot) for slot in query.slots]
    pairs = list(zip(query.tokens, query.tokens[1:], strict=False))
    beside = [_holds(text, pair, at == len(pairs)) for at, pair in enumerate(pairs, 1)]
    share = sum(found) / len(found)
    return share + (2 * sum(beside) / len(beside) if beside else share)


def score(query: Query, document: Document) -> float:
    """Returns the score of a text, higher is better; titles and aliases count most."""
    if not query.slots:
        return 0.0
    rows = (document.folded_title, *document.folded_aliases.split("\n"))
    phrase = any(_holds(one, query.tokens, True) for one in rows)
    points = 4.0 * phrase + 2.0 * _covered(document.folded_title, query) + _covered(document.folded, query)
    if query.accented:
        there = sum((f" {key} " in document.keys) + (f" {key} " in document.title_keys) for key in query.exact)
        points += there * 2.0 / len(query.exact)
    return points
