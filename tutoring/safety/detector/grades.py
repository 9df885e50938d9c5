"""A class told in words, said again in figures: "lớp năm hai" is 5/2, "chín A một" 9A1.

Only where nothing follows that is counted: in "lớp năm hai buổi một ngày" the two are lessons.
"""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import at_border
from tutoring.safety.detector.numerals import DIGITS, TENS

_UNITS = {"mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5", "sau": "6", "bay": "7", "tam": "8",
          "chin": "9", "muoi": "10"}  # fmt: skip
_GRADES = _UNITS | {"muoi mot": "11", "muoi hai": "12"}
_ONE = "mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi"
_CLASS = re.compile(
    rf"\b(?P<what>lop|hoc|hc) (?P<grade>muoi mot|muoi hai|1[0-2]|[1-9]|{_ONE}) ?"
    rf"(?:(?P<letter>[a-h]) ?(?P<of>{_ONE}|\d{{1,2}})|(?P<alone>[b-h])\b|(?:(?:cham|xuyet|xet|gach"
    rf"|tren) )?(?P<part>{_ONE}))"
    r"(?P<end>$|[,.!?;)\n]| (?:co|thay|truong|trg|thcs|thpt|tieu hoc|nha|nhe|ne|nek|a|do|chu nhiem|gvcn|luon|ha|va"
    r"|con|day"
    r"|roi|hen|nghe|cua|o|la|ben)\b)"
)
_YEARS = re.compile(r".+(?<!cham)(?<!xuyet)(?<!xet)(?<!gach)(?<!tren) nam")
HINT = re.compile(rf"(?:{at_border('lop|hoc|hc')}) (?:{_ONE}|\d{{1,2}} [a-h] (?:{_ONE}))\b")


def in_figures(page: Page) -> list[tuple[int, int, str]]:
    """The classes of a page that are told in words, and what they are in figures."""
    changes = []
    for match in _CLASS.finditer(page.plain, 0, 600):
        grade, letter = match["grade"], match["letter"] or match["alone"]
        second = match["of"] or match["part"]
        if match["what"] != "lop" and not match["letter"]:
            continue
        if not all(_said(page, match, name) for name in ("grade", "of", "part") if match[name]):
            continue
        if letter and page.marked[match.start("letter" if match["letter"] else "alone")] != letter:
            continue  # "lớp hai ạ"
        if _YEARS.fullmatch(match.group()[: match.end("part") - match.start()]) and not (
            re.match(r" (?:co|thay|truong|trg)\b", match["end"]) or page.cased[match.start("part")].isupper()
        ):
            continue  # "lớp ba năm nay"
        figures = _GRADES.get(grade, grade)
        if second:
            figures += f"{letter or '/'}{_UNITS.get(second, second)}"
        else:
            figures += letter or ""
        changes.append((match.start("grade"), match.start("end"), figures))
    return changes


def _said(page: Page, match: re.Match[str], name: str) -> bool:
    """Whether the words carry the marks of figures: "lớp bà" is none."""
    words = page.marked[slice(*match.span(name))].split()
    return all(word.isdecimal() or word in DIGITS or word in TENS for word in words)
