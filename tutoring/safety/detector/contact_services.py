"""Patterns for contact services, the account names beside them, and acts of contact.

Lessons mention these services too. In a sentence of plain words a service is written as SVC.
"""

import re

from tutoring.safety.detector.diacritics import meant
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import UPPER, at_border

_S = r"[\W_]{0,3}"


def _letters(name: str) -> list[str]:
    """Returns patterns for the letters of a name, with look-alike digits: z4l0."""
    swaps = {"a": "[a4@]", "o": "[o0]{1,3}", "l": "[l1i|]{1,3}", "e": "[e3]", "i": "[i1!]", "s": "[s5$]", "t": "t{1,3}"}
    found = [swaps.get(letter, letter) for letter in name]
    found[0] = re.sub(r"(.+)\{1,3\}", r"\1\1{0,2}", found[0])  # the name begins with a single letter
    return found


# Names that may have separators between their letters: z.a.l.o.
LOOSE = [
    _letters(name)
    for name in ("zalo", "facebook", "telegram", "instagram", "tiktok", "discord", "messenger", "snapchat", "viber",
                 "whatsapp", "wechat", "locket", "roblox")
]  # fmt: skip
_SERVICES = (
    "|".join(_S.join(name) for name in LOOSE)
    + r"|dalo|d[aie][ -]?lo|gi?a[ -]?lo|z[aei][ -]?lo|ja[ -]?lo|zl|zep lao|dep lao|f\.?b|fbook|face ?book"
    r"|f[a4@]ce|in[s5$]ta|rb"
    r"|phay(?: ?buc| ?book)?"
    r"|fay ?buc|pho bo|mat sach"
r"|tele|te le(?: gam)?|insta|ins|in tơ|in (?:so |s)?ta(?: g?ram| gam)?|ig|me[ts] (?:sen|xen) gi?o|mess?|mesenger"
    r"|tik ?tok|top ?top|tic[hk]? ?toc|dis|discor|dit co[tcd]?|snap|oat sap|quat sap|vai bo|ro (?:bo )?[bl]oc(?: loc)?"
    r"|ph?o ri phai|fi? phai|phi phai|ma[iy] (?:co )?[cr]r?ap|pap gi|lien quen|lien quan mobai|wechat|line id"
    r"|id line|skype|kakao(?: ?talk)?|threads|twitter|steam|garena|free ?fire|ff"
r"|lien quan"
r"|lq|pubg|minecraft|play together|roblox|rblx|weibo|imo|signal|gmeet"
)  # fmt: skip
SERVICE = re.compile(rf"(?:{at_border(_SERVICES, '(?<![a-z0-9.@]{})')})(?![a-z0-9])")
# Names with the letters of ordinary words ("đã lo", "liên quan", "dấu phẩy"), in the spellings that mean the service.
_SPELLED = {
    "da lo": ("đa lô", "da lô", "dà lô", "da lo", "đa lồ", "da lồ"),
    "de lo": ("dê lô", "đê lô", "dê lồ"),
    "di lo": ("di lô", "dì lô", "đi lô"),
    "gia lo": ("gia lô", "gia lồ"),
    "lien quan": ("liên quân", "lien quan", "lien quân"),
    "phay": ("phây", "phay", "phầy"),
    "mat sach": ("mặt sách", "mat sach"),
    "te le": ("tê lê", "te le", "tế lê"),
    "phi phai": ("phi phai", "phì phai", "phi phái"),
    "in ta": ("in ta",),
    "vai bo": ("vai bơ", "vai bờ"),
    "dit co": ("đít co", "đít cọ", "dít co"),
}
# Services only beside an account name: elsewhere they mean food, rolls or sacks.
WEAK = frozenset(("pho bo", "in ta", "vai bo", "dit co", "mat sach", "de lo", "di lo", "gia lo", "phi phai", "rb"))


