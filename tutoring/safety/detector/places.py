"""Where somebody lives, and which school or class a child goes to.

An address is a unit with its own number or name ("hẻm 45", "số 12/5 đường Lê Lợi", "P.2") beside a word of home, or
enough units in a row to need none. Offices have addresses too: a unit after "ủy ban", "trường", "thư viện" is theirs.
A school or class counts only with the first person: "Lớp 4A có 35 học sinh" is a sum.
"""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.reasons import REASONS
from tutoring.safety.found import Hit

_I = (
    r"(?:em|minh|to|tui|toi|con|chau|tao|t|nha em|nha minh|nha to|nha tui|nha con|nha chau|nha toi|bo me em|me "
    r"em|gia dinh (?:em|minh|to|toi))"
)
HOME = re.compile(
    r"\b(?:nha (?:em|minh|to|tui|toi|con|chau|t|tao|bo|me|ba|ong|o|tro|rieng|ban|co|anh|chi|chu|ngoai|noi|so"
    r"|cua)|(?:em|minh|to|tui|toi|con|chau|tao|t|nha|ban|anh|chi|co|me em|bo em) (?:dang |hien |van |thi |deu "
    r"|moi |gio )?(?:o|song|tro|sinh song|cu ngu|thue)(?: tro| tai| o)?"
    r"|dia chi|dc|d/c|tro o|den nha|qua nha|toi nha|ghe nha|ship|giao (?:den|toi|hang)|cho o|thuong tru|tam tru"
    r"|que em|que minh|my (?:address|house|home)|i live|we live|live (?:at|in|on)|address)\b"
)
_NAME = r"(?:[a-z0-9]+)"
_PROPER = r"[A-ZĐÀ-Ỹ][\wÀ-ỹ]*"
_NUM = r"\d{1,4}(?:[a-d]\d?)?(?:[/\-]\d{1,4}[a-d]?){0,4}"
_LANE = re.compile(rf"\b(?:hem|ngo|ngach|kiet|xuyet|xuyec|duong so|pho so|alley|lane)\s?(?:so\s)?(?P<n>{_NUM})\b")
_HOUSE = re.compile(
    rf"\b(?:so nha|nha so|so|house|number|no\.?)\s?(?P<n>{_NUM})\b,?\s(?=(?:\w+\s){{0,3}}?(?:duong|pho|hem|ngo"
    rf"|ngach|kiet|quoc lo|ql|tinh lo|to|khu|kp|ap|thon|xom|{_PROPER.lower()}))"
)
_STREET = re.compile(rf"\b(?P<n>{_NUM})\s(?:duong|pho|đ\.?)\s(?P<name>[a-z]+)")
_BARE = re.compile(
    rf"(?P<n>\d{{1,4}}[A-Da-d]?(?:/\d{{1,4}}[A-Da-d]?){{0,4}})\s(?P<name>{_PROPER}(?:\s{_PROPER}){{1,3}})"
)
_SMALL = re.compile(
    r"\b(?:(?:p|q|f|kp|tdp)\.?\s?\d{1,2}|(?:phuong|quan|khu pho|to dan pho|to|ap|thon|xom|khoi|khom|doi|lo"
    r"|block|toa|tang|can ho|can|phong|ktx|day)\s(?:so\s)?(?:\d{1,4}[a-z]?|[a-d]\d{1,4}))\b"
)
_UNIT = re.compile(
    r"(?<![\w])(?P<unit>[Pp]hường|[Xx]ã|[Tt]hị [Tt]rấn|[Qq]uận|[Hh]uyện|[Tt]hôn|[Ấấ]p|[Xx]óm|[Bb]ản|[Kk]hu "
    r"[Đđ]ô [Tt]hị|[Cc]hung [Cc]ư|[Tt]òa [Nn]hà|[Tt]òa|[Kk]hu [Tt]ập [Tt]hể|[Đđ]ường|[Pp]hố|[Tt]hành [Pp]hố"
    r"|[Tt]ỉnh|[Nn]gõ|[Hh]ẻm"
    r"|[Pp]huong|[Qq]uan|[Hh]uyen|[Tt]hon|[Cc]hung [Cc]u|[Dd]uong|[Ww]ard|[Dd]istrict|[Ss]treet|[Pp]\.|[Qq]\."
    r"|[Hh]\.|[Xx]\.|TT\.|TP\.?|[Đđ]\.)\s?"
    rf"(?P<name>{_PROPER}(?:\s{_PROPER}){{0,3}}|\d{{1,2}}\b)"
)
_LOWER_STREET = re.compile(
    r"\b(?:duong|pho|chung cu|toa nha|khu do thi|phuong|xa|thon|ap|xom|ban)\s(?P<name>[a-z]+\s[a-z]+)"
)
_OFFICE = re.compile(
    r"\b(?:uy ban|ubnd|cong an|tru so|thu vien|buu dien|benh vien|tram y te|nha van hoa|trung tam|van phong|bo "
    r"phan mot cua|mot cua|cua hang|sieu thi|ngan hang|toa an|bao tang|cho|cong vien|den|chua|san|hoi truong|co "
    r"quan|diem hen|diem tiep nhan|diem trao|diem giao|kho bac|chi cuc|so giao duc|phong giao duc)\b"
)
_NOT_HOME = re.compile(
    r"\b(?:duong (?:tron|thang|cong|cao|kinh|trung|phan|cheo|link|dan|truyen|sat|bo|thuy|hang khong|huyet|mia"
    r"|tiem|di)|pho bien|to (?:hop|1 lam|trinh)|nao|de bai|bai toan|vi du|gia su|tac gia|nhan vat|tac pham|que "
    r"huong cua|sinh ra)\b"
)
_STREET_EN = re.compile(rf"\b(?P<n>{_NUM})\s(?:[a-z]+\s){{1,4}}(?:street|st|road|rd|avenue|ave|alley|ward|district)\b")

