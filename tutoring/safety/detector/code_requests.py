"""Finds requests for one-time codes and passwords.

A request is an object (a received code, a password) and an act of handing it to the writer, or the question what it
says. Harmless texts use the same words. Warnings are one kind ("đừng đọc mã cho ai"), reports of fraud another ("kẻ
gian hỏi mã"). So are questions about codes ("mã OTP là gì ạ?", "có nên đưa mã cho cô không?"). They differ by a
negation right before the act, by a third person who acts, or by an asker who would hand over the code.

All patterns match plain words with a space between; only words that would be ambiguous without diacritics keep them.
Patterns made by `_words` need a space before the first word, so the search never starts inside a word.
"""

import re

from tutoring.safety.detector.diacritics import meant, other
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import ends, listed
from tutoring.safety.detector.tokenizer import Words
from tutoring.safety.findings import ASKING, Hit


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(f"[ @](?:{pattern})")


STRONG = re.compile(
    r"\b(?:otp|o t p|maxac(?:nhan|minh|thuc)|maotp|ma (?:so )?(?:xac (?:nhận|nhan|minh|thuc)|kich hoat|bao mat"
    r"|dang nhap|otp|sms)|tin nhan "
    r"xac (?:nhận|nhan|minh|thuc)"
    r"|(?:verification|verify|security|login|confirmation|one time|sms) (?:code|pin|number))\b"
)
CODE = re.compile(
    r"\b(?:ma(?! pin)|code|(?<!ma )pin|dãy (?:gom |có )?(?:[4-8]|bon|nam|sau|bay|tam) (?:chữ |con )?so|(?:[4-8]"
    r"|six|four|five"
    r"|eight) digits?|dãy so|day so|(?:[4-8]|bon|nam|sau|bay|tam) (?:chữ |chu |con )?so|may (?:con )?so|(?:cac"
    r"|nhung|tung|con) (?:con )?so|so (?:vua|moi|trong|gui))\b"
)
NOT_CODE = re.compile(
    r"(?:ma|code) (?:[a-z]{1,3}\d{0,2} \d{2,4} \d{4,}"
    r"|de|bai|lop|phong|ho so|hs|hoc sinh|sinh vien|sv|vung|tinh|buu|zip|qr|vach|don|van don|san pham"
    r"|hang|giam gia|màu|nguon|truong|xa|huyen|quan|mon|nganh|khach|hop dong|thue|so (?:thue|bao hiem|bhxh|hoc "
    r"sinh|sinh vien|nhan vien|khach|doanh nghiep|ho|dinh danh)|tra cuu|mời|khoa hoc|tham gia|nhom"
    r"|hoa don|cong to|diem|may tinh|thiet bi|sach|video|html|python|java|scratch|nay chay|bị loi|bi loi|lenh|c\b|game"
    r"|dinh danh|bao hiem|mo khoa|khoa|hex|thu tuc|bhxh|ho gia dinh|hộ|moi truong|doc|doc hai|hoa|morse|editor|block)\b"
)
ARRIVED = _words(
    r"(?:(?:gui|nhận|nhan|nhắn|ban|bao|goi|chuyen|toi|den) (?:ve|toi|den|qua|vao|sang)|ve (?:may|dt|dien thoai|sdt"
    r"|tin nhan|roi|chua|so)|(?:vua|moi) (?:ve|nhận|nhan|gui|toi|den|có|co|hien|nhay)|(?:nhận|nhan) (?:duoc|dc)"
    r"|tin nhan|trong (?:tin|may|dt|dien thoai)|[4-8] (?:chữ )?so|(?:sau|bon|bay|tam|nam) (?:chữ |chu )?so|man hinh"
    r"|ma (?:chua|roi)|có ma (?:gi |nao )?(?:moi )?(?:khong|ko|chua|gi)"
    r"|just sent|just got|you got|you get|you received|sent (?:to )?(?:you|your)|on your phone|text(?:ed)? (?:to )?you"
    r"|texted|sms|came to|your phone)\b"
)
ASK = listed(
    "doc gui dua noi bao chup chuyen xin share send tell give forward read copy text nhan ib inbox cung cho show paste"
    " screenshot bảo nhap dien quang"
)
# These verbs with their spelling: to press a code ("nhấn") is not to send it ("nhắn").
VERBS = meant("đọc gửi gởi đưa nói báo bảo chụp chuyển nhắn nhận nhập điền quăng cung cho chia xin")
WHO = (
    r"(?:toi|minh|tui|to|em|e|anh|a|chi|c|co|thay|chu|bac|di|me|bo|t|mk|mik|tao|tau|ong|ba|cau|chau|con|chung|ad"
    r"|admin|tụi|day|nay"
    r"|nhe|nha|voi|cai|xin|xem|nghe|coi)"
)
GIVE = re.compile(
    rf" (?:cho|giup|gium|dum|ho|hộ|qua|lai|den|sang|voi|với) (?:ben |phia |gium |giup |cai |xin )?{WHO}\b|^ "
    rf"{WHO}\b|^ (?:lai |qua |sang |lien |ngay |nhanh ){WHO}\b"
    r"|^(?: \w+){1,6} (?:day|qua day|lai day|sang day|qua|lien|ngay) |^(?: \w+){1,6} (?:day|qua|sang|lien|ngay|lai)$"
    r"|^ biet\b| (?:nhap|lam|go|dien|bam|xu ly|kiem tra) (?:giup|gium|dum|ho|hộ)\b"
    r"| (?:toi|anh|co|chi|minh|to|thay|chu|bac|tui) (?:se |moi )?(?:nhap|dien|go|xac nhan|lam|xu ly|huy|chan|mo)\b"
    r"|^(?: it| that| them| the)?(?: to)? (?:me|us)\b| (?:to|for|with) (?:me|us)\b"
    r"|^ xin\b"
)
FORMAL = re.compile(
    r"\b(?:vui long|yeu cau|de nghi|can|phai|hay|moi|xin moi|please|kindly|must|need to)(?: \w+){0,2} (?:cung "
    r"cap|cung|gui|doc|nhap lai|provide|send|share)\b|\bcung cap\b"
)
TYPED = _words(
    r"(?:nhap|go|dien|ghi|viet|de|dan|chup|type|enter)(?: \w+){1,8} (?:vao|o|vo|in|into|here) (?:day"
    r"|khung(?! (?:do|kia|tren|duoi|ben|mau|trang|trong|mat))"
    r"|chat|tin nhan|phong nay|box|khung chat|o chat|here|the chat|this chat)\b"
)
NEEDS = _words(
    r"(?:co|thay|anh|chi|em|ben|chu|bac|minh|to|tui|toi|truong|he thong|i|we) (?:dang |chi |se )?(?:can|need) "
    r"(?:(?:biet|co|xin|the|your) ){0,2}(?:ma|code|otp|mat khau|pass|the code|your)\b"
    r"|cho (?:(?:em|anh|chi|co|thay|minh|to|tui|toi|tao|chu|bac|ban|cai|xin|muon|lai) ){0,3}(?:cai )?(?:ma"
    r"|otp|code|pass|mk|mat khau|acc|pin)\b|xin (?:(?:em|anh|chi|ban|cai|lai) ){1,3}(?:ma|otp|code|pass|mk"
    r"|mat khau|pin)\b"
)
ENDING = re.compile(
    r"\b(?:di|nhe|nha|nhen|nào|nao|voi|len|xem|nghe|coi|gap|ngay|lien|le|giup|gium|dum|please|pls|plz|a|ạ|cai)\W*$"
)
WHAT = _words(
    r"(?:la|ghi|so|bao|hien|thấy|thay) (?:so )?(?:gi|may|bao nhieu|nhieu|j)\b|(?:may|bao nhieu) (?:so "
    r")?(?:vay|the|day|ha|em|con|ban|chau|a)\b|bao nhieu\b"
)
WHAT_EN = _words(r"what(?: is| s|s|'s)? (?:the|your|ur|that)\b|what(?: is| s|s) it\b")
REFUSED = _words(
    r"(?:dung|cho có|chớ|chang|tuyet doi|khong|ko|k|hong|hok|kg|khg|cam|never|dont|don t|do not|not|shouldn t"
    r"|should not)(?: (?:ai|duoc|dc|nen|bao gio|phai|can|có|co|bi|the|he|de|tuy tien|ever|be|to|cho phep|yeu "
    r"cau|mang|dem"
    r"|con|em|minh|tuyet doi|voi|ban|any)){0,4} (?:doc|gui|dua|cho|chia|noi|bao|bảo|chup|chuyen|tiet|cung|hoi|xin|nhan"
    r"|ke|kể|lo|share|send|tell|give|ask|forward|read|giving|sharing|let)\b"
)
OTHERS = _words(
    r"(?:ai (?:do|hoi|xin|doi|goi|bao|bảo|cũng|cung|nhan|yeu|muon|lai|ve|khac|ca|het)|có (?:ai|nguoi|ke) "
    r"(?:\w+ ){0,2}(?:hoi|xin|doi|goi|bao|bảo|yeu cau|nhan|gui)|có ai|ke gian|ke xau|ke lua"
    r"|lua dao|bi lua|chieu lua|nguoi la|nguoi lạ|nguoi khac|cho nguoi|bon (?:lua|no|xau|chung)|tui no|ho "
    r"(?:hoi|xin|bao|bảo|doi|goi|yeu cau|noi)"
    r"|cong an goi|gia danh|gia mao|gia lam|tu xung|xung la|nhan vien|someone|anyone|anybody|somebody"
    r"|strangers?|scam\w*"
    r"|they (?:ask|say)|ho (?:\w+ ){0,2}(?:hoi|xin|doi|yeu cau|bao|noi)|tu choi|bao (?:ngay |cho )?(?:thay co"
    r"|cong an|nguoi lon|ngan hang|bo me|ba me|cha me)|(?:vi|tai) sao|nhung ai|cho ai|voi ai"
    r"|ch[iỉ] (?:noi|ke|dua) (?:cho|voi) (?:ba|bo|me|cha|nguoi)|nghi rang|chi la"
    r"|with (?:anyone|others)|to (?:anyone|others))\b"
)
SELF = _words(
    r"(?:có (?:nen|phai|can|bi|sao|nguy hiem|an toan|the bi|may|bao nhieu|hieu luc)|có (?:duoc|dc) (?:doc|gui"
    r"|dua|cho)"
    r"|nen (?:doc|gui|dua|cho)|lam sao|the nao|cach nao|bang cach|lam gi|nhu nao|la gi|la j|nghia la|dung de"
    r"|dùng de|de lam|khi "
    r"nao|o dau|phai lam"
    r"|should i|is it (?:ok|safe)|what is an|what does|what an|know what|what the code does|bao mat"
    r"|(?<!nhan )(?<!ib )(?<!gui )(?<!noi )rieng|mat khau (?:manh|kho|dai|an toan)|chia "
    r"khoa|how do|how to|how many|why|know what)\b"
)
SECRET = re.compile(
    r"\b(?:mat khau|matkhau|mat ma|ma (?:mo )?khoa|mk|pass ?word|pass|pw|pwd|passcode|ma pin|pin the|cum mat khau"
    r"|passphrase|password)\b"
)
OWNED = _words(
    r"(?:ban|em|con|chau|you|your|ur|bn|anh|chi|bac|co|chu|ong|ba|may|cau|acc|nick|tk|wifi|zalo|fb"
    r"|face\w*|gmail|game|cua [mceab])\b"
)
FIELDS = frozenset(("ô", "nút", "mục", "dòng", "phần", "bài", "chữ"))
# "nhập mật khẩu rồi bấm Đăng nhập giúp em": entered where it belongs, and not passed on
STEPS = _words(
    r"(?:nhap|go|dien|dat|doi|tao)(?: (?:xong|lai|cai|dung|du|het))*(?: \w+)? (?:ma|otp|mat khau|mk|pass"
    r"|pin)(?: \w+){0,6}? "
    r"(?:roi|thi|xong|de|dọc|sau do)(?: \w+){0,3}? (?:bam|an|chon|xem|keo|cham|nhan (?:nut|vao|tiep|enter|dang|xac)|đợi"
    r"|doi|cho|chờ|quay)\b"
)
OUT_LOUD = _words(
    r"(?:doc|gui|noi|dua|nhan cho|bao cho|chup|share|send|tell|copy|ib|inbox|nt|(?:vao|vo|o) (?:day|khung chat|chat"
    r"|tin nhan))\b"
)
TELL_ME = re.compile(rf"\b(?:noi|ke|bao)(?: cho)? {WHO}(?: di| nghe| voi|$)|\b(?:khong|hong|ko|k) ke (?:cho )?ai\b")
WISHED = re.compile(r"\b(?:xin|cho xin|dua|biet|doi|acc|tk|cai) $")
# "pass" as in passing an exam, in both languages
PASSED = re.compile(r"pass (?:qua )?(?:mon|bai|thi|lop|level|man|bong)\b")
WAITS = _words(r"(?:em|con|chau) (?:se |dang )?(?:chờ|doi) (?:them|xiu|ti|chut)\b")
FORGOT = _words(r"(?:em|con|chau) (?:da |lo |bi )?quen (?:mat |mk |pass |mat khau )?(?:roi|mat)\b")
BEFORE = _words(r"(?:otp|ma|code)\b")
# "anh không nói ai đâu": a promise by the asker, not a warning
DISCREET = re.compile(
    rf"\b{WHO} (?:se )?(?:khong|ko|k|hong) (?:noi|ke|kể|cho|bao|gui|dua|lo)(?: \w+)? ai(?: biet)?(?: dau)?\b"
)
WRITTEN = re.compile(r"\b(?:doan|file|dong|source|viet|chay|sua|bai|hoc|khoi) $")
WHAT_IS_IT = re.compile(r"(?: otp| xac \w+)? (?:la|nghia la) (?:gi|j)\b")
SOMEBODYS = _words(r"(?:cua|tren|acc|nick|tk|muon|wifi)\b")
DEFINES = _words(r"(?:dùng de|dung de|de lam gi|nghia la|gom|có (?:may|bao nhieu)|what is an?)\b")
URGED = re.compile(r"\b(?:cu doc|vui long|quy khach|hay doc|phai doc|doc ngay|doc luon|doc nhanh)\b")
READ = frozenset(("xin", "doc", "dua", "noi", "bao", "gui", "chup", "read", "send", "tell", "give"))


