"""Accounts elsewhere: told ("zalo mình là …"), asked for ("cho xin fb") or moved to ("qua tele nói chuyện").

The name of a service alone means nothing: this product teaches people to use Zalo. It counts beside the name of an
account, or beside an act of contact that is aimed at the one who writes or reads. Words of lessons ("cách gọi bằng
Zalo", "bấm vào đâu", "nhóm Zalo của lớp", "bị lừa trên Facebook") speak against the latter, never against the former.
"""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import listed
from tutoring.safety.detector.reasons import REASONS
from tutoring.safety.found import Hit

_S = r"[\W_]{0,3}"


def _loose(name: str) -> str:
    """A name with signs between its letters and digits for some of them: z.a.l.o, z4l0."""
    swaps = {"a": "[a4@]", "o": "[o0]+", "l": "[l1i|]+", "e": "[e3]", "i": "[i1!]", "s": "[s5$]", "t": "t+"}
    return _S.join(swaps.get(letter, letter) for letter in name)


_SERVICES = (
    "|".join(_loose(name) for name in ("zalo", "facebook", "telegram", "instagram", "tiktok", "discord", "messenger",
                                       "snapchat", "viber", "whatsapp", "wechat", "locket", "roblox"))
    + r"|dalo|da lo|zl|zep lao|dep lao|f\.?b|fbook|face ?book|face|phay(?: ?buc| ?book)?|fay ?buc|pho bo|mat sach"
r"|tele|te le|insta|ins|in tơ|ig|mess?|mesenger|tik ?tok|top ?top|tich ?toc"
    r"|dis|discor|snap|wechat|line|skype|kakao(?: ?talk)?|threads|twitter|steam|garena|free ?fire|ff|lien quan"
r"|lq|pubg|minecraft|play together|roblox|rblx|weibo|imo|signal|gmeet"
)  # fmt: skip
SERVICE = re.compile(rf"(?<![a-z0-9.@])(?:{_SERVICES})(?![a-z0-9])")
_WEAK = listed("line ins dis face mes imo signal steam snap ff lq ig threads dalo zl") | {
    "te le", "pho bo", "dep lao", "mat sach", "da lo", "lien quan", "top top",
}  # fmt: skip
_GAMES = re.compile(r"roblox|garena|free|ff|lien|lq|pubg|minecraft|play|steam|rblx")

_SELF = r"(?:minh|to|tui|toi|tao|t|em|anh|a|chi|c|co|thay|chu|con|chau|ban|bn|cau|may|m|nhau|bac|ad|me|my|your|you|i)"
_GLUE = (
    rf"(?:\s?(?:cua|{_SELF}|ten|nick|nickname|acc|account|name|id|uid|user|username|link|day|ne|nha|ne|thi|so"
    rf"|moi|phu|chinh|o|tren)\b){{0,5}}"
)
_ACCOUNT = re.compile(
    rf"{_GLUE}\s?(?:[:=]|->|→|\bla\b|\bis\b|\bten\b|\bne\b|\bid\b)?\s{{0,2}}[\"'(]?(?P<name>@[a-z0-9._]{{2,40}}"
    rf"|[a-z0-9._]{{3,40}})"
)
_NAMED = re.compile(rf"(?P<glue>{_GLUE})\s?(?P<is>[:=]|\bla\b|\bten\b|\bis\b|\bname\b)\s{{0,2}}")
_CAPITALS = re.compile(r"[\"'(]?(?P<name>[A-ZĐÀ-Ỹ][\wÀ-ỹ.]*(?:\s[A-ZĐÀ-Ỹ0-9][\wÀ-ỹ.]*){1,5})")
_SHAPED = re.compile(
    r"@[a-z0-9._]{2,40}|(?=[a-z0-9._]*[a-z])(?=[a-z0-9._]*[0-9._])[a-z0-9][a-z0-9._]*[a-z0-9_]|[a-z]{9,}"
)
_HANDLE = re.compile(r"(?<![\w.@])@[a-z0-9][a-z0-9._]{2,30}\b")

_VERB = (r"(?:kb|ket ban|k b|add|addf|adf|ad|addfr|ib|inbox|nhan tin|nhan|nt|ntin|rep|lien he|lh|lien lac|chat|call"
r"|goi|tro chuyen|noi chuyen|nc|tam su|follow|fl|flo|fler|folow|theo doi"
         r"|tim|them|noi|trao doi|dm|message|text|talk|hit|reach|contact|msg|friend)")  # fmt: skip
