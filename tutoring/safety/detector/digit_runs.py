"""Digit sequences in any notation.

A `DigitToken` is one piece that stands for digits: "0901", "chín", "kh0ng", "o9o1". A `DigitSequence` is a row of
tokens separated only by signs, spaces and filler words ("rồi", "xong tới"). Other modules decide what a sequence means;
this one knows nothing about telephones. It makes one pass and looks back at most one word.
"""

import re
from collections import Counter
from itertools import pairwise

from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_words import (
    DIGITS,
    HUNDREDS,
    NOUGHTS,
    SINO,
    TENS,
    TWENTIES,
    DigitSequence,
    DigitToken,
    glued,
    leet,
    together,
)
from tutoring.safety.detector.patterns import listed

_GROUP = re.compile(r"[a-z0-9]+")
_PARTS = re.compile(r"\d+|[a-z]+")
_HELD = re.compile(r"(\w)\1+")
_DIGITS = re.compile(r"\d+")
_PARTED = re.compile(r"\d{1,4}([a-z]{1,2})\d{1,4}(?:\1\d{1,4}){2,12}")  # "0x9x0x1": letters as separators only
_PARTED_ONE_BY_ONE = re.compile(r"\d(?:[a-z]\d){7,12}")
_MEASURE = re.compile(
    r"\d{1,9}(?:k|d|tr|h|p|ph|m|cm|mm|km|kg|g|gb|mb|kb|ml|nd)|\d{1,2}[ghp]\d\d(?:p|ph)?"
)  # 500k, 07g30
_HARD = re.compile(r"[=≈≠<>≤≥^√%°÷×+?{}€£]")  # signs of arithmetic, units and sentence ends end a sequence
_CLOSED_OPENED = re.compile(r"[\])}>][^\w]{0,3}[\[({<]")
_SOFT_LENGTH = 16
_FILLERS = listed(
    "roi va xong toi den tiep theo nua la so thi ne nha nhe nhen nghe a ah aa e o oh u uh uhm um ha hen hihi "
    "haha hehe hi ok oke okay do sau dau cuoi giua duoi con lai ke cham phay gach cong cach xuong ngang hang cung gom "
    "then and dash dot space next plus comma ra ngoac mo dong chu ay day nay bam them ban oi ui ng gi nhi chut "
    "may de minh ma nhaa nhee nghen luon voi lai"
) - {"o", "ra", "gi", "may", "minh", "ma", "de", "con", "dong", "ban", "chu"} | {"con lai"}
_UNITS = listed("gio phut giay ngay thang nam tuoi dong trang cau lop kg km cm nguoi diem h p g m")
_MOST_FILLERS = 4
_SINGLE = 7  # so many equal gaps between single digits are not arithmetic
_OFTEN = 4  # a word that stands so often between digits is a filler

_LOOK = {"o": "0", "O": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "i": "1", "|": "1", "!": "1", "L": "1",
         "z": "2", "Z": "2", "s": "5", "S": "5", "$": "5", "b": "6", "G": "6", "B": "8", "g": "9", "q": "9",
         "A": "4", "E": "3", "T": "7"}  # fmt: skip


