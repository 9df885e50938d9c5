"""The normalized forms of a text, with offsets back to the original.

A `NormalizedText` holds one text three times, aligned by character. `cased` is composed; look-alike scripts become
Latin letters, digits of every script become 0–9, and invisible characters and stray diacritics are removed. `marked` is
the same in lower case, with Vietnamese diacritics. `plain` has no diacritics. An index into one is an index into the
others, and `at` returns the place in the original. Ordinary texts take a fast path, because no offsets change.
"""

import re
import unicodedata

_VIETNAMESE = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_ODD = re.compile(f"[^\\t\\n -~{_VIETNAMESE}–—“”‘’…]")
_MARK = re.compile("[\u0300-\u036f]")
_MARKED = re.compile("(?s:.)[\u0300-\u036f]*")
_COMPOSING = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_PLAIN = {ord(char): unicodedata.normalize("NFD", char)[0] if char != "đ" else "d" for char in _VIETNAMESE}
_KEPT = frozenset(_VIETNAMESE + _VIETNAMESE.upper())

# Letters of other scripts that look like Latin ones, and a few digits among them.
_LOOKS = dict(
    zip(
        "АВСЕНІЈКМОРЅТХУԚԜавсеіјкморѕтхугԛԝпьΑΒΕΖΗΙΚΜΝΟΡΤΥΧαιονρυχκτЗзЧчбØøłŁıƖǀØɡɑӏⅼᴏ",
        "ABCEHIJKMOPSTXYQWabceijkmopstxyrqwnbABEZHIKMNOPTYXaiovpuxkt33446OolLiIlOgallo",
        strict=True,
    )
) | dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnprstuvwyz", strict=True))
_LETTER_SIGNS = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))  # letters in circles, in squares, of flags
_MOST_GLYPHS = 2_000


class _Glyphs(dict[str, str]):
    """A bounded cache of what written characters stand for."""

    def __missing__(self, char: str) -> str:
        if len(self) >= _MOST_GLYPHS:
            self.clear()
        piece = self[char] = _glyph(char)
        return piece


_GLYPHS = _Glyphs()


class NormalizedText:
    """One normalized text."""

    __slots__ = ("_offsets", "cased", "marked", "ordinary", "plain", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.ordinary: set[str] = set()  # words as cased that hold no digits, in this text and in those derived from it
        self.cased = text
        self.marked = text.lower()
        self._offsets: list[int] | None = None
        if _ODD.search(self.marked):
            self.cased, self._offsets = _fold(text)
            self.marked = self.cased.lower()
        self.plain = self.marked if self.marked.isascii() else self.marked.translate(_PLAIN)

    def at(self, index: int) -> int:
        """Returns where the normalized character `index` begins in the original.

        Diacritics that follow a character belong to it.
        """
        return index if self._offsets is None else self._offsets[index]

    def reading(self, signs: dict[int, int]) -> "NormalizedText":
        """Returns the same text with single characters replaced."""
        other = NormalizedText.__new__(NormalizedText)
        other.text, other._offsets, other.ordinary = self.text, self._offsets, self.ordinary
        other.cased, other.marked, other.plain = (
            form.translate(signs) for form in (self.cased, self.marked, self.plain)
        )
        return other

    def changed(self, changes: list[tuple[int, int, str]]) -> "NormalizedText":
        """Returns the same text with spans replaced, in order and without overlap.

        Positions in a replacement lead to the replaced span.
        """
        other = NormalizedText.__new__(NormalizedText)
        other.text, other.ordinary = self.text, self.ordinary
        forms: list[list[str]] = [[], []]
        offsets: list[int] = []
        done = 0
        for start, end, said in [*changes, (len(self.plain), len(self.plain), "")]:
            forms[0] += [self.cased[done:start], said]
            forms[1] += [self.marked[done:start], said.lower()]
            offsets += [self.at(index) for index in range(done, start)]
            offsets += [self.at(start)] * (len(said) - 1) + [self.at(max(start, end - 1))] * bool(said)
            done = end
        offsets.append(self.at(len(self.plain)))
        other.cased, other.marked = ("".join(form) for form in forms)
        other.plain, other._offsets = other.marked.translate(_PLAIN), offsets
        return other

    @property
    def moved(self) -> bool:
        """Whether the original has anything but plain ASCII and Vietnamese letters."""
        return self._offsets is not None


def _fold(text: str) -> tuple[str, list[int]]:
    """Returns the normalized text, and the original position of each character and of the end."""
    if _MARK.search(text):
        written = _MARKED.findall(text)
        known = {one: _GLYPHS[one if len(one) == 1 else _composed(one[0], one[1:])] for one in set(written)}
        pieces = [known[one] for one in written]
    else:
        written = []
        pieces = [_GLYPHS[char] for char in text]
    offsets: list[int] = []
    index = 0
    for place, piece in enumerate(pieces):
        if len(piece) == 1:
            offsets.append(index)
        else:
            offsets.extend([index] * len(piece))
        index += len(written[place]) if written else 1
    offsets.append(len(text))
    return "".join(pieces), offsets


def _composed(base: str, marks: str) -> str:
    """Composes a letter with its possible Vietnamese diacritics; others are dropped."""
    known = sorted({mark for mark in marks[:8] if mark in _COMPOSING})
    whole = unicodedata.normalize("NFC", base + "".join(known))
    return whole if len(whole) == 1 else base


def _glyph(char: str) -> str:
    """Returns what one written character stands for: letter, digit, sign, space or nothing."""
    if char in _LOOKS:
        return _LOOKS[char]
    for first, count in _LETTER_SIGNS:
        if first <= ord(char) < first + count:
            return chr(ord("a") + ord(char) - first)
    folded = unicodedata.normalize("NFKC", char)
    return "".join(_simple(one) for one in folded) if len(folded) <= 4 else "¤"


def _simple(char: str) -> str:
    if char in _LOOKS:
        return _LOOKS[char]
    if char.isascii():
        return char if char.isprintable() or char in "\n\t" else ("\n" if char in "\r\v\f" else "")
    if char in _KEPT:
        return char
    if char in "\u3002\uff61":
        return "."
    number = unicodedata.numeric(char, None)
    if number is not None:
        return str(int(number)) if number == int(number) and 0 <= number <= 50 else "¤"
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf", "Cc"):
        return ""
    if category[0] == "Z":
        return "\n" if category in ("Zl", "Zp") else " "
    if category == "Lo" and char in "\u115f\u1160\u3164\uffa0":
        return " "
    base = unicodedata.normalize("NFD", char)[0]
    if base.isascii():
        return base
    return char if len(char.lower()) == 1 else "¤"
