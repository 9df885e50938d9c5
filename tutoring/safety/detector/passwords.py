"""Finds passwords, PINs and unlock patterns that are told.

After the word itself come its owner and its use, then the value. Behind "là" or a colon the value may be anything that
is not a sentence about passwords. Without them it must not look like a word ("hue12345"). Advice ("mật khẩu phải có chữ
hoa"), examples ("kiểu 123456 dễ bị đoán") and questions tell nothing.
"""

import re
from collections.abc import Callable
from functools import cache, partial

from tutoring.safety.detector.code_requests import PASSED
from tutoring.safety.detector.diacritics import meant, otherwise, with_marks
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_words import DIGITS
from tutoring.safety.detector.patterns import at_border, ends, listed
from tutoring.safety.findings import REASONS, Hit

_WORDS = at_border(
    r"mat khau|matkhau|pat ?(?:wo[dt]|uot)|mat ma|mk|pass ?word|pass|pw|pwd|passcode"
    r"|so pin|ma pin|my pin|cum mat khau|passphrase"
    r"|recovery codes?|backup codes?|ma (?:khoi phuc|du phong)|man hinh khoa|ma (?:khoa(?! hoc)|mo khoa|mo may)"
    r"|khoa (?:man hinh|may|dien thoai)|mo khoa (?:man hinh|may|dien thoai)?|hinh ve "
    r"mo khoa"
)
WORD = re.compile(rf"(?:{_WORDS})\b")
Tongue = Callable[[], tuple[bool, bool]]  # of the page, computed once for all its password words
_STRONG = re.compile(r"(?:mat khau|matkhau|mk|pass|pw|pwd|cum)")
_PIECE = re.compile(r"\S+")
_STOP = re.compile(r"[.,;!?\n]")
_IS = re.compile(r"la|is|=|:|->|→|day|ne|là")
_MOST = 40  # password words checked at either end of a flood
_FAR = 12  # words between the password word and the value
_ADVICE = listed(
    "phai nen gom thieu dai kieu nhu chang yeu manh doan tren tro ky ki ai quen sai nhap go hoi neu khi thi hoac least"
    " must should example like such weak strong forgot forget reset change changed wrong enter type khong ko "
    "chua hay vi"
)
_OPEN = listed(
    "gi j sao nao may bao khong ko k qua rat sai dung bi do dai ngan yeu manh de kho cai ca the thu nhu ten so duoc can"
    " phai nen chuoi nhung viec rieng what not a an the very too wrong dang thong tin mot hai chia khoa mat "
    "nhieu loai cach"
    " nguy lo bat riêng chia lop bi dieu thu quan moi ai duoc to in one important important, something private "
    "required incorrect correct"
)
_EDGE = "\"'“”‘’()[]<>.,;!?…"
_UNIT = listed("ky ki chu chữ so lan ngay thang phut tu cum loai kieu characters letters digits times")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?(?:uye|uya|oai|oay|uay|uoi|uou|ieu|yeu|uyu"
    r"|[aeiouy]{1,2})"
    r"(?:ng|nh|ch|[cmnptiouy])?"
)
_OWNER = listed(
    "em con minh mk to tui toi chau t tao tau me bo ba ong anh chi o ma my our acc nick tk co thay bac chu di "
    "bon no lop nha"
)
_END_WORDS = listed(
    "nhe nha nhen a ạ ne do day nghe nghen hen luon roi chau con em ban cau anh chi co bac vao ho dum gium giup"
)


_MEANT = meant("mật khẩu mã khóa mở máy màn hình điện thoại khôi phục dự phòng vẽ số cụm")
# "chữ hoa T rồi thanhbinh", "chữ t, chữ h, chữ u": a password that is spelled out
_SPELT = re.compile(
    r"\b(?:mat khau|mk|pass(?:word)?|pw)\b(?: (?!phai|nen|co|khong|kieu|nhu|gom|vi|du|thi|can)\w+|[:,]){0,6}[:,]? "
    r"(?P<value>(?:(?:chu (?:hoa|in|thuong)|viet hoa|in hoa)(?: chu)? [a-z]|chu [a-z] (?:hoa|thuong|in)\b"
    r"|chu [a-z],? chu [a-z])\b"
    r"[^.?!\n]{0,60})"
)
_TOLD_WHAT = re.compile(
    r"\b(?:pass|mk|mat khau) (?:la |= ?)?ten(?: \w+){1,4}: (?P<value>[a-z]+[_\d][\w.]{2,20})"
    r"|\bkhoa (?:may|dien thoai|dt|man hinh)(?: \w+){0,5} (?P<drawn>ve (?:chu|hinh) [a-z])\b"
)