_ME = (
    r"(?:em|minh|to|tui|toi|con|chau|tao|t|tụi em|tui em|bon em|be nha (?:em|minh|toi)|con (?:em|minh|toi|trai"
    r"|gai)(?: (?:em|minh|toi))?|chau nha (?:em|toi)|i|my)"
)
SCHOOL_WORD = re.compile(
    r"\b(?:truong|lop|thcs|thpt|tieu hoc|ptth|cap [123]|school|class|grade|hoc o|hoc tai|hs|\d{1,2}\s?[a-e]\d{0,2})\b"
)
_CLASS = re.compile(
    rf"\b{_ME} (?:\w+ ){{0,4}}?(?:hoc |la hs |la hoc sinh |o |ben )?(?:o )?(?:lop |class |in |grade "
    rf")?(?P<c>(?:1[0-2]|[1-9])\s?(?:[/.]\s?\d{{1,2}}\b|[a-hk]\d{{0,2}}\b))"
)
_SCHOOL = re.compile(
    r"(?:[Tt]rường|TRƯỜNG|[Tt]ruong)?\s?(?:(?:[Tt]iểu [Hh]ọc|[Tt]ieu [Hh]oc|TH|THCS|THPT|PTTH|[Cc]ấp [123]"
    r"|[Cc]ap [123]|[Tt]rung [Hh]ọc(?: [Cc]ơ [Ss]ở| [Pp]hổ [Tt]hông)?|thcs|thpt"
    r"|[Cc]huyên)\s?&?\s?)+(?P<name>[\wÀ-ỹ]+(?:\s[A-ZĐÀ-Ỹ][\wÀ-ỹ]*){0,4})"
    r"|(?:[Tt]rường|TRƯỜNG|[Tt]ruong)\s(?P<other>[A-ZĐÀ-Ỹ][\wÀ-ỹ]*(?:\s[A-ZĐÀ-Ỹ][\wÀ-ỹ]*){0,4})"
    r"|(?P<en>[A-Z][\w]+(?:\s[A-Z]\w+){0,3}\s(?:[Pp]rimary|[Ss]econdary|[Hh]igh|[Mm]iddle)\s[Ss]chool)"
)
_STUDY = re.compile(
    rf"\b{_ME}\b(?: \w+){{0,5}}? (?:hoc|truong|study|studying|go to|attend|school|vao|thi|chuyen|lop|tu|hs)\b"
    rf"|\btruong (?:cua )?{_ME}\b|\bmy school\b|\b{_ME} (?:la )?(?:hs|hoc sinh)\b"
)


