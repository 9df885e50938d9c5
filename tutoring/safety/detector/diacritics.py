"""Compares a word's diacritics with the word that a rule means.

"đợi" and "dây" have the letters of "đội" and "dãy". Rules match letters without diacritics, because many users type
none. Where a text has them, they must be those of the meant word. Two deviations are accepted: confusion of hỏi and
ngã, and the tone mark on the other vowel ("toà").
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
_MANY = 3  # words with diacritics that show that the writer uses them


def bare(word: str) -> str:
    """Returns a word without diacritics."""
    letters = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isascii())


def _forms(word: str) -> set[str]:
    swapped = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_SWAPPED))
    forms = {word, swapped}
    for vowels, later in _LATER.items():
        forms |= {one.replace(vowels, later) for one in forms}
    return forms


def meant(text: str) -> dict[str, frozenset[str]]:
    """Returns the words of a text by their bare letters, each with its accepted spellings."""
    known: dict[str, set[str]] = {}
    for word in text.split():
        known.setdefault(bare(word), set()).update(_forms(word))
    return {letters: frozenset(forms) for letters, forms in known.items()}


def otherwise(page: NormalizedText, start: int, end: int, known: Meant, most: int = 20) -> bool:
    """Whether a word of the span has diacritics that make it another word than the one meant.

    Only the first `most` words are checked.
    """
    said = page.marked[start:end]
    if said.isascii():
        return False
    return any(other(word, known) for word in _WORD.findall(said)[:most])


def other(word: str, known: Meant) -> bool:
    """Whether a word has the letters of a meant word and the diacritics of another."""
    if word.isascii():
        return False
    forms = known.get(bare(word))
    return forms is not None and word not in forms


def with_marks(page: NormalizedText) -> bool:
    """Whether the text uses diacritics, so that a word without any really has none."""
    return len(_MARKED.findall(page.marked, 0, 240)) >= _MANY
