"""Guesses whom a text about danger concerns: the person in need, and possibly staff.

Both are guesses that a person may correct. When staff may be meant, the guess errs on the side of excluding them.
"""

import re

from tutoring.kernel.text import fold

_HARMS = (
    r"(?:đánh|tát|đấm|đá|sờ|chạm|ôm|hôn|bóp|bắt|ép|doạ|dọa|xâm hại|quấy rối|dụ|nhốt|đe|mắng|chửi|cởi|lột|chụp|rủ"
    r"|cưỡng|hiếp|làm nhục|bạo hành|động vào|đụng)"
)
_STAFF = r"(?:thầy|cô|giáo viên|hiệu trưởng|hiệu phó|giám thị|bảo mẫu|huấn luyện viên|tình nguyện viên|điều phối viên)"
_NOT_SPOKEN_TO = r"(?!\s*(?:ơi|à|ạ|,))"
_MARKED = re.compile(rf"(?<!\w){_STAFF}{_NOT_SPOKEN_TO}(?:\s+\w+){{0,4}}?\s+{_HARMS}(?!\w)")
_BY_STAFF = re.compile(rf"(?<!\w)(?:bị|của)\s+{_STAFF}(?:\s+\w+){{0,3}}?(?:\s+{_HARMS}|(?!\w))")
_ME = r"(?<!em )(?<!con )(?<!minh )(?<!toi )(?<!ban )(?<!chau )(?<!khong )(?<!ko )(?<!k )(?<!da )(?<!chua )"
_BARE = re.compile(
    rf"{_ME}(?<!\w)(?:thay|co|giao vien|hieu truong|bao mau)(?!\s*(?:oi|a\b|,))(?:\s+\w+){{0,2}}?\s+"
    + fold(_HARMS).replace("đ", "d")
    + r"(?!\w)"
)
_NAMED = re.compile(r"(?<!\w)(?:thầy|cô|thay|co)\s+(\w+)", re.IGNORECASE)
_OTHER = re.compile(
    r"(?<!\w)(?:ban|be|em|chi|anh) (?:em|con|chau|cua em|cua con|ay|gai em|trai em|cung lop|hang xom|gai con|trai con)"
    r"(?!\w)|(?<!\w)(?:ban|be) [a-z]+ (?:noi|bao|ke|bi|dinh|muon)(?!\w)"
)
_CHILD = re.compile(
    r"(?<!\w)(?:con|chau|be) (?:toi|minh|em|chi|anh|nha|gai|trai|ut|nho|ngoai|noi)(?!\w)"
    r"|(?<!\w)(?:hoc sinh|mot be|be [a-z]+)(?!\w)"
)


def may_mean_staff(text: str) -> bool:
    """Whether a text may say that a member of staff hurts a child."""
    lower = " ".join(text.lower().split())
    bare = fold(lower)
    if bare == lower:  # written without diacritics
        return _BARE.search(lower) is not None
    return _MARKED.search(lower) is not None or _BY_STAFF.search(lower) is not None


def names_after_title(text: str) -> set[str]:
    """Returns the folded words that follow "thầy" or "cô": possibly a name."""
    return {fold(found) for found in _NAMED.findall(text)}


def whom(text: str, by_minor: bool) -> str:
    """Returns who needs protection: the author, another child, or unknown."""
    plain = " ".join(fold(text).lower().split())
    if not by_minor and _CHILD.search(plain) is not None:
        return "child"
    if _OTHER.search(plain) is not None:
        return "unknown"
    return "author" if by_minor else "unknown"
