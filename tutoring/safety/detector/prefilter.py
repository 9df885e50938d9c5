"""The pre-filter: which rules could find anything in a text at all, by its words.

Most messages are letters, spaces and a few stops, without a word that any rule needs. Each word is looked up once in a
cache of known words, which returns the rules that it could call for. Only those rules are then run by `pipeline`, with
their own, exact expressions. The pre-filter may call a rule too many, never one too few. The words that each rule needs
are listed here; tests/safety/detector/test_prefilter.py checks them against the rules.

Only possible syllables are cached: no number, and no long word that might be a password.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Generic, TypeVar

from tutoring.safety.detector.contact_services import LOOSE
from tutoring.safety.detector.digit_runs import atoms_of
from tutoring.safety.detector.normalization import _VIETNAMESE, NormalizedText
from tutoring.safety.detector.number_words import NUMERALS
from tutoring.safety.detector.patterns import listed
from tutoring.safety.distress import calling
from tutoring.safety.distress import cutting as danger

T = TypeVar("T")

# The rules that can be called. EVERYTHING is the result for any text that is not plainly written.
MEETING, MAIL, LINK, PASSWORD, CODE, URGING, HANDLE, ESTATE, SCHOOL, APART, GRADE, LANE, NUMBERS, DISTRESS = (
    1 << place for place in range(14)
)
EVERYTHING = (1 << 14) - 1
PRIVATE = EVERYTHING & ~DISTRESS  # the rules of the detector itself, without distress
SAID = 1 << 14  # numerals, too few to form a number by themselves

_LETTERS = f"a-zA-Z{_VIETNAMESE}{_VIETNAMESE.upper()}"
STOPS = ",.?!"
_PLAIN = re.compile(rf"(?:[{_LETTERS}]++[{STOPS}]*+(?: |\Z))++")
_SPELT = re.compile(r"\b\w \w\b")
_ALIKE = re.compile(r"([kzxjhvw])\W{1,2}(?:\w{1,6}\1\W{1,2}){4}\w{1,6}\1\b")  # six words with the same last letter
_LONGEST = 11  # letters; a longer word may be several joined ones
_MOST = 8_000  # words cached
_FEW, _MANY = 4, 10  # digits in numerals, in a row and in total, from which a number could result
_APART_BY = 4  # so many other words at most stand between numerals of one row

# Words that call a rule alone. A rule that needs several words is called by the rarest of them.
_ALONE = {
    MEETING: "zoom meet teams skype webex",
    MAIL: "acong yahoo outlook icloud at",
    LINK: "cham dot www",
    PASSWORD: "khau matkhau mk pw pwd pin khoa recovery backup",
    CODE: "otp ma maotp code pin digit digits khau matkhau mk pw pwd p t",
    URGING: "tin",
    HANDLE: "rb z lo dalo dilo delo zalo zelo zilo jalo gialo galo zl lao fb fbook face facebook tele insta ins ig sen "
            "xen mes mess mesenger tiktok toptop dis discor dit snap oat quat ri f fi pap lien line skype kakao "
            "kakaotalk "
            "threads twitter steam garena free freefire ff lq pubg minecraft play roblox rblx weibo imo signal gmeet "
            "wechat nick nickname acc account user username uid id ingame whats discord viber telegram messenger dm "
            "app",
    ESTATE: "cc kdt toa thon ap xom ngo hem",
}  # fmt: skip
_BEGINNINGS = {
    PASSWORD: ("pass", "pat"),
    CODE: ("pass", "maxac"),
    APART: ("ot",),
    HANDLE: ("phay", "fay", "tic", "insta", "snap", "tele", "face", "mess", "zalo", "whats"),
}
_WITHIN = {MAIL: ("mail", "yahoo", "outlook", "icloud")}
_ONES = "mot hai ba bon tu nam sau bay tam chin muoi"
# Two adjacent words.
_PAIRS = (
    (MEETING, "phong", "hop"),
    (MAIL, "a", "cong moc vong"),
    (PASSWORD, "mat", "ma"),
    (PASSWORD, "ma", "khoi du mo"),
    (CODE, "sau may con tung cac day", "so"),
    (CODE, "tin", "nhan"),
    (HANDLE, "pho vai", "bo"),
    (HANDLE, "mat", "sach"),
    (HANDLE, "te", "le"),
    (HANDLE, "in", "so s ta sta"),
    (HANDLE, "ro bo", "boc loc"),
    (HANDLE, "phi", "phai"),
    (HANDLE, "mai may co", "crap rap cap rrap"),
    (HANDLE, "tik top", "tok top"),
    (ESTATE, "tap", "the"),
    (ESTATE, "chung", "cu"),
    (ESTATE, "cu", "xa"),
    (ESTATE, "khu", "do"),
    (ESTATE, "ky", "tuc"),
    (GRADE, "lop hoc hc", _ONES),
    (LANE, "so nha hem kiet ngo ngach can phong tang", _ONES),
    (
        APART,
        "o au",
        " ".join(f"t{a}{b}" for a in ("", *"eio") for b in ("", *(f"{c}{d}" for c in "pb" for d in ("", *"eio")))),
    ),
)
# Two words anywhere in the text.
_BOTH = (
    (URGING, "may thoai dt", "keu rung ting reo nhay sang bao tin"),
    (URGING, "ma", "xac kich otp bao"),
    (SCHOOL, "truong trg lop thcs thpt tieu ptth mam mau school class grade hoc hc hk hs chu gvcn",
     # with their diacritics, for names are read as written
     "trường truong trg th thcs thpt ptth tiểu tieu trung chuyên mầm mam mẫu quốc dân primary secondary high middle "
     "kindergarten school"),
)  # fmt: skip
_TIMES = listed("mot hai ba bon nam"), listed("lan con so chu")
_REPEATS = listed("double triple doi dup hoa quy vit ga")
# What the address rules count without any digit; with a numeral in the text, all of them are read.
_AREAS = listed("phuong xa tran quan huyen duong pho tinh ward district street chung toa thon ap xom p q h x tt tp d")

_SINGLE, _AREA, _REPEATED, _TIMES_OF, _TIMES_WHAT = (1 << place for place in range(15, 20))
_PARTS = 20  # from here on the bits for parts of pairs


# For each pair: the rule, the bit of its first words, and both sets of words. The second words have the next bit.
_TWO = tuple(
    (rule, 1 << _PARTS + 2 * place, listed(first), listed(second))
    for place, (rule, first, second) in enumerate((*_BOTH, *_PAIRS))
)
_SPLIT_AT = _PARTS + 2 * len(_TWO)  # and for names of services that may be written in two: beginnings and ends
_SPLIT = tuple(
    (1 << _SPLIT_AT + 2 * place,
     re.compile("|".join("".join(name[:cut]) for cut in range(1, len(name)))),
     re.compile("|".join("".join(name[cut:]) for cut in range(1, len(name)))))
    for place, name in enumerate(LOOSE)
)  # fmt: skip
_FIRSTS = sum([first for first, _beginning, _end in _SPLIT] + [first for _rule, first, *_words in _TWO])
_NEAR = sum(first for _rule, first, *_words in _TWO[len(_BOTH) :])  # of pairs that count only when adjacent
_RULES = {first: rule for rule, first, *_words in _TWO} | {one[0]: HANDLE for one in _SPLIT}
_WHOLE = tuple(re.compile("".join(name)) for name in LOOSE)


class _Words(dict[str, T], Generic[T]):
    """A bounded cache of what is known of each word as written, with the stops behind it.

    Words that call for nothing are also in `quiet`, if there is one.
    """

    def __init__(self, look: Callable[[str], T], quiet: set[str] | None = None) -> None:
        super().__init__()
        self._look, self._quiet = look, quiet

    def __missing__(self, said: str) -> T:
        word = said.rstrip(STOPS)
        known = self._look(word)
        if len(word) <= _LONGEST and len(said) <= 2 * _LONGEST:
            if len(self) >= _MOST:
                self.clear()
                if self._quiet is not None:
                    self._quiet.clear()
            self[said] = known
            if self._quiet is not None and not known:
                self._quiet.add(said)
        return known


def _calls(word: str) -> int:
    """Returns the bits of one word."""
    page = NormalizedText(word)
    plain = page.plain
    if len(plain) > _LONGEST:
        return EVERYTHING
    calls = sum(rule for rule, words in _ALONE_LISTED if plain in words)
    for rule, beginnings in _BEGINNINGS.items():
        calls |= rule if plain.startswith(beginnings) else 0
    for rule, pieces in _WITHIN.items():
        calls |= rule if any(piece in plain for piece in pieces) else 0
    for _rule, first, firsts, seconds in _TWO:
        calls |= (first if plain in firsts else 0) | (first << 1 if {plain, page.marked} & seconds else 0)
    for first, beginning, end in _SPLIT:
        calls |= (first if beginning.fullmatch(plain) else 0) | (first << 1 if end.fullmatch(plain) else 0)
    calls |= HANDLE if any(whole.fullmatch(plain) for whole in _WHOLE) else 0
    calls |= _SINGLE if len(plain) == 1 else 0
    calls |= _AREA if plain in _AREAS else 0
    calls |= _REPEATED if plain in _REPEATS else 0
    calls |= (_TIMES_OF if plain in _TIMES[0] else 0) | (_TIMES_WHAT if plain in _TIMES[1] else 0)
    begins = atoms_of(page, within=False) or page.marked in NUMERALS
    return calls | (SAID if begins else 0)


def _weight(word: str) -> int:
    """Returns how many digits a word may stand for within a sequence."""
    return sum(2 if atom.how == "t" else len(atom.digits) for atom in atoms_of(NormalizedText(word)))


_ALONE_LISTED = tuple((rule, listed(words)) for rule, words in _ALONE.items())


_quiet: set[str] = set()  # words that call for nothing
_words, _weights = _Words(_calls, _quiet), _Words(_weight)
_danger = _Words(lambda word: calling.known(NormalizedText(word).marked))


def is_plain(text: str) -> bool:
    """Whether a text has only Vietnamese letters, single spaces, and stops behind words."""
    return _PLAIN.fullmatch(text) is not None


def called(text: str) -> int:
    """Returns the rules that could find anything in this text or across its end; 0 for none.

    The text is what the rules read: for a message with earlier ones before it, all of them joined.
    """
    if not is_plain(text):
        return EVERYTHING
    found = text.split(" ")
    flags = 0
    for word in set(found) - _quiet:
        flags |= _words[word]
    if _ALIKE.search(text.lower()) or (flags & SAID and _may_say(found, flags, text)):
        return EVERYTHING
    calls = flags & (EVERYTHING | SAID)
    if flags & _SINGLE and _SPELT.search(text):
        calls |= APART | HANDLE | CODE
    pairs = flags & flags >> 1 & _FIRSTS
    if pairs & _NEAR:
        pairs &= _behind(found) | ~_NEAR
    while pairs:
        first = pairs & -pairs
        pairs ^= first
        calls |= _RULES[first]
    return calls


def speaks(text: str, before: str = "") -> tuple[bool, bool]:
    """Whether a plain text could express distress, alone or only together with the text before."""
    found = [_danger[word] for word in text.split(" ")]
    here = calling.together(found)
    alone = calling.called(here) != 0 and danger.fits(text.lower())
    if not before:
        return alone, False
    near = [_danger[word] for word in before.rsplit(" ", danger.NEAR)[-danger.NEAR :]]
    if len(found) > danger.NEAR:
        here = calling.together(found[: danger.NEAR])
    border = calling.together((near[-1], found[0]))
    across = calling.called_across(calling.together(near), here, border)
    return alone, across != 0 and danger.fits_across(before, text)


def _behind(found: list[str]) -> int:
    """Returns the first bits of all adjacent pairs."""
    there = 0
    for one, other in pairwise(map(_words.__getitem__, found)):
        if one and other:
            there |= one & other >> 1
    return there


def _may_say(found: list[str], flags: int, text: str) -> bool:
    """Whether the numerals of a text could form a number."""
    if "!" in text or flags & (_AREA | _REPEATED) or (flags & _TIMES_OF and flags & _TIMES_WHAT):
        return True
    digits = row = 0
    apart = _APART_BY + 1
    for word in found:
        more = _weights[word]
        if not more:
            apart += 1
            continue
        digits, row, apart = digits + more, (row if apart <= _APART_BY else 0) + more, 0
        if row >= _FEW or digits >= _MANY:
            return True
    return False
