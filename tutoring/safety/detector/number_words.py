"""Numerals as users type them: with full, partial or no diacritics, in Telex, in VNI.

`DIGITS` maps a word in lower case (diacritics as typed) to its digit. "năm" and "nam" are both here, "nắm" is not: a
word with other diacritics is another word. Other meanings of these words (ba is also father, năm also year) do not
matter, because they count only in a row that makes a valid number.

`DigitToken` and `DigitSequence` are the pieces that stand for digits, and rows of them. `together` reads tens and
hundreds in words: "chín mươi mốt" is 91, "ba trăm linh hai" is 302, "hăm lăm" is 25.
"""

import re
import unicodedata
from dataclasses import dataclass, field

_SPOKEN = {
    "0": "không ko kô hông hổng khg kh zero zê-rô dê-rô oh ô o",
    "1": "một mốt one",
    "2": "hai two",
    "3": "ba three",
    "4": "bốn tư four",
    "5": "năm lăm nhăm five",
    "6": "sáu six",
    "7": "bảy bẩy seven",
    "8": "tám eight",
    "9": "chín nine",
}
# The old Sino-Vietnamese numerals count only with their diacritics: "tam" without them is a carelessly typed tám.
SINO = {"nhất": "1", "nhị": "2", "tứ": "4", "ngũ": "5", "lục": "6", "thất": "7", "bát": "8", "cửu": "9"}
_TENS = "mươi mười chục"
_TONES = {"\u0301": ("s", "1"), "\u0300": ("f", "2"), "\u0309": ("r", "3"), "\u0303": ("x", "4"), "\u0323": ("j", "5")}
_SHAPES = {"\u0302": ("", "6"), "\u031b": ("w", "7"), "\u0306": ("w", "8")}


def _without(word: str, marks: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if char not in marks)
    return unicodedata.normalize("NFC", bare)


def _keyed(word: str) -> set[str]:
    """Returns the word as Telex and VNI keystrokes, with tone and shape keys in both positions."""
    plain, tone, shapes, place = "", "", [], 0
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone, place = char, len(plain)
        elif char in _SHAPES:
            shapes.append((len(plain), char))
        else:
            plain += char
    forms = set()
    for method in (0, 1):
        key = _TONES[tone][method] if tone else ""
        for last in (False, True):
            typed, tone_at = plain, place
            for index, shape in reversed(shapes):
                what = _SHAPES[shape][method] or plain[index - 1]
                index = len(plain) if last and what != plain[index - 1] else index
                typed = typed[:index] + what + typed[index:]
                tone_at += len(what) if index <= place else 0
            forms.add(typed + key)
            forms.add(typed[:tone_at] + key + typed[tone_at:])
    return forms


def forms(word: str) -> set[str]:
    """Returns a word as it may be typed: diacritics missing, or keystrokes never converted."""
    tones, shapes = "".join(_TONES), "".join(_SHAPES)
    return {word, _without(word, tones), _without(word, shapes), _without(word, tones + shapes)} | _keyed(word)


DIGITS = {form: digit for digit, said in _SPOKEN.items() for word in said.split() for form in forms(word)}
DIGITS |= {form: digit for word, digit in SINO.items() for form in (word, _without(word, "".join(_TONES)))
           if not form.isascii()}  # fmt: skip
DIGITS |= {"k": "0", "hk": "0", "hok": "0", "khôg": "0", "khog": "0", "hem": "0", "chjn": "9", "haj": "2", "m": "1"}
del DIGITS["m"]

TENS = frozenset(form for word in _TENS.split() for form in forms(word)) | {"mưoi", "muời", "mừơi", "chuc"}
HUNDREDS = frozenset(forms("trăm"))
NOUGHTS = frozenset(forms("linh") | forms("lẻ") | {"lẽ"})  # "một trăm linh hai"
TWENTIES = frozenset({"hăm"})  # "hăm lăm"
NUMERALS = frozenset(DIGITS) | TENS | HUNDREDS | NOUGHTS | TWENTIES

TIMES = {"đôi": 2, "double": 2, "đúp": 2, "kép": 2, "triple": 3, "tam hoa": 3, "tứ quý": 4}

