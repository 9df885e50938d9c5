"""Rules for names that children read: letters, few words, and no teacher's title."""

import re
import unicodedata
from collections.abc import Iterable

from tutoring.kernel.text import fold

TAUGHT = frozenset({"thầy", "cô"})  # for staff only: a person with this title is trusted as a teacher

LONGEST = 40
MOST_WORDS = 5
_SIGNS = frozenset(" .'’-")
_DIGIT = re.compile(r"\d")
# With diacritics "cô" is a title. Without them it may be the beginning of a name, so another word has to follow.
_TITLE = re.compile(r"(?:thầy|thày|cô)\b|(?:thay|co|gv|gvcn)\.?\s+\w")
_OFFICE = re.compile(
    r"(?:giao vien|thay giao|co giao|thay co|hieu truong|hieu pho|chu nhiem|quan tri|dieu phoi|admin|nguoi truc|cong an"
    r"|cung hoc|ban to chuc|nha truong)\b"
)


def has_digits(name: str) -> bool:
    return _DIGIT.search(unicodedata.normalize("NFKC", name)) is not None


def is_spelled(name: str) -> bool:
    """Whether this is spelled like a name: Latin letters, without foreign look-alikes."""
    return len(name) <= LONGEST and len(name.split()) <= MOST_WORDS and all(_letter(sign) for sign in name)


def _letter(sign: str) -> bool:
    return sign in _SIGNS or sign.isdecimal() or unicodedata.name(sign, "").startswith(("LATIN ", "COMBINING "))


def claims_office(called: str) -> bool:
    """Whether a display name claims to be a teacher or an official."""
    return _TITLE.match(called.lower()) is not None or _OFFICE.match(fold(called)) is not None


def imitates(called: str, others: Iterable[str]) -> bool:
    """Whether a name reads like one of these."""
    own = _bare(called)
    return any(own == _bare(other) for other in others)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(name))
