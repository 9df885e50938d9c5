"""A text said again in plain words, where it is written so that no rule would see what it says.

Letters set apart ("m ậ t k h ẩ u"), "ô tê pê", numbers in words behind a lane ("kiệt tám mươi lăm") are written
together; repeats ("ba lần số năm", "ba con 7", "double seven") are counted out; labels and signs between digits
("x1=0, x2=9", "câu 1: 0", "0912 + 385") go where the text itself says that the digits belong together or are somebody's
number. What comes out is a page like any other, whose indexes still lead back to the text as written.
"""

import re

from tutoring.safety.detector import dotted, grades
from tutoring.safety.detector.cues import CONFESSED, TOGETHER
from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import at_border
from tutoring.safety.detector.numerals import DIGITS, NUMERALS
from tutoring.safety.detector.runs import runs

LONG = 300  # characters; of longer pages not everything is read twice
Change = tuple[int, int, str]

_TIMES = {"mot": 1, "1": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "2": 2, "3": 3, "4": 4, "5": 5,
          "double": 2, "doi": 2, "dup": 2, "triple": 3, "tam hoa": 3, "tu quy": 4}  # fmt: skip
_ONE = r"(?:[a-z]{2,5}|\d)"
_REPEAT = re.compile(
    rf"\b(?:(?P<n>mot|hai|ba|bon|nam|[1-5]) (?:lan|con|so|chu)(?: so)? (?P<d>{_ONE})\b"
    rf"|(?P<times>double|triple|doi|dup|tam hoa|tu quy) (?P<of>{_ONE})\b"
    r"|(?P<said>\d{1,4}) (?P<again>hai|ba|[23]) lan\b(?! so))"
)
_EGG = re.compile(at_border("hot|trung", then=r" (?:vit|ga)\b"))
_APART = re.compile(r"(?<![^\s.,:;!?(])(?:[^\W\d_][ ]){2,80}(?:[@._] (?:[^\W\d_] ){1,40}){0,6}[^\W\d_](?!\w)")
_PASS = re.compile(r"\bp[._*\-]a[._*\-]s[._*\-]s\b")
_ADDED = re.compile(r"\bbằng\b|\d\s?=")
_LABEL = re.compile(
    r"\b[a-z]{1,2}\d{1,2}\s?=\s?(?=\d)|\b(?:cau|bai|so|y) \d{1,2}\s?[:=.)]\s?(?=\d)|(?<=\d)k\b(?=\W)"
    r"|['\"]?\s?\+\s?['\"]?(?=\d)|(?<=\d)['\"]"
)
_INDEXED = re.compile(r"\b[a-z](?=0\d{9}\b)")
_LANE = re.compile(r"\b(?:so nha|so|hem|kiet|ngo|ngach|can|phong|tang|duong so) (?=(?P<said>[a-z]+(?: [a-z]+){0,5}))")
_HOMELY = re.compile(r"\b(?:hem|kiet|ngo|ngach|so nha|nha|chung cu|duong)\b")


def apart(page: Page) -> Page | None:
    """The page with letters that were set apart written together; None where there are none."""
    changes: list[Change] = dotted.joined(page) if dotted.HINT.search(page.plain) else []
    changes += [(*match.span(), "pass") for match in _PASS.finditer(page.plain)]
    changes += [(*one.span(), one.group().replace(" ", "")) for one in _APART.finditer(page.marked) if len(one[0]) > 6]
    if not changes:
        return None
    if len(page.plain) > LONG:
        changes = _sorted(sorted(_sorted(changes), key=lambda one: one[0] - one[1])[:_MOST])
        spans = [(one[0] - _AROUND, one[1] + _AROUND) for one in changes]
        return page.changed(_only(page, changes, spans))
    return page.changed(_sorted(changes))


_MOST, _AROUND, _WIDE = 2, 40, 160


def _only(page: Page, changes: list[Change], spans: list[tuple[int, int]]) -> list[Change]:
    """Changes that drop what lies outside of some spans of a long page, so that no flood is read twice."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(page.plain)]
    return sorted([*changes, *((end, start, "\n") for end, start in zip(ends, starts, strict=True) if end < start)])


def _ended(page: Page, changes: list[Change]) -> Page | None:
    """The changed page; of a long one what stands about the first change and about the last."""
    if not changes:
        return None
    if len(page.plain) <= LONG:
        return page.changed(changes)
    first, last = changes[0][0], changes[-1][1]
    spans = [(first - _AROUND, first + _WIDE), (last - _WIDE, last + _AROUND)]
    kept = [one for one in changes if any(start <= one[0] and one[1] <= end for start, end in spans)]
    return page.changed(_only(page, kept, spans))


def counted(page: Page) -> Page | None:
    """The page with repeats counted out and labels between digits gone; None where there is nothing of the kind."""
    changes = _repeats(page)
    if page.moved:
        changes += [(*match.span(), " ") for match in _INDEXED.finditer(page.plain)]
    if TOGETHER.search(page.plain) or CONFESSED.search(page.plain):
        summed = _ADDED.search(page.marked) is not None
        changes += [
            (*match.span(), " ") for match in _LABEL.finditer(page.plain) if not (summed and "+" in match.group())
        ]
    return _ended(page, _sorted(changes))


SUFFIXED = re.compile(
    r"(?P<last>[kzxjhvw])\b\W{1,2}(?:[a-z]{1,6}(?P=last)\W{1,2}){4}[a-z]{1,6}(?P=last)\b"
)  # "khôngk chínk haik": one letter behind every word of a number


def suffixed(page: Page) -> Page | None:
    """The page without a letter that hangs on every word of a number; None where there is none."""
    found = SUFFIXED.search(page.plain)
    if not found:
        return None
    changes: list[Change] = [
        (match.end() - 1, match.end(), "")
        for match in re.finditer(r"[^\W\d_]{2,7}", page.marked[: found.start() + LONG])
        if match.group().endswith(found["last"]) and match.group()[:-1] in DIGITS
    ]
    return _ended(page, changes) if len(changes) > 5 else None


def classed(page: Page) -> Page | None:
    """The page with classes in figures that are told in words; None where there is none."""
    return _ended(page, grades.in_figures(page))


def _repeats(page: Page) -> list[Change]:
    changes: list[Change] = []
    for match in _REPEAT.finditer(page.plain):
        if match["said"]:
            changes.append((*match.span(), " ".join([match["said"]] * _TIMES[match["again"]])))
            continue
        which = "d" if match["d"] else "of"
        word = page.marked[slice(*match.span(which))]
        if word.isdecimal() or word in DIGITS:
            changes.append((*match.span(), " ".join([word] * _TIMES[match["n"] or match["times"]])))
    return changes + [(*match.span(), "không") for match in _EGG.finditer(page.plain)]


def _sorted(changes: list[Change]) -> list[Change]:
    kept: list[Change] = []
    for change in sorted(changes):
        if not kept or change[0] >= kept[-1][1]:
            kept.append(change)
    return kept


def housed(page: Page) -> Page | None:
    """The page with the numbers of doors and lanes in figures; None where none is told in words."""
    if not _HOMELY.search(page.plain):
        return None
    changes: list[Change] = []
    for match in _LANE.finditer(page.plain):
        start, end = match.span("said")
        last = start
        for word in re.finditer(r"\S+", page.marked[start:end]):
            if word.group() not in NUMERALS or word.group() in ("không", "ko", "k", "o", "ô"):
                break
            last = start + word.end()
        if last > start:
            said = "".join(run.digits for run in runs(Page(page.marked[start:last])))
            if 0 < len(said) < 5:
                changes.append((start, last, said))
    return _ended(page, changes)
