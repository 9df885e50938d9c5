"""The words of a text, and where clauses end, for rules that read sentences."""

import re
from collections.abc import Container
from dataclasses import dataclass, field

from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import listed

_WORD = re.compile(r"[a-z0-9@_]+")
# Words that are another word of the rules without diacritics: "có" is not "cô", "nhận" is not "nhắn".
_OTHERWISE = listed(
    "có cố cổ cỗ cờ cò cỏ mà má mạ mả nhận nhân nhàn nhẫn bảo bào bão chờ chỗ chợ chó chớ chỉ chì chí chủ chữ "
    "chứ tờ tổ tố"
    " tò tô thấy ảnh bàn bản bán bận quà quá quả nơi nối nội nổi đứa đua dứa dốc độc dọc xịn sợ sổ sở dùng đúng "
    "dừng dũng"
    " dụng lúa lụa hơi hồi hội hời hộ hổ hố hở nền nén nến bí mỗi mọi mời môi muối mồi vẽ vé vè vua dạy dãy "
    "dày đầy đáy"
    " dây voi vội vôi bậc bạc bắc bật đậu đầu gọn gói gội đền đèn lạ lá mất mặt màu mẫu mùa giả cùng cũng"
)
_AFTER_HAVE = listed(
    "nen phai duoc dc the ai nguoi ke bao sao may hieu an khong ko k zalo zl fb face tele ig insta tiktok"
)
# Youth spellings of words that the rules need.
_YOUNG = {
    "ik": "di", "iik": "di", "ikk": "di", "đê": "di", "đuy": "di", "dzi": "di", "mìn": "minh", "mik": "minh",
    "mìk": "minh", "mjh": "minh", "mjnh": "minh", "mih": "minh", "vs": "voi", "zới": "voi", "dới": "voi", "vứi": "voi",
    "zoi": "voi",
    "nhoa": "nha", "nhaa": "nha", "nhóa": "nha", "nge": "nghe", "ngke": "nghe", "xjn": "xin", "xyn": "xin",
    "gởi": "gui", "gửj": "gui", "đou": "dau", "nhiu": "nhieu", "nhju": "nhieu", "tau": "tao", "tuôi": "tui",
    "toai": "toi", "lẹ": "le", "ạk": "a", "chx": "chua",
}  # fmt: skip
_COMMA = re.compile(r"[,;:…-]")
_END = re.compile(r"[.!?;\n](?:\s|$)|\n")


@dataclass(slots=True)
class Words:
    """Words without diacritics (`plain`) and with them (`marked`), their spans and sentences.

    A plain word keeps its diacritics where it would otherwise be one of the words that the rules need.
    """

    plain: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    parted: list[bool] = field(default_factory=list)  # whether a comma or similar sign stands before the word

    def __len__(self) -> int:
        return len(self.plain)

    def near(self, index: int, before: int, after: int) -> range:
        """Returns the indexes around one word, within its sentence."""
        first, last = max(0, index - before), min(len(self.plain), index + after + 1)
        here = self.sentence[index]
        while self.sentence[first] != here:
            first += 1
        while self.sentence[last - 1] != here:
            last -= 1
        return range(first, last)

    def any(self, where: range, words: Container[str]) -> bool:
        return any(self.plain[index] in words for index in where)

    def phrase(self, where: range) -> str:
        """Returns the words of a range, separated by spaces."""
        return " ".join(self.plain[where.start : where.stop])

    def clauses(self, where: range) -> str:
        """Returns the words of a range with " , " between clauses."""
        return " ".join(f", {self.plain[at]}" if self.parted[at] else self.plain[at] for at in where)


def words(page: NormalizedText, start: int = 0, end: int | None = None) -> Words:
    """Splits a text, or a part of it, into words."""
    cut = Words()
    sentence, last = 0, start
    for match in _WORD.finditer(page.plain, start, len(page.plain) if end is None else end):
        start, end = match.span()
        if (start - last > 1 and _END.search(page.plain, last, start + 1)) or (
            start - last == 1 and page.plain[last] == "\n"
        ):
            sentence += 1
        marked = page.marked[start:end]
        plain = marked if marked in _OTHERWISE else _YOUNG.get(marked) or match.group()
        if cut.plain and cut.plain[-1] == "co" and plain in _AFTER_HAVE and cut.marked[-1] == "co":
            cut.plain[-1] = "có"
        cut.plain.append(plain)
        cut.marked.append(marked)
        cut.spans.append((start, end))
        cut.sentence.append(sentence)
        cut.parted.append(start - last > 1 and _COMMA.search(page.plain, last, start) is not None)
        last = end
    return cut


def last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Returns the last match in a short text."""
    found = None
    for match in pattern.finditer(text):
        found = match
    return found
