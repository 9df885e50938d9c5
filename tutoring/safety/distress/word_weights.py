"""Scores words together: distress, threats and insults that no phrase names.

A phrase matches only a wording that its author thought of. The weights were trained on thousands of labelled lines.
Each word, each two and three adjacent words, each two with a word between, and each two in this order at most `FAR`
apart add their weight. `python3 -m tests.safety.train_weights` makes the weights from `tests/safety/corpus/`. Their
accuracy: docs/detector-figures.md.
"""

import json
import math
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from tutoring.kernel.text import fold
from tutoring.safety.distress import cutting, rules

KINDS = ("distress", "threat", "insult")
SCORES = (*KINDS, "explicit")  # the last: distress that calls for an alarm
BITS = 20  # bits of a table index; features with the same index share a weight
PLACES = 1 << BITS
WINDOW = 24  # words scored together, so that one sentence in a long text scores as much as alone
NEAR = 6  # words scored together where a phrase matches; distant words say nothing about it
SHORT = 120  # letters of a text whose single words are checked first, limited by what a lane can hold
FAR = 6  # words between the first and the second of two that count together, whatever stands between
FEWEST = 5  # words: shorter texts are left to the phrases
LANE = 16  # bits of each score in a table row, which is one 64-bit number
MIDDLE = 128  # stands for a weight of zero
FOLDER = Path(__file__).parent
WEIGHTS, NUMBERS = FOLDER / "weights.bin", FOLDER / "weights.json"

_NOTHING = -100.0
_BYTES = 8  # of a row
_BEGIN, _END = crc32(b"^"), crc32(b"$")
_STOPS = frozenset({crc32(b"."), crc32(b"?")})
_MASK, _LANES = PLACES - 1, (1 << LANE) - 1
Word = tuple[int, int]  # a hash of the word without diacritics, and the table index of the word with them or -1


@dataclass(frozen=True)
class Numbers:
    """The scale and the thresholds of one score."""

    unit: float  # of one step of a weight
    bias: float
    of_phrase: Mapping[str, float]  # what a matching phrase of the rules adds, by its level
    least: float  # threshold, for words alone and with what a phrase adds


@dataclass(frozen=True)
class Screen:
    """The scale of the weights of single words, and the score that all but one in 200 of the lines found reach."""

    unit: float
    least: float


@dataclass(frozen=True)
class Table:
    """The trained weights: a row for each index, a lane of a row for each of `SCORES`.

    `single` has a byte for each index: the weight of a word alone for any of `KINDS`.
    """

    rows: "array[int]"
    numbers: Mapping[str, Numbers]
    single: bytes
    screen: Screen


@cache
def table() -> Table:
    """Loads the shipped weights on first use."""
    told, weights = json.loads(NUMBERS.read_text("utf-8")), WEIGHTS.read_bytes()
    numbers = {name: Numbers(**told[name]) for name in SCORES}
    return Table(packed(weights), numbers, weights[len(SCORES) * PLACES :], Screen(**told["screen"]))


