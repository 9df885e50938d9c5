"""One-time codes and passwords: asked of somebody, and passwords told.

A request is a thing (a code that came, a password) and an act of handing it over to the one who writes, or the
question what it says. Warnings ("đừng đọc mã cho ai"), tales of swindlers ("kẻ gian hỏi mã"), questions about the
matter itself ("mã OTP là gì ạ?", "có nên đưa mã cho cô không?") have the same words; what tells them apart are a
refusal right before the act, a third person who acts, and the asker being the one who would hand it over.
"""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import listed
from tutoring.safety.detector.reasons import ASKING, REASONS
from tutoring.safety.detector.words import Words
from tutoring.safety.found import Hit

_STRONG = re.compile(
    r"\b(?:o ?t ?p|ma (?:so )?(?:xac (?:nhan|minh|thuc)|kich hoat|bao mat|dang nhap|otp|sms)|(?:verification"
    r"|verify|security|login|confirmation|one time|sms)"
    r" (?:code|pin|number))\b"
)
_CODE = re.compile(r"\b(?:ma|code|pin|day so|6 so|sau so|may so)\b")
_NOT_CODE = re.compile(
    r"(?:ma|code) (?:de|bai|lop|phong|ho so|hs|hoc sinh|sinh vien|sv|vung|tinh|buu|zip|qr|vach|don|van don|san "
    r"pham|hang|giam gia"
    r"|mau|nguon|truong|xa|huyen|quan|mon|nganh|khach|hop dong|thue|so thue|so ho so|tra cuu|moi|khoa hoc|tham "
    r"gia|nhom|hoa don|cong to"
    r"|diem|may tinh|thiet bi|sach|video|html|python|java|scratch|nay chay|bi loi|lenh|c\b|game|dinh danh|so "
    r"hoc|giao dich|bao hiem|thu tuc|so bhxh|bhxh)\b"
)
_ARRIVED = re.compile(
    r"\b(?:(?:vua|moi|da|dc|duoc)?\s?(?:gui|nhan|ban|bao|goi|chuyen|toi|den) (?:ve|toi|den|qua|cho|vao|sang)|ve "
    r"(?:may|dt|dien thoai|sdt|tin nhan|roi|chua|so)"
    r"|vua (?:ve|nhan|gui|toi|den|co)|moi (?:ve|nhan|gui|toi|den|co)|nhan (?:duoc|dc)|tin nhan|trong tin|trong "
    r"may|(?:[4-8]|sau|bon|bay|tam) (?:chu )?so|tren man hinh"
    r"|just sent|just got|you got|you received|sent to (?:you|your)|on your phone|text(?:ed)? (?:to )?you|texted|sms)\b"
)
_ASK = listed(
    "doc gui dua noi bao chup chuyen xin share send tell give forward read copy text nhan ib inbox cung cho "
    "show paste screenshot"
)
_GIVE = re.compile(
    r"\b(?:(?:cho|giup|gium|dum|ho|qua|lai|den|sang|voi) (?:ben )?(?:toi|minh|tui|to|em|anh|a|chi|c|co|thay|chu"
    r"|bac|di|me|bo|t|tao|tau|ong|ba|cau|chung|ad|admin|day|nay|nhe|nha|voi|cai|xin|xem|nghe)"
    r"|(?:gui|dua|doc|bao|noi|nhan) (?:lai|qua|day|em|anh|a|co|thay|minh|to|tui|toi|chi|chu|bac) ?\b|qua day|di "
    r"(?:em|con|ban|chau)|(?:to|for|with|me|us) (?:me|us|here)|(?:send|tell|give|text|show|read) (?:it )?(?:to "
    r")?me|cho xin|xin (?:cai|lai|em|ban|ma)|cho minh xin|can you|could you)\b"
)
_ENDING = re.compile(
    r"\b(?:di|nhe|nha|nhen|nao|voi|len|xem|nghe|coi|gap|ngay|lien|le|giup|gium|dum|please|pls|plz)\W*$"
)
_WHAT = re.compile(
    r"\b(?:la|ghi|so|bao|hien|thay) (?:so )?(?:gi|may|bao nhieu|nhieu|the nao)\b|\bso may\b|\bbao nhieu\b|\bla "
    r"may\b|\bmay so vay\b|\bwhat(?: is|s|'s)?\b"
)
_REFUSED = re.compile(
    r"\b(?:dung|cho co|chang|tuyet doi|khong|ko|k|hong|hok|kg|khg|chua|cam|never|dont|don t|do not|not|shouldn "
    r"t|should not)"
    r"(?: (?:ai|duoc|dc|nen|bao gio|phai|can|co|bi|the|he|de|tuy tien|ever|ever ever|be|to|cho phep|yeu cau|bao"
    r"|mang|dem|con|em|minh|tuyet doi|voi|lo ma)){0,4}"
    r" (?:doc|gui|dua|cho|chia|noi|bao|chup|chuyen|tiet|cung|hoi|xin|nhan|ke|share|send|tell|give|ask|forward"
    r"|read|lo|de lo)\b"
)
_OTHERS = re.compile(
    r"\b(?:ai (?:do|hoi|xin|doi|goi|bao|cung|ma|nhan|yeu|muon|lai|ve|khac)|co ai|co nguoi|co ke|ke gian|ke xau"
    r"|ke lua|ke|lua dao|bi lua|lua|nguoi la|nguoi khac|bon|tui no|ho (?:hoi|xin|bao|doi|goi|yeu cau)"
    r"|cong an goi|gia danh|gia mao|gia lam|tu xung|nhan vien|someone|anyone|anybody|somebody|stranger|scam\w*"
    r"|ngan hang (?:co|hoi|khong)|(?:vi|tai) sao|nhung ai|cho ai|voi ai|ai (?:ca|het))\b"
)
_SELF = re.compile(
    r"\b(?:co (?:nen|duoc|dc|phai|can|bi|sao|nguy hiem|an toan|the)|nen (?:doc|gui|dua|cho)|lam sao|the nao|lam "
    r"gi|nhu nao|la gi|la j|nghia la|dung de|de lam|khi nao|o dau|phai lam|should i|is it (?:ok|safe)|what is "
    r"an|what does|how do|how to)\b"
)
_SECRET = re.compile(
    r"\b(?:mat khau|matkhau|mat ma|mk|pass ?word|pass|pw|pwd|passcode|ma pin|cum mat khau|passphrase|password)\b"
)
_MINE = listed("em con minh to tui toi chau t me bo ba ong anh chi my our nha acc nick tk")
_TOLD = re.compile(
    r"(?:\s(?:la|is|cua|acc|nick|tk|tai khoan|em|con|minh|to|tui|toi|chau|t|me|bo|ba|ong|anh|chi|ban|nha|wifi"
    r"|zalo|fb|facebook|gmail|mail|game|may|dien thoai|ff|roblox|lq|nay|cu|moi|thi|o day|day|ne|nha|nhe|vneid"
    r"|dang nhap|vao|de|for|my|the)\b){0,6}"
    r"\s?(?:(?<=\bla)|(?<=\bis)|[:=]|->|→|(?=\s[\w!@#$%^&*]*\d))\s{0,2}"
)
_VALUE = re.compile(r"[\"'“‘(]?(?P<said>[^\s\"'”’)]{3,40})")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?(?:uye|uya|oai|oay|uay|uoi|uou|ieu|yeu|uye|uyu"
    r"|[aeiouy]{1,2})(?:ng|nh|ch|[cmnptiouy])?"
)
_UNIT = re.compile(r"\s?(?:ky tu|ki tu|chu|so|lan|ngay|thang|phut|tu|cum|loai|dieu|character|letter|digit)\b")
_OPEN = listed(
    "gi j sao nao may bao khong ko k qua rat sai dung bi do dai ngan yeu manh de kho cai mot ca the thu nhu tu "
    "ten ngay so duoc can phai nen chuoi day nhung cua vi viec rieng what not a an the very too wrong"
)