_RUN_TOGETHER = ["khong", "chin", "mot", "hai", "bay", "bon", "nam", "sau", "tam", "lam", "muoi", "ba", "tu", "ko",
                 "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]  # fmt: skip
GLUED = re.compile("|".join(_RUN_TOGETHER))

# "kh0ng ch1n": digits that stand for letters inside a word.
_LEET = str.maketrans("014357@", "oiaesta")


def leet(word: str) -> str | None:
    """Returns the digit of a word with digits for letters, such as "ch1n", or None."""
    return DIGITS.get(word.translate(_LEET)) if len(word) > 1 else None


def glued(word: str) -> str | None:
    """Returns the digits of joined bare numerals, such as "khongchinkhongmot", or None."""
    if not GLUED.match(word):
        return None
    parts = GLUED.findall(word)
    if len(parts) < 2 or sum(map(len, parts)) != len(word):
        return None
    return "".join("10" if part == "muoi" else DIGITS[part] for part in parts)


@dataclass(slots=True)
class DigitToken:
    """One piece that stands for digits.

    `how` is d(igits), w(ord), l(ook-alike), p(art of a mixed word) or t (mươi, trăm, linh and the like).
    """

    start: int
    end: int
    digits: str
    how: str
    word: str = ""


@dataclass(slots=True)
class DigitSequence:
    """Tokens in a row; `gaps[i]` is the text between token i and i + 1."""

    atoms: list[DigitToken] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def digits(self) -> str:
        return "".join([atom.digits for atom in self.atoms])

    def without_question(self) -> "DigitSequence":
        """Returns the sequence without a final "không" that only asks ("12 đúng không")."""
        last = len(self.atoms)
        if any(atom.how == "d" for atom in self.atoms):
            while self.atoms[last - 1].how == "w" and self.atoms[last - 1].digits == "0":
                last -= 1
        return DigitSequence(self.atoms[:last], self.gaps[: max(0, last - 1)])

    @property
    def start(self) -> int:
        return self.atoms[0].start

    @property
    def end(self) -> int:
        return self.atoms[-1].end


_LONGEST = 6  # tokens that make one number at most


def together(run: DigitSequence) -> DigitSequence:
    """Combines tens and hundreds in words: "chín mươi mốt" becomes one token, 91."""
    hows = "".join([atom.how for atom in run.atoms])
    if "t" not in hows:
        return run
    whole = DigitSequence()
    index = 0
    while index < len(run.atoms):
        if "t" in hows[index : index + _LONGEST]:
            said, after = _compound(run, index)
        else:
            said, after = run.atoms[index].digits, index + 1
        if said:
            if whole.atoms:
                whole.gaps.append(run.gaps[index - 1])
            first, last = run.atoms[index], run.atoms[after - 1]
            how = first.how if after == index + 1 and first.how != "t" else "w"
            whole.atoms.append(DigitToken(first.start, last.end, said, how))
        index = after
    return whole


def _compound(run: DigitSequence, index: int) -> tuple[str, int]:
    """Returns the number that begins at `index`, and where the next begins."""
    atoms, sorts = run.atoms, _sorts(run, index)
    for sort, length in _COMPOUND_SHAPES:
        if sorts.startswith(sort):
            units = [atom.digits for atom in atoms[index : index + length] if atom.how != "t"]
            return _say(sort, units), index + length
    atom = atoms[index]
    if atom.how == "t":
        return ("0" if atom.digits in NOUGHTS else ""), index + 1
    return atom.digits, index + 1


# d is a digit, t tens ("mươi"), h hundred, n zero ("linh"), y twenty ("hăm"). The first match wins.
_COMPOUND_SHAPES = (
    ("dhnd", 4),
    ("dhdtd", 5),
    ("dhdt", 4),
    ("dhtd", 4),
    ("dht", 3),
    ("dhdd", 4),
    ("dh", 2),
    ("dtd", 3),
    ("dt", 2),
    ("td", 2),
    ("t", 1),
    ("yd", 2),
)


def _sorts(run: DigitSequence, index: int) -> str:
    """Returns the kinds of the tokens from `index` on, up to a separator other than a space.

    A digit that opens the next tens is not a unit.
    """
    sorts = ""
    for at in range(index, min(index + _LONGEST, len(run.atoms))):
        if at > index and run.gaps[at - 1].strip(" -"):
            break
        atom = run.atoms[at]
        if atom.how != "t":
            apart = sorts[-2:] == "dt" and atom.word in ("một", "năm")  # 41 is "bốn mươi mốt"
            sorts += "d" if len(atom.digits) == 1 and atom.how in "wdp" and not apart else "x"
        elif atom.digits in TENS:
            if sorts == "d" and atom.digits == "mười":  # nine and ten, not ninety
                break
            sorts += "t"
        else:
            sorts += "h" if atom.digits in HUNDREDS else "y" if atom.digits in TWENTIES else "n"
    for shape in ("dtdt", "tdt", "dhdtdt"):
        if sorts.startswith(shape) and not (shape == "tdt" and sorts[:1] != "t"):
            sorts = sorts[: len(shape) - 2]  # "ba mươi | hai mươi": the digit belongs to the next tens
    return sorts


def _say(sort: str, units: list[str]) -> str:
    if sort == "dhnd":
        return f"{units[0]}0{units[1]}"
    if sort in ("dhdtd", "dhdd"):
        return "".join(units)
    if sort == "dhdt":
        return f"{units[0]}{units[1]}0"
    if sort == "dhtd":
        return f"{units[0]}1{units[1]}"
    if sort == "dht":
        return f"{units[0]}10"
    if sort == "dh":
        return f"{units[0]}00"
    if sort == "dtd":
        return "".join(units) if units[0] != "0" else f"010{units[1]}"
    if sort == "dt":
        return f"{units[0]}0" if units[0] != "0" else "010"
    return {"td": f"1{''.join(units)}", "t": "10", "yd": f"2{''.join(units)}"}[sort]
