"""Lint rules for lessons: outdated words, long sentences, numbers that may change."""

import re
from collections.abc import Iterator

from tutoring.kernel.text import address_parts

MAX_SENTENCE_SYLLABLES = 25
LONG_SENTENCE = 20
TO_WRITE = "VIẾT:"  # marks every unwritten part of a new lesson

GOV_HOSTS = {
    "dichvucong.gov.vn",
    "vneid.gov.vn",
    "binhdanhocvuso.gov.vn",
    "tuyensinhdaucap.hcm.edu.vn",
    "tongdai111.vn",
}

_OLD_WORDS = {
    r"mức độ [34]": "tên gọi cũ; nay là “một phần” và “toàn trình”",
    r"quận": "không còn quận; ghi phường, xã hoặc đặc khu",
    r"huyện": "không còn huyện; ghi phường, xã hoặc đặc khu",
    r"phòng giáo dục": "nay hỏi Phòng Văn hóa – Xã hội của phường, xã",
    r"phòng văn h(?:óa|oá)\s*[-–—]\s*thông tin": "nay là Phòng Văn hóa – Xã hội",
    r"sở tư pháp": "không còn làm việc này; ghi nơi đang nhận hồ sơ",
    r"sở thông tin": "nay là Sở Khoa học và Công nghệ",
    r"sổ hộ khẩu": "không còn sổ hộ khẩu giấy",
    r"cmnd": "không còn dùng; ghi thẻ căn cước",
    r"chứng minh nhân dân": "không còn dùng; ghi thẻ căn cước",
    r"đăng ký tài khoản trên cổng": "người dân đăng nhập bằng VNeID",
    r"click": "viết “bấm”",
    r"upload": "viết “tải lên” hoặc “gửi tệp”",
    r"submit": "viết “gửi” hoặc “nộp”",
    r"thành phần hồ sơ": "viết “giấy tờ cần có”",
    r"đơn giản thôi mà": "câu này làm người đang kẹt thấy mình kém; bỏ đi",
    r"ngu ngốc": "không chê người học",
}
_OLD = [
    (re.compile(r"(?<!\w)" + words.replace(" ", r"\s+") + r"(?!\w)", re.IGNORECASE), say)
    for words, say in _OLD_WORDS.items()
]
_ANY_OLD = re.compile(
    rf"(?<!\w)(?:{'|'.join(_OLD_WORDS)})(?!\w)".replace(" ", r"\s+"), re.IGNORECASE
)  # almost every text holds no outdated word, so one combined pattern runs before the single ones
_HOST = re.compile(r"(?<![\w.@-])((?:[a-z0-9-]+\.)+gov\.vn)(?![\w-])", re.IGNORECASE)
# Possessive (+) and bounded quantifiers prevent backtracking: a hostile line would otherwise take minutes.
_MONEY = re.compile(
    r"(?<![\w.])\d[\d.,]{0,30}+\s*+(?:(?:nghìn|ngàn|triệu|tỷ)\s*+)?(?:đồng|vnđ|vnd|₫|đ)(?!\w)", re.IGNORECASE
)
_ID = re.compile(r"(?<!\d)(?!0{12})\d{12}(?!\d)")
_NUMBERS = "|".join(
    (
        "111|113|114|115|156|5656|1022",
        r"1[89]00[ .]?\d{2,4}(?:[ .]?\d{2})?",
        r"0[235789]\d(?:[ .]?\d){7,8}",
    )
)
_HOTLINE = re.compile(rf"(?<![\w.,/-])(?:{_NUMBERS})(?![\w,/-]|\.\d)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+")
_HAS_LETTER = re.compile(r"\w")


def old_words(text: str) -> Iterator[tuple[int, str]]:
    """Yields (offset, replacement advice) of each outdated word in a Vietnamese lesson."""
    if not _ANY_OLD.search(text):
        return
    for pattern, say in _OLD:
        for hit in pattern.finditer(text):
            yield hit.start(), f"“{' '.join(hit[0].split())}”: {say}"


def unwritten(text: str) -> Iterator[tuple[int, str]]:
    """Yields (offset, fault) of each part that is still unwritten."""
    for hit in re.finditer(re.escape(TO_WRITE), text):
        yield hit.start(), f"chỗ này còn chờ viết; thay “{TO_WRITE} …” bằng lời của bài"


def hosts(text: str) -> Iterator[tuple[int, str]]:
    """Yields (offset, fault) of each gov.vn address that is not on the list of known ones."""
    for hit in _HOST.finditer(text):
        if hit[1].lower().removeprefix("www.") not in GOV_HOSTS:
            yield hit.start(), f"“{hit[1]}” không nằm trong danh sách địa chỉ nhà nước đã biết; kiểm tra lại"


def numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yields (offset, fault) of each amount, citizen number or telephone number in the prose."""
    for hit in _MONEY.finditer(text):
        yield hit.start(), f"số tiền “{hit[0].strip()}”: đưa vào content/facts.yml rồi viết {{fact:mã}}"
    for hit in _ID.finditer(text):
        yield hit.start(), "dãy 12 chữ số giống số căn cước; chỉ dùng 000000000000"
    for hit in _HOTLINE.finditer(text):
        yield hit.start(), f"số điện thoại “{hit[0]}”: đưa vào content/facts.yml rồi viết {{fact:mã}}"


def syllables(sentence: str) -> int:
    """Returns the number of syllables (Vietnamese) or words of a sentence."""
    return sum(1 for part in sentence.split() if _HAS_LETTER.search(part))


def sentences(text: str) -> list[str]:
    """Returns the sentences of a paragraph."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


def count_longest_sentence(text: str) -> int:
    """Returns the length of the longest sentence of a paragraph."""
    return max((syllables(part) for part in sentences(text)), default=0)


def known_link(target: str) -> bool:
    """Returns whether a lesson may link to this address: https and a host in GOV_HOSTS."""
    parts = address_parts(target)
    host = (parts.hostname or "").removeprefix("www.")
    return parts.scheme == "https" and not parts.username and host in GOV_HOSTS
