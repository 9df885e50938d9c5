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
_PAIRS: dict[str, int] = {}  # two words, and their number
_PAIR_NAMED: list[str] = []
_NAMES = list(CLASSES)


def _spelt_out(phrase: str) -> str:
    """Expands a phrase to all spellings, with a name for each class and each adjacent pair."""
    bare = _LOOKED_AROUND.sub("", phrase)
    named = _NAMED.sub(lambda match: "" if match[1] == "free" else f"({_PLACE}{_NAMES.index(match[1])})", bare)
    return _RUN.sub(lambda match: _neighbours(match.group().split(" ")), named)


def _neighbours(words: Sequence[str]) -> str:
    if words[0].startswith("<"):
        return words[0]
    if len(words) == 1:
        return _either(_spellings(words[0]))
    return "".join(
        _either(_name(f"{one} {other}") for one in _spellings(first) for other in _spellings(second))
        for first, second in pairwise(words)
    )


def _name(pair: str) -> str:
    if pair not in _PAIRS:
        _PAIRS[pair] = len(_PAIRS)
        _PAIR_NAMED.append(pair)
    return f"{_PAIR}{_PAIRS[pair]}"


def _spellings(word: str) -> tuple[str, ...]:
    if word.startswith("=") or word.startswith(_PLACE):
        return (word.removeprefix("="),)
    return tuple(dict.fromkeys((word, fold(word))))


def _either(some: Iterable[str]) -> str:
    return f"({'|'.join(some)})"


@cache
def _of_class(place: int) -> Words:
    """Returns units of which one must occur where a class matches; `place` is the class's index."""
    return _whole(needed(f"({_spelt_out(CLASSES[_NAMES[place]])})", _cost)[0])


def _whole(units: Words) -> Words:
    """Returns units with class and pair names replaced by their members."""
    every: set[str] = set()
    for unit in units:
        if unit.startswith(_PLACE) and unit != _PLACE:
            every |= _of_class(int(unit.removeprefix(_PLACE)))
        elif unit.startswith(_PAIR) and unit != _PAIR:
            every.add(_PAIR_NAMED[int(unit.removeprefix(_PAIR))])
        else:
            every.add(unit)
    return frozenset(every)


@cache
def _cost(units: Words) -> float:
    return sum(map(commonness, _whole(units)))


_SETS = [[_whole(some) for some in needed(_spelt_out(phrase.written), _cost)[:_ROWS]] for phrase in PHRASES]
_WIDTH = len(PHRASES)
_ROW = (1 << _WIDTH) - 1
# The missing sets of a phrase that needs fewer count as present in every text.
_ALWAYS = sum(1 << row * _WIDTH + place for place, sets in enumerate(_SETS) for row in range(len(sets), _ROWS))
_OF_WORD: dict[str, int] = {}
_BEHIND: dict[str, dict[str, int]] = {}  # by the first of two words, then by the second
for _place, _sets in enumerate(_SETS):
    for _row, _units in enumerate(_sets):
        for _unit in _units:
            _bit = 1 << _row * _WIDTH + _place
            _one, _, _other = _unit.partition(" ")
            if _other:
                _seconds = _BEHIND.setdefault(_one, {})
                _seconds[_other] = _seconds.get(_other, 0) | _bit
            else:
                _OF_WORD[_one] = _OF_WORD.get(_one, 0) | _bit
_NOTHING: dict[str, int] = {}


# What is known of a piece of a text: its own number, its first word, and what may follow its last word. Nothing is
# known of the end of a sentence, and words around it count as adjacent.
Known = tuple[int, str, dict[str, int] | None]


def known(written: str) -> Known:
    """Returns what is known of a word as written, in lower case."""
    tokens = VOCABULARY.tokens(written)
    own = 0
    for token in tokens:
        own |= _OF_WORD.get(token, 0)
    for one, other in pairwise(tokens):
        own |= _BEHIND.get(one, _NOTHING).get(other, 0)
    return own, tokens[0], _BEHIND.get(tokens[-1], _NOTHING)


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
    number |= _ALWAYS
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