def runs(page: NormalizedText) -> list[DigitSequence]:
    """Returns every digit sequence of a text, in order."""
    plain, marked, cased, ordinary = page.plain, page.marked, page.cased, page.ordinary
    groups = [match.span() for match in _GROUP.finditer(plain)]
    said = _GROUP.findall(plain)
    often = _often(said)
    soft = _soft_signs(plain, groups)
    breaks: dict[str, bool] = {"": False, " ": False}
    found: list[DigitSequence] = []
    run = DigitSequence()
    held, gaps = run.atoms, run.gaps
    last = fillers = 0
    before = ""
    for index, (start, end) in enumerate(groups):
        word = said[index]
        if held:
            gap = plain[last:start]
            ended = breaks.get(gap)
            if ended is None:
                ended = breaks[gap] = _breaks(gap, soft)
            if ended:
                run, fillers = _close(run, found), 0
                held, gaps = run.atoms, run.gaps
        last = end
        atoms: list[DigitToken] = []
        figures = word.isdecimal()
        if not figures and cased[start:end] in ordinary:
            pass
        elif word in _FILLERS and marked[start:end] not in DIGITS:
            ordinary.add(cased[start:end])
        elif (
            end - start < 6
            and (before in _BEFORE_COUNTED or plain[end : end + 2] in _MAY_COUNT)
            and _counts(page, groups, index)
        ):
            pass
        elif figures:
            atoms = [DigitToken(start, end, word, "d")]
        else:
            atoms = _read(page, start, end, bool(held))
            if not atoms and (held or end - start > 4):  # the same holds inside and outside of a sequence
                ordinary.add(cased[start:end])
        before = word
        if atoms:
            if held:
                gaps.append(plain[held[-1].end : atoms[0].start])
            if len(atoms) > 1:
                gaps.extend([""] * (len(atoms) - 1))
            held.extend(atoms)
            fillers = 0
        elif held:
            fillers += 1
            if fillers > _MOST_FILLERS or not _may_part(word, often):
                run, fillers = _close(run, found), 0
                held, gaps = run.atoms, run.gaps
    _close(run, found)
    return found


def _breaks(gap: str, soft: frozenset[str]) -> bool:
    if gap in soft or _CLOSED_OPENED.fullmatch(gap):
        return False
    return len(gap) > _SOFT_LENGTH or _HARD.search(gap) is not None


def _soft_signs(plain: str, groups: list[tuple[int, int]]) -> frozenset[str]:
    """Returns signs that only separate digits, although they would normally end a sequence.

    They stand between so many single digits that they are no arithmetic: 0+9+0+1…
    """
    if len(groups) < _SINGLE or not _HARD.search(plain):
        return frozenset()
    counted = Counter(
        plain[before[1] : after[0]]
        for before, after in pairwise(groups)
        if before[1] - before[0] == 1 and after[1] - after[0] == 1
    )
    return frozenset(gap for gap, times in counted.items() if times >= _SINGLE and len(gap) < 4)


def _counts(page: NormalizedText, groups: list[tuple[int, int]], index: int) -> bool:
    """Whether a numeral is not a digit: "sau đó", "thứ hai", "bốn số đầu", "phần 1:".

    It has up to five letters, and stands behind one of `_BEFORE_COUNTED` or before one of `_MAY_COUNT`.
    """
    start, end = groups[index]
    before = page.plain[slice(*groups[index - 1])] if index else ""
    after = page.plain[end : end + 14]
    if before == "t" and page.plain[start:end] == "k":
        return True  # "s.t.k"
    if before in _LABELS:
        label = page.marked[slice(*groups[index - 1])]
        if label == "thứ" or (before != "thu" and page.plain[end : end + 1] in (":", ")", ".")):
            return True
        following = _NEXT.match(after)
        if label == "thu" and following and not (following[1].isdecimal() or following[1] in DIGITS):
            return True
    if page.marked[start:end] == "sau" and (before in _LABELS or _AFTER_THAT.match(after)):
        return True
    if before in _HOLDING and page.plain[start:end] in ("4", "5", "6", "8") and _OF_FIGURES.match(after):
        return True  # "ghi 6 số 380 417"
    return _SO_MANY.match(after) is not None and page.plain[start:end] != "0"


_MAY_COUNT = frozenset((" s", " c", " d", " k", " l"))  # the beginnings of what _SO_MANY and _AFTER_THAT match
_LABELS = frozenset(("thu", "phan", "doan", "khuc", "manh", "part", "buoc"))
_HOLDING = frozenset(("ghi", "co", "gom", "day", "hien", "bao", "dung", "du"))
_BEFORE_COUNTED = _LABELS | _HOLDING | {"t"}
_OF_FIGURES = re.compile(r" (?:chu |con )?so\W{1,3}\d")
_NEXT = re.compile(r"\W{0,3}([a-z0-9]+)")
_AFTER_THAT = re.compile(r" (?:do|day|cung|khi|la)\b")
_SO_MANY = re.compile(r" (?:chu |con )?so (?:dau|cuoi|giua|tiep|sau|nua|thoi|con)\b")


