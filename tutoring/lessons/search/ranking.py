"""How well a text answers a search. Pure, so that every database gives the same order.

Vietnamese words are rows of syllables, so what stands side by side counts for more than what merely occurs;
and one unaccented syllable is many words, so accents that were typed count too. Texts come here as they are kept:
folded syllables in one row, with a blank before and after each.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from tutoring.kernel.text import fold, words

LONGEST = 12  # syllables of a search that count
_SYLLABLE = re.compile(r"[^\W_]+")
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_TELEX = (("dd", "d"), ("aa", "a"), ("aw", "a"), ("ee", "e"), ("oo", "o"), ("ow", "o"), ("uw", "u"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SHORTEST_TYPO = 3

Slot = list[list[str]]  # ways to say one thing, each a row of folded syllables


class Document(Protocol):
    """What is known of a text: its title and the whole of it as rows of folded syllables, and of exact keys."""

    folded_title: str
    folded_aliases: str  # one row each, parted by line ends
    folded: str
    title_keys: str
    keys: str


@dataclass(frozen=True)
class Query:
    """A search as it was typed: the slots that must all be there, and the syllables with their accents."""

    slots: list[Slot]
    tokens: list[str]
    exact: list[str]

    @property
    def accented(self) -> bool:
        return any(key != fold(key) for key in self.exact)


# ---- syllables -------------------------------------------------------------------------------------------


def row(syllables: Iterable[str]) -> str:
    """Syllables in one row, in which each is found by its blanks."""
    return f" {' '.join(syllables)} "


def syllables(text: str) -> list[str]:
    """The folded syllables that can be searched for: letters and digits, so nothing in them means anything else."""
    return [word for word in words(text) if word.isascii()]


@lru_cache(8192)  # of the whole language there are no more than so many
def exact_key(syllable: str) -> str:
    """A syllable with its shape marks, its tone at the end: hoà and hòa are one, ma and mà are two."""
    decomposed = unicodedata.normalize("NFD", syllable.lower())
    tone = "".join(mark for mark in decomposed if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES)) + tone


def exact_keys(text: str) -> list[str]:
    """The exact keys of all syllables of a text, in order."""
    return [exact_key(part) for part in _SYLLABLE.findall(unicodedata.normalize("NFC", text))]


def telex(token: str) -> str:
    """The unaccented syllable behind Telex letters typed while the keyboard was off: "ddawng" is "dang"."""
    plain = token
    for typed, letter in _TELEX:
        plain = plain.replace(typed, letter)
    plain = re.sub(r"(?<=[aeiouy])([a-z]*?)[sfrxj]$", r"\1", plain)
    return re.sub(r"w", "", plain) or token


# ---- reading a search ------------------------------------------------------------------------------------


def parse(typed: str, synonyms: dict[str, list[str]]) -> Query:
    """Read a search; `synonyms` are folded, each term with everything that means the same."""
    tokens = syllables(typed)[:LONGEST]
    longest = max((len(term.split()) for term in synonyms), default=1)
    slots: list[Slot] = []
    at = 0
    while at < len(tokens):
        size = next((n for n in range(longest, 0, -1) if " ".join(tokens[at : at + n]) in synonyms), 1)
        term = tokens[at : at + size]
        others = [other.split() for other in synonyms.get(" ".join(term), [])]
        slots.append([term, *(other for other in others if other != term)])
        at += len(term)
    return Query(slots, tokens, exact_keys(typed)[:LONGEST])


def reread(query: Query, tokens: list[str]) -> Query:
    """The same search with other syllables, such as those behind Telex letters; nothing in them is exact."""
    return replace(query, slots=[[[token]] for token in tokens], tokens=tokens, exact=tokens)


def mend(tokens: Iterable[str], known: Counter[str]) -> list[str]:
    """Each syllable that nobody wrote becomes the commonest known one that is one slip of the finger away."""
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


# ---- what an answer is worth -----------------------------------------------------------------------------


def _holds(text: str, phrase: Iterable[str], prefix: bool) -> bool:
    return f" {' '.join(phrase)}{'' if prefix else ' '}" in text


def _covered(text: str, query: Query) -> float:
    """How much of the search stands in the text: slots found, and neighbours that are neighbours there."""
    last = query.slots[-1]
    found = [any(_holds(text, way, slot is last) for way in slot) for slot in query.slots]
    pairs = list(zip(query.tokens, query.tokens[1:], strict=False))
    beside = [_holds(text, pair, at == len(pairs)) for at, pair in enumerate(pairs, 1)]
    share = sum(found) / len(found)
    return share + (2 * sum(beside) / len(beside) if beside else share)


def score(query: Query, document: Document) -> float:
    """How well a text answers, the higher the better; titles and aliases weigh most."""
    if not query.slots:
        return 0.0
    rows = (document.folded_title, *document.folded_aliases.split("\n"))
    phrase = any(_holds(one, query.tokens, True) for one in rows)
    points = 4.0 * phrase + 2.0 * _covered(document.folded_title, query) + _covered(document.folded, query)
    if query.accented:
        there = sum((f" {key} " in document.keys) + (f" {key} " in document.title_keys) for key in query.exact)
        points += there * 2.0 / len(query.exact)
    return points
