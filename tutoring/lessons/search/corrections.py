"""Reads a search in the words that lessons use: spelling, missing blanks, keys of an input method that was off.

Each typed word has several readings, each with a cost. The cheapest row of readings wins, where words that lessons have
side by side cost least. All work is bounded by counts, so no search takes long.
"""

from collections.abc import Iterator, Sequence
from math import log2
from typing import NamedTuple

from tutoring.kernel.text import fold, read_keys
from tutoring.lessons.search.ranking import TONES, exact_key, typed_words
from tutoring.lessons.search.stop_words import is_stop_word
from tutoring.lessons.search.vocabulary import Vocabulary

MAX_LETTERS = 24  # a longer word is left as it is
MAX_READINGS = 12  # of one word
MAX_FORMS = 4  # words with the same letters and other marks
MAX_PIECES = 6  # of a word typed without blanks
MAX_SPLITS = 3  # ways to cut such a word
MAX_JOINED = 3  # words typed with a blank too many
MAX_FAR = 3  # words of a search for which two slips are looked for
_SHORTEST, _LONG = 3, 6  # letters from which a word may hold a slip, and two
_SYLLABLE = 5  # letters up to which another first letter makes another word
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

# What a reading costs.
_SAME, _KEYS, _JOIN, _TONE, _SOUND, _SLIP, _SLIPS, _UNKNOWN = 0.0, 0.5, 0.5, 1.5, 2.0, 3.0, 5.0, 8.0
_PIECE = 1.0  # each piece of a word typed without blanks
_APART = 3.0  # two words that no lesson has side by side
_RARE = 1.5  # a word that lessons use once
# Beginnings and ends of syllables that sound alike somewhere in Vietnam, or that are written in two ways.
_BEGINNINGS = (
    ("ch", "tr"), ("s", "x"), ("v", "d"), ("gi", "d"), ("r", "d"), ("r", "gi"), ("l", "n"), ("k", "c"), ("q", "w"),
    ("ph", "f"), ("gh", "g"), ("ngh", "ng"), ("gi", "z"), ("d", "z"),
)  # fmt: skip
_ENDS = (
    ("y", "i"), ("ng", "n"), ("nh", "n"), ("c", "t"), ("ch", "t"), ("ay", "ai"), ("ao", "au"), ("iu", "ieu"),
    ("im", "iem"), ("ip", "iep"), ("oi", "oai"), ("uu", "uou"),
)  # fmt: skip


class Reading(NamedTuple):
    """One way to read what was typed at a place: how many typed words it takes, the words meant, and its cost."""

    size: int
    words: tuple[str, ...]
    cost: float


def correct(typed: str, known: Vocabulary, *, unknown_only: bool = False) -> str:
    """Returns the search in the words of the lessons; "" where it already uses them, but for accents and case.

    A word that lessons use may stand for one that sounds alike, unless `unknown_only`; then all other words must be
    like words of the lessons.
    """
    given = typed_words(typed)
    if not given or not known.count:
        return ""
    columns = _columns(given, known, unknown_only)
    if unknown_only and any(all(one.cost >= _UNKNOWN for one in column) for column in columns):
        return ""
    meant = _cheapest(columns, known)[1]
    if [fold(word) for word in meant] == [bare for _raw, bare in given]:
        return ""
    return " ".join(known.shown.get(word, word) for word in meant)


# ---- the cheapest row of readings -------------------------------------------------------------------------


def _columns(given: Sequence[tuple[str, str]], known: Vocabulary, unknown_only: bool) -> list[list[Reading]]:
    """Returns the readings that begin at each place."""
    far = 0
    columns: list[list[Reading]] = []
    for at, (raw, bare) in enumerate(given):
        if unknown_only and bare in known.of_fold:
            columns.append(list(_forms(raw, bare, known, _SAME)))
            continue
        readings = list(_readings(raw, bare, known))
        if not readings and len(bare) >= _LONG and far < MAX_FAR:
            far += 1
            readings = [Reading(1, (word,), _SLIPS) for word in _far(bare, known)]
        best = sorted(readings, key=lambda one: one.cost)[:MAX_READINGS]
        columns.append([*(best or [Reading(1, (raw,), _UNKNOWN)]), *_joined(given[at : at + MAX_JOINED], known)])
    return columns


def _cheapest(columns: Sequence[Sequence[Reading]], known: Vocabulary) -> tuple[float, list[str]]:
    """Returns the cheapest row of readings, its cost and its words (Viterbi)."""
    # For each place: by the last word before it, the cheapest cost and words so far.
    ends: list[dict[str, tuple[float, list[str]]]] = [{} for _ in range(len(columns) + 1)]
    ends[0][""] = (0.0, [])
    for at, column in enumerate(columns):
        for size, words, cost in column:
            inside = cost + sum(_rarity(word, known) for word in words) / len(words)
            for last, (before, row) in ends[at].items():
                whole = before + inside + (_apart(last, words[0], known) if last else 0.0)
                kept = ends[at + size].get(words[-1])
                if kept is None or whole < kept[0]:
                    ends[at + size][words[-1]] = (whole, [*row, *words])
    return min(ends[-1].values(), key=lambda one: one[0])


