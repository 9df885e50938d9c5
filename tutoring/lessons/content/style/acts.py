"""Counts what a step asks the reader to do: verbs of doing at the beginning of a clause.

Explaining, naming a place, waiting, looking and reading silently are no acts.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from tutoring.lessons.content import lint, markdown

_VERBS = (
    "bấm|bật|báo|cài|cắm|cất|chép|chạm|chọn|chụp|dán|dựng|đánh dấu|đăng nhập|đăng xuất|điền|đính kèm|đổi|đọc to|đọc lớn"
    "|đưa|gạch|gạt|ghi|gọi|gõ|gỡ|gửi|hỏi|kéo|kẻ|kể|khoanh|khoá|khóa|lưu|mở|nhắn|nhập|nói|nối|nộp|phóng to|quét|rút|soạn"
    "|tải|tắt|thoát|viết|vuốt|xoá|xóa|chỉ tay|chỉ vào"
    r"|đặt(?! (?:một |hai |\d )?(?:đầu )?ngón)|giữ(?! (?:yên|phím)(?!\w))"
    r"|vào(?= (?:“|mục|phần|cài đặt|lại|ứng dụng|trang|phòng|nhóm|hồ sơ|thư mục|\w+\.\w))"
)
_WHO = "em|con|ba mẹ|mẹ|ba|mình|bạn|cô chú|bà con|anh chị|hai bên|mỗi người"
_HOW = "hãy|tự|cùng|mới|lại|luôn|ngay|liền|thử|thì|nhớ|cứ|vẫn|nên|cũng"
# What makes the word no act: a definition, an accident, an ability, an act that is over, an example.
_NO_ACT = r"là|nghĩa là|lộn|nhầm|được|xong|\d+/\d+"
_VERB = re.compile(rf"\s*(?:(?:{_WHO}|{_HOW}) )*(?P<verb>{_VERBS})(?!\w)(?! (?:{_NO_ACT})(?!\w))", re.IGNORECASE)
# Where a clause begins within a sentence. After "hoặc" stands another way to do the same.
_CLAUSE = re.compile(
    r"(?:[,;:]|,? rồi|,? sau đó|,? xong|,? và)(?= )(?! hoặc)|^(?:rồi|sau đó|tiếp theo,?|cuối cùng,?)", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_BRACKETED = re.compile(r"\([^()]*\)")
_CONDITION = re.compile(r"^.*?\bthì ", re.IGNORECASE)
_IF = re.compile(r"(?:^|[ ,])(?:nếu|khi nào)(?!\w)", re.IGNORECASE)
_SPEECH = frozenset({"nói", "hỏi", "kể", "báo"})
_CONTACT = frozenset({"gọi", "nhắn"})  # what is said then is part of the same act
_AT_START_ONLY = frozenset({"đọc to", "đọc lớn"})


def task(tokens: Sequence[Token]) -> list[tuple[int, str]]:
    """Returns (line offset in the body, plain text) of the paragraphs between the goal and the next part of a step."""
    found: list[Token] = []
    begun = False
    for token in tokens:
        if token.type != "inline":
            continue
        lead = markdown.lead_of(token)
        if lead and begun:
            break
        if lead == "goal":
            begun = True
        elif begun and token.level == 1:
            found.append(token)
    return markdown.plain(found)


def acts(text: str) -> int:
    """Returns how many acts a text asks for.

    Of sentences for different cases only the longest one counts, and only verbs that are not asked for anyhow.
    """
    always: list[str] = []
    cases: list[list[str]] = []
    for sentence in lint.sentences(_BRACKETED.sub("", _QUOTED.sub("“”", text))):
        rest = _CONDITION.sub("", sentence, count=1)
        found = list(_acts(rest))
        if rest != sentence or _IF.search(sentence):
            cases.append(found)
        else:
            always += found
    return len(always) + max((sum(verb not in always for verb in case) for case in cases), default=0)


def _acts(sentence: str) -> Iterator[str]:
    """Yields the verbs of the acts of a sentence."""
    contacted = False
    for at in (0, *(found.end() for found in _CLAUSE.finditer(sentence))):
        found = _VERB.match(sentence, at)
        verb = found["verb"].lower() if found else ""
        if not verb or (verb in _SPEECH and contacted) or (verb in _AT_START_ONLY and at):
            continue
        contacted = contacted or verb in _CONTACT
        yield verb
