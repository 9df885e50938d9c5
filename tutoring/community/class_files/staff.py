"""Reads a list of adults of a school: name and role of each row; pure functions. No other column is looked at."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tutoring.community.class_files import legacy_encodings, pupil_names, pupils, sheets, workbooks
from tutoring.community.class_files.columns import Columns, guess
from tutoring.community.class_files.pupils import NOT_A_ROW, PupilRow
from tutoring.community.class_files.sheets import Cell, Sheet, UnreadableFile
from tutoring.kernel.text import N_, called_name, fold

NO_ROLE = "no_role"
NAMESAKE = "namesake"  # name and role stand in a row above: another adult, if a person says so
_LONGEST_ROLE = 40
_ROLE_HEADING = re.compile(r"(chuc vu|vai tro|nhiem vu|cong viec|role|position)\b.*")
# Without diacritics; the first that fits. What fits none is a fault: nobody gets a role that was not written.
_ROLES = (
    (re.compile(r"dieu phoi( vien)?|coordinator"), "coordinator"),
    (re.compile(r"nguoi giup|ban (giup|dong hanh)|tinh nguyen( vien)?|volunteer|helper"), "helper"),
    (re.compile(r"giao vien\b.*|gv(cn|bm)?\b.*|chu nhiem\b.*|teacher"), "teacher"),
)


def role_of(text: str) -> str:
    """Returns the role that a cell names, or ""."""
    plain = " ".join(re.findall(r"[a-z]+", fold(text)))
    return next((role for pattern, role in _ROLES if pattern.fullmatch(plain)), "")


def read_file(data: bytes) -> tuple[Sheet, Columns, int]:
    """Returns the first sheet with a heading of names and roles, its columns, and the index of the role's column.

    Raises UnreadableFile.
    """
    sheets.check_size(data)
    found = workbooks.workbook_sheets(data) if data.startswith(workbooks.MARK) else sheets.text_sheets(data)
    for sheet in found:
        columns = guess(sheet)
        if columns is None:
            continue
        # A heading of two rows has the role in either.
        for row in reversed(sheet.rows[max(columns.below - 2, 0) : columns.below]):
            role = next((at for at, cell in enumerate(row) if _ROLE_HEADING.fullmatch(_plain(cell))), None)
            if role is not None:
                return sheet, columns, role
    raise UnreadableFile(N_("Không thấy dòng tiêu đề có cột Họ và tên và cột Vai trò."))


def staff_rows(sheet: Sheet, columns: Columns, role_at: int) -> list[PupilRow]:
    """Reads all rows below the heading; `group` of a row is its role as typed.

    A second row with one name and role may be a namesake or the same adult: a person decides (`NAMESAKE`).
    """
    below = pupils.rows_below(sheet, columns)
    fonts = pupils.name_fonts(below, columns)
    made, seen = list[PupilRow](), Counter[str]()
    for number, row in enumerate(below, columns.below + 1):
        one = _adult(number, row, columns, fonts, role_at)
        if one.fault is None:
            mark = f"{pupil_names.name_mark(one.full or '')}\nstaff {one.role}"
            seen[mark] += 1
            if seen[mark] > 1:
                one = replace(one, fault=NAMESAKE, mark=f"{mark}\n{seen[mark]}")
            else:
                one = replace(one, mark=mark)
        made.append(one)
    while made and made[-1].fault == NOT_A_ROW:
        made.pop()
    return made


def _adult(number: int, row: Sequence[Cell], columns: Columns, fonts: dict[int, str], role_at: int) -> PupilRow:
    name, given = pupils.name_of(row, columns, fonts)
    typed = pupil_names.spaced(legacy_encodings.unicode_text(_text(row, role_at)))
    role = role_of(typed)
    # A number in this column is no role, and may be one of an identity card.
    kept = "" if any(char.isdigit() for char in typed) else typed[:_LONGEST_ROLE]
    if not name and not typed:
        return PupilRow(number, None, None, None, NOT_A_ROW)
    if not name or not given:
        return PupilRow(number, None, None, None, "no_name", kept, role=role)
    if not pupil_names.is_name(name):
        return PupilRow(number, None, None, None, "bad_name", kept, role=role)
    full = pupil_names.written(name)
    return PupilRow(number, full, called_name(full), None, None if role else NO_ROLE, kept, role=role)


def _plain(cell: Cell) -> str:
    return fold(str(cell)).strip(" *:")


def _text(row: Sequence[Cell], at: int) -> str:
    return str(row[at]).strip() if at < len(row) else ""
