"""Recognizes English exercises and textbook sentences with fictional people and places."""

import re

from tutoring.safety.detector.normalization import NormalizedText

_EXERCISE = re.compile(
    r"\b(?:exercise|in the (?:text|passage|story|reading)|chia (?:dong tu|thi)|viet lai cau|dien (?:gioi )?tu|dien vao"
    r"|dich (?:sao|gium|giup|cau|ho|ra|sang|the nao)|cau (?:mau|nay|tren|vi du)|doan van|bai doc|unit \d|de bai|rewrite"
    r"|fill in|translate|gioi tu|gach chan|trong am|phat am|cau hoi duoi|bi dong|tuong thuat)\b"
)
_ENGLISH = re.compile(r"\b(?:street|st|road|rd|avenue|ave|school|is|at|the|goes|studies|lives?)\b")
_FAR = 300  # characters to either side, so that a flood of schools is not read over and over


def of_exercise(page: NormalizedText, start: int, end: int) -> bool:
    """Whether the English words around a span are an exercise or quoted for translation."""
    around = max(0, start - _FAR)
    if not _EXERCISE.search(page.plain, around, end + _FAR):
        return False
    first = max(around, *(page.plain.rfind(sign, around, start) + 1 for sign in ".!?\n"))
    return _ENGLISH.search(page.plain, first, end + 12) is not None and page.plain[start:end].isascii()