def named_in(page: NormalizedText) -> list[re.Match[str]]:
    """Returns the services that a text names, without words that only share their letters."""
    found = []
    for match in SERVICE.finditer(page.plain):
        name = match.group().replace("-", " ")
        if name in _SPELLED:
            said = page.marked[match.start() : match.end()].replace("-", " ")
            if said not in _SPELLED[name]:
                continue
        found.append(match)
    return found


_SELF = (
    r"(?:minh|mk|mik|mjh|to|tui|toi|tao|tau|t|em|e|anh|a|chi|c|co|cô|thay|chu|con|chau|ban|bn|cau|may|m|nhau|bac|ong"
    r"|ba|mi|o|ma|ad|me|my|your|you|i)"
)
_GLUE = (
    rf"(?:\s?(?:cua|{_SELF}|ten|nick|nickname|acc|account|name|id|uid|user|username|link|day|ne|nek|nak|nha|thi|so"
    rf"|ghi|luu"
    rf"|moi|phu|chinh|o|tren)\b){{0,5}}"
)
ACCOUNT = re.compile(
    rf"{_GLUE}\s?(?:[:=]|->|→|\bla\b|\bis\b|\bten\b|\bne\b|\bid\b)?\s{{0,2}}[\"'(]?(?P<name>@[a-z0-9._]{{2,40}}"
    rf"|[a-z0-9._]{{3,40}})"
)
NAMED = re.compile(
    rf"(?P<glue>(?:{_GLUE})(?:\W?\s?(?:{_SELF}|ten|nick|nho|nhe|nha|thi|la)\b){{0,4}})\s?(?P<is>[:=]|\bla\b"
    rf"|\bten\b|\bis\b|\bname\b|\bnick\b)\s{{0,2}}"
)
PROPER = rf"[{UPPER}][\wÀ-ỹ.]*"
CAPITALS = re.compile(rf"[\"'(]?(?P<name>{PROPER}(?:\s(?:{PROPER}|\d[\w.]*)){{1,5}})")
NICKED = re.compile(
    rf"(?i:\b(?:nick|ních|nic|acc|tên|ten|name)\s(?:là\s|la\s|:\s?)?)(?P<name>{PROPER}(?:\s(?:{PROPER}"
    rf"|\d[\w.]*)){{0,5}})"
)
SHAPED = re.compile(
    r"@[a-z0-9._]{2,40}|(?=[a-z0-9._]*[a-z])(?=[a-z0-9._]*[0-9._])[a-z0-9][a-z0-9._]*[a-z0-9_]|[a-z]{9,}"
    r"|(?=[._]*[a-z0-9]+[._0-9])(?:_{1,2}\.?|\._?)[a-z0-9][a-z0-9._]*[a-z0-9_]|_{1,2}\.?[a-z0-9]{3,}_?"
)
NUMBERED = re.compile(
    r"\b(?:id|uid|code|so id)\b[^\d\n]{0,24}(?P<name>\d{6,12})\b|(?<!\d)(?P<tag>[a-z][\w.]{1,30}\s?#\d{3,5})\b"
)