def asked(page: Page, cut: Words) -> list[Hit]:
    """Requests for one-time codes and for passwords."""
    text = " ".join(cut.plain)
    starts = _starts(cut)
    hits = []
    for kind, pattern in (("otp", _STRONG), ("otp", _CODE), ("secret", _SECRET)):
        for match in pattern.finditer(text):
            index = starts.get(match.start())
            if index is None or not _thing(cut, text, match, index, pattern is _CODE):
                continue
            where = cut.near(index, 14, 16)
            if _is_request(cut, where, index, match, pattern):
                start, end = cut.spans[where.start][0], cut.spans[where.stop - 1][1]
                hits.append(Hit(kind, page.at(start), page.at(end), "", ASKING[kind]))
                break
        if hits:
            break
    return hits


def _starts(cut: Words) -> dict[int, int]:
    """Where each word begins in the words joined by spaces."""
    starts, at = {}, 0
    for index, word in enumerate(cut.plain):
        starts[at] = index
        at += len(word) + 1
    return starts


def _thing(cut: Words, text: str, match: re.Match[str], index: int, vague: bool) -> bool:
    word = cut.marked[index]
    if match.group() == "ma" and word not in ("mã", "ma"):
        return False
    if word == "mk" or match.group() in ("mk", "pass"):
        return True
    return not (vague and _NOT_CODE.match(text, match.start()))


