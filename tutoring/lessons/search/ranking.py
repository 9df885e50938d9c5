"""How well a text answers a search. Pure, so that every database gives the same order.

Vietnamese words are rows of syllables, so what stands side by side counts for more than what merely occurs;
and one unaccented syllable is many words, so accents that were typed count too.
"""

import re
import unicodedata
from dataclasses import dataclass

from tutoring.kernel.text import fold, words

_SYLLABLE = re.compile(r"[^\W_]+")
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_TELEX = (("dd", "d"), ("aa", "a"), ("aw", "a"), ("ee", "e"), ("oo", "o"), ("ow", "o"), ("uw", "u"))

Slot = list[list[str]]  # ways to say one thing, each a row of folded syllables


@dataclass(frozen=True)
class Query:
    """A search as it was typed: the slots that must all be there, and the syllables with their accents."""

    slots: list[Slot]
    tokens: list[str]
    exact: list[str]

    @property
    def accented(self) -> bool:
        return any(key != fold(key) for key in self.exact)


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


def parse(typed: str, synonyms: dict[str, list[str]]) -> Query:
    """Read a search; `synonyms` are folded, each term with everything that means the same."""
    tokens = words(typed)[:12]
    longest = max((len(term.split()) for term in synonyms), default=1)
    slots: list[Slot] = []
    at = 0
    while at < len(tokens):
        size = next((n for n in range(longest, 0, -1) if " ".join(tokens[at : at + n]) in synonyms), 1)
        term = tokens[at : at + size]
        others = [other.split() for other in synonyms.get(" ".join(term), [])]
        slots.append([term, *(other for other in others if other != term)])
        at += len(term)
    return Query(slots, tokens, exact_keys(typed)[:12])


def _holds(text: list[str], phrase: list[str], prefix: bool) -> bool:
    size = len(phrase)
    for start in range(len(text) - size + 1):
        part = text[start : start + size]
        if part == phrase or (prefix and part[:-1] == phrase[:-1] and part[-1].startswith(phrase[-1])):
            return True
    return False


def _covered(text: list[str], query: Query) -> float:
    """How much of the search stands in the text: slots found, and neighbours that are neighbours there."""
    found = [any(_holds(text, way, slot is query.slots[-1]) for way in slot) for slot in query.slots]
    pairs = list(zip(query.tokens, query.tokens[1:], strict=False))
    beside = [_holds(text, list(pair), pair is pairs[-1]) for pair in pairs]
    share = sum(found) / len(found)
    return share + (2 * sum(beside) / len(beside) if beside else share)


def score(query: Query, title: str, aliases: str, body: str) -> float:
    """How well a text answers, the higher the better; titles and aliases weigh most."""
    if not query.slots:
        return 0.0
    heading, text = words(title), words(body)
    phrase = _holds(heading, query.tokens, True) or any(
        _holds(words(alias), query.tokens, True) for alias in aliases.split("\n")
    )
    points = 4.0 * phrase + 2.0 * _covered(heading, query) + _covered(heading + text, query)
    if query.accented:
        there, here = set(exact_keys(f"{title} {body} {aliases}")), set(exact_keys(title))
        points += sum((key in there) + (key in here) for key in query.exact) * 2.0 / len(query.exact)
    return points


def snippet(query: Query, body: str, around: int = 12) -> str:
    """The words of the body around the first place that answers, or its beginning."""
    parts = body.split()
    folded = [fold(part) for part in parts]
    ways = [way[0] for slot in query.slots for way in slot]
    first = next((at for at, part in enumerate(folded) if any(part.startswith(way) for way in ways)), 0)
    start = max(0, first - around // 2)
    cut = parts[start : start + 2 * around]
    before, after = "… " if start else "", " …" if start + 2 * around < len(parts) else ""
    return before + " ".join(cut) + after