_PARTED = r"[._*/|~ -]{1,2}"
# the beginnings of hidden service names
HIDING = re.compile(at_border(r"[ztfi][._*/|~ -]|app|ung dung|mang|nhom|group|me\b"))
_HIDDEN_APP = (
    r"(?: \w+){0,3} (?:chu|hinh chu) [zf]\b"
    r"(?=.{0,40}\b(?:add|kb|ket ban|ten (?:tui|to|minh|em|anh|chi)|nhan|qua do)\b)"
)
_GROUP_ELSEWHERE = (
    r"(?: kin| rieng)? (?:zalo|tele\w*|fb|face\w*|mess\w*|discord)\b"
    r"(?! (?:cua )?(?:lop|truong|phu huynh|khoi|to)\b)(?: \w+){0,4},?(?: \w+){0,4} "
    r"(?:minh|to|tui|anh|chi|tao) (?:se )?(?:keo|them|add|cho vo|cho vao)\b"
)
_DIRECT = r"whats ?app|zalo|viber|telegram|facebook|messenger|insta(?:gram)?|snap(?:chat)?|discord|fb|dm"
HIDDEN = re.compile(
    "|".join(
        [
            *(
                rf"{name[0]}(?<![\w.].){_PARTED}{_PARTED.join(name[1:])}(?![\w])"
                for name in ("zalo", "tele", "telegram", "facebook", "insta")
            ),
            at_border("app|ung dung|mang", then=_HIDDEN_APP),
            at_border(_DIRECT, then=r" me\b(?! (?:la|nghia)\b)"),
            at_border("nhom|group", then=_GROUP_ELSEWHERE),
        ]
    )
)
_NOT = r"(?:khong|ko|k|hong|hk|hok|hem|khoi|dung|khg)(?: (?:can|phai|nen|muon|duoc|dc|co|có|the|ket))?"
# "thôi, không qua Zalo nhé em, nội quy rồi": it rejects the move itself, not the conversation here
REFUSED = re.compile(
    rf"(?<!sao )(?<!neu )(?<!hay )(?<!ma )\b{_NOT} (?:(?:cho|add|kb|ban|ket ban|dua|xin|trao doi|lien lac|lien he)"
    rf"(?: (?:{_SELF}|nick|acc|so|voi|qua|bang|tren|cai))?|(?:nhan|nhan tin|noi|noi chuy[eệ]n|goi|hoc|chat|day|gui|hoi)"
    rf"(?: (?:cho|voi) {_SELF})? (?:qua|tren|bang)|(?:chuyen |doi )?(?:qua|sang|vao|len|ra)(?: (?:ben|app))?"
    r"|(?:dùng|xai|choi|su dung)) SVC\b(?! (?:thi|cung|sao|a|ha|hả|vay|duoc (?:thi|ha|a|nen)|dc (?:thi|ha|a)"
    r"|nua (?:thi|dau)?)\b)"
)
# "mình không cho fb đâu, nói ở đây được rồi"
DECLINED = re.compile(
    r"\b(?:khong|ko|k|hong|hk|hok|khoi|dung)(?: (?:can|phai|nen|muon|duoc|co))? (?:cho|add|kb|ket ban|dua|gui|xin|dung"
    r"|dùng|xai|choi|nhan|qua|vao|len)(?: \w+){0,3}? SVC\b(?: \w+){0,3}? (?:dau|o day|tren nay|trong nay|duoc roi)\b"
)
ORNAMENT = re.compile("[☆★♡♥♛♚✿❀✧✦☾•●◕✰❤♪]")  # separates the words of a game name
# "add ff tớ đi … tên là thotrang_2k13"
LATER = re.compile(
    r"\b(?:ten|nick|id|acc|user)(?: (?:la|ne|minh|to|t|tui|cua|em|day)){0,3}:? (?P<name>[a-z0-9._]{5,40})"
)
FRIENDED = re.compile(r"\b(?:kb|ket ban|add|tim|kiem|search|go)\b")