_MOST = 12  # objects checked at either end of a flood


def asked(page: NormalizedText, cut: Words) -> list[Hit]:
    """Returns the requests for one-time codes and passwords."""
    text = " ".join(cut.plain)
    starts = _starts(cut)
    hits = []
    for kind, pattern in (("otp", STRONG), ("otp", CODE), ("secret", SECRET)):
        for match in ends(list(pattern.finditer(text)), _MOST):
            index = starts.get(match.start())
            if index is None or not _thing(cut, text, match, index, pattern is CODE):
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
    """Returns the span from the act to the object, in either order."""
    acts = [at for at in where if cut.plain[at] in ASK and abs(at - index) <= 5]
    last = index + len(match.group().split()) - 1
    return cut.spans[min([index, *acts])][0], cut.spans[max([last, *acts])][1]


def _quoted(page: NormalizedText, cut: Words, where: range, index: int) -> bool:
    """Whether the words are a quotation: 'lời xin mã: “đọc mã giùm”'."""
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
    """Returns the word index at each start position in the words joined by spaces."""
    starts, at = {}, 0
    for index, word in enumerate(cut.plain):
        starts[at] = index
        at += len(word) + 1
    return starts


def _thing(cut: Words, text: str, match: re.Match[str], index: int, vague: bool) -> bool:
    word = cut.marked[index]
    if index and cut.marked[index - 1] in FIELDS:
        return False  # "dòng chữ dưới ô mật khẩu" names a line of text on the page
    if match.group() == "ma" and word not in ("mã", "ma"):
        return False
    if PASSED.match(text, match.start()):
        return False
    if word == "mk":
        return WISHED.search(text[max(0, match.start() - 9) : match.start()]) is not None or text.startswith(
            ("mk acc", "mk zalo", "mk fb", "mk face", "mk wifi", "mk ff", "mk tk", "mk cua"), match.start()
        )
    if vague and WRITTEN.search(text[max(0, match.start() - 12) : match.start()]):
        return False  # "đoạn code của em" is a program
    return not (vague and NOT_CODE.match(text, match.start()))