def _is_request(cut: Words, where: range, index: int, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    around = cut.phrase(where)
    if _REFUSED.search(around) or _OTHERS.search(around):
        return False
    before = cut.phrase(range(where.start, index))
    after = cut.phrase(range(index, where.stop))
    arrived = _ARRIVED.search(around) is not None
    if pattern is _CODE and not arrived and match.group() not in ("code", "ma"):
        return False
    if _SELF.search(around) and not (_WHAT.search(after) and arrived):
        return False
    acts = [
        at
        for at in where
        if cut.plain[at] in _ASK and cut.marked[at] not in ("cô", "nhận", "có", "chờ", "chớ", "đọ", "báo cáo")
    ]
    if acts:
        given = _GIVE.search(around) is not None
        if given and (pattern is not _CODE or arrived or _close(cut, acts, index)):
            return True
        if acts[0] <= index and index - acts[0] <= 3 and _ENDING.search(around):
            return True
    owned = (
        re.search(r"\b(?:cua )?(?:ban|em|con|chau|ban ay|you|your|bn|c|a|anh|chi|bac|co|chu|ong|ba)\b", after[:60])
        is not None
    )
    if _WHAT.search(after) and (arrived or owned) and "de lam" not in around:
        return True
    return _WHAT.search(before[-12:]) is not None and (arrived or "your" in around)


def _close(cut: Words, acts: list[int], index: int) -> bool:
    return any(0 < index - at <= 5 for at in acts)


def passwords(page: Page, cut: Words) -> list[Hit]:
    """Passwords that are told."""
    hits = []
    for match in _SECRET.finditer(page.plain):
        told = _TOLD.match(page.plain, match.end())
        if told:
            value = _value(page, told.end(), told.group())
            if value:
                start, end = value
                said = page.cased[start:end]
                hits.append(Hit("secret", page.at(start), page.at(end), said, REASONS["secret"]))
                continue
    return hits


def _value(page: Page, at: int, between: str) -> tuple[int, int] | None:
    """Where the password stands that begins at `at`, or None if these are words about passwords."""
    match = _VALUE.match(page.cased, at)
    if not match:
        return None
    start, end = match.span("said")
    while end > start and page.cased[end - 1] in ".,;!?)":
        end -= 1
    plain, cased = page.plain[start:end], page.cased[start:end]
    if len(plain) < 3 or (_UNIT.match(page.plain, end) and plain.isdecimal()):
        return None
    if not plain.isalpha() and any(char.isalnum() for char in plain):
        return None if re.fullmatch(r"\d{1,2}[-–]?\d{0,2}|[a-z]+[,/.-][a-z]*", plain) else (start, end)
    if plain in _OPEN or _SYLLABLE.fullmatch(plain):
        quoted = at and page.cased[start - 1] in "\"'“‘" if start else False
        if quoted:
            close = re.compile(r"[\"'”’]").search(page.cased, start, start + 60)
            return (start, close.start()) if close else None
        return _phrase(page, start, between)
    return (start, end) if cased.isascii() and len(plain) > 5 else None


def _phrase(page: Page, start: int, between: str) -> tuple[int, int] | None:
    """A passphrase of ordinary words: "mật khẩu của em là mèo xanh ăn bánh"."""
    words = re.compile(r"[^\s.,;!?]+").finditer(page.plain, start, start + 60)
    spans = [match.span() for match in words][:6]
    said = [page.plain[a:b] for a, b in spans]
    if not said or said[0] in _OPEN or page.plain[start:].rstrip().endswith("?"):
        return None
    for count, word in enumerate(said, 1):
        if sum(char.isdecimal() for char in word) >= 2 and count <= 4:
            return start, spans[count - 1][1]
    mine = any(word in _MINE for word in between.split())
    while said and said[-1] in ("nhe", "nha", "a", "ne", "do", "day", "nhen"):
        said.pop()
    if mine and 2 <= len(said) <= 5 and not set(said) & _OPEN:
        return start, spans[len(said) - 1][1]
    return None
