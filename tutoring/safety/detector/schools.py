"""Finds the school or class of a person in the conversation.

It counts only with a person of the conversation and an act: "em học lớp 4A", "con tôi vào trường …", "cô dạy 6A1". "Lớp
4A có 35 học sinh" is a maths exercise. A grade alone ("lớp 7") says too little to locate a person.
"""

import re

from tutoring.safety.detector.diacritics import meant, otherwise
from tutoring.safety.detector.english_exercises import of_exercise
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import UPPER, at_border
from tutoring.safety.findings import REASONS, Hit

_ME = (
    r"(?:em|e|minh|mk|mik|to|tui|toi|tao|tau|t|mi|con|chau|be|nhoc|thang (?:cu|be|nho|con)|con (?:be|nho)|dua "
    r"(?:lon|nho|chau)"
    r"|(?:con|chau) (?:gai|trai|ngoai|noi)|i|we|my (?:son|daughter|kid|child|class|school))"
)
_CUES = at_border(
    r"truong|trg|lop|thcs|thpt|tieu hoc|ptth|cap [123]|mam non|mau giao|school|class|grade|hoc|hc|hk|hs"
    r"|\d/\d{1,2}|chu nhiem|gvcn|\d\d?[a-h]\d{0,2}"
)
CUE = re.compile(rf"(?:{_CUES})\b")
_CLASS = (
    r"(?P<class>(?:1[0-2]|[1-9])\s?(?:[/.]\s?\d{1,2}(?![\d/])|[a-hk]\d{0,2})(?!\w)|(?:1[0-2]|[1-9])\s(?:toan"
    r"|van|anh|ly|hoa|tin|sinh|su|dia)\b)"
)
_LEARNS = re.compile(
    rf"\b(?:{_ME}\b(?:[ ,'’]{{1,2}}(?!hieu|lam|giai|tinh|biet)\w+){{0,9}}?[ ,]{{1,2}}(?:(?:lop|class|l) ?{_CLASS}"
    rf"|(?:hoc|hc|hk|vo|vao|len) (?:o )?(?P<bare>(?:1[0-2]|[6-9])[a-hk]\d{{0,2}}\b))"
    r"|(?:anh|chi) (?:la \w+ |ten \w+ |hoc ){1,2}(?:o |hoc )?lop (?P<elder>(?:1[0-2]"
    r"|[1-9])\s?(?:[a-hk]\d{0,2}\b|/\d{1,2}|(?:toan|van|anh|ly|hoa|tin|sinh|su|dia)\b))"
    r"|(?:em|minh|mk|to|tui|tao|t|con) (?:la |ben |(?:hoc )?o )?(?P<short>(?:1[0-2]|[6-9])[a-hk]\d{1,2}\b|(?:1[0-2]"
    r"|[1-9])/\d{1,2} (?=[a-z]+ [a-z]+(?: |$|[,.])))"
    r"|(?:may|m|cau|ban) (?:hoc )?o (?P<yours>(?:1[0-2]|[6-9])[a-hk]\d{1,2}\b)(?= (?:ben|truong|trg|thcs|thpt))"
    r"|lop (?P<is_me>(?:1[0-2]|[1-9])\s?(?:[a-hk]\d{0,2}|/\d{1,2})) la (?:em|minh|mk|to|tui|tao|t|con|chau)\b"
    r"|lop (?:cua )?(?:em|minh|to|tui|toi|con|chau|tao|tau)(?: la)? (?P<mine>(?:1[0-2]"
    r"|[1-9])[a-hk]\d{0,2}\b|(?:1[0-2]|[1-9])/\d{1,2}\b))"
    r"|(?:^|[.!?,]\s)(?:dang )?(?:hoc|hc) (?:lop )?(?P<alone>(?:1[0-2]|[1-9])[a-hk]\d{1,2}\b)"
)
_TEACHES = re.compile(
    rf"\b(?:(?:chu nhiem|gvcn|cn) (?:cua )?(?:cac )?(?:lop )?|(?:co|thay|toi|minh|em) (?:\w+ )?day (?:\w+ "
    rf"){{0,3}}?(?:cac )?lop |(?:phu huynh|hoc sinh|hs|lop truong) (?:cua )?(?:lop )?){_CLASS}"
)
_LEVEL = (
    r"(?:[Tt]iểu [Hh]ọc|[Tt]ieu [Hh]oc|TH|THCS|THPT|PTTH|[Cc]ấp [123]|[Cc]ap [123]|[Tt]rung [Hh]ọc(?: [Cc]ơ "
    r"[Ss]ở| [Pp]hổ [Tt]hông)?"
    r"|thcs|thpt|[Cc]huyên|[Mm]ầm [Nn]on|[Mm]am [Nn]on|[Mm]ẫu [Gg]iáo|[Qq]uốc [Tt]ế|[Dd]ân [Ll]ập)"
)
_PROPER = rf"[{UPPER}][\wÀ-ỹ]*"
_SCHOOL = re.compile(
    rf"(?=[tcmqd{UPPER}])(?:(?:(?:[Tt]rường|TRƯỜNG|[Tt]ruong|TRUONG"
    rf"|[Tt]rg)\s)?(?:{_LEVEL}\s(?:&\s)?){{1,3}}(?P<name>{_PROPER}(?:\s{_PROPER}){{0,4}}|[a-z]+\s[a-z]+\b)"
    rf"|(?:[Tt]rường|TRƯỜNG|[Tt]ruong|TRUONG|[Tt]rg)\s(?P<other>{_PROPER}(?:\s{_PROPER}){{0,4}})"
    rf"|(?P<en>{_PROPER}(?:\s{_PROPER}){{0,3}}\s(?:[Pp]rimary|[Ss]econdary|[Hh]igh|[Mm]iddle|[Kk]indergarten"
    rf"|[Ss]chool)(?:\s[Ss]chool)?))"
)
_CALLED = re.compile(
    rf"(?i:\b(?:trường|truong|trg)\s(?:của\s|cua\s)?(?:em|mình|minh|tớ|to|tui|tôi|toi|con|cháu|chau|tao|t|e|mk|mik)\s"
    rf"(?:(?:tên|ten)\s(?:là\s|la\s|:\s)?|(?:là|la)\s)){_PROPER}(?:\s{_PROPER}){{1,4}}"
)
_FAMOUS = re.compile(r"\bten la gi\b")
_LOW = re.compile(r"\btruong (?:(?:tieu hoc|thcs|thpt|mam non|cap \d|th|c[123]) )?(?P<name>[a-z]+ [a-z]+)\b")
_GOES = re.compile(
    rf"\b(?:{_ME}\b(?: (?!thich|muon|ghet)\w+){{0,6}}? (?:hoc|hc|truong|trg|study|studying|studies|go to|goes to"
    rf"|attend|attends|school|at|in|lop|hs|chuyen (?:ve|den|sang|vo|vao))\b"
    rf"|(?:anh|chi|ban|day) la\b|(?:truong|trg) (?:cua )?{_ME}\b|{_ME} (?:la )?(?:hs|hoc sinh|sv)\b"
    rf"|(?:hs|hoc sinh) (?:truong|trg|lop)\b|(?:co|thay|toi) (?:\w+ ){{0,4}}?(?:day|cong tac|chu nhiem)\b"
    rf"|(?:ao|the hoc sinh|the|phu hieu|logo|bang ten|cap|dong phuc|balo)(?: \w+){{0,3}} {_ME}\b"
    rf"|chu nhiem\b|la (?:lop|truong) (?:cua )?{_ME}\b|(?:may|m|cau|ban|{_ME}) (?:hoc )?o \d{{1,2}}[a-hk]\d? )"
)
_WEARS = re.compile(rf"{_ME} mac ao\b")
_TALE = re.compile(
    r"\b(?:hoi|bao nhieu|quyen gop|trong duoc|thu hoach|co \d+ (?:hoc sinh|lop|ban|cay)|tac gia|nam \d{4}|sinh "
    r"nam|thoi|lich su|de bai|bai toan|xet tuyen|diem chuan)\b"
)


