"""How long a text takes a loudspeaker to read: Vietnamese by syllables, three a second. Pure.

What cannot be read aloud (addresses of sites, abbreviations) is found here too. Counts are rather too long than too
short: a text cut off in the middle of a street helps nobody.
"""

import re

from tutoring.kernel.text import fold

A_SECOND = 3
LONGEST = 60  # seconds

_TOKEN = re.compile(r"[^\W_]+")
_VOWELS = re.compile(r"[aeiouy]+")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net|edu|gov|info)\b\S*", re.I)
_SHORT = re.compile(
    r"(?<![^\W_])(?:[A-ZĐ]{2,}\d*|[A-ZĐ]+[0-9]+|[A-Z]{2,}[a-z]+[A-Z]\w*|TP|Q|P)(?:\.[A-ZĐ]+)*\.?(?![^\W_])"
)
_MARKS = {".": "chấm", "-": "gạch ngang", "/": "gạch chéo", ":": "hai chấm", "_": "gạch dưới"}
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def syllables(text: str) -> int:
    """How many syllables are spoken. A written word of Vietnamese is one; of other words each group of vowels; of a
    number as many as it takes in full, such as seven for 2026."""
    return sum(_spoken(token) for token in _TOKEN.findall(text))


def _spoken(token: str) -> int:
    digits = sum(char.isdigit() for char in token)
    letters = re.sub(r"\d", "", token)
    return (2 * digits - 1 if digits else 0) + (max(1, len(_VOWELS.findall(fold(letters)))) if letters else 0)


def seconds(text: str) -> int:
    """How long it takes, in whole seconds, rounded up."""
    return -(-syllables(text) // A_SECOND)


def over(text: str) -> int:
    """So many syllables have to go until it fits."""
    return max(0, syllables(text) - LONGEST * A_SECOND)


def unspeakable(text: str) -> str:
    """The first thing in a text that a voice cannot read: an address of a site, an abbreviation; or nothing."""
    for pattern in (_ADDRESS, _SHORT):
        found = pattern.search(text)
        # A line all in capitals is a heading, not an abbreviation.
        if found and not (pattern is _SHORT and _shouted(text, found.group())):
            return found.group().strip()
    return ""


def _shouted(text: str, word: str) -> bool:
    line = next((one for one in text.splitlines() if word in one), "")
    letters = [char for char in line if char.isalpha()]
    return len(letters) > 12 and all(char.isupper() for char in letters)


def with_addresses_spelled(text: str) -> str:
    """The same text, with each address of a site as it is said."""
    return _ADDRESS.sub(lambda found: _spelled_in_a_sentence(found.group()), text)


def _spelled_in_a_sentence(address: str) -> str:
    bare = address.rstrip(".,;:!?")
    return spelled(bare) + address[len(bare) :]


def spelled(address: str) -> str:
    """An address as it is said: words as they are, marks by their names, the code letter by letter."""
    said = []
    for part in re.findall(r"[^\W_]+|[^\w\s]|_", address):
        if part in _MARKS:
            said.append(_MARKS[part])
        elif part.isupper() or any(char.isdigit() for char in part):
            said += [_DIGITS[int(char)] if char.isdigit() else char for char in part]
        else:
            said.append(part)
    return " ".join(said)
