"""Finds requests for a code that never name it.

An example is "máy mẹ con kêu ting, coi trong đó ghi mấy số rồi nói chú nghe". Three things in order identify them: a
telephone or message that just arrived, figures in it, and an act of handing them to the writer.
"""

import re

from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import at_border
from tutoring.safety.findings import ASKING, Hit

_ME = r"(?:minh|mk|to|tui|toi|em|anh|a|chi|co|thay|chu|bac|di|ong|ba|cau|tao|me|bo)"
_HAND = (
    rf"(?:noi|doc|nhan|gui|chup|bao|dua|share|tra loi|phan hoi|nhap|ke)(?: \w+){{0,5}}? (?:(?:cho |voi |giup "
    rf"|ho )?{_ME}\b"
    r"(?! (?:dang|bi|khong|ko))|vao day|qua day|o day|lai day|ma nay|lai ma)"
)
_RANG = r"(?: \w+){0,3} (?:keu|rung|ting|reo|nhay|sang|bao|(?:vua |moi )?(?:co|nhan(?: duoc)?) tin)\b"
_CAME = (
    rf"may(?! (?:tinh|ban|em|dua|anh chi|quat|in|lanh)){_RANG}|dien thoai{_RANG}|dt{_RANG}"
    r"|tin(?: nhan)?(?: \w+){0,2} (?:toi|den|ve|nhay|vua|moi|gui)\b|tin nhan (?:co|gom) (?:day|[4-8]|sau|bon)\b"
)
_FIGURES = r"(?:(?:ghi|hien|may|day|chu|doc|gui|cac|con|[4-8]|sau|bon) (?:may )?so\b|so (?:gi|trong|do)\b)"
_FIGURES += r"(?! (?:trang|bai|cau|bao danh|thu tu|tien|lop|ho so|hoc sinh|nguoi|ban|dong|nha)\b)"
_CODE = r"ma (?:xac (?:minh|thuc|nhan)|kich hoat|otp|bao mat)\b"
_SOFT = (
    re.compile(rf"\b(?P<thing>{_CAME})(?:[^\n]{{0,50}}?\b{_FIGURES}){{0,1}}[^\n]{{0,40}}?\b{_HAND}"),
    re.compile(
        rf"\b(?P<thing>{_CODE})[^\n]{{0,50}}?\b(?:toi|den|ve|may) ?(?:chua|roi|may|phu huynh)\b[^\n]{{0,50}}?\b{_HAND}"
    ),
)
_NUMBER = re.compile(rf"\b{_FIGURES}|\b{_CODE}")
_SAFE = re.compile(
    r"\b(?:ai (?:do|hoi|xin|doi)|ke gian|lua dao|nguoi la|nguoi lạ|tong dai|111|bai (?:toan|tap|nay|\d)"
    r"|trong sach|cau \d"
    r"|trang \d|de bai|khong nen|dung (?:doc|gui|dua|share)|bao (?:thay co|cong an)|lam sao|tai sao|vi sao"
    r"|la gi (?:vay |the )?(?:co|thay|a))\b"
)
LISTEN = re.compile(at_border(f"{_CAME}|{_CODE}"))


def urged(page: NormalizedText) -> list[Hit]:
    """Returns the first such request of a text."""
    plain = page.plain.translate(_COMMAS)
    for pattern in _SOFT:
        match = pattern.search(plain, 0, 400)
        if match and _NUMBER.search(match.group()) and not _SAFE.search(plain):
            start = match.start("thing")
            return [Hit("otp", page.at(start), page.at(match.end()), "", ASKING["otp"])]
    return []


_COMMAS = {ord(sign): " " for sign in "?!"}
