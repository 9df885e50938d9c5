"""Rewrites disguised text in plain words, so that the rules can match it.

Separated letters ("m ậ t k h ẩ u", "t.r.ư.ờ.n.g", "m_ã x_á_c n_h_ậ_n", "b-a-n-h-m-i-1-2", "tr.ường") and OTP as it
sounds ("ô tê pê") are joined. Numbers in words behind a lane ("kiệt tám mươi lăm") become figures. Repetitions ("ba lần
số năm", "ba con 7", "double seven") are expanded. Labels and signs between digits ("x1=0, x2=9", "câu 1: 0", "0912 +
385") are removed. This needs a hint in the text that the digits belong together or are a person's number. The result is
a text like any other, whose indexes still lead back to the original.

A class in words becomes figures: "lớp năm hai" is 5/2, "chín A một" is 9A1. This applies only where no counted noun
follows: in "lớp năm hai buổi một ngày" the words mean two lessons.
"""

import re

from tutoring.safety.detector.diacritics import meant, otherwise
from tutoring.safety.detector.digit_runs import runs
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_context import CONFESSED, TOGETHER
from tutoring.safety.detector.number_words import DIGITS, NUMERALS, TENS
from tutoring.safety.detector.patterns import at_border

_UNITS = {"mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5", "sau": "6", "bay": "7", "tam": "8",
          "chin": "9", "muoi": "10"}  # fmt: skip
_GRADES = _UNITS | {"muoi mot": "11", "muoi hai": "12"}
_ONE_GRADE = "mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi"
_CLASS = re.compile(
    rf"\b(?P<what>lop|hoc|hc) (?P<grade>muoi mot|muoi hai|1[0-2]|[1-9]|{_ONE_GRADE}) ?"
    rf"(?:(?P<letter>[a-h]) ?(?P<of>{_ONE_GRADE}|\d{{1,2}})|(?P<alone>[b-h])\b|(?:(?:cham|xuyet|xet|gach"
    rf"|tren) )?(?P<part>{_ONE_GRADE}))"
    r"(?P<end>$|[,.!?;)\n]| (?:co|thay|truong|trg|thcs|thpt|tieu hoc|nha|nhe|ne|nek|a|do|chu nhiem|gvcn|luon|ha|va"
    r"|con|day"
    r"|roi|hen|nghe|cua|o|la|ben)\b)"
)
_YEARS = re.compile(r".+(?<!cham)(?<!xuyet)(?<!xet)(?<!gach)(?<!tren) nam")
CLASS_NUMERAL_HINT = re.compile(rf"(?:{at_border('lop|hoc|hc')}) (?:{_ONE_GRADE}|\d{{1,2}} [a-h] (?:{_ONE_GRADE}))\b")


def in_figures(page: NormalizedText) -> list[tuple[int, int, str]]:
    """Returns the classes written in words, with their figures."""
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


def _said(page: NormalizedText, match: re.Match[str], name: str) -> bool:
    """Whether the words have the diacritics of numerals: "lớp bà" has not."""
    words = page.marked[slice(*match.span(name))].split()
    return all(word.isdecimal() or word in DIGITS or word in TENS for word in words)


SEPARATED_LETTERS_HINT = re.compile(
    r"[._*•·~|/-](?:(?<=\b[a-z].)[a-z0-9](?![a-z0-9])|(?<=[a-z][.•*])[a-z]{2,6}\b)"
    r"|t(?:(?<=\bot)|(?<=\bo[ .\-]t)|(?<=\b0t)|(?<=\b0 t)|(?<=\bau[ .\-]t))[eio]?[ .\-]?[pb][eio]?\b|otb\b(?<=\botb)"
)
# A row of separated letters, found at its first separator, after exactly one letter.
_ROW = re.compile(r"(?P<sign>[._*•·~|/-])(?<=[^\W_].)(?<![\w.*•·~|/-]..)[^\W_](?:(?P=sign)[^\W_]){0,60}(?![^\W_])")
_CUT = re.compile(r"(?<![\w.*•])[^\W\d_]{1,3}[.•*][^\W\d_]{2,6}(?![\w.*•])")
_TP = r"[ .\-]?(?:te|ti|t)[ .\-]?(?:pe|pi|po|be|p)"
_OTPS = at_border(rf"o{_TP}|au{_TP}|0{_TP}|o[ .\-]?to[ .\-]po|otb|0 ?t ?p")
_OTP = re.compile(rf"(?:{_OTPS})\b")
_MK = re.compile(r"m(?<=\bm)[._*-]k\b")
_SOUNDS = meant("ô âu tê ti pê pi pờ bê tờ")


