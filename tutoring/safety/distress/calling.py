"""Finds the phrases that could match a text by its words, before any expression runs.

A phrase needs up to four sets of units; a unit is a word or two adjacent words. It can match only a text that has a
unit of each set. Every unit is a number with a bit for each set of each phrase. So a check is an "or" of the numbers of
a text and an "and" of the four rows in it. It may call a phrase too many, never one too few.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from tutoring.kernel.text import fold
from tutoring.safety.distress.everyday import commonness
from tutoring.safety.distress.rules import CLASSES, PHRASES, VOCABULARY, Phrase
from tutoring.safety.phrase_words import Words, needed

_ROWS = 4  # sets of units that are required before a phrase is tried
_NAMED = re.compile(r"\{(\w+)\}")
_RUN = re.compile(r"<\d>|=?[^\W_]+(?: =?[^\W_]+)*")  # a gap, or adjacent words
_LOOKED_AROUND = re.compile(r"\(\?<?[!=][^()]*(?:\([^()]*\)[^()]*)*\)")  # a lookaround forbids words, so it needs none
_PLACE, _PAIR = "class", "pair"  # prefixes of the numbers of a class or a pair, where they are not expanded
_NAMES = list(CLASSES)


class _Spelling:
    """Spells phrases out while the tables are made; what it remembers is dropped with it."""

    def __init__(self) -> None:
        self._pairs: dict[str, int] = {}  # two words, and their number
        self._pair_named: list[str] = []
        self._of_classes: dict[int, Words] = {}
        self._costs: dict[Words, float] = {}

    def sets_of(self, phrase: str) -> list[Words]:
        """Returns the sets of units that a phrase needs, the rarest first."""
        return [self._whole(some) for some in needed(self._spelt_out(phrase), self._cost)[:_ROWS]]

    def _spelt_out(self, phrase: str) -> str:
        """Expands a phrase to all spellings, with a name for each class and each adjacent pair."""
        bare = _LOOKED_AROUND.sub("", phrase)
        named = _NAMED.sub(lambda match: "" if match[1] == "free" else f"({_PLACE}{_NAMES.index(match[1])})", bare)
        return _RUN.sub(lambda match: self._neighbours(match.group().split(" ")), named)

    def _neighbours(self, words: Sequence[str]) -> str:
        if words[0].startswith("<"):
            return words[0]
        if len(words) == 1:
            return _either(_spellings(words[0]))
        return "".join(
            _either(self._name(f"{one} {other}") for one in _spellings(first) for other in _spellings(second))
            for first, second in pairwise(words)
        )

    def _name(self, pair: str) -> str:
        if pair not in self._pairs:
            self._pairs[pair] = len(self._pairs)
            self._pair_named.append(pair)
        return f"{_PAIR}{self._pairs[pair]}"

    def _of_class(self, place: int) -> Words:
        """Returns units of which one must occur where a class matches; `place` is the class's index."""
        if place not in self._of_classes:
            some = needed(f"({self._spelt_out(CLASSES[_NAMES[place]])})", self._cost)[0]
            self._of_classes[place] = self._whole(some)
        return self._of_classes[place]

    def _whole(self, units: Words) -> Words:
        """Returns units with class and pair names replaced by their members."""
        every: set[str] = set()
        for unit in units:
            if unit.startswith(_PLACE) and unit != _PLACE:
                every |= self._of_class(int(unit.removeprefix(_PLACE)))
            elif unit.startswith(_PAIR) and unit != _PAIR:
                every.add(self._pair_named[int(unit.removeprefix(_PAIR))])
            else:
                every.add(unit)
        return frozenset(every)

    def _cost(self, units: Words) -> float:
        if units not in self._costs:
            self._costs[units] = sum(map(commonness, self._whole(units)))
        return self._costs[units]


def _spellings(word: str) -> tuple[str, ...]:
    if word.startswith("=") or word.startswith(_PLACE):
        return (word.removeprefix("="),)
    return tuple(dict.fromkeys((word, fold(word))))


def _either(some: Iterable[str]) -> str:
    return f"({'|'.join(some)})"


_WIDTH = len(PHRASES)
_ROW = (1 << _WIDTH) - 1
_NOTHING: dict[str, int] = {}


class _Tables:
    """The numbers of all units. Many units have the same number, which is stored once.

    `always` are the missing sets of phrases that need fewer, which count as present in every text. `behind` holds
    adjacent words: by the first, then by the second.
    """

    def __init__(self) -> None:
        bits, self.always = dict[str, list[int]](), 0
        spelling = _Spelling()
        for place, phrase in enumerate(PHRASES):
            sets = spelling.sets_of(phrase.written)
            for row, units in enumerate(sets):
                bit = row * _WIDTH + place
                for unit in units:
                    bits.setdefault(unit, []).append(bit)
            self.always |= sum(1 << row * _WIDTH + place for row in range(len(sets), _ROWS))
        self.of_word, self.behind = dict[str, int](), dict[str, dict[str, int]]()
        same: dict[tuple[int, ...], int] = {}
        for unit, some in bits.items():
            key = tuple(some)
            if key not in same:
                same[key] = sum(1 << bit for bit in some)
            one, _, other = unit.partition(" ")
            if other:
                self.behind.setdefault(one, {})[other] = same[key]
            else:
                self.of_word[one] = same[key]


@cache
def make_tables() -> _Tables:
    """Returns the tables, made by the first text: a server starts without them."""
    return _Tables()


# What is known of a piece of a text: its own number, its first word, and what may follow its last word. Nothing is
# known of the end of a sentence, and words around it count as adjacent.
Known = tuple[int, str, dict[str, int] | None]


def known(written: str) -> Known:
    """Returns what is known of a word as written, in lower case."""
    tokens, tables = VOCABULARY.tokens(written), make_tables()
    own = 0
    for token in tokens:
        own |= tables.of_word.get(token, 0)
    for one, other in pairwise(tokens):
        own |= tables.behind.get(one, _NOTHING).get(other, 0)
    return own, tokens[0], tables.behind.get(tokens[-1], _NOTHING)


def together(pieces: Iterable[Known]) -> int:
    """Returns the combined number of adjacent pieces."""
    number, behind = 0, _NOTHING
    for own, first, after in pieces:
        if own:
            number |= own
        if behind and first in behind:
            number |= behind[first]
        if after is not None:
            behind = after
    return number


def called(number: int) -> int:
    """Returns a bit for each phrase that could match a text of this number; 0 for none."""
    number |= make_tables().always
    return number & number >> _WIDTH & number >> 2 * _WIDTH & number >> 3 * _WIDTH & _ROW


def called_across(one: int, other: int, border: int) -> int:
    """Returns a bit for each phrase that could match two texts together and needs both.

    `border` is the number of the last word of one text with the first of the other.
    """
    both = called(one | other | border)
    return both and both & _touched(one | border) & _touched(other | border)


def _touched(number: int) -> int:
    """Returns a bit for each phrase of which any unit is present."""
    return (number | number >> _WIDTH | number >> 2 * _WIDTH | number >> 3 * _WIDTH) & _ROW


def phrases(bits: int) -> list[Phrase]:
    """Returns the phrases of these bits, the explicit ones first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(PHRASES[lowest.bit_length() - 1])
        bits ^= lowest
    return found
