"""Tells telephone, citizen and card numbers from sums, dates and lists.

A number must begin and end at token borders. Further conditions depend on the notation. One piece needs none, and
neither do pieces of which the first is "090" or longer. Single digits and pairs could be marks, times or a sequence, so
they must be the whole sequence and look like nothing else. A word such as "sđt" before the number lifts these
conditions.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate, pairwise

from tutoring.safety.detector.number_words import DigitSequence, DigitToken
from tutoring.safety.detector.patterns import listed

_MOBILE = re.compile(r"0[35789]\d{8}")
_IN_USE = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
_LANDLINE = re.compile(r"02(?:[48]\d|[0-35-79]\d)\d{7}")
_ABROAD = re.compile(r"(?:00)?840?([35789]\d{8}|2\d{9})")
_SERVICE = re.compile(r"1[89]00\d{4,6}|11[1-5]|1022|18001567")
_PROVINCES = listed(
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 "
    "040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 "
    "083 084 086 087 089 091 092 093 094 095 096"
)
_CARD = re.compile(r"4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|6\d{15}|9704\d{12}(?:\d{3})?")
_DECIMAL = re.compile(r"[(\[]?(?:0|[1-9]\d{0,2})[.,]\d+[;,.)\]]*")
_PAIR = re.compile(
    r"\d{1,2}[/.-](?:19|20)\d\d[;,.)]*|\d{1,2}[/:-]\d{1,2}[;,.)]*|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)[;,.)]*"
    r"|[012]?\d:[0-5]\d[;,.)]*"
)
_DATE = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\d)")
_LONGEST = 14


@dataclass(frozen=True, slots=True)
class Number:
    """The tokens from `first` up to `after` of a sequence, and the number that they form."""

    kind: str
    first: int
    after: int
    value: str


def is_service(digits: str) -> bool:
    """Whether this is a hotline or short code, not personal: 111, 113, 18001567, 1900 ..."""
    return _SERVICE.fullmatch(digits) is not None


def phone_value(digits: str) -> str | None:
    """Returns a Vietnamese telephone number as 0…, or None."""
    length = len(digits)
    if (length == 10 and digits[1] in "35789") or (length == 11 and digits[1] == "2"):
        return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None
    abroad = _ABROAD.fullmatch(digits) if digits.startswith(("84", "0084")) else None
    return "0" + abroad.group(1) if abroad else None


def citizen_value(digits: str) -> str | None:
    """Returns twelve digits that begin with a province and a century, or None."""
    return digits if len(digits) == 12 and digits[:3] in _PROVINCES and digits[3] in "0123" else None


def luhn(digits: str) -> bool:
    """Whether the Luhn check digit of a card is right."""
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(one - 9 if one > 9 else one for one in doubled)) % 10 == 0


def card_value(digits: str) -> str | None:
    """Returns a payment card number with a right check digit, or None."""
    return digits if _CARD.fullmatch(digits) and luhn(digits) else None


def find(run: DigitSequence, plain: str, cue: bool) -> list[Number]:
    """Returns the numbers in a sequence that need no word beside them, from the left, disjoint."""
    digits = run.digits
    if len(digits) < 10:
        return []
    places = list(accumulate([len(atom.digits) for atom in run.atoms], initial=0))
    found = []
    first, count = 0, len(run.atoms)
    while first < count and len(digits) - places[first] >= 10:
        number = _at(run, first, plain, cue, digits, places)
        if number:
            found.append(number)
            first = number.after
        else:
            first += 1
    return found


_CARD_BEGINS = re.compile(r"4|5[1-5]|2[2-7]|3[457]|6|9704")
_CARD_LENGTHS = frozenset((13, 14, 15, 16, 19))


def _at(run: DigitSequence, first: int, plain: str, cue: bool, digits: str, places: list[int]) -> Number | None:
    """Returns the longest number that begins with token `first`, or None.

    Token i stands from `places[i]` to `places[i + 1]` in the digits.
    """
    begun = places[first]
    nought = digits[begun] == "0"
    phone = digits.startswith(("84", "0084"), begun) or (nought and digits[begun + 1] in "235789")
    citizen = nought and digits[begun : begun + 3] in _PROVINCES
    if not phone and not citizen and (nought or not _CARD_BEGINS.match(digits, begun)):
        return None
    if first and run.gaps[first - 1] in (".", ",") and run.atoms[first - 1].how == "d" and not cue:
        # "x = 0.0901234567", or digits in the middle of a longer row
        return None
    best = None
    longest = _LONGEST if nought else 19
    for after in range(bisect_left(places, begun + 10), len(places)):
        length = places[after] - begun
        if length > longest:
            break
        if not phone and (length != 12 if citizen else length not in _CARD_LENGTHS):
            continue
        said = digits[begun : places[after]]
        kind, value = _called(said) if phone or citizen else ("bank", card_value(said))
        if value:
            number = Number(kind, first, after, value)
            if _credible(run, number, said, plain, cue) and (not best or _better(run, number, best)):
                best = number
    return best


def _called(said: str) -> tuple[str, str | None]:
    """Returns a telephone number, possibly with the country code, or else a citizen number."""
    value = phone_value(said) if len(said) <= _LONGEST else None
    return ("phone", value) if value else ("idno", citizen_value(said))


def _better(run: DigitSequence, number: Number, best: Number) -> bool:
    """Whether a longer number replaces a shorter one: only if it takes in the whole sequence."""
    return number.after == len(run.atoms)


def plus_before(plain: str, start: int) -> bool:
    """Whether "+" stands before a number as for a country code, not as between summands."""
    before = plain[max(0, start - 3) : start].rstrip(" (")
    return before.endswith("+") and not plain[max(0, start - 5) : start].rstrip(" (+")[-1:].isdecimal()


def _credible(run: DigitSequence, number: Number, said: str, plain: str, cue: bool) -> bool:
    atoms = run.atoms[number.first : number.after]
    gaps = run.gaps[number.first : number.after - 1]
    if len(atoms) == 1:
        return True
    raw = plain[atoms[0].start : atoms[-1].end]
    whole = number.first == 0 and number.after == len(run.atoms)
    longer = number.after < len(run.atoms) and run.gaps[number.after - 1] in (".", "-", ",", "/", "_")
    if longer and run.gaps[number.after - 1] == gaps[-1]:
        return False
    if cue or _speaks_for_itself(atoms, gaps, said, plain):
        return not (_DATE.search(raw) and not cue)
    if not whole and not _parted(run, number, gaps):
        return False
    return not _looks_like_lessons(number, atoms, gaps, raw)


def _speaks_for_itself(atoms: list[DigitToken], gaps: list[str], said: str, plain: str) -> bool:
    if plus_before(plain, atoms[0].start):
        return True
    head = atoms[0].digits
    if all(atom.how == "w" for atom in atoms):
        return not _even_steps(atoms) and len(head) == 1
    if said.startswith("84"):
        return False
    return len(head) > 2 and len(atoms) <= 8 and (len(said) < 13 or head.startswith("00"))


def _parted(run: DigitSequence, number: Number, gaps: list[str]) -> bool:
    """Whether the separators around the number differ from those inside it."""
    if len(set(gaps)) > 1:
        return False
    around = [run.gaps[number.first - 1]] if number.first else []
    around += [run.gaps[number.after - 1]] if number.after < len(run.atoms) else []
    return gaps[0] not in around and any(len(gap) > 1 or gap != " " for gap in [*around, gaps[0]])


def _looks_like_lessons(number: Number, atoms: list[DigitToken], gaps: list[str], raw: str) -> bool:
    """Whether these are sequences, marks, decimals, dates or times whose digits happen to fit."""
    lengths = [len(atom.digits) for atom in atoms]
    if number.kind == "bank":
        regular = max(lengths[:-1]) == min(lengths[:-1]) in (1, 2, 4, 8) and lengths[-1] <= 8
        return not regular or len(set(gaps)) > 1 or gaps[0].strip() in (":", ",", ";") or _rises(atoms)
    if _even_steps(atoms) and len(atoms) > 4:
        return True
    if (_rises(atoms) and any(" " in gap or "," in gap or not gap for gap in gaps)) or _DATE.search(raw):
        return True
    if atoms[0].digits in ("84", "0084") or number.value[1:] == "".join(atom.digits for atom in atoms)[2:]:
        return not _abroad_shape(lengths, gaps, atoms)
    if len(atoms) == 2 and gaps[0] in (".", ",") and atoms[0].digits == "0":
        return True
    words = raw.split()
    decimal = len(atoms[0].digits) == 1
    alike = sum(1 for word in words if _PAIR.fullmatch(word) or (decimal and _DECIMAL.fullmatch(word)))
    if len({*gaps}) < 4 and alike >= 2:
        return True
    if number.kind == "phone" and not in_use(number.value):
        return True
    mingled = sum(1 for atom in atoms if atom.how == "w") > 1  # a list is not written half in words
    return lengths[0] == 1 and max(lengths) > 1 and not mingled and not _regular(lengths[1:], gaps)


def _abroad_shape(lengths: list[int], gaps: list[str], atoms: list[DigitToken]) -> bool:
    """Whether a number with 84 is grouped like one: 84 901 234 567, and not 84,827995892."""
    if set(lengths) == {1}:
        return len(set(gaps)) == 1
    if len(atoms[0].digits) not in (2, 4, 5) or len(set(gaps[1:])) > 1:
        return False
    return (lengths[1:] == [9] and gaps[0] not in (".", ",")) or (
        len(lengths) < 6 and min(lengths[1:]) > 1 and max(lengths[1:]) < 5
    )


def _regular(lengths: list[int], gaps: list[str]) -> bool:
    """Whether the pieces behind a lone 0 are about equal, as in "0 901 234 567"."""
    return len(set(gaps)) == 1 and (len(lengths) == 1 or max(lengths) - min(lengths) < 2) and len(lengths) < 5


def _even_steps(atoms: list[DigitToken]) -> bool:
    """Whether the tokens count in equal steps: không, ba, sáu, chín, mười hai …"""
    values = [int(atom.digits) for atom in atoms]
    return len({after - before for before, after in pairwise(values)}) == 1


def _rises(atoms: list[DigitToken]) -> bool:
    """Whether the tokens are a sequence: rising, falling, or in equal steps."""
    if len(atoms) < 4 or any(len(atom.digits) > 1 and atom.digits[0] == "0" for atom in atoms):
        return False
    values = [int(atom.digits) for atom in atoms]
    steps = {after - before for before, after in pairwise(values)}
    return len(steps) == 1 or min(steps) > 0 or max(steps) < 0


def in_use(number: str) -> bool:
    """Whether a telephone number (0…) begins with a prefix in use."""
    return number.startswith("02") or _IN_USE.fullmatch(number) is not None
