"""Reads the bytes of a class list into sheets of cells: a workbook, or text with separators.

The content decides, never the name of the file. Size, rows and columns are bounded.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tutoring.community.class_files import legacy_encodings
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
_LONGEST_CELL = 500  # characters; the rest of a cell is left out

Cell = str | float | date


class UnreadableFile(InvalidInput):
    """A file that is no class list; the text says what to do."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows[0]` is row 1 of the file; an empty cell is an empty string."""

    name: str
    rows: Sequence[Sequence[Cell]]


_OTHER_FILES = (
    (
        b"\xd0\xcf\x11\xe0",
        N_("Đây là tệp Excel kiểu cũ (.xls) hoặc có mật khẩu. Hãy mở trong Excel rồi lưu dạng .xlsx, không mật khẩu."),
    ),
    (b"%PDF", N_("Đây là tệp PDF. Hãy xuất danh sách dạng Excel (.xlsx) hoặc CSV.")),
    (b"\x89PNG", N_("Đây là tệp hình. Hãy xuất danh sách dạng Excel (.xlsx) hoặc CSV.")),
    (b"\xff\xd8\xff", N_("Đây là tệp hình. Hãy xuất danh sách dạng Excel (.xlsx) hoặc CSV.")),
    (b"{\\rtf", N_("Đây là tệp văn bản Word. Hãy xuất danh sách dạng Excel (.xlsx) hoặc CSV.")),
    (b"<", N_("Đây là trang web lưu thành tệp. Hãy mở trong Excel rồi lưu dạng .xlsx.")),
)


def other_file(data: bytes) -> str | None:
    """Returns the refusal of a file that is another kind of file, or None."""
    begin = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((say for mark, say in _OTHER_FILES if begin.startswith(mark)), None)


def check_size(data: bytes) -> None:
    """Raises UnreadableFile for an empty or too large file, and for other kinds of files."""
    if not data.strip():
        raise UnreadableFile(N_("Tệp này trống. Hãy chọn tệp có danh sách lớp."))
    if len(data) > MOST_BYTES:
        raise UnreadableFile(N_("Tệp lớn quá. Hãy chia thành vài tệp dưới 4 MB."))
    if refusal := other_file(data):
        raise UnreadableFile(refusal)


def too_long() -> UnreadableFile:
    """Returns the refusal of a file with too many rows."""
    return UnreadableFile(N_("Tệp dài quá %(most)s dòng. Hãy chia thành vài tệp."), most=MOST_ROWS)


def trimmed(cell: Any) -> Cell:
    """Returns a cell as text, number or day; any other value of a workbook becomes text."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, (date, int, float)):
        return cell
    return str(cell)[:_LONGEST_CELL]


# ---- text with separators -------------------------------------------------------------------------------------


def text_sheets(data: bytes) -> list[Sheet]:
    """Returns the text once for each separator that occurs in it; the caller takes the one with a heading.

    Raises UnreadableFile for bytes that are no text, and for too many rows.
    """
    text = legacy_encodings.decoded(data)
    if text is None:
        raise UnreadableFile(
            N_("Không đọc được chữ trong tệp. Trong Excel hãy lưu dạng .xlsx, hoặc kiểu CSV UTF-8."),
        )
    made, faults = [], []
    for between in (one for one in ",;\t|" if one in text):
        try:
            made.append(Sheet("", _split(text, between)))
        except csv.Error:
            faults.append(between)
    if not made and faults:
        raise UnreadableFile(N_("Có dấu ngoặc kép chưa đóng trong tệp. Hãy mở trong Excel rồi lưu dạng .xlsx."))
    return made


def _split(text: str, between: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    # Strict: else one open quotation mark swallows all rows after it into one cell.
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True):
        rows.append([cell[:_LONGEST_CELL] for cell in row[:MOST_COLUMNS]])
        if len(rows) > MOST_ROWS:
            raise too_long()
    return rows
