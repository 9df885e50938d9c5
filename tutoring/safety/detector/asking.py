"""Requests for one-time codes and for passwords.

A request is a thing (a code that came, a password) and an act of handing it over to the one who writes, or the
question what it says. Warnings ("đừng đọc mã cho ai"), tales of swindlers ("kẻ gian hỏi mã"), questions about the
matter itself ("mã OTP là gì ạ?", "có nên đưa mã cho cô không?") have the same words; what tells them apart are a
refusal right before the act, a third person who acts, and the asker being the one who would hand it over.
"""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import ends, listed
from tutoring.safety.detector.reasons import ASKING
from tutoring.safety.detector.words import Words
from tutoring.safety.found import Hit

_STRONG = re.compile(
    r"\b(?:otp|o t p|ma (?:so )?(?:xac (?:nhận|nhan|minh|thuc)|kich hoat|bao mat|dang nhap|otp|sms)|tin nhan "
    r"xac (?:nhận|nhan|minh|thuc)"
    r"|(?:verification|verify|security|login|confirmation|one time|sms) (?:code|pin|number))\b"
)
_CODE = re.compile(
    r"\b(?:ma(?! pin)|code|(?<!ma )pin|dãy (?:gom |có )?(?:[4-8]|bon|nam|sau|bay|tam) (?:chữ |con )?so|(?:[4-8]"
    r"|six|four|five"
    r"|eight) digits?|dãy so|day so|(?:[4-8]|bon|nam|sau|bay|tam) (?:chữ |chu |con )?so|may (?:con )?so|(?:cac"
    r"|nhung|tung|con) (?:con )?so|so (?:vua|moi|trong|gui))\b"
)
_NOT_CODE = re.compile(
    r"(?:ma|code) (?:de|bai|lop|phong|ho so|hs|hoc sinh|sinh vien|sv|vung|tinh|buu|zip|qr|vach|don|van don|san pham"
    r"|hang|giam gia|màu|nguon|truong|xa|huyen|quan|mon|nganh|khach|hop dong|thue|so (?:thue|bao hiem|bhxh|hoc "
    r"sinh|sinh vien|nhan vien|khach|doanh nghiep|ho|dinh danh)|tra cuu|mời|khoa hoc|tham gia|nhom"
    r"|hoa don|cong to|diem|may tinh|thiet bi|sach|video|html|python|java|scratch|nay chay|bị loi|bi loi|lenh|c\b|game"
    r"|dinh danh|bao hiem|mo khoa|khoa|hex|thu tuc|bhxh|ho gia dinh|hộ|moi truong|doc|doc hai|hoa|morse|editor|block)\b"
)
_ARRIVED = re.compile(
    r"\b(?:(?:gui|nhận|nhan|nhắn|ban|bao|goi|chuyen|toi|den) (?:ve|toi|den|qua|vao|sang)|ve (?:may|dt|dien thoai|sdt"
    r"|tin nhan|roi|chua|so)|(?:vua|moi) (?:ve|nhận|nhan|gui|toi|den|có|co|hien|nhay)|(?:nhận|nhan) (?:duoc|dc)"
    r"|tin nhan|trong (?:tin|may|dt|dien thoai)|[4-8] (?:chữ )?so|(?:sau|bon|bay|tam|nam) (?:chữ |chu )?so|man hinh"
    r"|ma (?:chua|roi)|có ma (?:gi |nao )?(?:moi )?(?:khong|ko|chua|gi)"
    r"|just sent|just got|you got|you get|you received|sent (?:to )?(?:you|your)|on your phone|text(?:ed)? (?:to )?you"
    r"|texted|sms|came to|your phone)\b"
)
_ASK = listed(
    "doc gui dua noi bao chup chuyen xin share send tell give forward read copy text nhan ib inbox cung cho show paste"
    " screenshot bảo nhap dien quang"
)
_WHO = (
    r"(?:toi|minh|tui|to|em|anh|a|chi|c|co|thay|chu|bac|di|me|bo|t|mk|mik|tao|tau|ong|ba|cau|chau|con|chung|ad"
    r"|admin|tụi|day|nay"
    r"|nhe|nha|voi|cai|xin|xem|nghe|coi)"
)
_GIVE = re.compile(
    rf" (?:cho|giup|gium|dum|ho|hộ|qua|lai|den|sang|voi|với) (?:ben |phia |gium |giup |cai |xin )?{_WHO}\b|^ "
    rf"{_WHO}\b|^ (?:lai |qua |sang |lien |ngay |nhanh ){_WHO}\b"
    r"|^(?: \w+){1,6} (?:day|qua day|lai day|sang day|qua|lien|ngay) |^(?: \w+){1,6} (?:day|qua|sang|lien|ngay|lai)$"
    r"|^ biet\b| (?:nhap|lam|go|dien|bam|xu ly|kiem tra) (?:giup|gium|dum|ho|hộ)\b"
    r"| (?:toi|anh|co|chi|minh|to|thay|chu|bac|tui) (?:se |moi )?(?:nhap|dien|go|xac nhan|lam|xu ly|huy|chan|mo)\b"
    r"|^(?: it| that| them| the)?(?: to)? (?:me|us)\b| (?:to|for|with) (?:me|us)\b"
    r"|^ xin\b"
)
_FORMAL = re.compile(
    r"\b(?:vui long|yeu cau|de nghi|can|phai|hay|moi|xin moi|please|kindly|must|need to)(?: \w+){0,2} (?:cung "
    r"cap|cung|gui|doc|nhap lai|provide|send|share)\b|\bcung cap\b"
)
_TYPED = re.compile(
    r"\b(?:nhap|go|dien|ghi|viet|de|dan|chup|type|enter)(?: \w+){1,8} (?:vao|o|vo|in|into|here) (?:day|khung"
    r"|chat|tin nhan|phong nay|box|khung chat|o chat|here|the chat|this chat)\b"
)
_NEEDS = re.compile(
    r"\b(?:co|thay|anh|chi|em|ben|chu|bac|minh|to|tui|toi|truong|he thong|i|we) (?:dang |chi |se )?(?:can|need) "
    r"(?:(?:biet|co|xin|the|your) ){0,2}(?:ma|code|otp|mat khau|pass|the code|your)\b"
    r"|\bcho (?:(?:em|anh|chi|co|thay|minh|to|tui|toi|tao|chu|bac|ban|cai|xin|muon|lai) ){0,3}(?:cai )?(?:ma"
    r"|otp|code|pass|mk|mat khau|acc|pin)\b|\bxin (?:(?:em|anh|chi|ban|cai|lai) ){1,3}(?:ma|otp|code|pass|mk"
    r"|mat khau|pin)\b"
)
_ENDING = re.compile(
    r"\b(?:di|nhe|nha|nhen|nào|nao|voi|len|xem|nghe|coi|gap|ngay|lien|le|giup|gium|dum|please|pls|plz|a|ạ|cai)\W*$"
)
_WHAT = re.compile(
    r"\b(?:la|ghi|so|bao|hien|thấy|thay) (?:so )?(?:gi|may|bao nhieu|nhieu|j)\b|\b(?:may|bao nhieu) (?:so "
    r")?(?:vay|the|day|ha|em|con|ban|chau|a)\b|\bbao nhieu\b"
)
_WHAT_EN = re.compile(r"\bwhat(?: is| s|s|'s)? (?:the|your|ur|that)\b|\bwhat(?: is| s|s) it\b")
_REFUSED = re.compile(
    r"\b(?:dung|cho có|chớ|chang|tuyet doi|khong|ko|k|hong|hok|kg|khg|cam|never|dont|don t|do not|not|shouldn t"
    r"|should not)(?: (?:ai|duoc|dc|nen|bao gio|phai|can|có|co|bi|the|he|de|tuy tien|ever|be|to|cho phep|yeu "
    r"cau|mang|dem"
    r"|con|em|minh|tuyet doi|voi|ban|any)){0,4} (?:doc|gui|dua|cho|chia|noi|bao|bảo|chup|chuyen|tiet|cung|hoi|xin|nhan"
    r"|ke|kể|lo|share|send|tell|give|ask|forward|read|giving|sharing|let)\b"
)
_OTHERS = re.compile(
    r"\b(?:ai (?:do|hoi|xin|doi|goi|bao|bảo|cũng|cung|nhan|yeu|muon|lai|ve|khac|ca|het)|có (?:ai|nguoi|ke) "
    r"(?:\w+ ){0,2}(?:hoi|xin|doi|goi|bao|bảo|yeu cau|nhan|gui)|có ai|ke gian|ke xau|ke lua"
    r"|lua dao|bi lua|chieu lua|nguoi la|nguoi lạ|nguoi khac|cho nguoi|bon (?:lua|no|xau|chung)|tui no|ho "
    r"(?:hoi|xin|bao|bảo|doi|goi|yeu cau|noi)"
    r"|cong an goi|gia danh|gia mao|gia lam|tu xung|xung la|nhan vien|someone|anyone|anybody|somebody"
    r"|strangers?|scam\w*"
    r"|they (?:ask|say)|ho (?:\w+ ){0,2}(?:hoi|xin|doi|yeu cau|bao|noi)|tu choi|bao (?:ngay |cho )?(?:thay co"
    r"|cong an|nguoi lon|ngan hang|bo me|ba me|cha me)|(?:vi|tai) sao|nhung ai|cho ai|voi ai|nghi rang|chi la"
    r"|with (?:anyone|others)|to (?:anyone|others))\b"
)
_SELF = re.compile(
    r"\b(?:có (?:nen|phai|can|bi|sao|nguy hiem|an toan|the bi|may|bao nhieu|hieu luc)|có (?:duoc|dc) (?:doc|gui"
    r"|dua|cho)"
    r"|nen (?:doc|gui|dua|cho)|lam sao|the nao|cach nao|bang cach|lam gi|nhu nao|la gi|la j|nghia la|dung de"
    r"|dùng de|de lam|khi "
    r"nao|o dau|phai lam"
    r"|should i|is it (?:ok|safe)|what is an|what does|what an|know what|what the code does|bao mat"
    r"|(?<!nhan )(?<!ib )(?<!gui )(?<!noi )rieng|mat khau (?:manh|kho|dai|an toan)|chia "
    r"khoa|how do|how to|how many|why|know what)\b"
)
_SECRET = re.compile(
    r"\b(?:mat khau|matkhau|mat ma|ma (?:mo )?khoa|mk|pass ?word|pass|pw|pwd|passcode|ma pin|pin the|cum mat khau"
    r"|passphrase|password)\b"
)
_OWNED = re.compile(
    r"\b(?:ban|em|con|chau|you|your|ur|bn|anh|chi|bac|co|chu|ong|ba|may|cau|acc|nick|tk|wifi|zalo|fb"
    r"|face\w*|gmail|game)\b"
)


