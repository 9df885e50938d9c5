"""A workbook that the site writes is read back as it was, and no cell of it is a formula."""

import io
import zipfile

from python_calamine import CalamineWorkbook

from tutoring.kernel.xlsx_files import xlsx_file

ROWS = [["=1+1", 3, 'a<b & "c"'], ["  Đặng\x07", 0, "@SUM(A1)"]]


def test_a_workbook_is_read_back_and_holds_no_formula() -> None:
    made = xlsx_file("Lớp [6A]: tuần/1", ["Tên", "Số", "Lời"], ROWS)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["Lớp  6A   tuần 1"]
    head, one, two = book.get_sheet_by_index(0).to_python()
    assert head == ["Tên", "Số", "Lời"] and one == ["=1+1", 3.0, 'a<b & "c"'] and two == ["  Đặng", 0.0, "@SUM(A1)"]
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f" not in sheet and not [name for name in archive.namelist() if "macro" in name or "link" in name]
    assert made == xlsx_file("Lớp [6A]: tuần/1", ["Tên", "Số", "Lời"], ROWS)
