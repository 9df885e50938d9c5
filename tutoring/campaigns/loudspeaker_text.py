"""Estimates how long a loudspeaker reads a text, and finds parts that cannot be read aloud.

It counts Vietnamese syllables at three a second. Site addresses and abbreviations cannot be read aloud. Estimates are
rather too long than too short, so that no announcement is cut off. The functions are pure.
"""

import re

from tutoring.kernel.text import fold

A_SECOND = 3
MAX_SECONDS = 60  # seconds

_TOKEN = re.compile(r"[^\W_]+")
_VOWELS = re.compile(r"[aeiouy]+")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net|edu|gov|info)\b\S*", re.I)
_SHORT = re.compile(
    r"(?<![^\W_])(?:[A-ZĐ]{2,}\d*|[A-ZĐ]+[0-9]+|[A-Z]{2,}[a-z]+[A-Z]\w*|TP|Q|P)(?:\.[A-ZĐ]+)*\.?(?![^\W_])"
)
_MARKS = {".": "chấm", "-": "gạch ngang", "/": "gạch chéo", ":": "hai chấm", "_": "gạch dưới"}
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def syllables(text: str) -> int:
    """Counts the spoken syllables of a text.

    A written Vietnamese word is one syllable; other words have one for each group of vowels. A number counts as it is
    read in full, for example seven for 2026.
    """
    return sum(_spoken(token) for token in _TOKEN.findall(text))


def _spoken(token: str) -> int:
    digits = sum(char.isdigit() for char in token)
    letters = re.sub(r"\d", "", token)
    return (2 * digits - 1 if digits else 0) + (max(1, len(_VOWELS.findall(fold(letters)))) if letters else 0)


def seconds(text: str) -> int:
    """Returns the reading time in whole seconds, rounded up."""
    return -(-syllables(text) // A_SECOND)


def over(text: str) -> int:
    """Returns how many syllables must be removed for the text to fit."""
    return max(0, syllables(text) - MAX_SECONDS * A_SECOND)


def unspeakable(text: str) -> str:
    """Returns the first site address or abbreviation, which cannot be read aloud, or ""."""
    for pattern in (_ADDRESS, _SHORT):
        found = pattern.search(text)
        # a line entirely in capitals is a heading, not an abbreviation
        if found and not (pattern is _SHORT and _shouted(text, found.group())):
            return found.group().strip()
    return ""


def _shouted(text: str, word: str) -> bool:
    line = next((one for one in text.splitlines() if word in one), "")
    letters = [char for char in line if char.isalpha()]
    return len(letters) > 12 and all(char.isupper() for char in letters)


def with_addresses_spelled(text: str) -> str:
    """Returns the text with each site address spelled out."""
    return _ADDRESS.sub(lambda found: _spelled_in_a_sentence(found.group()), text)


def _spelled_in_a_sentence(address: str) -> str:
    bare = address.rstrip(".,;:!?")
    return spelled(bare) + address[len(bare) :]


def spelled(address: str) -> str:
    """Returns an address as it is spoken.

    Words stay, marks are named, and the code is spelled letter by letter.
    """
    said = []
    for part in re.findall(r"[^\W_]+|[^\w\s]|_", address):
        if part in _MARKS:
            said.append(_MARKS[part])
        elif part.isupper() or any(char.isdigit() for char in part):
            said += [_DIGITS[int(char)] if char.isdigit() else char for char in part]
        else:
            said.append(part)
    return " ".join(said)