_MOST = 12  # things at either end of a flood that are looked at


def asked(page: Page, cut: Words) -> list[Hit]:
    """Requests for one-time codes and for passwords."""
    text = " ".join(cut.plain)
    starts = _starts(cut)
    hits = []
    for kind, pattern in (("otp", _STRONG), ("otp", _CODE), ("secret", _SECRET)):
        for match in ends(list(pattern.finditer(text)), _MOST):
            index = starts.get(match.start())
            if index is None or not _thing(cut, text, match, index, pattern is _CODE):
                continue
            where = cut.near(index, 14, 16)
            if _is_request(cut, where, index, match, pattern) and not _quoted(page, cut, where, index):
                start, end = _span(cut, where, index, match)
                hits.append(Hit(kind, page.at(start), page.at(end), "", ASKING[kind]))
                break
        if hits:
            break
    return hits


def _span(cut: Words, where: range, index: int, match: re.Match[str]) -> tuple[int, int]:
    """From the act to the thing, whichever comes first."""
    acts = [at for at in where if cut.plain[at] in _ASK and abs(at - index) <= 5]
    last = index + len(match.group().split()) - 1
    return cut.spans[min([index, *acts])][0], cut.spans[max([last, *acts])][1]


def _quoted(page: Page, cut: Words, where: range, index: int) -> bool:
    """Whether the words are somebody else's, between quotation marks: 'lời xin mã: “đọc mã giùm”'."""
    start, end = cut.spans[index]
    before, after = page.plain[cut.spans[where.start][0] : start], page.plain[end : end + 60]
    opened = max(before.rfind("“"), before.rfind('"') if before.count('"') % 2 else -1)
    return (
        opened >= 0
        and "”" not in before[opened:]
        and before[opened:].count(" ") > 0
        and re.search(r"[”\"]", after) is not None
    )


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
    if _PASSED.match(text, match.start()):
        return False
    if word == "mk":
        return re.search(
            r"\b(?:xin|cho xin|dua|biet|doi|acc|tk|cai) $", text[: match.start()]
        ) is not None or text.startswith(
            ("mk acc", "mk zalo", "mk fb", "mk face", "mk wifi", "mk ff", "mk tk", "mk cua"), match.start()
        )
    if vague and _WRITTEN.search(text[max(0, match.start() - 12) : match.start()]):
        return False  # "đoạn code của em" is a program
    return not (vague and _NOT_CODE.match(text, match.start()))