def _rarity(word: str, known: Vocabulary) -> float:
    return _RARE / (1 + log2(1 + known.count[word]))


def _apart(one: str, other: str, known: Vocabulary) -> float:
    times = known.beside(one, other)
    return 1 / log2(1 + times) if times else _APART


# ---- readings of one word ---------------------------------------------------------------------------------


def _readings(raw: str, bare: str, known: Vocabulary) -> Iterator[Reading]:
    """Yields the readings of one typed word; none for a word that is nothing like those of the lessons."""
    if len(bare) > MAX_LETTERS or bare.isdigit():
        yield Reading(1, (raw,), _SAME)
        return
    yield from _forms(raw, bare, known, _SAME)
    if is_stop_word(raw):
        yield Reading(1, (raw,), _SAME)
        if raw.isascii():
            return
    here = bare in known.of_fold
    keys = read_keys(raw)
    if keys and fold(keys) != bare:
        word = known.of_key.get(keys)
        yield from [Reading(1, (word,), _KEYS)] if word else _forms("", fold(keys), known, _KEYS + _TONE)
    for other, cost in _alike(bare):
        yield from _forms(raw, other, known, cost)
    if not here and len(bare) >= _SHORTEST:
        for other in _slips(bare):
            if other[:1] == bare[0] or len(bare) > _SYLLABLE:
                yield from _forms(raw, other, known, _SLIP)
        yield from _pieces(bare, known)


def _forms(raw: str, bare: str, known: Vocabulary, cost: float) -> Iterator[Reading]:
    """Yields the words with these letters; those with other marks than were typed cost more."""
    typed = exact_key(raw) if raw != fold(raw) else ""
    for word in known.of_fold.get(bare, ())[:MAX_FORMS]:
        key = exact_key(word) if typed else ""
        same = key == typed or (cost > _SAME and _tone(key) == _tone(typed))
        yield Reading(1, (word,), cost + (0.0 if same else _TONE))


def _tone(key: str) -> str:
    return key[-1:] if key[-1:] in TONES else ""


def _alike(bare: str) -> Iterator[tuple[str, float]]:
    """Yields the syllables that sound like this one, with their cost; y for i is no mistake."""
    for one, other in (*_BEGINNINGS, *((b, a) for a, b in _BEGINNINGS)):
        if bare.startswith(one):
            yield other + bare[len(one) :], _SOUND
    for one, other in (*_ENDS, *((b, a) for a, b in _ENDS)):
        if bare.endswith(one):
            yield bare[: -len(one)] + other, _KEYS if {one, other} == {"y", "i"} else _SOUND


def _slips(word: str) -> Iterator[str]:
    """Yields what is one letter away: one too many, one missing, another one, or two in the wrong order."""
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def _far(bare: str, known: Vocabulary) -> list[str]:
    """Returns the words with the same first letter that are two letters away, the most used first."""
    sizes = range(max(_LONG - 1, len(bare) - 2), len(bare) + 3)
    found = [
        words[0]
        for other, words in known.of_fold.items()
        if other[0] == bare[0] and len(other) in sizes and _within(bare, other, 2)
    ]
    return sorted(found, key=lambda word: (-known.count[word], word))[:MAX_READINGS]


def _within(one: str, other: str, most: int) -> bool:
    """Whether so many letters at most differ (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        left, row[0] = row[0], at
        for to, against in enumerate(other, 1):
            left, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, left + (letter != against))
        if min(row) > most:
            return False
    return row[-1] <= most


def _pieces(bare: str, known: Vocabulary) -> list[Reading]:
    """Returns the ways to read a word as several that were typed without blanks."""
    # cuts[at]: the cheapest ways to cut what is before `at`
    cuts: list[list[tuple[float, list[str]]]] = [[(0.0, [])], *([] for _ in bare)]
    for end in range(2, len(bare) + 1):
        for begin in range(max(0, end - 7), end - 1):
            piece = bare[begin:end]
            if cuts[begin] and piece in known.of_fold:
                cost = _PIECE + _rarity(known.of_fold[piece][0], known)
                cuts[end] += [(before + cost, [*row, piece]) for before, row in cuts[begin] if len(row) < MAX_PIECES]
        cuts[end] = sorted(cuts[end])[:MAX_SPLITS]
    found = []
    for _cost, row in cuts[-1]:
        columns = [list(_forms("", piece, known, _SAME)) for piece in row]
        cost, words = _cheapest(columns, known)
        found.append(Reading(1, tuple(words), cost + (len(row) - 1) * _PIECE))
    return [one for one in found if len(one.words) > 1]


def _joined(given: Sequence[tuple[str, str]], known: Vocabulary) -> Iterator[Reading]:
    """Yields the words that stand here with a blank too many, such as "ca me ra"."""
    for size in range(2, len(given) + 1):
        for word in known.of_fold.get("".join(bare for _raw, bare in given[:size]), ())[:1]:
            yield Reading(size, (word,), _JOIN * size)