_AIM = rf"(?:{_SELF}|rieng|voi|di|nhe|nha|nhen|hen|luon|khong|ko|k|hok|hong|dc|duoc|us|together)"
_MOVE = (
    r"(?:qua|sang|chuyen qua|chuyen sang|chuyen|doi qua|doi sang|ra|ve|over to|move to|go to|switch to|let s go"
    r"|lets go)"
)
_AFTER_MOVE = (
    r"(?:noi|nc|chat|nhan|ib|tro chuyen|tam su|hoc|gap|rieng|di|nhe|nha|nhen|cho|tien|kb|ket ban|talk|instead"
    r"|voi|minh|to|tui|hen|call|goi|luon)"
)
_ASKED = r"(?:xin|cho xin|cho|share|gui|dua|send|give|co|dung|xai|choi|sai|have|has|use|hoi)"
_NO = r"(?:khong|ko|k|hk|hok|hong|hem|chua|ha|hay|vay|the|a|nhi|z|day|dey|\?)"


def _contact(name: str) -> re.Pattern[str]:
    """Acts of contact around a service; `name` stands for its name in the text."""
    return re.compile(
        rf"\b{_VERB} (?:\w+ ){{0,6}}{name}\b|{name} (?:\w+ ){{0,3}}{_VERB} {_AIM}\b|\b{_MOVE} (?:(?:ben|app|cai"
        rf"|nick) )?{name}\b(?: \w+){{0,3}} {_AFTER_MOVE}\b"
        rf"|\b{_MOVE} (?:ben )?{name}(?: {_AFTER_MOVE})?\s*$|\b(?:cho|xin|share|gui|dua|send|give) (?:\w+ "
        rf"){{0,5}}{name}\b"
        rf"|\b(?:co|dung|xai|choi|sai|have|use|on) (?:\w+ ){{0,2}}{name} {_NO}(?: |$)|\b(?:do you|u) (?:have|use) "
        rf"(?:\w+ ){{0,2}}{name}\b|{name} (?:cua )?{_SELF} (?:ten |la )?(?:gi|j|nao|ne|day|nha|dau|la)\b"
        rf"|\b(?:what s|whats|what is|ten|nick|info|in4|link|acc) (?:\w+ ){{0,2}}{name} ?(?:cua |ben )?(?:{_SELF})?\b"
        rf"|{name} (?:cua )?{_SELF} (?:ko|k|khong)?\s*$|\byour {name}\b"
    )


_ACT = _contact("SVC")
_AIMED = re.compile(rf"\b{_AIM}\b")
_LESSON = re.compile(
    r"\b(?:cach|lam sao|lam the nao|the nao|nhu the nao|nhu nao|huong dan|bai hoc|bai|nghia la|la gi|la j|ra "
    r"doi|nam nao|cai dat|cai|tai ve|tai|dang ky|dang nhap|dang xuat|cap nhat|nhom|nhom lop"
    r"|lua|lua dao|gia mao|hack|bi khoa|bi mat|an toan|bao mat|tin gia|quang cao|thong bao|fanpage|oa|kenh"
    r"|phuong|xa|ubnd|uy ban|cong an|111|tong dai|chan|bao cao|bam|nut|cham vao|o dau|cho nao|dau a|bieu tuong"
    r"|man hinh|video cho"
    r"|con chau|cho ba|cho ong|cho me|cho bo|cho con|cho chau|ba ngoai|ong ngoai|ba noi|o xa|nguoi la|nguoi ta"
    r"|ke gian|khong nen|dung|dung co|tuyet doi|tai sao|vi sao|mien phi|phien ban|dung luong|ung dung|app nao"
    r"|mang xa hoi|quyen rieng tu|hoc ve|chu de"
    r"|how|why|who|when|invented|founded|company|safe|stranger|scam|privacy|essay|paragraph)\b"
)
_PRIVATE = re.compile(
    r"\brieng\b|\bkb\b|\bket ban (?:voi )?(?:minh|to|tui|em|anh)|\badd (?:minh|me|to|tui|em|anh)|\bxin (?:\w+ "
    r")?SVC|\bcho (?:minh|to|tui|em|anh|chi) (?:xin )?(?:\w+ )?SVC"
)
_OWN = re.compile(
    rf"\b(?:nick|nickname|acc|account|username|user|id game|uid|ingame|in game|ten game|ten trong game|ten nhan "
    rf"vat|id)\b(?: (?:cua|{_SELF}|game|ff|lq|roblox|moi|chinh|phu)){{1,4}}\s?(?:la|:|="
    rf"|is)\s{{0,2}}(?P<name>@?[a-z0-9._]{{4,40}})"
)
_INBOX = re.compile(
    r"\b(?:ib|inbox|dm|nhan tin rieng|nhan rieng|add|kb|ket ban|follow|fl|flo|tim)\b(?: "
    r"(?:\w+)){0,4}\s?:?\s?(?P<name>@[a-z0-9._]{3,40})"
)


