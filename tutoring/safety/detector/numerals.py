"""Words that say digits, as people type them: with marks, with some of them, with none, in Telex, in VNI.

`DIGITS` maps a word in lower case (marks as typed) to its digit. "năm" and "nam" are both here, "nắm" is not: a word
that carries other marks is another word. What these words mean elsewhere (ba is also father, năm also year) does not
matter: they count only in a row that makes a valid number.
"""

import re
import unicodedata

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
# The old Sino-Vietnamese numerals count only with their marks: "tam" without one is a careless tám.
SINO = {"nhất": "1", "nhị": "2", "tứ": "4", "ngũ": "5", "lục": "6", "thất": "7", "bát": "8", "cửu": "9"}
_TENS = "mươi mười chục"
_TONES = {"\u0301": ("s", "1"), "\u0300": ("f", "2"), "\u0309": ("r", "3"), "\u0303": ("x", "4"), "\u0323": ("j", "5")}
_SHAPES = {"\u0302": ("", "6"), "\u031b": ("w", "7"), "\u0306": ("w", "8")}


def _without(word: str, marks: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if char not in marks)
    return unicodedata.normalize("NFC", bare)


def _keyed(word: str) -> set[str]:
    """The word as Telex and VNI keys, the tone and the shape typed in their places or at the end."""
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
    """A word as it may be typed: marks missing, or keys that were never turned into marks."""
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
    """The digit that a word written with digits for letters says, such as "ch1n"."""
    return DIGITS.get(word.translate(_LEET)) if len(word) > 1 else None


def glued(word: str) -> str | None:
    """The digits of number words run together, such as "khongchinkhongmot" (without marks)."""
    if not GLUED.match(word):
        return None
    parts = GLUED.findall(word)
    if len(parts) < 2 or sum(map(len, parts)) != len(word):
        return None
    return "".join("10" if part == "muoi" else DIGITS[part] for part in parts)