def joined(page: NormalizedText) -> list[tuple[int, int, str]]:
    """Returns what to join: rows of three and more letters, and shorter ones beside others."""
    rows: list[tuple[int, int, str]] = []
    short: list[tuple[int, int, str]] = []
    for match in _ROW.finditer(page.cased):
        start, end = match.start() - 1, match.end()
        said = page.cased[start:end].replace(match["sign"], "")
        if said.isdecimal() or (match["sign"] == "/" and not (said.isalpha() and len(said) > 1)):
            continue
        (rows if len(said) > 2 else short).append((start, end, said))
    for match in _CUT.finditer(page.cased):
        said = re.sub("[.•*]", "", match.group())
        if not said.isascii() and said[1:].islower():
            rows.append((*match.span(), said))
        elif said.islower():
            short.append((*match.span(), said))
    words = [(*match.span(), "mật khẩu") for match in _MK.finditer(page.plain)]
    changes = words + (rows + short if rows or len(short) > 1 else [])
    changes += [
        (*match.span(), "otp")
        for match in _OTP.finditer(page.plain)
        if match.group() != "otp" and not otherwise(page, *match.span(), _SOUNDS)
    ]
    return changes


LONG = 300  # characters; longer texts are not fully read twice
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


def apart(page: NormalizedText) -> NormalizedText | None:
    """Returns the text with separated letters joined, or None where there are none."""
    changes: list[Change] = joined(page) if SEPARATED_LETTERS_HINT.search(page.plain) else []
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


def _only(page: NormalizedText, changes: list[Change], spans: list[tuple[int, int]]) -> list[Change]:
    """Drops what lies outside some spans of a long text, so that no flood is read twice."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(page.plain)]
    return sorted([*changes, *((end, start, "\n") for end, start in zip(ends, starts, strict=True) if end < start)])


def _ended(page: NormalizedText, changes: list[Change]) -> NormalizedText | None:
    """Applies the changes; of a long text only the surroundings of the first and last are kept."""
    if not changes:
        return None
    if len(page.plain) <= LONG:
        return page.changed(changes)
    first, last = changes[0][0], changes[-1][1]
    spans = [(first - _AROUND, first + _WIDE), (last - _WIDE, last + _AROUND)]
    kept = [one for one in changes if any(start <= one[0] and one[1] <= end for start, end in spans)]
    return page.changed(_only(page, kept, spans))


def counted(page: NormalizedText) -> NormalizedText | None:
    """Returns the text with repetitions expanded and labels between digits removed, or None."""
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
)  # "khôngk chínk haik": one extra letter at the end of every numeral


def suffixed(page: NormalizedText) -> NormalizedText | None:
    """Returns the text without an extra letter at the end of every numeral, or None."""
    found = SUFFIXED.search(page.plain)
    if not found:
        return None
    changes: list[Change] = [
        (match.end() - 1, match.end(), "")
        for match in re.finditer(r"[^\W\d_]{2,7}", page.marked[: found.start() + LONG])
        if match.group().endswith(found["last"]) and match.group()[:-1] in DIGITS
    ]
    return _ended(page, changes) if len(changes) > 5 else None


def classed(page: NormalizedText) -> NormalizedText | None:
    """Returns the text with classes in figures that are written in words, or None."""
    return _ended(page, in_figures(page))


def _repeats(page: NormalizedText) -> list[Change]:
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


def housed(page: NormalizedText) -> NormalizedText | None:
    """Returns the text with house and lane numbers in figures instead of words, or None."""
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
            said = "".join(run.digits for run in runs(NormalizedText(page.marked[start:last])))
            if 0 < len(said) < 5:
                changes.append((start, last, said))
    return _ended(page, changes)
