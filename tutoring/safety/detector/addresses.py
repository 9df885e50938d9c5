"""Finds home addresses.

A unit has a number or name: "hẻm 45", "số 12/5 đường Lê Lợi", "P.2". One unit beside a word of home is an address, and
so are enough units in a row without such a word. Offices have addresses too: a unit after "ủy ban" or "thư viện" is
theirs. A ward or a street alone locates no person.
"""

import re
from dataclasses import dataclass
from itertools import islice

from tutoring.safety.detector.diacritics import meant, otherwise, with_marks
from tutoring.safety.detector.english_exercises import of_exercise
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import UPPER, at_border
from tutoring.safety.findings import REASONS, Hit

_WHO = (
    r"(?:em|minh|mk|mik|to|tui|toi|tao|tau|t|con|chau|bac|chu|co|ba|ong|o|mi|ma|me|bo|anh|chi|thay|cau|ban|me "
    r"con|hai me con"
    r"|bo me|ba ngoai|ong ngoai|ba noi|gia dinh|bon|tụi|chung)"
)
HOME = re.compile(
    rf"\b(?:nha (?:o |cua )?{_WHO}\b|(?<!cac )(?<!may ){_WHO} (?:(?:dang|hien|van|deu|thi|cung|moi|gio|nha|tam|con"
    rf"|toan|chi|minh"
    rf"|em) )?(?:ở|o|song|tro|thue|ngu|sinh song|cu tru)(?: tro| nho| tai"
    rf"| o| trong| ngay| gan)?\b"
    r"|nha (?:thi|so|o|rieng|tro|ngay|tai)\b|(?:song|tro|thue tro|cu tru) o\b|(?:dia chi|dc|d/c|tro o|(?:den"
    r"|qua|toi|ghe|sang) nha|ship|giao "
    r"(?:\w+ ){0,2}(?:den|toi|hang|ve|qua)|cho o"
    r"|thuong tru|tam tru|que (?:em|minh|o)|phong tro|khu tro)\b|(?:gui|giao|mang"
    r"|dem) (?:[a-z]+ ){0,3}?(?:toi|den|ve|qua)\b|(?:don|doi|cho|gap|ruoc)(?: \w+){0,3} (?:truoc|ngoai|o)"
    r"(?: cua| nha)?\b|qua choi\b|ghe(?: qua)?\b|(?:my (?:address|house|home)|i live|we live"
    r"|live (?:at|in|on)|address)\b)"
)
_OWN = re.compile(
    rf"\b{_WHO} (?:(?:dang|hien|van|deu|thi|cung|moi|gio|nha|tam|con|toan|chi|minh|em) )?(?:ở|o|song|tro)\b"
    rf"|\bnha (?:{_WHO}|thi|o|tro)\b|\bdia chi (?:nha|cua)\b|\bi live\b"
    rf"|\bmy (?:address|house|home)\b"
)
_PROPERS = re.compile(rf"[{UPPER}][\wÀ-ỹ]*(?:\s[{UPPER}][\wÀ-ỹ]*){{0,3}}")
_NUM = r"\d{1,4}(?:[a-d]\d?)?(?:[/\-]\d{1,4}[a-d]?){0,4}"
_NUMBER = r"\d(?<!\w.)\d{0,3}(?:[a-d]\d?)?(?:[/\-]\d{1,4}[a-d]?){0,4}"  # the same, at a word border
_ESTATES_NAMED = "tap the|cc|chung cu|cu xa|khu do thi|kdt|toa nha|toa|ky tuc xa|thon|ap|xom|ngo|hem"
_LANES = "hem|ngo|ngach|kiet|xuyet|xuyec|alley|lane"
_ROOMS = "nha|toa|thap|block|lo|day|can|can ho|phong|tang|kiot|ki-ot|chung cu|ktx|ki tuc xa"
_WARDS = "phuong|quan|khu pho|to dan pho|to|ap|thon|xom|khoi|khom|doi"
_AREAS = "phuong|xa|thi tran|quan|huyen|duong|pho|thanh pho|tinh|ward|district|street"
_HOUSES = r"so nha|nha so|house number|house no\.?"
_NO = at_border(r"so|number|no\.?")


def _rule(pattern: str, sort: str, points: int, names: int = 0) -> tuple[re.Pattern[str], str, int, int]:
    return re.compile(pattern), sort, points, names


