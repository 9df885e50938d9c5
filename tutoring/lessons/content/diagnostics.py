"""Collects the faults found while the files are read."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from tutoring.lessons.content.types import Fault

MAX_BYTES = 200_000
ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd"
    "\U000e0000-\U000e007f]"
)


@dataclass
class Diagnostics:
    """Faults and warnings about one file."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, line: int, code: str, say: str) -> None:
        self.faults.append(Fault(self.file, line, code, say))

    def warn(self, line: int, code: str, say: str) -> None:
        self.warnings.append(Fault(self.file, line, code, say))

    def text(self, path: Path) -> str | None:
        """Returns the file's text with normalised line ends and characters (NFC).

        Returns None after recording why the file cannot be read.
        """
        try:
            raw = path.read_bytes()
        except OSError:
            self.fault(1, "unreadable", "không đọc được tệp này")
            return None
        if len(raw) > MAX_BYTES:
            self.fault(1, "too-big", f"tệp lớn hơn {MAX_BYTES // 1000} kB; hãy chia bài hoặc xoá phần thừa")
            return None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.fault(raw[: error.start].count(b"\n") + 1, "encoding", "tệp phải lưu bằng mã UTF-8")
            return None
        return self.plain(text)

    def plain(self, text: str) -> str | None:
        """Returns the text with normalised line ends and characters (NFC).

        Returns None after recording an invisible character.
        """
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        odd = ODD.search(text)
        if odd is not None:
            self.fault(line_at(text, odd.start()), "odd-character", hidden(text))
            return None
        return text


def hidden(text: str) -> str:
    """Returns the message about the first invisible character of a text, or an empty text."""
    odd = ODD.search(text)
    return f"có ký tự ẩn U+{ord(odd[0]):04X}; hãy xoá và gõ lại chỗ này" if odd else ""


def line_at(text: str, offset: int) -> int:
    """Returns the line (from 1) of an offset in a text."""
    return text.count("\n", 0, offset) + 1