def packed(weights: bytes) -> "array[int]":
    """Builds the table rows from the bytes of each score in turn.

    Each score has `PLACES` bytes, with `MIDDLE` for zero; the weights of single words follow.
    """
    lanes = bytearray(PLACES * _BYTES)
    for at in range(len(SCORES)):
        lanes[at * LANE // 8 :: _BYTES] = weights[at * PLACES : (at + 1) * PLACES]
    rows = array("Q", bytes(lanes))
    if sys.byteorder == "big":
        rows.byteswap()
    return rows


def _words_of(piece: str) -> list[Word]:
    if not piece[0].isalnum():
        return [(crc32(b"?" if "?" in piece else b"."), -1)]
    found = []
    for token in rules.VOCABULARY.tokens(piece.replace("'", "").replace("’", "")):
        bare = fold(token)
        found.append((crc32(bare.encode()), crc32(f"={token}".encode()) & _MASK if bare != token else -1))
    return found


def alone_places(some: Sequence[Word]) -> list[int]:
    """Returns the table indexes of single words."""
    return [place for number, marked in some for place in (number & _MASK, marked) if place >= 0]


def _sum_of(piece: str) -> int:
    """Returns the sum of a piece's weights as single words, with their count above it."""
    found = alone_places(_words[piece])
    return sum(map(table().single.__getitem__, found)) | len(found) << LANE


_words, _sums = cutting.Memory(_words_of), cutting.Memory(_sum_of)


def words(marked: str) -> list[Word]:
    """Returns the words and sentence ends of a text in lower case."""
    return [word for piece in cutting.pieces(marked) for word in _words[piece]]


def alone(marked: str) -> float:
    """Returns the score of a text's single words; at most `SHORT` letters."""
    total = sum(map(_sums.__getitem__, cutting.pieces(marked)))
    count = total >> LANE
    return ((total & _LANES) - MIDDLE * count) * table().screen.unit / math.sqrt(max(count, 1))


@cache
def _screen(count: int) -> int:
    """Returns the sum below which so many single words score nothing."""
    of = table().screen
    return math.floor(MIDDLE * count + of.least * math.sqrt(count) / of.unit)


def places(some: Sequence[Word]) -> set[int]:
    """Returns the table indexes of the features of adjacent words."""
    numbers = [number for number, _ in some]
    row = [_BEGIN, *numbers]
    twos = [one * 0x9E3779B1 + other for one, other in zip(row, [*numbers, _END], strict=True)]
    found = {marked for _, marked in some}
    found.discard(-1)
    found.update([number & _MASK for number in numbers])
    found.update([two >> 7 & _MASK for two in twos])
    found.update([(one * 0x85EBCA6B + other) >> 9 & _MASK for one, other in zip(row, row[2:], strict=False)])
    found.update([(one * 0xC2B2AE35 + two) >> 11 & _MASK for one, two in zip(row, twos[1:-1], strict=False)])
    spoken = [number for number in numbers if number not in _STOPS]
    firsts = [number * 0x27D4EB2F for number in spoken]
    for far in range(1, FAR + 1):
        found.update([(one + other) >> 10 & _MASK for one, other in zip(firsts, spoken[far:], strict=False)])
    return found


def windows(some: list[Word], size: int) -> Iterator[list[Word]]:
    """Yields the words scored together: all of them, or windows that overlap by half."""
    if len(some) <= size:
        yield some
        return
    for begin in range(0, len(some) - size // 2, size // 2):
        yield some[begin : begin + size]


def scores(marked: str, size: int = WINDOW) -> tuple[float, ...]:
    """Returns the best score of a text in lower case for each of `SCORES`, by its words alone.

    `size` is the number of words scored together.
    """
    known, every = table(), words(marked)
    best = [_NOTHING] * len(SCORES)
    if len(every) < FEWEST:
        return tuple(best)
    for some in windows(every, size):
        found = places(some)
        total, count = sum(map(known.rows.__getitem__, found)), len(found)
        for at, name in enumerate(SCORES):
            of = known.numbers[name]
            score = ((total >> at * LANE & _LANES) - MIDDLE * count) * of.unit / count**0.5 + of.bias
            best[at] = max(best[at], score)
    return tuple(best)


def is_light(marked: str) -> bool:
    """Whether the words of a text in lower case score nothing; most texts pass by single words."""
    if len(marked) <= SHORT:
        total = sum(map(_sums.__getitem__, cutting.pieces(marked)))
        if total & _LANES < _screen(total >> LANE):
            return True
    found = scores(marked)
    return all(level(kind, found, None) is None for kind in KINDS)


def level(kind: str, said: Sequence[float], phrase: str | None) -> str | None:
    """Returns the level of a kind in a text, or None for nothing.

    `said` are the text's `scores`; `phrase` is the level of the matching phrase, if there is one.
    """
    of, score = table().numbers[kind], said[KINDS.index(kind)]
    if phrase is not None and score == _NOTHING:  # too short to be scored
        score = of.least
    elif phrase is not None:
        score += of.of_phrase[phrase]
    if score < of.least:
        return None
    if kind != "distress":
        return ""
    return "explicit" if phrase == "explicit" or said[-1] >= table().numbers["explicit"].least else "ambiguous"
