"""Vietnamese text: normal forms, folding for search, sort keys, telephone numbers, keys of input methods."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_BARE = {
    ord(char): "d" if char == "đ" else unicodedata.normalize("NFD", char)[0]
    for char in "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
}

SortKey = tuple[list[int], list[int], list[bool]]


def N_(msgid: str) -> str:
    """Marks a Vietnamese msgid for extraction; the edge that shows it translates it."""
    return msgid


def nfc(text: str) -> str:
    """Normalizes input: NFC, without invisible or control characters, trimmed."""
    made = unicodedata.normalize("NFC", text)
    # Printable text holds none of them, and nearly every line is printable.
    return (made if made.isprintable() else _CONTROL.sub("", _INVISIBLE.sub("", made))).strip()


def fold(text: str) -> str:
    """Lower-cases and removes all diacritics: "Đặng Hoà" and "dang hoa" become equal."""
    quick = text.lower().translate(_BARE)
    if quick.isascii():  # Vietnamese letters in composed form, as in nearly all texts
        return quick
    # đ has no Unicode decomposition, so it is mapped by hand.
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).lower()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Returns the folded tokens of a text, in order."""
    folded = fold(text)
    parts = folded.split()
    # Only words and blanks, as in most messages: no regular expression is needed.
    return parts if folded.isascii() and "".join(parts).isalnum() else _WORD.findall(folded)


def search_text(text: str) -> str:
    """Returns folded words in one string, each between blanks; empty for a text without words."""
    found = words(text)
    return f" {' '.join(found)} " if found else ""


def contains_words(row: str, looked_for: Sequence[str]) -> bool:
    """Whether the string holds all these folded words; the last may be unfinished."""
    *whole, last = looked_for
    return all(f" {word} " in row for word in whole) and f" {last}" in row


def vi_key(text: str) -> SortKey:
    """Returns the sort key of Vietnamese dictionary order (CLDR vi): letters, tones, then case."""
    keys = [_char_key(char) for char in unicodedata.normalize("NFC", text)]
    return [letter for letter, _, _ in keys], [tone for _, tone, _ in keys], [case for _, _, case in keys]


@lru_cache(maxsize=1_024)  # a class sorts a thousand letters, of which few differ
def _char_key(char: str) -> tuple[int, int, bool]:
    parts = unicodedata.normalize("NFD", char)
    plain = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    lower = plain.lower()
    if lower in _ALPHABET and lower:
        letter = 100 + _ALPHABET.index(lower)
    else:
        letter = 10 + int(lower) if lower.isdecimal() else 0
    return letter, max((_TONES.get(c, 0) for c in parts), default=0), plain != lower


def sort_text(text: str) -> str:
    """Encodes the same order as text that every database sorts alike.

    Numbers sort by their value: "Khu phố 2" before "Khu phố 10".
    """
    letters, tones, case = vi_key(text)
    row: list[int] = []
    for at, letter in enumerate(letters):
        begins = 10 <= letter <= 19 and not (at and 10 <= letters[at - 1] <= 19)
        if begins:
            length = next((n for n, other in enumerate(letters[at:]) if not 10 <= other <= 19), len(letters) - at)
            row.append(20 + min(length, 50))
        row.append(letter)
    # Each value is increased by one, so that 00 separates the three parts and sorts before everything.
    return "00".join("".join(f"{int(one) + 1:02x}" for one in part) for part in (row, tones, case))


def name_key(name: str) -> tuple[SortKey, SortKey, SortKey]:
    """Returns the sort key of a name: given, family, then middle names, as in school lists."""
    parts = name.split() or [""]
    return _part_key(parts[-1]), _part_key(parts[0]), _part_key(" ".join(parts[1:-1]))


_part_key = lru_cache(maxsize=4_096)(vi_key)  # classes sort the same few family and given names on every page


def called_name(full_name: str) -> str:
    """Returns the name by which a Vietnamese full name is usually called: its last word."""
    parts = full_name.split()
    return parts[-1] if parts else ""


