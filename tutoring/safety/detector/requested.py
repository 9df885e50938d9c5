"""Words of requests for codes and passwords: the thing, the acts, and what speaks against.

All are searched in plain words with a space between; a word that keeps its marks would be another one without. What
`_words` makes is searched where a space stands before the first word too: nothing is tried within words then.
"""

import re

from tutoring.safety.detector.lexicon import listed
from tutoring.safety.detector.spelling import meant


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
# The verbs of these as they are spelled: to press one ("nhấn") is not to send it ("nhắn").
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
# "nhập mật khẩu rồi bấm Đăng nhập giúp em": typed where it belongs, and nobody is told
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
PASSED = re.compile(r"pass (?:qua )?(?:mon|bai|thi|lop|level|man|bong)\b")  # to get through, in both tongues
WAITS = _words(r"(?:em|con|chau) (?:se |dang )?(?:chờ|doi) (?:them|xiu|ti|chut)\b")
FORGOT = _words(r"(?:em|con|chau) (?:da |lo |bi )?quen (?:mat |mk |pass |mat khau )?(?:roi|mat)\b")
BEFORE = _words(r"(?:otp|ma|code)\b")
# "anh không nói ai đâu": a promise of the asker, no warning
DISCREET = re.compile(
    rf"\b{WHO} (?:se )?(?:khong|ko|k|hong) (?:noi|ke|kể|cho|bao|gui|dua|lo)(?: \w+)? ai(?: biet)?(?: dau)?\b"
)
WRITTEN = re.compile(r"\b(?:doan|file|dong|source|viet|chay|sua|bai|hoc|khoi) $")
WHAT_IS_IT = re.compile(r"(?: otp| xac \w+)? (?:la|nghia la) (?:gi|j)\b")
SOMEBODYS = _words(r"(?:cua|tren|acc|nick|tk|muon|wifi)\b")
DEFINES = _words(r"(?:dùng de|dung de|de lam gi|nghia la|gom|có (?:may|bao nhieu)|what is an?)\b")
URGED = re.compile(r"\b(?:cu doc|vui long|quy khach|hay doc|phai doc|doc ngay|doc luon|doc nhanh)\b")
READ = frozenset(("xin", "doc", "dua", "noi", "bao", "gui", "chup", "read", "send", "tell", "give"))
