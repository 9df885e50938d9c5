"""Joins recent messages to find a number in pieces, or a label and its value.

`joined` returns the last messages and this one as one text, so that every rule can read across the border. `pieced`
combines digits with any words around them ("đầu là 0901 nha", "rồi 234", "cuối 567"). It therefore requires more of
the result: a telephone number in use, a citizen number, or a card with its check digit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutoring.safety.detector.deobfuscation import counted
from tutoring.safety.detector.digit_runs import runs
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_formats import card_value, citizen_value, in_use, phone_value
from tutoring.safety.detector.number_words import DigitSequence
from tutoring.safety.findings import REASONS, Hit

MOST = 4
_TAIL = 120
HEAD = 240  # of this message: a disclosure across the border stands near it
LESSON = re.compile(
    r"[=≈+×÷^√%]|\b(?:câu|bài|trang|đáp án|kết quả|bằng|điểm|lớp|giờ|phút|ngày|tháng|tuổi|lần|kg|cm|km)\b"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\d)|(?<![\d.,])(?:0|[1-9]\d{0,2})[.,]\d|\d:\d"
)


@dataclass(frozen=True)
class Joined:
    """Earlier messages and this one as one text; this one begins at `border`."""

    text: str
    border: int


def joined(text: str, earlier: Sequence[str]) -> Joined:
    """Joins the ends of the last messages and the beginning of this one."""
    before = " ".join(one[-_TAIL:].strip() for one in earlier[-MOST:] if one.strip())
    return Joined(f"{before} {text[:HEAD]}", len(before) + 1)


def over_border(hits: Sequence[Hit], border: int) -> list[Hit]:
    """Returns the joined text's hits that reach into this message, cut to it."""
    return [
        Hit(hit.kind, max(hit.start - border, 0), hit.end - border, hit.value, hit.reason)
        for hit in hits
        if hit.end > border
    ]


def pieced(page: NormalizedText, found: Sequence[DigitSequence], earlier: Sequence[str]) -> list[Hit]:
    """Returns a number whose last piece is in this message and the others in earlier ones."""
    found = _pieces(found)
    if not found or LESSON.search(page.marked):
        return []
    ends = [found[:1], found] if len(found) > 1 else [found]
    for end in ends:
        said = "".join(run.digits for run in end)
        if len(said) >= 16:
            continue
        fours = all(len(run.digits) % 4 == 0 for run in end)  # cards are read out in groups of four
        for one in reversed(earlier[-MOST:]):
            before = NormalizedText(one[-_TAIL:])
            pieces = _pieces(runs(counted(before) or before))
            if not pieces:
                continue
            if LESSON.search(before.marked):
                break
            whole = "".join(run.digits for run in pieces) + said
            fours = fours and all(len(run.digits) % 4 == 0 for run in pieces)
            for candidate in (whole, pieces[-1].digits + said):
                kind, value = _number(candidate, fours)
                if value:
                    start, stop = page.at(end[0].start), page.at(end[-1].end)
                    return [Hit(kind, start, stop, value, REASONS[kind])]
            said = whole
    return []


def _pieces(found: Sequence[DigitSequence]) -> list[DigitSequence]:
    """Returns the sequences that could be pieces, without a "không" that only asks.

    The latter is dropped only where real digits stand.
    """
    if not any(atom.how == "d" for run in found for atom in run.atoms):
        return list(found)
    asked = [run.without_question() for run in found]
    return [run for run in asked if any(atom.how != "w" or atom.digits != "0" for atom in run.atoms)]


def _number(said: str, fours: bool) -> tuple[str, str]:
    phone = phone_value(said)
    if phone and in_use(phone):
        return "phone", phone
    if citizen_value(said):
        return "idno", said
    return ("bank", said) if len(said) == 16 and fours and card_value(said) else ("", "")