def handles(page: Page) -> list[Hit]:
    """Accounts of other services, told or asked for."""
    hits = []
    for match in SERVICE.finditer(page.plain):
        hit = _of_service(page, match)
        if hit:
            hits.append(hit)
    for pattern in (_OWN, _INBOX):
        for match in pattern.finditer(page.plain):
            if _SHAPED.fullmatch(match["name"]):
                hits.append(_hit(page, match.start(), match.end(), match["name"].lstrip("@")))
    return hits


def _hit(page: Page, start: int, end: int, name: str) -> Hit:
    return Hit("handle", page.at(start), page.at(end), name, REASONS["handle"])


def _of_service(page: Page, match: re.Match[str]) -> Hit | None:
    plain, end = page.plain, match.end()
    account = _ACCOUNT.match(plain, end)
    name = account["name"].rstrip(".") if account else ""
    if account and _is_account(match.group(), name, page.marked[account.start("name") : account.end("name")]):
        return _hit(page, match.start(), account.end("name"), name.lstrip("@"))
    if account and _GAMES.match(match.group()) and name.isdecimal() and len(name) >= 6 and "id" in account.group():
        return _hit(page, match.start(), account.end(), name)
    named = _NAMED.match(plain, end)
    capitals = _CAPITALS.match(page.cased, named.end()) if named else None
    if named and capitals and (named["glue"].strip() or named["is"] != "la"):
        return _hit(page, match.start(), capitals.end(), capitals["name"].lower())
    before = plain[max(0, match.start() - 45) : match.start()]
    shaped = [
        one for one in re.findall(r"\S+", before)[-4:] if _SHAPED.fullmatch(one) and not one.isalpha() and len(one) > 4
    ]
    if shaped and re.search(r"\b(?:tren|o|ben|on|qua|trong)\b\s*$", before):
        start = plain.rindex(shaped[-1], 0, match.start())
        return _hit(page, start, end, shaped[-1].lstrip("@"))
    return _act(page, match)


def _is_account(service: str, name: str, marked: str) -> bool:
    if not _SHAPED.fullmatch(name) or not marked.isascii():
        return False
    return (
        not re.fullmatch(r"\d+(?:\.\d+)*|\d{1,2}[a-z]{1,2}|v\d.*|\d+k|[a-z]+\.(?:com|vn|net|org)|[a-z]\d?", name)
        and len(name.strip("._@")) > 2
    )


def _act(page: Page, match: re.Match[str]) -> Hit | None:
    first, last = _sentence(page.plain, match.start(), match.end())
    around = page.plain[first : match.start()] + " SVC " + page.plain[match.end() : last]
    around = " ".join(re.findall(r"[a-zA-Z0-9?]+", around))
    act = _ACT.search(around)
    if not act or not _AIMED.search(act.group() + around[act.end() : act.end() + 24]):
        return None
    if _LESSON.search(around) and not _PRIVATE.search(around):
        return None
    if match.group() in _WEAK and len(around.split()) > 14:
        return None
    return _hit(page, first, last, "")


def _sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence around a place, at most 90 characters each way."""
    first = max(0, start - 90)
    for sign in ".!?\n;":
        first = max(first, plain.rfind(sign, first, start) + 1)
    last = min(len(plain), end + 90)
    for sign in ".!\n;":
        at = plain.find(sign, end, last)
        last = at if at >= 0 else last
    return first + len(plain[first:start]) - len(plain[first:start].lstrip()), last
