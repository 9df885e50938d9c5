"""Reads a class list, a workbook or text, into pupils and faults: one for each row below the heading.

It queries no database; `workbooks.py` opens XLSX files in a process of their own. Only name, birth and class are taken
over; numbers of identity cards, addresses and telephone numbers never, from any column. The other cells only tell a
row of a pupil from another.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tutoring.community.class_files import births, legacy_encodings, pupil_names, sheets, workbooks
from tutoring.community.class_files.columns import Columns, guess, heading_of
from tutoring.community.class_files.sheets import Cell, Sheet, UnreadableFile
from tutoring.kernel.text import N_, called_name, fold

NOT_A_ROW = "not_a_row"
FAULTS = {
    "no_name": N_("Thiếu họ tên."),
    "bad_name": N_("Ô họ tên có số hoặc ký hiệu. Hãy chỉ ghi họ tên."),
    "no_birth": N_("Thiếu ngày sinh hoặc năm sinh."),
    "bad_birth": N_("Không đọc được ngày sinh. Hãy ghi như 05/09/2016, hoặc chỉ năm 2016."),
    "too_young": N_("Theo năm sinh này, em chưa đến tuổi học lớp 1. Hãy xem lại."),
    "too_old": N_("Theo năm sinh này, em đã quá tuổi học lớp 12. Hãy xem lại."),
    "twice": N_("Em này đã có ở một dòng phía trên, cùng tên và ngày sinh."),
    NOT_A_ROW: N_("Dòng này không phải một học sinh."),
}
# What stands below and between the pupils of a list, without diacritics.
_NO_PUPIL = re.compile(
    r"(tong( so| cong| hop)?\b.*\d|tong (so|cong)|si so|so hoc sinh|trong do|danh sach|nguoi lap|lap bieu|hieu truong"
    r"|pho hieu truong|ban giam hieu|giao vien|gvcn|xac nhan|ky ten|ky va ghi|ghi chu|luu y ?:|ngay \d|trang \d"
    r"|.*\bngay\b.*\bthang\b.*\bnam\b|lop [0-9].*|truong (tieu hoc|th|thcs|thpt|trung hoc)\b|nam hoc\b|phong giao duc"
    r"|so giao duc|cong hoa xa hoi|doc lap|(so )?(nam|nu) ?[:=])"
)
_END = re.compile(
    r"^(tong (so|cong)|nguoi lap|lap bieu|hieu truong|gvcn|giao vien|xac nhan|ky ten)|ngay .* thang .* nam"
)
_SEXES = frozenset({"nam", "nu", "trai", "gai", "x"})


@dataclass(frozen=True)
class PupilRow:
    """One row of the file: a pupil, or the code of a fault.

    `row` is the row's number in the file, from 1. Names are None when they could not be read, `year` likewise.
    `called` is the last word of the full name, as accounts have it (`called_name`).
    """

    row: int
    full: str | None
    called: str | None
    year: int | None
    fault: str | None
    group: str = ""  # the class, or the role of an adult, as the row names it
    # What tells a pupil from all others: name and day, else name, year and class. It never leaves the server readable.
    mark: str = field(default="", repr=False, compare=False)
    role: str = ""  # of an adult of a school


def read_file(data: bytes, chosen: Mapping[str, int] | None = None) -> tuple[Sheet, Columns]:
    """Returns the first sheet with a heading of names and births, and its columns; raises UnreadableFile.

    `chosen`: columns that a person named instead, such as {"full": 1, "birth": 3}; then no heading is needed.
    """
    sheets.check_size(data)
    found = workbooks.workbook_sheets(data) if data.startswith(workbooks.MARK) else sheets.text_sheets(data)
    guessed = [(sheet, columns) for sheet in found if (columns := guess(sheet))]
    if chosen and found:
        sheet, columns = (guessed or [(max(found, key=lambda one: len(one.rows)), Columns(1))])[0]
        found_beside = {key: getattr(columns, key) for key in ("below", "group", "sex", "number")}
        return sheet, Columns(**found_beside | dict(chosen))
    complete = [one for one in guessed if one[1].has_birth]
    if complete:
        return complete[0]
    if guessed:
        raise UnreadableFile(N_("Không thấy cột Ngày sinh hoặc Năm sinh trong dòng tiêu đề."))
    raise UnreadableFile(N_("Không thấy dòng tiêu đề có cột Họ và tên và cột Ngày sinh."))


def pupil_rows(sheet: Sheet, columns: Columns, this_year: int) -> list[PupilRow]:
    """Reads all rows below the heading; empty rows at the end of the sheet are left out."""
    below = rows_below(sheet, columns)
    fonts = name_fonts(below, columns)
    made: list[PupilRow] = []
    ended = False
    seen: set[str] = set()
    for number, row in enumerate(below, columns.below + 1):
        one, day = _pupil(number, row, columns, fonts, this_year)
        if one.fault == "no_birth" and ended and sum(bool(_text(cell)) for cell in row) == 1:
            one = PupilRow(number, None, None, None, NOT_A_ROW)  # the name below a signature
        ended = ended or (one.fault == NOT_A_ROW and any(_END.search(fold(_text(cell))) for cell in row))
        if one.fault is None and one.full and one.year:
            # Without a day, only the class tells two namesakes of one year apart.
            which = str(day) if day else f"{one.year} {fold(one.group)}"
            one = replace(one, mark=f"{pupil_names.name_mark(one.full)}\n{which}")
            if one.mark in seen:
                one = replace(one, fault="twice")
            seen.add(one.mark)
        made.append(one)
    return made


def _pupil(
    number: int, row: Sequence[Cell], columns: Columns, fonts: dict[int, str], this_year: int
) -> tuple[PupilRow, date | None]:
    name, given = name_of(row, columns, fonts)
    birth = _birth_cell(row, columns)
    if _is_no_pupil(row, columns, name, birth):
        return PupilRow(number, None, None, None, NOT_A_ROW), None
    group = pupil_names.spaced(legacy_encodings.unicode_text(str(_cell(row, columns.group))))[:40]
    good = pupil_names.is_name(name)
    full = pupil_names.written(name) if good else None
    called = called_name(full) if full else None
    read = births.birth_of(birth, this_year) if _text(birth) else None
    year, day = read or (None, None)
    if not name or not given:
        fault: str | None = "no_name"
        full = called = None
    elif not good:
        fault = "bad_name"
    elif not _text(birth):
        fault = "no_birth"
    elif year is None:
        fault = "bad_birth"
    else:
        fault = births.age_fault(year, this_year)
    return PupilRow(number, full, called, year, fault, group), day


def rows_below(sheet: Sheet, columns: Columns) -> Sequence[Sequence[Cell]]:
    """Returns the rows below the heading without the empty ones at the end of the sheet."""
    last = max((at for at, row in enumerate(sheet.rows) if any(_text(cell) for cell in row)), default=-1)
    return sheet.rows[columns.below : last + 1]


def name_fonts(below: Sequence[Sequence[Cell]], columns: Columns) -> dict[int, str]:
    """Returns the old font of each column of names, by its index."""
    named = (columns.full, columns.middle, columns.given)
    return {
        at: legacy_encodings.font_of(str(row[at]) for row in below if at < len(row)) for at in named if at is not None
    }


def name_of(row: Sequence[Cell], columns: Columns, fonts: dict[int, str]) -> tuple[str, str]:
    """Returns the whole name, and the part that must not be empty."""

    def part(at: int | None) -> str:
        if at is None:
            return ""
        return pupil_names.spaced(legacy_encodings.in_column(_text(_cell(row, at)), fonts[at]))

    if columns.given is None:
        return part(columns.full), part(columns.full)
    return " ".join(filter(None, (part(columns.middle), part(columns.given)))), part(columns.given)


def _birth_cell(row: Sequence[Cell], columns: Columns) -> Cell:
    if columns.birth is not None:
        return _cell(row, columns.birth)
    day, month, year = (_whole(_cell(row, at)) for at in (columns.day, columns.month, columns.year))
    return f"{day}/{month}/{year}" if day and month and year else year


def _whole(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else _text(cell)


def _cell(row: Sequence[Cell], at: int | None) -> Cell:
    return row[at] if at is not None and at < len(row) else ""


def _text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else str(cell)


def _is_no_pupil(row: Sequence[Cell], columns: Columns, name: str, birth: Cell) -> bool:
    """Whether the row is empty, a title, the heading once more, a sum or a signature."""
    filled = [cell for cell in row if _text(cell)]
    if name:
        return bool(_NO_PUPIL.match(fold(name))) or (heading_of(name) != "" and not births.birth_of(birth, 9999))
    if births.birth_of(birth, 9999):
        return False
    if len(filled) < 2 or heading_of(birth) or any(_NO_PUPIL.match(fold(_text(cell))) for cell in filled):
        return True
    # Neither name nor birth that can be read: a pupil's row has its number, or says boy or girl.
    numbered = columns.number is not None and _whole(_cell(row, columns.number)).isdecimal()
    return not (numbered or fold(_text(_cell(row, columns.sex))) in _SEXES)