def find_passwords(page: NormalizedText) -> list[Hit]:
    """Returns the passwords that are told in a text."""
    hits = [
        Hit("secret", page.at(match.start()), page.at(match.end()), match["value"] or match["drawn"], REASONS["secret"])
        for match in _TOLD_WHAT.finditer(page.plain)
    ]
    spelt = _SPELT.search(page.plain)
    if spelt:
        start, end = spelt.span("value")
        hits.append(Hit("secret", page.at(start), page.at(end), page.cased[start:end], REASONS["secret"]))
    tongue = cache(partial(_tongue, page))
    for match in ends(list(WORD.finditer(page.plain)), _MOST):
        if hits and page.at(match.start()) < hits[-1].end:
            continue
        if otherwise(page, *match.span(), _MEANT) or (
            match.group()[:4] == "khoa" and page.marked.startswith("khoa", match.start()) and with_marks(page)
        ):
            continue
        if PASSED.match(page.plain, match.start()):
            continue
        if match.group() == "mk" and not _is_password(page.plain, match):
            continue
        span = _value(page, match, tongue)
        if span:
            start, end = span
            hits.append(Hit("secret", page.at(start), page.at(end), page.cased[start:end], REASONS["secret"]))
    return hits


def _is_password(plain: str, match: re.Match[str]) -> bool:
    """Whether "mk" means a password (mật khẩu) and not the youth spelling of "mình"."""
    if _MK_BEFORE.search(plain, max(0, match.start() - 24), match.start()):
        return True
    return _MK_AFTER.match(plain, match.end()) is not None and not _ME_BEFORE.search(
        plain[max(0, match.start() - 14) : match.start()]
    )


_MK_BEFORE = re.compile(r"\b(?:acc|tk|tai khoan|doi|quen|nhap|sai|go|wifi|va|dang nhap|user|id|mat)\b[^.!?\n]{0,12}$")
_MK_AFTER = re.compile(
    r"\s?(?:[:=]|(?:wifi|acc|zalo|fb|face|facebook|gmail|mail|ff|game|tk|nick|lq|roblox|cua|may|dt|dien thoai"
    r"|vao|mo (?:may|dt|dien thoai))\b|la\b)"
)
_ME_BEFORE = re.compile(
    r"\b(?:cho|cua|voi|ib|gui|so|nick|insta|ig|fb|face|zalo|tele|tt|mess|add|kb|ten|lop|nha|qua|gap|bn|ban|va"
    r"|goi|nt|nhan|doc|bao|noi|trg|truong|mail|sdt|dt)\s$"
)


def _value(page: NormalizedText, name: re.Match[str], tongue: Tongue) -> tuple[int, int] | None:
    """Returns the span of the password that the word announces, or None."""
    announced = False
    between: list[str] = []
    window = page.plain[name.end() : name.end() + 100]
    if window[:1] in tuple(".?!;"):
        return None
    if window[:1] in tuple(":="):
        announced = True
    for count, piece in enumerate(_PIECE.finditer(window)):
        if count > _FAR:
            return None
        word = piece.group()
        start, end = name.end() + piece.start(), name.end() + piece.end()
        if not word.strip(_EDGE + ":=-→>"):
            announced = announced or word in (":", "=", "->", "→", "-")
            continue
        if announced or not word.strip(_EDGE).isalpha():
            span = _trimmed(page, start, end)
            if _looks_secret(page, span, announced, between, window[piece.end() :], tongue):
                return span
            if announced:
                near = len(between) < 7 and not re.search(r"[,\"”{}]", page.plain[name.end() : span[0]])
                return _phrase(page, name, span[0], between) if near else None
        if word.strip(_EDGE) in _ADVICE and word.strip(_EDGE) not in ("moi", "khong", "ko", "doi", "vao"):
            return None
        if word[-1:] in ".?!;" or ("?" in word):
            return None
        if _IS.fullmatch(word.strip(":=") or word) or word[-1:] in ":=":
            announced = True
        between.append(word.strip(_EDGE + ":="))
    return None


