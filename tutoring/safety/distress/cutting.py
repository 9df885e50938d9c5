"""Encodes a text as one character per word, so that patterns match words, and maps matches back to the text."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from tutoring.safety.distress import calling, rules
from tutoring.safety.distress.calling import Known
from tutoring.safety.distress.rules import Phrase
from tutoring.safety.distress.words import LONGEST

T = TypeVar("T")
_PIECE = re.compile(r"[^\W_]+(?:['’*@$](?=[^\W_])[^\W_]+)*|[.?!;\n]+")
_MOST = 8_000  # pieces cached
NEAR = 8  # words on either side of a message border that could belong together


class Memory(dict[str, T], Generic[T]):
    """A bounded cache for pieces; it never stores a long word that might be a password."""

    def __init__(self, look: Callable[[str], T]) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, piece: str) -> T:
        known = self._look(piece)
        if len(piece) <= LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[piece] = known
        return known


def _codes(piece: str) -> str:
    """Returns the characters of a piece: one per word, "." or "?" for an end, none for "…"."""
    if piece[0].isalnum():
        return "".join(map(rules.code, rules.VOCABULARY.tokens(piece.replace("'", "").replace("’", ""))))
    if len(piece) > 1 and set(piece) == {"."}:
        return ""
    return "?" if "?" in piece else "."


def _look(piece: str) -> Known:
    return calling.known(piece.replace("'", "").replace("’", "")) if piece[0].isalnum() else _NO_WORD


_NO_WORD: Known = (0, "", None)
_codes_of, _known_of = Memory(_codes), Memory(_look)


def pieces(marked: str) -> list[str]:
    """Returns the words and sentence ends of a text in lower case."""
    found: list[str] = _PIECE.findall(marked)
    return found


def codes(found: Iterable[str]) -> str:
    """Returns the characters of these pieces together."""
    return "".join(map(_codes_of.__getitem__, found))


def candidates(found: Iterable[str]) -> list[Phrase]:
    """Returns the phrases that could match these pieces."""
    return calling.phrases(calling.called(calling.together(map(_known_of.__getitem__, found))))


def fits(marked: str) -> bool:
    """Whether any phrase matches a text in lower case."""
    found = pieces(marked)
    some = candidates(found)
    return bool(some) and _any_fits(some, codes(found))


def fits_across(before: str, after: str) -> bool:
    """Whether any phrase matches two texts across the border between them."""
    first, second = pieces(before.lower())[-NEAR:], pieces(after.lower())[:NEAR]
    some = candidates_across(first, second)
    return bool(some) and _any_fits(some, codes(first) + codes(second))


def candidates_across(first: Sequence[str], second: Sequence[str]) -> list[Phrase]:
    """Returns the phrases that could match both sides together and need both."""
    one, other = ([_known_of[piece] for piece in found if piece[0].isalnum()] for found in (first, second))
    border = calling.together([one[-1], other[0]]) if one and other else 0
    return calling.phrases(calling.called_across(calling.together(one), calling.together(other), border))


def _any_fits(some: Iterable[Phrase], said: str) -> bool:
    return any(phrase.expression.search(said) for phrase in some)


def span(marked: str, start: int, end: int) -> tuple[int, int]:
    """Returns the span in the text of its code characters from `start` to `end` (exclusive)."""
    at, begins, last = 0, -1, 0
    for match in _PIECE.finditer(marked):
        length = len(_codes_of[match.group()])
        if begins < 0 and at + length > start:
            begins = match.start()
        if at < end and length:
            last = match.end()
        at += length
        if at >= end:
            break
    return max(begins, 0), last
