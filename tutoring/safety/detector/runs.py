"""Digits in a row, however they are written.

An `Atom` is one piece that says digits: "0901", "chín", "kh0ng", "o9o1". A `Run` is a row of atoms with nothing
between them but signs, spaces and words that are only there to part them ("rồi", "xong tới"). What a run means is
decided elsewhere; here nothing is known of telephones. One pass, no looking back further than one word.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import listed
from tutoring.safety.detector.numerals import (
    DIGITS,
    HUNDREDS,
    NOUGHTS,
    TENS,
    TWENTIES,
    glued,
    leet,
)

_GROUP = re.compile(r"[a-z0-9|]+|(?<=\d)[!$](?=\d)")
_PARTS = re.compile(r"\d+|[a-z|]+")
_HARD = re.compile(r"[=≈≠<>≤≥^√%°÷×+?{}€£]")  # signs of arithmetic, units and ends of questions end a run
_SOFT_LENGTH = 16
_FILLERS = listed(
    "roi va xong toi den tiep theo nua la so thi ne nha nhe nhen nghe a ah aa e o oh u uh uhm um ha hen hihi "
    "haha hehe hi ok oke okay do sau dau cuoi giua duoi con lai ke cham phay gach cong cach xuong ngang hang "
    "then and dash dot space next plus comma ra ngoac mo dong chu ay day nay bam them ban oi ui ng gi nhi chut "
    "may de minh ma nhaa nhee nghen luon"
) - {"o", "ra", "gi", "may", "minh", "ma", "de", "con", "dong", "ban", "chu"} | {"con lai"}
_UNITS = listed("gio phut giay ngay thang nam tuoi dong trang cau lop kg km cm nguoi diem h p g m")
_MOST_FILLERS = 4
_OFTEN = 4  # a word this often between digits is a filler, whatever it means

_LOOK = {"o": "0", "O": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "i": "1", "|": "1", "!": "1", "L": "1",
         "z": "2", "Z": "2", "s": "5", "S": "5", "$": "5", "b": "6", "G": "6", "B": "8", "g": "9", "q": "9",
         "A": "4", "E": "3", "T": "7"}  # fmt: skip


@dataclass(slots=True)
class Atom:
    """One piece that says digits; `how` is d(igits), w(ord), l(ook-alike) or p(art of a mixed word)."""

    start: int
    end: int
    digits: str
    how: str


@dataclass(slots=True)
class Run:
    """Atoms in a row. `gaps[i]` is what stands between atom i and i + 1; `words` counts the words among it."""

    atoms: list[Atom] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def digits(self) -> str:
        return "".join(atom.digits for atom in self.atoms)

    @property
    def start(self) -> int:
        return self.atoms[0].start

    @property
    def end(self) -> int:
        return self.atoms[-1].end


def runs(page: Page) -> list[Run]:
    """Every run of a page, in order."""
    plain, marked = page.plain, page.marked
    groups = [(match.start(), match.end()) for match in _GROUP.finditer(plain)]
    often = _often(plain, groups)
    found: list[Run] = []
    run = Run()
    last = fillers = 0
    for start, end in groups:
        word = marked[start:end]
        gap = plain[last:start]
        if run.atoms and (len(gap) > _SOFT_LENGTH or (gap != " " and gap and _HARD.search(gap))):
            run, fillers = _close(run, found), 0
        atoms = _read(page, start, end, word, bool(run.atoms))
        last = end
        if atoms:
            if run.atoms:
                run.gaps.append(plain[run.end : atoms[0].start])
            run.gaps.extend([""] * (len(atoms) - 1))
            run.atoms.extend(atoms)
            fillers = 0
        elif run.atoms:
            fillers += 1
            if fillers > _MOST_FILLERS or not _may_part(plain[start:end], often):
                run, fillers = _close(run, found), 0
    _close(run, found)
    return found


def _often(plain: str, groups: list[tuple[int, int]]) -> frozenset[str]:
    if len(groups) < 2 * _OFTEN:
        return frozenset()
    counted = Counter(plain[start:end] for start, end in groups)
    return frozenset(word for word, times in counted.items() if times >= _OFTEN and word not in _UNITS)


def _may_part(word: str, often: frozenset[str]) -> bool:
    return word in _FILLERS or word in often or (len(word) > 3 and word[-1] * 2 == word[-2:] and _short(word))


def _short(word: str) -> bool:
    """Whether a drawn-out word ("nhaaaa") is a filler."""
    stem = word.rstrip(word[-1]) + word[-1]
    return stem in _FILLERS


def _close(run: Run, found: list[Run]) -> Run:
    if run.atoms:
        whole = _compounds(run)
        if whole.atoms:
            found.append(whole)
    return Run()


def _read(page: Page, start: int, end: int, word: str, within: bool) -> list[Atom]:
    """The atoms of one group of letters and digits; none if it is an ordinary word."""
    if word.isdecimal():
        return [Atom(start, end, word, "d")]
    digit = DIGITS.get(word)
    if digit is not None:
        return [Atom(start, end, digit, "w")]
    if word in TENS or word in HUNDREDS or word in NOUGHTS or word in TWENTIES:
        return [Atom(start, end, word, "t")]
    plain = page.plain[start:end]
    if not plain.isalpha():
        return _mixed(page.cased[start:end], plain, start, end)
    if len(plain) <= 4 and (within or plain in ("o", "ol", "oo")) and all(c in _LOOK for c in page.cased[start:end]):
        return [Atom(start, end, "".join(_LOOK[char] for char in page.cased[start:end]), "l")]
    if len(plain) > 5:
        said = glued(plain)
        if said:
            return [Atom(start, end, said, "w")]
    return []


def _mixed(cased: str, plain: str, start: int, end: int) -> list[Atom]:
    """Letters and digits without a space: "o9o1", "ch1n", "9khong1"."""
    said = leet(plain)
    if said is not None:
        return [Atom(start, end, said, "w")]
    if all(char.isdecimal() or char in _LOOK for char in cased):
        return [Atom(start, end, "".join(_LOOK.get(char, char) for char in cased), "l")]
    atoms = []
    for part in _PARTS.finditer(plain):
        text = part.group()
        begin, finish = start + part.start(), start + part.end()
        if text.isdecimal():
            atoms.append(Atom(begin, finish, text, "p"))
            continue
        digit = DIGITS.get(text) or glued(text)
        if digit is None:
            return []
        atoms.append(Atom(begin, finish, digit, "w"))
    return atoms


def _compounds(run: Run) -> Run:
    """Tens and hundreds in words read together: "chín mươi mốt" is one atom, 91."""
    if not any(atom.how == "t" for atom in run.atoms):
        return run
    whole = Run()
    atoms, index = run.atoms, 0
    while index < len(atoms):
        first = index
        said, index = _compound(atoms, index)
        if whole.atoms:
            whole.gaps.append(run.gaps[first - 1])
        how = atoms[first].how if index == first + 1 and atoms[first].how != "t" else "w"
        whole.atoms.append(Atom(atoms[first].start, atoms[index - 1].end, said, how))
    return whole


def _compound(atoms: list[Atom], index: int) -> tuple[str, int]:
    """What the number that begins at `index` says, and where the next begins."""

    def one(at: int, test: Callable[[str], bool] | None = None) -> bool:
        if at >= len(atoms):
            return False
        atom = atoms[at]
        return (atom.how == "t" and test(atom.digits)) if test else (atom.how != "t" and len(atom.digits) == 1)

    def tens(at: int) -> bool:
        return one(at, TENS.__contains__)

    if one(index) and one(index + 1, HUNDREDS.__contains__):
        said, after = atoms[index].digits, index + 2
        if one(after, NOUGHTS.__contains__) and one(after + 1):
            return said + "0" + atoms[after + 1].digits, after + 2
        if (tens(after) or tens(after + 1)) and one(index):
            rest, after = _compound(atoms, after)
            return said + rest, after
        if one(after) and one(after + 1) and not tens(after + 2):
            return said + atoms[after].digits + atoms[after + 1].digits, after + 2
        return said + "00", after
    if one(index) and tens(index + 1) and atoms[index].digits != "0":
        unit = one(index + 2) and not tens(index + 3)
        return atoms[index].digits + (atoms[index + 2].digits if unit else "0"), index + (3 if unit else 2)
    if tens(index):
        unit = one(index + 1) and not tens(index + 2)
        return "1" + (atoms[index + 1].digits if unit else "0"), index + (2 if unit else 1)
    if one(index, TWENTIES.__contains__) and one(index + 1):
        return "2" + atoms[index + 1].digits, index + 2
    if atoms[index].how == "t":
        return ("0" if atoms[index].digits in NOUGHTS else ""), index + 1
    return atoms[index].digits, index + 1
