"""Names of pupils as a list holds them: spacing, capitals, accents; what is no name."""

import re
import unicodedata

from tutoring.kernel.text import nfc

_LONGEST = 80
_MOST_WORDS = 10
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "\u00ad": None})
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PARTS = re.compile(r"[^'-]+")
_INNER_CAPITAL = re.compile(r"[^\W\d_a-z][a-z]+[A-Z][a-z]+")  # McDonald, but not NGuyễn
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def spaced(text: str) -> str:
    """Returns a cell in NFC with single blanks, without invisible characters."""
    text = nfc(text.translate(_APOSTROPHES))
    return " ".join(re.sub(r"(?<=')\s+|\s+(?=')|\s*-\s*(?=\w)", _joined, text).split())


def _joined(found: re.Match[str]) -> str:
    return "-" if "-" in found[0] else ""


def is_name(text: str) -> bool:
    """Whether a text of `spaced` can be a name: words of Latin letters, also as in "K'Bảo" and "Y-Phôn"."""
    words = text.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and len(text) <= _LONGEST
        and all(_WORD.fullmatch(word) for word in words)
        and all(unicodedata.name(char, "").startswith("LATIN ") for char in text if char not in " '-")
    )


def written(name: str) -> str:
    """Returns a name with capitals where names have them: NGUYỄN VĂN AN and "nguyễn văn an" become Nguyễn Văn An."""
    return " ".join(_PARTS.sub(lambda part: _capitalized(part[0]), word) for word in name.split())


def _capitalized(part: str) -> str:
    return part if _INNER_CAPITAL.fullmatch(part) else part[:1].upper() + part[1:].lower()


def name_mark(name: str) -> str:
    """Returns what is equal for two spellings of one name: case, and the place of a tone ("Hoà", "Hòa")."""
    return " ".join(_toned_last(word) for word in unicodedata.normalize("NFD", name.casefold()).split())


def _toned_last(word: str) -> str:
    return _TONE.sub("", word) + "".join(_TONE.findall(word))