def _trimmed(page: NormalizedText, start: int, end: int) -> tuple[int, int]:
    while start < end and page.plain[start] in _EDGE:
        start += 1
    while end > start and page.plain[end - 1] in _EDGE.replace("!", ""):
        end -= 1
    return start, end


def _looks_secret(
    page: NormalizedText, span: tuple[int, int], announced: bool, between: list[str], rest: str, tongue: Tongue
) -> bool:
    said = page.plain[slice(*span)]
    following = rest.split(maxsplit=1)[0].strip(_EDGE) if rest.strip() else ""
    if len(said) < 3 or "/" in said or following in _UNIT:
        return False
    digits = sum(map(str.isdecimal, said))
    letters = sum(map(str.isalpha, said))
    if digits == len(said):
        return digits >= 4 and (announced or bool(between)) and following not in ("d", "dong", "k", "nguoi")
    if digits and letters:
        return len(said) >= 4 and not re.fullmatch(r"\d{1,4}[a-z]{1,2}|\d+-\d+|lop\d.*", said)
    if letters and re.search(r"[a-z][@#$%^&*_!][a-z]", said):
        return True
    if not announced or not said.isalpha() or not page.marked[slice(*span)].isascii():
        return False
    if len(said) < 6:
        return False
    english, mine = tongue()
    if english:
        return mine and said not in _OPEN
    return len(said) > 6 and not _SYLLABLE.fullmatch(said)


def _tongue(page: NormalizedText) -> tuple[bool, bool]:
    """Whether a text is in English, and whether it then has the word "my"."""
    english = not _MARK.search(page.marked) and _ENGLISH.search(page.plain) is not None
    return english, english and "my" in page.plain.split()


_MARK = re.compile("[à-ỹ]")
_ENGLISH = re.compile(r"\b(?:the|is|and|your|to|of|my)\b")


def _is_figure(piece: str) -> bool:
    word = piece.strip(_EDGE)
    return word in DIGITS or (len(word) == 1 and word.isdecimal())


def _pieces(page: NormalizedText, start: int, end: int) -> list[tuple[int, int]]:
    return [piece.span() for piece in _PIECE.finditer(page.plain, start, end)]


def _figures(page: NormalizedText, spans: list[tuple[int, int]]) -> int | None:
    """Returns where four to eight digits in words end: "mật khẩu mở máy là một hai bảy tám"."""
    count = 0
    for start, end in spans:
        if not _is_figure(page.marked[start:end]):
            break
        count += 1
    rest = page.plain[slice(*spans[count])].strip(_EDGE) if 0 < count < len(spans) else ""
    return spans[count - 1][1] if 4 <= count <= 8 and rest not in _UNIT else None


def _phrase(page: NormalizedText, name: re.Match[str], start: int, between: list[str]) -> tuple[int, int] | None:
    """Returns a passphrase of ordinary words: "mật khẩu của bà là con cò bay lả"."""
    stop = _STOP.search(page.plain, start, start + 70)
    end = stop.start() if stop else min(start + 70, len(page.plain))
    said = [piece.strip(_EDGE) for piece in page.plain[start:end].split()]
    quote = page.cased[start - 1 : start]
    if quote in tuple("\"'“‘"):
        closes = [page.cased.find(sign, start, start + 60) for sign in "\"'”’"]
        close = min((at for at in closes if at > 0), default=-1)
        if close > start + 3:
            return start, close
    if any(map(_is_figure, page.marked[start:end].split(maxsplit=1)[:1])):
        figures = _figures(page, _pieces(page, start, end))
        if figures:
            return start, figures
    if (
        not said
        or (said[0] in _OPEN and page.marked[start : start + 5] != "chuối")
        or (stop and stop.group() == "?")
        or not _STRONG.match(name.group())
    ):
        return None
    for count, word in enumerate(said[:7], 1):
        if (len(word) > 3 and sum(map(str.isdecimal, word)) >= 4) or (
            count < 5 and re.fullmatch(r"[a-z]+\d{2,}", word)
        ):
            last = _pieces(page, start, end)[count - 1]
            return last if count > 2 else (start, last[1])
    while said and said[-1] in _END_WORDS:
        said.pop()
    owned = any(word in _OWNER for word in between)
    if (
        owned
        and 2 <= len(said) <= 8
        and not (set(said) & {"gi", "khong", "ko", "nao", "sao", "bao", "nhieu", "phai", "nen"})
    ):
        return start, _pieces(page, start, end)[len(said) - 1][1]
    return None