def _is_request(cut: Words, where: range, index: int, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    noun = match.group()
    before = cut.phrase(range(where.start, index))
    told = cut.phrase(range(index, where.stop))[len(noun) :]
    after = index + len(noun.split())
    asks_en = WHAT_EN.search(" " + before[-30:]) is not None
    asks = asks_en or WHAT.search(told) is not None
    defined = WHAT_IS_IT.match(told) is not None
    tell_me = defined and pattern is SECRET and TELL_ME.search(told) is not None
    if not asks and not tell_me and not _handed_over(cut, where, index, after, False):
        return False  # nothing indicates a request, so counter-evidence need not be searched
    around = _without_promise(cut.phrase(where))
    if REFUSED.search(_without_promise(cut.clauses(where))) or OTHERS.search(around):
        return False
    rest = around if noun in ("ma", "code") or pattern is not CODE else around.replace(noun, " ")
    arrived = (
        (noun.startswith("dãy") and noun != "dãy so")
        or ARRIVED.search(rest) is not None
        or BEFORE.search(" " + cut.phrase(range(max(0, where.start - 25), where.start))) is not None
    )
    vague = pattern is CODE
    if vague and noun not in ("code", "ma") and (not arrived or NOT_CODE.search(around)):
        return False
    if WAITS.search(around) or (STEPS.search(around) and not OUT_LOUD.search(around)):
        return False
    if FORGOT.search(around) and SELF.search(around) and not OWNED.search(told[:40]):
        return False
    if tell_me:
        return True
    if defined and not SOMEBODYS.search(around):
        return False  # "mã OTP là gì ạ?" asks what such a code is
    owned = asks_en or OWNED.search(told[:40]) is not None
    owned = owned or (pattern is SECRET and SOMEBODYS.search(around) is not None)
    if SELF.search(around) and not (asks and (arrived or owned) and not DEFINES.search(around)):
        return False
    if asks and (arrived or owned):
        return True
    return _handed_over(cut, where, index, after, vague and not arrived)


def _without_promise(said: str) -> str:
    """Returns the words after a leading space, without a promise not to tell others."""
    return " " + (DISCREET.sub("", said) if " ai" in said else said)


def _handed_over(cut: Words, where: range, index: int, after: int, close: bool) -> bool:
    """Whether the object at `index` is to be handed to a person in this conversation."""
    reach = 5 if close else 10
    whole = cut.phrase(where)
    for at in where:
        if cut.plain[at] == "bao" == cut.marked[at] and not all(map(str.isascii, cut.marked)):
            continue  # "bao lâu" is not "báo"
        if (
            cut.plain[at] not in ASK
            or other(cut.marked[at], VERBS)
            or (cut.plain[at] == "nhan" and at and cut.plain[at - 1] == "tin")
        ):
            continue
        if at > where.start and cut.plain[at - 1] in ("bam", "nut", "an"):
            continue  # "bấm gửi lại mã": the name of a button
        if not (0 < index - at <= reach or 0 <= at - after <= reach):
            continue
        rest = " " + cut.phrase(range(at + 1, min(where.stop, max(at, after) + 9)))
        if GIVE.search(rest) or FORMAL.search(cut.phrase(range(max(where.start, at - 5), at + 3))):
            return True
        if index - at in (1, 2, 3) and cut.plain[at] in READ and ENDING.search(whole):
            return True
        if cut.plain[at] == "doc" and index - at in (1, 2) and cut.plain[at + 1] != "ky" and URGED.search(whole):
            return True
    if TYPED.search(" " + whole):
        return True
    needs = cut.phrase(range(max(where.start, index - 5), min(where.stop, after + 7)))
    return NEEDS.search(" " + needs) is not None