# The verbs of contact with their spelling: to press Zalo ("nhấn") is not to message over it ("nhắn").
VERBS = meant(
    "gọi gởi nhắn nhận kiếm tìm thêm nói gặp có dùng đừng xài sài chơi qua sang chuyển cho xin gửi đưa đọc kết "
    "bạn hú rủ đổi dõi lên xuống liên lạc hệ tâm sự trò trao quét on my me have use got hit "
    "call ra hẹn hop"
)
_SVC = r"SVC(?: SVC)?"
_VERB = (
    r"(?:kb|ket ban|k b|add|addf|adf|addfr|ib|inbox|nhan tin|nhan|nt|ntin|rep|lien he|lh|lien lac|chat|call|goi"
    r"|tro chuy[eệ]n"
    r"|noi chuy[eệ]n|nc|tam su|follow|fl|flo|fler|folow|theo doi|tim|kiem|them|noi|trao doi|dm|message|text|talk|hit"
    r"|reach"
    r"|contact|msg|friend|ping|hu|voice|gap|alo)"
)
_AIM = rf"(?:{_SELF}|rieng|với|voi|di|nhe|nha|nhen|hen|luon|dc|duoc|us|together|nghe|hi|hen|lun)"
_MOVE = r"(?:qua|sang|chuyen|doi|ra|ve|len|vao|vo|over to|move to|go to|switch to|on|xuong|hop)"
_MOVED = (
    r"(?:noi|nc|chat|nhan|ib|tro chuy[eệ]n|tam su|hoc|gap|rieng|di|nhe|nha|nhen|cho (?:tien|de|nhanh|le|kin|an"
    r"|rieng|vui|thoai|do|gon|xong)|tien|kb|ket ban|talk|instead|call|goi|luon"
    r"|voice|hon|choi|ban|bàn|lam viec|trao doi|lien he|hen|nghe|nha|hi|lun|tam|ke|gui|ma noi|for|private|privately)"
)
_NO = r"(?:khong|ko|k|hk|hok|hong|hem|hông|chua|vay|z|dey|nhi|hen)"
ACT = re.compile(
    rf"\b{_VERB} (?:\w+ ){{0,5}}?{_SVC}(?: \w+){{0,3}}? {_AIM}\b|\b{_VERB} (?:\w+ ){{0,2}}?{_AIM} (?:\w+ "
    rf"){{0,4}}?{_SVC}"
    rf"|{_SVC} (?:\w+ ){{0,4}}?{_VERB} (?:\w+ )?{_AIM}\b|{_SVC} {_NO} (?:\w+ ){{0,3}}?(?:{_VERB}|cho) "
    rf"|\b(?:kb|ket ban|add|adf|addf|them ban) {_SVC}|(?<!gui )(?<!nhan )(?<!goi )(?<!mo )\b{_MOVE} (?:(?:ben"
    rf"|app|cai|nick|nhom|phong|group) )?{_SVC}(?: \w+){{0,3}}? {_MOVED}\b"
    rf"|\b(?:qua|sang|chuyen qua|chuyen sang|doi qua|doi sang) (?:ben )?{_SVC}\s*$"
    rf"|\b(?:cho|xin|share|gui|dua|send|give|doc) (?:(?:{_SELF}|xin|cai|lai|biet|so|nick|ten|link|dia chi|acc"
    rf"|the|it|r) ){{0,5}}{_SVC}"
    rf"|\b(?:có|co|dùng|dung|xai|choi|sai|have|use|got|on) (?:\w+ ){{0,2}}?{_SVC} (?:\w+ )?{_NO}\b|\b(?:do you"
    rf"|u|you) (?:have|use|on|got) (?:\w+ ){{0,2}}?{_SVC}"
    rf"|{_SVC} (?!o dau)(?:cua )?{_SELF} (?:ten |la )?(?:gi|j|nào|ne|day|nha|dau|chi)\b|\b(?:what s|whats|what is"
    rf"|wats) "
    rf"(?:\w+ ){{0,2}}?{_SVC}|\b(?:your|ur|my) {_SVC}"
    rf"|\b(?:ten|nick|info|in4|link|acc|so) {_SVC} (?:cua |ben )?{_SELF}\b|{_SVC} (?:cua )?{_SELF} (?:ko|k"
    rf"|khong)?\s*$|\b(?:quet|scan) (?:ma )?(?:qr )?(?:\w+ )?{_SVC} (?:cua )?{_SELF}\b|\b(?:xin|cho) (?:\w+ "
    rf"){{0,2}}?(?:info|in4|nick|lien lac|contact)\b(?: \w+){{0,4}}? {_SVC}"
)
OTHERS = re.compile(
    r"\b(?:ru|ru re|lua dao|lua|giả|gia mao|gia danh|mao danh|hack|tin gia|nguoi la|nguoi lạ|nguoi ta|ke gian|ke xau"
    r"|khong nen|nguoi xau"
    r"|(?:dung|chớ|(?:khong|ko|k) (?:nen|duoc|bao gio|có)) (?:nen |duoc |bao gio |có )?(?:ket ban|kb|add"
    r"|nhan(?! (?:o|tren|trong) )|cho|gui|tra loi|tin|chia|dua)"
    r"|tu choi|tai sao|vi sao|strangers?|scam\w*|never|don t|dont|safe|essay|paragraph|invented|founded|company)\b"
)
LESSON = re.compile(
    r"\b(?:cach|lam sao|lam the nao|the nao|nhu nao|huong dan|bai hoc|nghia la|la gi|la j|ra doi|nam nao|cai "
    r"dat|tai ve|tải"
    r"|dang ky|dang nhap|dang xuat|cap nhat|nhom (?:lop|phu|khu|to|cua|chung|truong)"
    r"|SVC (?:lop|nhom|truong|phuong|cua (?:lop|truong|phuong|khu))|bi khoa|bi mat|an toan|bao mat|quang cao|thong bao"
    r"|fanpage|oa|kenh|ubnd|uy ban|cong an|111|tong dai|chan|bao cao|bam|nut|cham vao|(?:chỗ|cho) nao|chỉ "
    r"(?:giup|gium|dum|cho|ba|bac|toi|tui|minh|em|con|me|ong|co|cô|chau|to)|bieu tuong"
    r"|cho (?:con|chau|bo|me|ong|ba) (?:o|bên|ben|que|minh)|ngoai|o xa|mien phi|phien ban|dung luong|app nao"
    r"|cai nao|cai nao"
    r"|mang xa hoi|quyen rieng tu|hoc ve|chu de|du tuoi|may tuoi|bao nhieu tuoi|how|why|who|when|privacy)\b"
)
PRIVATE = re.compile(
    r"\brieng\b|\b(?:kb|ket ban|add|adf|addf)(?: SVC)? (?:với |voi )?(?:minh|to|tui|toi|tao|tau|em|anh|chi"
    r"|nhau|me|t|nhe|nha|di)\b|\bxin (?:\w+ )?SVC|\bcho (?:minh|to|tui|em|anh|chi) (?:xin )?(?:\w+ "
    r")?SVC"
)
_WHOSE = rf"(?: (?:cua|{_SELF}|game|ff|lq|roblox|moi|chinh|phu|tren|o|day)\b)"
OWN = re.compile(
    rf"(?:\b(?:nick|nickname|id game|uid|ingame|in game|ten game|ten trong game|ten nhan vat)\b{_WHOSE}{{0,4}}"
    rf"\s?(?:la|:|=|is)?|\b(?:acc|account|username|user|id)\b{_WHOSE}{{1,4}}\s?(?:la|:|=|is))"
    r"\s{0,2}(?P<name>@?[a-z0-9._]{4,40})"
)
AT_NAME = re.compile(
    r"(?:\b(?:la|is|nick|acc|follow|fl|flo|ib|add|kb|tim|kiem|dm)\b"
    r"|:)[\w\s:]{0,16}(?<![\w.])(?P<name>@[a-z0-9][a-z0-9._]{3,30})"
)
INBOX = re.compile(
    r"\b(?:ib|inbox|dm|nhan tin rieng|nhan rieng|add|kb|ket ban|follow|fl|flo|tim|kiem)\b(?: "
    r"\w+){0,4}\s?:?\s?(?P<name>@[a-z0-9._]{3,40})"
)
PASSWORD = re.compile(r"\b(?:pass\w*|mat khau|pw)\b")
