"""Which phrases could fit a text at all: a cheap look at its words, before any expression is tried.

A phrase asks for up to four sets of units, a unit being a word or two words one behind the other. It can fit only a
text that holds a unit of each set. Every unit is a number with a bit for each set of each phrase, so a look is an "or"
of the numbers of a text and an "and" of the four rows in it. It may call once too often, never once too seldom.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from tutoring.kernel.text import fold
from tutoring.safety.distress.everyday import commonness
from tutoring.safety.distress.rules import CLASSES, PHRASES, VOCABULARY, Phrase
from tutoring.safety.phrase_words import Words, needed

_ROWS = 4  # sets of units that are asked for before a phrase is tried
_NAMED = re.compile(r"\{(\w+)\}")
_RUN = re.compile(r"<\d>|=?[^\W_]+(?: =?[^\W_]+)*")  # a gap, or words one behind the other
_LOOKED_AROUND = re.compile(r"\(\?<?[!=][^()]*(?:\([^()]*\)[^()]*)*\)")  # what must not stand there needs no word
_PLACE, _PAIR = "class", "pair"  # before the number of a class or of two words, where they are not written out
_PAIRS: dict[str, int] = {}  # two words, and their number
_PAIR_NAMED: list[str] = []
_NAMES = list(CLASSES)


def _spelt_out(phrase: str) -> str:
    """A phrase with each spelling of its words, with a name for each class and for each two neighbours."""
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
    """Units of which one must occur where a class fits; `place` is that of the class among all."""
    return _whole(needed(f"({_spelt_out(CLASSES[_NAMES[place]])})", _cost)[0])


def _whole(units: Words) -> Words:
    """Units with those of classes in place of their names, and two words in place of theirs."""
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
# Of a phrase that asks for fewer sets, the others are there in every text.
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


# What is known of a piece of a text: its own number, its first word, and what may stand behind its last one;
# nothing is known of what ends a sentence, and words around it count as neighbours.
Known = tuple[int, str, dict[str, int] | None]


def known(written: str) -> Known:
    """What is known of a word as it was written, in lower case."""
    tokens = VOCABULARY.tokens(written)
    own = 0
    for token in tokens:
        own |= _OF_WORD.get(token, 0)
    for one, other in pairwise(tokens):
        own |= _BEHIND.get(one, _NOTHING).get(other, 0)
    return own, tokens[0], _BEHIND.get(tokens[-1], _NOTHING)


def together(pieces: Iterable[Known]) -> int:
    """The number of some pieces in a row."""
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
    """A bit for each phrase that could fit a text of this number; 0 for none."""
    number |= _ALWAYS
    return number & number >> _WIDTH & number >> 2 * _WIDTH & number >> 3 * _WIDTH & _ROW


def called_across(one: int, other: int, border: int) -> int:
    """A bit for each phrase that could fit two texts together and needs something of each; `border` is the number of
    the last word of one with the first of the other."""
    both = called(one | other | border)
    return both and both & _touched(one | border) & _touched(other | border)


def _touched(number: int) -> int:
    """A bit for each phrase of which something of any set is there."""
    return (number | number >> _WIDTH | number >> 2 * _WIDTH | number >> 3 * _WIDTH) & _ROW


def phrases(bits: int) -> list[Phrase]:
    """The phrases of some bits, the explicit ones first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(PHRASES[lowest.bit_length() - 1])
        bits ^= lowest
    return found