def _is_request(cut: Words, where: range, index: int, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    around = _DISCREET.sub("", cut.phrase(where))
    if _REFUSED.search(_DISCREET.sub("", cut.clauses(where))) or _OTHERS.search(around):
        return False
    noun = match.group()
    before = cut.phrase(range(where.start, index))
    told = cut.phrase(range(index, where.stop))[len(noun) :]
    rest = around if noun in ("ma", "code") or pattern is not _CODE else around.replace(noun, " ")
    arrived = (
        (noun.startswith("dãy") and noun != "dãy so")
        or _ARRIVED.search(rest) is not None
        or _BEFORE.search(cut.phrase(range(max(0, where.start - 25), where.start))) is not None
    )
    vague = pattern is _CODE
    if vague and noun not in ("code", "ma") and (not arrived or _NOT_CODE.search(around)):
        return False
    if _WAITS.search(around):
        return False
    if _FORGOT.search(around) and _SELF.search(around) and not _OWNED.search(told[:40]):
        return False
    if _WHAT_IS_IT.match(told) and pattern is _SECRET and _TELL_ME.search(told):
        return True
    if _WHAT_IS_IT.match(told) and not _SOMEBODYS.search(around):
        return False  # "mã OTP là gì ạ?" asks what such a thing is
    asks_en = _WHAT_EN.search(before[-30:]) is not None
    asks = asks_en or _WHAT.search(told) is not None
    owned = asks_en or _OWNED.search(told[:40]) is not None
    owned = owned or (pattern is _SECRET and _SOMEBODYS.search(around) is not None)
    if _SELF.search(around) and not (asks and (arrived or owned) and not _DEFINES.search(around)):
        return False
    if asks and (arrived or owned):
        return True
    return _handed_over(cut, where, index, index + len(noun.split()), vague and not arrived)


def _handed_over(cut: Words, where: range, index: int, after: int, close: bool) -> bool:
    """Whether the thing at `index` is to be handed to somebody of this talk."""
    reach = 5 if close else 10
    for at in where:
        if cut.plain[at] == "bao" == cut.marked[at] and not "".join(cut.marked).isascii():
            continue  # "bao lâu" is no "báo"
        if cut.plain[at] not in _ASK or (cut.plain[at] == "nhan" and at and cut.plain[at - 1] == "tin"):
            continue
        if not (0 < index - at <= reach or 0 <= at - after <= reach):
            continue
        rest = " " + cut.phrase(range(at + 1, min(where.stop, max(at, after) + 9)))
        if _GIVE.search(rest) or _FORMAL.search(cut.phrase(range(max(where.start, at - 5), at + 3))):
            return True
        if index - at in (1, 2, 3) and cut.plain[at] in _READ and _ENDING.search(cut.phrase(where)):
            return True
        if (
            cut.plain[at] == "doc"
            and index - at in (1, 2)
            and cut.plain[at + 1] != "ky"
            and _URGED.search(cut.phrase(where))
        ):
            return True
    if _TYPED.search(cut.phrase(where)):
        return True
    needs = cut.phrase(range(max(where.start, index - 5), min(where.stop, after + 7)))
    return _NEEDS.search(needs) is not None


_TELL_ME = re.compile(rf"\b(?:noi|ke|bao)(?: cho)? {_WHO}(?: di| nghe| voi|$)|\b(?:khong|hong|ko|k) ke (?:cho )?ai\b")
_PASSED = re.compile(r"pass (?:qua )?(?:mon|bai|thi|lop|level|man|bong)\b")  # to get through, in both tongues
_WAITS = re.compile(r"\b(?:em|con|chau) (?:se |dang )?(?:chờ|doi) (?:them|xiu|ti|chut)\b")
_FORGOT = re.compile(r"\b(?:em|con|chau) (?:da |lo |bi )?quen (?:mat |mk |pass |mat khau )?(?:roi|mat)\b")
_BEFORE = re.compile(r"\b(?:otp|ma|code)\b")
# "anh không nói ai đâu": a promise of the asker, no warning
_DISCREET = re.compile(
    rf"\b{_WHO} (?:se )?(?:khong|ko|k|hong) (?:noi|ke|kể|cho|bao|gui|dua|lo)(?: \w+)? ai(?: biet)?(?: dau)?\b"
)
_WRITTEN = re.compile(r"\b(?:doan|file|dong|source|viet|chay|sua|bai|hoc|khoi) $")
_WHAT_IS_IT = re.compile(r"(?: otp| xac \w+)? (?:la|nghia la) (?:gi|j)\b")
_SOMEBODYS = re.compile(r"\b(?:cua|tren|acc|nick|tk|muon|wifi)\b")
_DEFINES = re.compile(r"\b(?:dùng de|dung de|de lam gi|nghia la|gom|có (?:may|bao nhieu)|what is an?)\b")
_URGED = re.compile(r"\b(?:cu doc|vui long|quy khach|hay doc|phai doc|doc ngay|doc luon|doc nhanh)\b")
_READ = frozenset(("doc", "dua", "noi", "bao", "gui", "chup", "read", "send", "tell", "give"))
