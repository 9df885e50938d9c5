"""Reads a list of adults of a school: name and role of each row; pure functions. No other column is looked at."""

import re
from collections.abc import Sequence

from tutoring.community.class_files import legacy_encodings, pupil_names, sheets, workbooks
from tutoring.community.class_files.columns import guess
from tutoring.community.class_files.pupils import NOT_A_ROW, PupilRow
from tutoring.community.class_files.sheets import Cell, Sheet, UnreadableFile
from tutoring.kernel.text import N_, called_name, fold

NO_ROLE = "no_role"
_ROLE_HEADING = re.compile(r"(chuc vu|vai tro|nhiem vu|cong viec|role|position)\b.*")
# Without diacritics; the first that fits. What fits none is a fault: nobody gets a role that was not written.
_ROLES = (
    (re.compile(r"dieu phoi( vien)?|coordinator"), "coordinator"),
    (re.compile(r"nguoi giup|ban giup|tinh nguyen( vien)?|volunteer|helper"), "helper"),
    (re.compile(r"giao vien\b.*|gv(cn|bm)?\b.*|chu nhiem\b.*|teacher"), "teacher"),
)


def role_of(text: str) -> str:
    """Returns the role that a cell names, or ""."""
    plain = " ".join(re.findall(r"[a-z]+", fold(text)))
    return next((role for pattern, role in _ROLES if pattern.fullmatch(plain)), "")


def read_file(data: bytes) -> tuple[Sheet, int, int, int]:
    """Returns the first sheet with a heading of names and roles, the first row below it, and both columns.

    Raises UnreadableFile.
    """
    sheets.check_size(data)
    found = workbooks.workbook_sheets(data) if data.startswith(workbooks.MARK) else sheets.text_sheets(data)
    for sheet in found:
        columns = guess(sheet)
        if columns is None or columns.full is None:
            continue
        heads = enumerate(sheet.rows[columns.below - 1])
        role = next((at for at, cell in heads if _ROLE_HEADING.fullmatch(fold(str(cell)).strip(" *:"))), None)
        if role is not None:
            return sheet, columns.below, columns.full, role
    raise UnreadableFile(N_("Không thấy dòng tiêu đề có cột Họ và tên và cột Vai trò."))


def staff_rows(sheet: Sheet, below: int, name_at: int, role_at: int) -> list[PupilRow]:
    """Reads all rows below the heading; `group` of a row is its role."""
    made, seen = list[PupilRow](), set[str]()
    for number, row in enumerate(sheet.rows[below:], below + 1):
        name = pupil_names.spaced(legacy_encodings.unicode_text(_text(row, name_at)))
        typed = pupil_names.spaced(legacy_encodings.unicode_text(_text(row, role_at)))
        role = role_of(typed)
        if not name and not typed:
            made.append(PupilRow(number, None, None, None, NOT_A_ROW))
        elif not name:
            made.append(PupilRow(number, None, None, None, "no_name", role))
        elif not pupil_names.is_name(name):
            made.append(PupilRow(number, None, None, None, "bad_name", role))
        else:
            full = pupil_names.written(name)
            mark = f"{pupil_names.name_mark(full)}\nstaff {role}"
            fault = NO_ROLE if not role else "twice" if mark in seen else None
            seen.add(mark)
            made.append(PupilRow(number, full, called_name(full), None, fault, role, mark if not fault else ""))
    while made and made[-1].fault == NOT_A_ROW:
        made.pop()
    return made


def _text(row: Sequence[Cell], at: int) -> str:
    return str(row[at]).strip() if at < len(row) else ""