# Each rule has a pattern for the plain text, its kind, its points and the number of capitalized words that must follow.
# A door has 3 points, a small area 2, a large one 1.
_RULES = (
    _rule(rf"(?:{at_border(_LANES)})\s?(?:so\s)?{_NUM}\b|d(?<=\bd)uong so {_NUM}\b", "lane", 3),
    _rule(rf"(?:s(?<=\bs)o\s{_NUM}|{_NUMBER}),?\s(?:{_LANES})\s{_NUM}\b", "door", 6),
    _rule(rf"k(?<=\bk){_NUM}(?=\s)", "lane", 2),
    _rule(rf"(?:{at_border(_HOUSES)})\s?{_NUM}\b", "house", 3),
    _rule(rf"(?:{_NO})\s{_NUM},?\s(?:duong|pho|hem|ngo|ngach|kiet|quoc lo|ql|tinh lo|to|khu pho|ap|thon|xom)\b",
          "house", 3),
    _rule(rf"(?:{_NO})\s{_NUM},?\s(?:(?:duong|pho)\s)?(?=[a-z])", "house", 3, 1),
    _rule(rf"{_NUMBER}\s(?:duong|pho)\s[a-z]+", "house", 3),
    _rule(rf"{_NUMBER}\s(?:[a-z]+\s){{1,4}}(?:street|st|road|rd|avenue|ave|alley)\b", "house", 3),
    _rule(r"\d(?<![\d/.,].)(?<!lop .)(?<!bai .)(?<!cau .)\d{0,3}[a-d]?(?:/\d{1,4}[a-d]?){0,4}\s(?=[a-z])",
          "number", 2, 2),
    _rule(rf"(?:{at_border(_ROOMS)})\s(?:so\s)?"
          r"(?:[a-h]\d{1,4}|\d{1,4}[a-d]?)(?:[.\-]\d{1,3})?\b(?! (?:cau|bai|trang|phut|ngay|tieng|gio"
          r"|de|bang|cong|tru|nhan|chia|cho|buoc|cai|cuon|cm|dm|mm|kg|phan tram|x)\b|\s?[=+×%])", "room", 2),
    _rule(rf"(?:{at_border('p|q|f|kp|tdp')})\.?\s?\d{{1,2}}\b|(?:{at_border(_WARDS)})\s(?:so\s)?"
          r"\d{1,3}[a-z]?\b(?! (?:lam|hoc|thuyet trinh|thao luan|nop|truc|thang|thua|len bang|duoc|cua lop|ban|nguoi"
          r"|em)"
          r"\b)", "ward", 2),
    _rule(rf"(?:{at_border(_ESTATES_NAMED)})\s(?=[a-z])", "estate", 2, 1),
    _rule(rf"n(?<=\bn)ha {_NUM},? (?:duong|pho|ngo|hem|kiet)\b", "door", 6),
    _rule(r"c(?<=\bc)hung cu \d{1,4}\b", "estate", 2),
    _rule(rf"(?:{at_border(_AREAS)})\s(?=[a-z])|(?:{at_border('p|q|h|x|tt|tp|d')})\.\s?(?=[a-z])", "area", 1, 1),
    _rule(rf"(?:{at_border('duong|pho|chung cu|toa nha|phuong|xa|thon|ap|xom')})\s[a-z]+\s[a-z]+", "lower", 1),
)  # fmt: skip
ESTATE = re.compile(rf"(?:{at_border(_ESTATES_NAMED)})\b")
_TALE = re.compile(r"\b(?:bac ho|nha (?:tho|van)|vua|nguyen thu|di tich|bao tang)\b[^.!?]{0,40}$")
_DESK = re.compile(r"[\s,(]{1,3}(?:bo phan|mot cua|ubnd|uy ban|cong an|tru so|thu vien|buu dien)\b")
_FLATS = re.compile(r"\b(?:chung cu|cc|tap the|cu xa|khu do thi|kdt)\b")
_OFFICE = re.compile(
    r"(?<!\w)(?:ủy ban|uỷ ban|uy ban|ubnd|công an|cong an|trụ sở|tru so|thư viện|thu vien|bưu điện|buu dien"
    r"|bệnh viện|trạm y tế"
    r"|nhà văn hóa|nhà văn hoá|nha van hoa|trung tâm|trung tam|văn phòng|bộ phận một cửa|một cửa|cửa hàng|siêu "
    r"thị|ngân hàng"
    r"|tòa án|bảo tàng|chợ|công viên|đền|chùa|sân|hội trường|cơ quan|điểm hẹn|điểm trao|điểm giao|điểm tiếp "
    r"nhận|kho bạc|trường"
    r"|sở giáo dục|phòng giáo dục|hành chính công|nhà sách|quán)(?!\w)"
)
_NOT_HOME = re.compile(
    r"(?:duong (?:tron|thang|cong|cao|kinh|trung|phan|cheo|link|dan|truyen|sat|bo|thuy|hang khong|huyet|mia"
    r"|tiem|di)|pho (?:bien|tu)"
    r"|to (?:hop|1 lam|trinh)|ban (?:do|ve|tin|sao)|quan (?:trong|he|ly|sat)|phuong (?:trinh|phap|tien|an|dien"
    r"|huong)|xa (?:hoi|lo|xoi))\b"
)
# The words of the rules above with their diacritics: "đợi 60" is not "đội 60", and "rẻ ghê" is not "ghé".
_UNITS = meant(
    "tổ ấp thôn xóm khối khóm đội nhà tòa tháp lô dãy căn phòng tầng hẻm ngõ ngách kiệt đường phố phường quận số xã "
    "huyện tỉnh xuyệt xuyệc cư thị"
)
_HOMES = meant(
    "nhà ở trọ sống thuê ngủ ghé chỗ số giao gửi gởi mang đem tới tôi đến về qua sang đón đợi chờ gặp rước trước ngoài "
    "riêng tại thì địa chỉ tớ cô bà ba mẹ bố cháu con em anh chị thầy cậu bạn bác chú ông mình ngay gần tạm trú thường "
    "trú quê khu mi má mạ tao tau chúng tụi bọn hiện đang vẫn đều cũng mới giờ của cửa ai"
)
_WRITTEN_OUT = re.compile(r"\b(?:nha|to|lo|toa|can|ghe|song)\b")  # these words exist without diacritics too


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    sort: str
    points: int