def addresses(page: Page) -> list[Hit]:
    """Places where somebody lives."""
    spans = _units(page)
    if not spans:
        return []
    home = HOME.search(page.plain)
    groups = _neighbours(spans)
    hits = []
    for group in groups:
        start, end = group[0][0], max(span[1] for span in group)
        points = sum({span[2]: span[3] for span in group}.values())
        near = home is not None and -60 < start - home.end() < 60
        if _OFFICE.search(page.plain, max(0, start - 45), end) and not _lives(page.plain, start):
            continue
        if points >= (2 if near else 5):
            first = home.start() if near and home and home.end() <= start and start - home.end() < 25 else start
            hits.append(Hit("address", page.at(first), page.at(end), page.marked[start:end], REASONS["address"]))
    return hits


def _lives(plain: str, start: int) -> bool:
    return (
        re.search(
            rf"\b(?:{_I} (?:o|song|tro)|nha (?:em|minh|to|tui|toi|con|chau))\b", plain[max(0, start - 60) : start]
        )
        is not None
    )


def _units(page: Page) -> list[tuple[int, int, str, int]]:
    """Pieces of addresses: where, which sort, and how much each says (2 a door, 1 an area)."""
    plain, cased = page.plain, page.cased
    found: list[tuple[int, int, str, int]] = []
    for pattern, sort, points in (
        (_LANE, "lane", 3),
        (_HOUSE, "house", 3),
        (_STREET, "house", 3),
        (_STREET_EN, "house", 3),
        (_SMALL, "small", 2),
    ):
        for match in pattern.finditer(plain):
            if not _NOT_HOME.match(plain, match.start()):
                found.append((match.start(), match.end(), sort + match.group()[:2], points))
    for match in _BARE.finditer(cased):
        found.append((match.start(), match.end(), "house", 2))
    for match in _UNIT.finditer(cased):
        found.append(
            (
                match.start(),
                match.end(),
                "area" + plain[match.start() : match.start() + 3],
                2 if match["name"].isdecimal() else 1,
            )
        )
    for match in _LOWER_STREET.finditer(plain):
        if not _NOT_HOME.match(plain, match.start()):
            found.append((match.start(), match.end(), "area" + match.group()[:3], 1))
    return sorted(found)


def _neighbours(spans: list[tuple[int, int, str, int]]) -> list[list[tuple[int, int, str, int]]]:
    groups: list[list[tuple[int, int, str, int]]] = []
    for span in spans:
        if groups and span[0] - groups[-1][-1][1] <= 24:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def schools(page: Page) -> list[Hit]:
    """A school or class that somebody says is theirs."""
    hits = []
    for match in _CLASS.finditer(page.plain):
        hits.append(_school(page, match.start("c"), match.end("c")))
    if _STUDY.search(page.plain):
        for match in _SCHOOL.finditer(page.cased):
            name = match["name"] or match["other"] or match["en"]
            if name and (name[0].isupper() or (match["name"] and not match["name"].isdecimal() and len(name) > 2)):
                hits.append(_school(page, match.start(), match.end()))
    return hits


def _school(page: Page, start: int, end: int) -> Hit:
    return Hit("school", page.at(start), page.at(end), page.marked[start:end], REASONS["school"])
