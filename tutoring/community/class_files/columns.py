"""Which columns of a sheet hold name and birth: found by their headings. All other columns are never read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tutoring.community.class_files.legacy_encodings import unicode_text
from tutoring.community.class_files.pupil_names import is_name, spaced
from tutoring.community.class_files.sheets import Cell, Sheet
from tutoring.kernel.text import fold

_LOOKED_AT = 40  # rows from the top in which the heading may stand, below titles
_SAMPLE = 40  # rows below the heading that decide on a column without a heading

# Headings without diacritics, case, stars, signs and hints in brackets.
_HEADINGS = {
    "full": r"(ho( va)? ten( dem va ten)?|hoten)( day du| khai sinh)?( cua)?( hoc sinh| hs| em| tre| con| hoc vien)?"
    r"|ten (day du )?(hoc sinh|hs)|hoc sinh|full ?name|name( of)?( the)?( student| pupil)?"
    r"|(student|pupil)s? ?(full )?name",
    "middle": r"ho( va)? ?(chu )?(ten )?(dem|lot)( hoc sinh| hs)?|ho dem va|ho|(last|family|sur) ?name"
    r"|last and middle name",
    "given": r"ten( goi)?|(first|given) ?name",
    "birth": r"(ngay|nam)( thang)?( nam)? sinh( hoc sinh| hs)?|sinh (ngay|nam)( thang)?( nam)?|ntns|ng ?sinh"
    r"|(date|year) of birth|birth ?(day|date|year)|dob",
    "group": r"(ten |ma )?lop( hoc)?|class( name)?",
    "sex": r"gioi( tinh)?|gt|phai|nam( nu)?|nu|gender|sex",
    "number": r"stt|so tt|tt|so thu tu|no|#",
}
_PATTERNS = {key: re.compile(pattern) for key, pattern in _HEADINGS.items()}
_SPLIT_BIRTH = {"ngày": "day", "tháng": "month", "năm": "year"}  # with accents: "nam" is a boy


@dataclass(frozen=True)
class Columns:
    """Where the heading ends (the index of the first row below it), and the index of each column that is read."""

    below: int
    full: int | None = None
    middle: int | None = None
    given: int | None = None
    birth: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    group: int | None = None
    sex: int | None = None
    number: int | None = None

    @property
    def has_name(self) -> bool:
        return self.full is not None or self.given is not None

    @property
    def has_birth(self) -> bool:
        return self.birth is not None or self.year is not None


def heading_of(cell: Cell) -> str:
    """Returns the column that a heading names, or ""; headings of parents and of places name none."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", unicode_text(str(cell)))
    plain = " ".join(re.findall(r"[a-z#]+", fold(text)))
    return next((key for key, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), "")


def guess(sheet: Sheet) -> Columns | None:
    """Returns the columns of a sheet by its heading; None without a heading that names a name.

    The row that names most columns is the heading. `has_birth` says whether the birth is there too.
    """
    found = [one for at in range(min(_LOOKED_AT, len(sheet.rows))) if (one := _of_row(sheet, at))]
    return max(found, key=lambda one: (one.has_birth, _named(one)), default=None)


def _named(columns: Columns) -> int:
    return sum(getattr(columns, key) is not None for key in _PATTERNS)


def _of_row(sheet: Sheet, at: int) -> Columns | None:
    row = sheet.rows[at]
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        # A name of a pupil below may look like a heading ("Tên"); numbers and days are none.
        if isinstance(cell, str) and (key := heading_of(cell)):
            found.setdefault(key, index)
    made = Columns(at + 1, **found)
    if not made.has_name and made.middle is None:
        return None
    if made.full is not None and made.middle is not None and made.given is None:
        made = replace(made, given=made.full, full=None)  # "Họ đệm", "Tên học sinh"
    below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else []
    parts = dict(_split_parts(row)) | (dict(_split_parts(below)) if _continues(row, below) else {})
    if _continues(row, below):
        made = replace(made, below=at + 2)
        lower = {key: index for index, cell in enumerate(below) if isinstance(cell, str) and (key := heading_of(cell))}
        if {"middle", "given"} <= lower.keys():
            made = replace(made, middle=lower["middle"], given=lower["given"], full=None)
    if {"year"} <= parts.keys() and (made.birth is None or "day" in parts):
        made = replace(made, birth=None, **parts)
    made = _two_columns(sheet, at, made)
    return made if made.has_name else None


def _split_parts(row: Sequence[Cell]) -> Iterator[tuple[str, int]]:
    for index, cell in enumerate(row):
        if isinstance(cell, str) and (part := _SPLIT_BIRTH.get(spaced(unicode_text(cell)).lower().strip(" *.:"))):
            yield part, index


def _continues(row: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether the next row is the lower half of a heading of two rows: headings, where the upper has merged cells."""
    cells = [(index, cell) for index, cell in enumerate(below) if cell != ""]
    known = {index for _part, index in _split_parts(below)}
    return bool(cells) and all(
        isinstance(cell, str) and (index in known or heading_of(cell) in ("middle", "given", "sex"))
        for index, cell in cells
    )


def _two_columns(sheet: Sheet, first: int, columns: Columns) -> Columns:
    """Splits a heading "Họ và tên" that was merged over two columns: the second, without heading, holds given names."""
    if columns.full is None:
        return columns
    at = columns.full + 1
    if any(len(head) > at and head[at] != "" for head in sheet.rows[first : columns.below]):
        return columns
    below = sheet.rows[columns.below : columns.below + _SAMPLE]
    named = [row for row in below if len(row) > at and str(row[columns.full]).strip()]
    words = [row for row in named if isinstance(row[at], str) and is_name(spaced(unicode_text(str(row[at]))))]
    if named and len(words) * 4 > len(named) * 3:
        return replace(columns, middle=columns.full, given=at, full=None)
    return columns