_CLASSES = meant("lớp")


def schools(page: NormalizedText) -> list[Hit]:
    """Returns the schools and classes of persons in the conversation."""
    plain = page.plain
    if _TALE.search(plain) and "?" in plain:
        return []
    hits = []
    for pattern in (_LEARNS, _TEACHES):
        for match in pattern.finditer(plain):
            name = next(key for key, value in match.groupdict().items() if value)
            said = page.cased[match.start(name) : match.end(name)].strip()
            if otherwise(page, match.start(), match.end(), _CLASSES):
                continue
            if not said.isascii() or (
                " " in said and not said[-1].isupper() and not said[-1].isdecimal() and len(said) < 5
            ):
                continue  # "lớp 6 ạ"
            hits.append(_hit(page, match.start(name), match.end(name)))
    for match in _CALLED.finditer(page.cased):
        if not _FAMOUS.search(plain, match.start(), match.end()):
            hits.append(_hit(page, match.start(), match.end()))
    if _GOES.search(plain) or (" mac ao" in plain and _WEARS.search(plain)):
        for match in _SCHOOL.finditer(page.cased):
            name = match["name"] or match["other"] or match["en"]
            if of_exercise(page, match.start(), match.end()):
                continue
            if (
                name
                and (not name[0].islower() or _LOW.match(plain, match.start()))
                and not _of_others(plain, match.start())
            ):
                hits.append(_hit(page, match.start(), match.end()))
    return hits


def _of_others(plain: str, start: int) -> bool:
    """Whether the school is only mentioned: a competition, a university, a headmaster, a gate."""
    before = plain[max(0, start - 40) : start]
    if _MEETS.search(before):
        return False
    return re.search(r"\b(?:hieu truong|cuoc thi|giai|dai hoc|cong)\s$", before) is not None


_MEETS = re.compile(r"\b(?:don|doi|cho|gap|ruoc) (?:em|con|chau|be|nhoc|minh|to|tui|me|bo)\b[^.!?]{0,16}\bcong\s$")


def _hit(page: NormalizedText, start: int, end: int) -> Hit:
    return Hit("school", page.at(start), page.at(end), page.marked[start:end], REASONS["school"])
