"""Vietnamese text of older software: UTF-16 and Windows-1258 files, letters typed for TCVN3 (ABC) and VNI fonts.

Such fonts give Latin letters other shapes: what a .VnTime font shows as "Nguyễn" is stored as "NguyÔn". A text is
converted only if it is no Vietnamese as it stands, and if all its words are Vietnamese afterwards.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

_TONES = {"\u0300": "`", "\u0301": "'", "\u0303": "~", "\u0309": "?", "\u0323": "."}
_ONSET = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu?|r|s|th?|tr?|v|x)?"
_RHYME = "(?:" + "|".join(
    (
        "a(?:c|ch|i|m|n|ng|nh|o|p|t|u|y)?", "ă(?:c|m|n|ng|p|t)", "â(?:c|m|n|ng|p|t|u|y)",
        "e(?:c|m|n|ng|o|p|t)?", "ê(?:ch|m|n|nh|p|t|u)?", "i(?:a|ch|m|n|nh|p|t|u)?", "iê(?:c|m|n|ng|p|t|u)",
        "o(?:c|i|m|n|ng|p|t)?", "oa(?:c|ch|i|m|n|ng|nh|o|p|t|y)?", "oă(?:c|m|n|ng|t)", "oe(?:n|o|t)?", "oo(?:c|ng)",
        "ô(?:c|i|m|n|ng|p|t)?", "ơ(?:i|m|n|p|t)?", "u(?:a|c|i|m|n|ng|p|t)?", "uâ(?:n|ng|t|y)", "uê(?:ch|nh)?", "uơ",
        "uô(?:c|i|m|n|ng|t)", "uy(?:a|ch|n|nh|p|t|u)?", "uyê(?:n|t)", "ư(?:a|c|i|ng|t|u)?", "ươ(?:c|i|m|n|ng|p|t|u)",
        "y", "yê(?:m|n|ng|t|u)",
    )
) + ")"  # fmt: skip
_SYLLABLE = re.compile(_ONSET + _RHYME)
# A tone on the last of several vowels: "Leõ" is no syllable, but "hoà", "thuỷ", "quý", "giò" are.
_MISPLACED_TONE = re.compile("[aăâeêioôơuưy](?<!qu)(?<!gi)(?:(?<!o)[ae]|[iou]|(?<!u)y)[`'~?.]$")
_ROWS_OF_A_GUESS = 4  # of a column, one name in so many in an old encoding is enough

# TCVN 5712, VN3, as .VnTime fonts use it: capitals have no letters with a tone of their own.
_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_VNI_MARKS = dict(zip(
    "ùøûõïêéèúüëâáàåãä",
    ("\u0301", "\u0300", "\u0309", "\u0303", "\u0323", "\u0306", "\u0306\u0301", "\u0306\u0300", "\u0306\u0309",
     "\u0306\u0303", "\u0306\u0323", "\u0302", "\u0302\u0301", "\u0302\u0300", "\u0302\u0309", "\u0302\u0303",
     "\u0302\u0323"),
    strict=True,
))  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_VOWELS = frozenset("aeouyôö")


def decoded(data: bytes) -> str | None:
    """Returns the text of a file in UTF-8, UTF-16, Windows-1258 or a font's encoding; None when it is no text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _text(data, "utf-16")
    zeros = data.count(0)
    if zeros > len(data) // 4:  # UTF-16 without its mark: every other byte of ASCII is zero
        return _text(data, "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be")
    text = _text(data, "utf-8-sig")
    if text is not None or zeros:
        return text
    # Windows-1258 writes a tone as a mark of its own; fonts use the same bytes for other letters.
    choices = [made for made in (_text(data, "cp1258"), _text(data, "cp1252"), _text(data, "latin-1")) if made]
    return max(choices, key=_vietnamese_words, default=None)


def _text(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _vietnamese_words(text: str) -> tuple[int, int]:
    """Counts the words with marks that are Vietnamese as they stand, then those that become it."""
    found = {word for word in re.split(r"[\s,;|\"]+", unicodedata.normalize("NFC", text)) if not word.isascii()}
    return sum(is_vietnamese(word) for word in found), sum(unfonted(word) is not None for word in found)


def is_vietnamese(text: str) -> bool:
    """Whether every word with marks is a Vietnamese syllable, in one kind of case; words in ASCII always count."""
    return all(word.isascii() or _is_syllable(word) for word in text.split())


def _is_syllable(word: str, any_case: bool = False) -> bool:
    if not (any_case or word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())):
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    plain = unicodedata.normalize("NFC", "".join(one for one in letters if one not in _TONES))
    spelt = unicodedata.normalize("NFC", "".join(_TONES.get(one, one) for one in letters))
    return _SYLLABLE.fullmatch(plain) is not None and not _MISPLACED_TONE.search(spelt)


def _tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _vni(text: str) -> str:
    made: list[str] = []
    before = ""
    for char in text:
        lower = char.lower()
        if lower in _VNI_MARKS and before in _VNI_VOWELS:
            made.append(_VNI_MARKS[lower])
            lower = ""
        elif lower in _VNI_LETTERS:
            letter = _VNI_LETTERS[lower]
            made.append(letter.upper() if char.isupper() else letter)
        else:
            made.append(char)
        before = lower
    return unicodedata.normalize("NFC", "".join(made))


_FONTS: dict[str, Callable[[str], str]] = {"tcvn3": _tcvn3, "vni": _vni}


def unfonted(text: str, font: str = "") -> str | None:
    """Returns a text of a TCVN3 or VNI font in Unicode, or None if it is none; `font`: only this one."""
    for name, convert in _FONTS.items():
        if font in ("", name) and all(ord(char) < 256 for char in text):
            made = convert(text)
            if made != text and all(word.isascii() or _is_syllable(word, any_case=True) for word in made.split()):
                return made
    return None


def unicode_text(text: str) -> str:
    """Returns one text in Unicode: converted if it is no Vietnamese as it stands."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii() or is_vietnamese(text):
        return text
    icelandic = text.replace("Ð", "Đ").replace("ð", "đ")  # looks like Đ, and some keyboards write it
    return icelandic if is_vietnamese(icelandic) else unfonted(text) or text


def font_of(texts: Iterable[str]) -> str:
    """Returns the font's encoding of a column: "tcvn3", "vni", or "" for Unicode.

    A short name can be Vietnamese in two encodings ("Mai Tó" for Mai Tú), so its neighbours decide.
    """
    marked = [text for text in texts if not text.isascii()]
    for font in _FONTS:
        known = sum(not is_vietnamese(text) and unfonted(text, font) is not None for text in marked)
        other = sum(any(ord(char) > 255 for char in text) for text in marked)
        if known * _ROWS_OF_A_GUESS > len(marked) and known > other:
            return font
    return ""


def in_column(text: str, font: str) -> str:
    """Returns a text of a column whose font is known in Unicode."""
    text = unicodedata.normalize("NFC", text)
    return (unfonted(text, font) if font else None) or unicode_text(text)