def addresses(page: NormalizedText) -> list[Hit]:
    """Returns the addresses where people live."""
    units = _units(page)
    if sum(unit.points for unit in units) < 2:
        return []
    marks = with_marks(page)
    units = [
        unit
        for unit in units
        if not otherwise(page, unit.start, unit.end, _UNITS, 1)
        and not (marks and unit.sort in ("room", "ward") and _WRITTEN_OUT.match(page.marked, unit.start))
    ]
    if sum(unit.points for unit in units) < 2:
        return []
    homes = [
        match.span()
        for match in islice(HOME.finditer(page.plain), 40)
        if not otherwise(page, *match.span(), _HOMES)
        and not (marks and _WRITTEN_OUT.search(page.marked, *match.span()))
    ][:20]
    if sum(unit.points for unit in units) < (2 if homes else 4):
        return []
    hits = []
    for group in _neighbours(units):
        start, end = group[0].start, max(unit.end for unit in group)
        best: dict[str, int] = {}
        for unit in group:
            best[unit.sort] = max(unit.points, best.get(unit.sort, 0))
        points = sum(best.values())
        if "room" in best and "estate" in best and _FLATS.search(page.plain, start, end):
            points += 2  # a flat in an apartment building
        near = [home for home in homes if home[0] <= start < home[1] + 40 or 0 <= home[0] - end < 30]
        if max(best.values()) < 2 or points < (2 if near else 6):
            continue
        if of_exercise(page, start, end):
            continue
        if _OFFICE.search(page.marked, max(0, start - 40), start) and not _OWN.search(
            page.plain, max(0, start - 40), end
        ):
            continue
        if (_DESK.match(page.plain, end) or _TALE.search(page.plain, max(0, start - 60), start)) and not _OWN.search(
            page.plain, max(0, start - 40), end
        ):
            continue
        hits.append(Hit("address", page.at(start), page.at(end), page.marked[start:end], REASONS["address"]))
    return hits


def _units(page: NormalizedText) -> list[_Unit]:
    found = []
    for pattern, sort, points, names in _RULES:
        for match in pattern.finditer(page.plain):
            end = match.end()
            if names:
                proper = _PROPERS.match(page.cased, end)
                if not proper or proper.group().count(" ") + 1 < names:
                    continue
                end = proper.end()
            if not _NOT_HOME.match(page.plain, match.start()):
                found.append(_Unit(match.start(), end, sort, points))
    return sorted(found, key=lambda unit: (unit.start, unit.end))


def _neighbours(units: list[_Unit]) -> list[list[_Unit]]:
    groups: list[list[_Unit]] = []
    end = -100
    for unit in units:
        if unit.start - end <= 24:
            groups[-1].append(unit)
        else:
            groups.append([unit])
        end = max(end, unit.end)
    return groups