def _often(said: list[str]) -> frozenset[str]:
    if len(said) < 2 * _OFTEN:
        return frozenset()
    return frozenset(word for word, times in Counter(said).items() if times >= _OFTEN and word not in _UNITS)


def _may_part(word: str, often: frozenset[str]) -> bool:
    return word in _FILLERS or word in often or (len(word) > 3 and word[-1] * 2 == word[-2:] and _short(word))


def _short(word: str) -> bool:
    """Whether a drawn-out word ("nhaaaa") is a filler."""
    stem = word.rstrip(word[-1]) + word[-1]
    return stem in _FILLERS


def _close(run: DigitSequence, found: list[DigitSequence]) -> DigitSequence:
    if run.atoms:
        said = {atom.word for atom in run.atoms}
        if len(said) > 1 or "" not in said:
            if not SINO.keys().isdisjoint(said):
                for atom in run.atoms:
                    # means three among Sino-Vietnamese numerals, and a carelessly typed tám (8) elsewhere
                    if atom.word == "tam":
                        atom.digits = "3"
            run = together(run)
        if run.atoms:
            found.append(run)
    return DigitSequence()


def atoms_of(page: NormalizedText, within: bool = True) -> list[DigitToken]:
    """Returns the tokens of a text that is one word, `within` a sequence or as its first."""
    return _read(page, 0, len(page.plain), within)


def _read(page: NormalizedText, start: int, end: int, within: bool) -> list[DigitToken]:
    """Returns the tokens of one group of letters and digits; none for an ordinary word."""
    word = page.marked[start:end]
    digit = DIGITS.get(word) or _drawn_out(word)
    if digit is not None:
        return [DigitToken(start, end, digit, "w", word)]
    if word in _PARTS_OF_NUMBERS:
        return [DigitToken(start, end, word, "t", word)]
    plain = page.plain[start:end]
    if not plain.isalpha():
        return _mixed(page.cased[start:end], plain, start, end)
    if len(plain) <= 4 and (within or plain in ("o", "ol", "oo")) and all(c in _LOOK for c in page.cased[start:end]):
        return [DigitToken(start, end, "".join(_LOOK[char] for char in page.cased[start:end]), "l")]
    if len(plain) > 5:
        said = glued(plain)
        if said:
            return [DigitToken(start, end, said, "w")]
    return []


_PARTS_OF_NUMBERS = TENS | HUNDREDS | NOUGHTS | TWENTIES
_FIRST, _LAST = ({word[place] for word in DIGITS} for place in (0, -1))


def _drawn_out(word: str) -> str | None:
    """Returns the digit of a word with repeated letters: "khôông", "haai", "chíííín"."""
    if len(word) < 4 or word[0] not in _FIRST or word[-1] not in _LAST:
        return None
    return DIGITS.get(_HELD.sub(r"\1", word)) if _HELD.search(word) else None


def _mixed(cased: str, plain: str, start: int, end: int) -> list[DigitToken]:
    """Returns the tokens of letters and digits without a space: "o9o1", "ch1n", "9khong1"."""
    if _MEASURE.fullmatch(plain):
        return []
    said = leet(plain)
    if said is not None:
        return [DigitToken(start, end, said, "w")]
    if _PARTED.fullmatch(plain) or _PARTED_ONE_BY_ONE.fullmatch(plain):
        return [
            DigitToken(start + part.start(), start + part.end(), part.group(), "p") for part in _DIGITS.finditer(plain)
        ]
    if all(char.isdecimal() or char in _LOOK for char in cased):
        return [DigitToken(start, end, "".join(_LOOK.get(char, char) for char in cased), "l")]
    atoms = []
    for part in _PARTS.finditer(plain):
        text = part.group()
        begin, finish = start + part.start(), start + part.end()
        if text.isdecimal():
            atoms.append(DigitToken(begin, finish, text, "p"))
            continue
        digit = DIGITS.get(text) or glued(text)
        if digit is None:
            return []
        atoms.append(DigitToken(begin, finish, digit, "w"))
    return atoms
