"""Whether a word is spelled as the one that a rule means: "đợi" and "dây" have the letters of "đội" and "dãy".

Rules read letters without marks, because many people type none. Where somebody does write marks they must be those of
the word meant: the right ones, those of hỏi and ngã mistaken for one another, or the mark on the other vowel ("toà").
"""

import re
import unicodedata
from collections.abc import Mapping

from tutoring.safety.detector.normalization import NormalizedText

Meant = Mapping[str, frozenset[str]]
_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile(r"[à-ỹ]\w*")
_SWAPPED = str.maketrans({"\u0309": "\u0303", "\u0303": "\u0309"})
_LATER = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "úy": "uý", "ùy": "uỳ", "ủy": "uỷ"}
_MANY = 3  # words with marks that show that somebody writes them


def bare(word: str) -> str:
    """A word without its marks."""
    letters = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isascii())


def _forms(word: str) -> set[str]:
    swapped = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_SWAPPED))
    forms = {word, swapped}
    for vowels, later in _LATER.items():
        forms |= {one.replace(vowels, later) for one in forms}
    return forms


def meant(text: str) -> dict[str, frozenset[str]]:
    """The words of a text by their bare letters, each with the forms in which it may be written."""
    known: dict[str, set[str]] = {}
    for word in text.split():
        known.setdefault(bare(word), set()).update(_forms(word))
    return {letters: frozenset(forms) for letters, forms in known.items()}


def otherwise(page: NormalizedText, start: int, end: int, known: Meant, most: int = 20) -> bool:
    """Whether one of the first words of a span has marks that make it another word than the one meant."""
    said = page.marked[start:end]
    if said.isascii():
        return False
    return any(other(word, known) for word in _WORD.findall(said)[:most])


def other(word: str, known: Meant) -> bool:
    """Whether a word has the letters of one that is meant and the marks of another."""
    if word.isascii():
        return False
    forms = known.get(bare(word))
    return forms is not None and word not in forms


def with_marks(page: NormalizedText) -> bool:
    """Whether the text is written with marks, so that a word without any is one that has none."""
    return len(_MARKED.findall(page.marked, 0, 240)) >= _MANY