def phone(text: str) -> str | None:
    """Returns a Vietnamese telephone number as +84…, or None.

    Mobile numbers are 0[35789] and eight digits, landlines 02 and nine digits. Short codes do not belong to a person.
    """
    digits = re.sub(r"[\s().\-]", "", text)
    digits = re.sub(r"^(\+84|0084|84(?=\d{9,10}$))", "0", digits)
    if re.fullmatch(r"0[35789]\d{8}|02\d{9}", digits):
        return "+84" + digits[1:]
    return None


def duty_phone(text: str) -> str | None:
    """Returns a public number, of a person, an office or a service line, or None.

    A number of a person or an office becomes +84…; a service line (1800…, 1900…) stays unchanged.
    """
    digits = re.sub(r"[\s().\-]", "", text)
    return digits if re.fullmatch(r"1[89]00\d{4,6}", digits) else phone(text)


def show_phone(number: str) -> str:
    """Formats +84912345678 as 0912 345 678; leaves a service line unchanged."""
    if not number.startswith("+84"):
        return number
    local = "0" + number.removeprefix("+84")
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def username_of(full_name: str) -> str:
    """Returns the stem of a user name: folded given name and initials, such as lan.nt."""
    parts = [re.sub(r"[^a-z0-9]", "", fold(p)) for p in full_name.split()]
    parts = [p for p in parts if p]
    if not parts:
        return "ban"
    initials = "".join(p[0] for p in parts[:-1])
    return f"{parts[-1]}.{initials}" if initials else parts[-1]


def address_parts(address: str) -> SplitResult:
    """Splits a URL from user input; all parts are empty when it is invalid (`http://[`)."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


# ---- keys of an input method that was off -----------------------------------------------------------------

_TELEX_TONES = dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_TONES = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_TELEX = re.compile(r"[a-z]{2,9}")
_VNI = re.compile(r"(?=.*[1-9])[a-z][a-z1-9]{1,9}")
_ROOF, _HORN, _BREVE = {"a": "â", "e": "ê", "o": "ô"}, {"o": "ơ", "u": "ư"}, {"a": "ă"}
_VOWELS = "aeiouyăâêôơư"


def read_keys(word: str) -> str:
    """Returns what the keys of a word in lower case mean in Telex or VNI; "" for any other word.

    The mark of the tone stands at the end of the word, because spellings differ in its place.
    """
    if _TELEX.fullmatch(word):
        made = _telex(word)
    elif _VNI.fullmatch(word):
        made = _vni(word)
    else:
        return ""
    return made if made != word else ""


def _telex(word: str) -> str:
    letters, tone = "", ""
    for key in word:
        begun = any(letter in _VOWELS for letter in letters)
        before = letters[-1:]
        if begun and key in _TELEX_TONES:
            tone = _TELEX_TONES[key]
        elif key == "d" and letters[:1] == "d":
            letters = "đ" + letters[1:]
        elif key == "w":
            letters = _hook(letters)
        elif key in _ROOF and key in letters and (before == key or before not in _VOWELS):
            at = letters.rindex(key)
            letters = letters[:at] + _ROOF[key] + letters[at + 1 :]
        else:
            letters += key
    return unicodedata.normalize("NFC", letters) + tone


def _hook(letters: str) -> str:
    """Returns the letters with the hook of the key w: ươ, else on the last vowel that takes one, else a letter ư."""
    if "uo" in letters:
        return letters.replace("uo", "ươ")
    if "ưo" in letters:
        return letters.replace("ưo", "ươ")
    for at in range(len(letters) - 1, -1, -1):
        hooked = (_HORN | _BREVE).get(letters[at])
        if hooked:
            return letters[:at] + hooked + letters[at + 1 :]
    return letters + "ư"


def _vni(word: str) -> str:
    letters, tone = "", ""
    for key in word:
        if key.isalpha():
            letters += key
        elif key in _VNI_TONES:
            tone = _VNI_TONES[key]
        elif key == "9":
            letters = letters.replace("d", "đ", 1)
        elif key == "7" and "uo" in letters:
            letters = letters.replace("uo", "ươ")
        else:
            marks = {"6": _ROOF, "7": _HORN, "8": _BREVE}[key]
            at = next((at for at in range(len(letters) - 1, -1, -1) if letters[at] in marks), None)
            if at is not None:
                letters = letters[:at] + marks[letters[at]] + letters[at + 1 :]
    return letters + tone
