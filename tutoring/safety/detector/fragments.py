"""Finds a telephone number sent in pieces over a session, at any pace and in any order.

`split_messages.py` reads only the last minute. Here a piece must consist almost only of digits, and one piece must
begin like a telephone number. So results of exercises ("12", "345", "x = 7") make no number.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, permutations

from tutoring.safety.detector.digit_runs import runs
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_formats import in_use, phone_value
from tutoring.safety.detector.number_words import NUMERALS, DigitSequence
from tutoring.safety.detector.split_messages import LESSON
from tutoring.safety.findings import REASONS, Hit

MOST = 12  # pieces of a session that are combined
_LONGEST = 60  # characters of a text that could be a piece
_OTHER_WORDS = 3
# Digits that are counted, numbered or timed are no piece of a telephone number.
_COUNTED = re.compile(
    r"^\s*\d{1,2}[).:]|\b(?:mã|danh|đề|năm|giai đoạn|t[ỉy] số|dãy|đội|tổng đài|hotline|ảnh|lịch|vùng|đếm|thắng|hôm|nghỉ"
    r"|kb|mb|gb|đồng|nghìn|ngàn|triệu|giá|tiền|phòng|thứ|đúng|hàng|cột|dòng|chia|cộng|trừ|nhân)\b"
)
_GAP = re.compile(r"[\s.]*")
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile(r"0[35789]|84[35789]")
_SURE = 3  # so many digits of a telephone prefix are no coincidence, in any order
_WITH_COUNTRY = 5


def could_be(text: str) -> bool:
    """Whether a text is short and has digits or numerals; cheap, as it runs on every message."""
    if len(text) > _LONGEST:
        return False
    return any(map(str.isnumeric, text)) or sum(word in NUMERALS for word in text.lower().split()) > 1


def piece(text: str) -> DigitSequence | None:
    """Returns the one digit sequence that a text consists of, or None."""
    if not could_be(text):
        return None
    page = NormalizedText(text)
    if LESSON.search(page.marked) or _COUNTED.search(page.marked):
        return None
    found = runs(page)
    if len(found) != 1 or not 2 <= len(found[0].digits) <= 9:
        return None
    if not all(_GAP.fullmatch(gap) for gap in found[0].gaps) or _steps(found[0]):
        return None
    rest = page.marked[: found[0].start] + " " + page.marked[found[0].end :]
    return found[0] if len(_WORD.findall(rest)) <= _OTHER_WORDS else None


def _steps(run: DigitSequence) -> bool:
    """Whether the digits count up or down: "0 1 2 3", "không ba sáu chín"."""
    values = [int(atom.digits) for atom in run.atoms]
    return len(values) > 2 and len({after - before for before, after in pairwise(values)}) == 1


def over_time(text: str, before: Sequence[str], after: Sequence[str] = ()) -> list[Hit]:
    """Returns the part in this text of a number that is spread over the writer's texts.

    `before` and `after` are those texts around this one, oldest first.
    """
    own = piece(text)
    if own is None:
        return []
    earlier = _digits(before)[-MOST:]
    later = _digits(after)[:MOST]
    for said in _orders(own.digits, earlier, later):
        value = phone_value(said)
        if value and in_use(value):
            page = NormalizedText(text)
            return [Hit("phone", page.at(own.start), page.at(own.end), value, REASONS["phone"])]
    return []


def _digits(texts: Sequence[str]) -> list[str]:
    return [found.digits for text in texts if (found := piece(text)) is not None]


def _orders(own: str, earlier: list[str], later: list[str]) -> Iterator[str]:
    """Yields combinations of the piece with up to three others, adjacent or in any order."""
    row = [*earlier, own, *later]
    at = len(earlier)
    for first in range(max(0, at - 3), at + 1):
        for end in range(at + 1, min(len(row), first + 4) + 1):
            said = "".join(row[first:end])
            if end - first > 1 and (said[0] == "0" or len(row[first]) >= _WITH_COUNTRY) and _fits(said):
                yield said
    others = [*earlier, *later]
    for count in (1, 2, 3):
        for some in combinations(others, count):
            if len(own) + sum(map(len, some)) not in (10, 11):
                continue
            for order in permutations((own, *some)):
                if len(order[0]) >= (_SURE if order[0][0] == "0" else _WITH_COUNTRY) and _fits(said := "".join(order)):
                    yield said


def _fits(said: str) -> bool:
    return _BEGINS.match(said) is not None and len(said) in (10, 11)
