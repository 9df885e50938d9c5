"""What a name may be where children read it: letters, few words, and no title of those who teach."""

import re
import unicodedata
from collections.abc import Iterable

from tutoring.kernel.text import fold

TAUGHT = frozenset({"thầy", "cô"})  # of staff alone: who is called so is trusted as a teacher

LONGEST = 40
MOST_WORDS = 5
_SIGNS = frozenset(" .'’-")
_DIGIT = re.compile(r"\d")
# With marks "cô" is a title; without marks it may be the beginning of a name, so another word has to follow.
_TITLE = re.compile(r"(?:thầy|thày|cô)\b|(?:thay|co|gv|gvcn)\.?\s+\w")
_OFFICE = re.compile(
    r"(?:giao vien|thay giao|co giao|thay co|hieu truong|hieu pho|chu nhiem|quan tri|dieu phoi|admin|nguoi truc|cong an"
    r"|cung hoc|ban to chuc|nha truong)\b"
)


def has_digits(name: str) -> bool:
    return _DIGIT.search(unicodedata.normalize("NFKC", name)) is not None


def is_spelled(name: str) -> bool:
    """Whether this is written as names are: Latin letters, which have no look-alikes of another alphabet among them."""
    return len(name) <= LONGEST and len(name.split()) <= MOST_WORDS and all(_letter(sign) for sign in name)


def _letter(sign: str) -> bool:
    return sign in _SIGNS or sign.isdecimal() or unicodedata.name(sign, "").startswith(("LATIN ", "COMBINING "))


def claims_office(called: str) -> bool:
    """Whether a name to be called by says that this is a teacher or somebody in charge."""
    return _TITLE.match(called.lower()) is not None or _OFFICE.match(fold(called)) is not None


def imitates(called: str, others: Iterable[str]) -> bool:
    """Whether a name reads as one of these."""
    own = _bare(called)
    return any(own == _bare(other) for other in others)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(name))
