"""Class lists as schools have them are read row by row: headings, names, births, faults, encodings."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.community.class_files.spreadsheets import Formula, package, sheet_xml, workbook
from tutoring.community.class_files import births, legacy_encodings, pupil_names, workbooks
from tutoring.community.class_files.columns import guess
from tutoring.community.class_files.pupils import FAULTS, PupilRow, pupil_rows, read_file
from tutoring.community.class_files.sheets import MOST_ROWS, UnreadableFile

YEAR = 2026
HEAD = ("STT", "Họ và tên (*)", "Giới tính", "Ngày sinh (*)")


def rows_of(data: bytes) -> list[PupilRow]:
    return pupil_rows(*read_file(data), YEAR)


def faults(data: bytes) -> list[str | None]:
    return [one.fault for one in rows_of(data)]


def named(data: bytes) -> list[tuple[str | None, str | None, int | None]]:
    return [(one.full, one.called, one.year) for one in rows_of(data) if one.fault is None]


def one(name: Any, birth: Any = "05/09/2016") -> PupilRow:
    return rows_of(workbook(HEAD, (1, name, "Nữ", birth)))[0]


def each_alone(*cells: tuple[Any, Any]) -> list[PupilRow]:
    """What is read of a name and a birth that stand alone on their sheet; one file for all, which takes one process."""
    made = package({str(at): sheet_xml((HEAD, (1, name, "Nữ", birth))) for at, (name, birth) in enumerate(cells)})
    found = []
    for sheet in workbooks.workbook_sheets(made):
        columns = guess(sheet)
        assert columns is not None
        found += pupil_rows(sheet, columns, YEAR)
    return found


def csv_file(rows: Iterable[Sequence[str]], between: str = ",") -> str:
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=between).writerows(rows)
    return made.getvalue()


# ---- headings -------------------------------------------------------------------------------------------------


def test_a_list_below_titles_with_starred_headings() -> None:
    data = workbook(
        ("TRƯỜNG TIỂU HỌC MẪU", "", "", ""),
        ("DANH SÁCH HỌC SINH LỚP 4A", "", "", ""),
        (),
        HEAD,
        (1, "Nguyễn Thị Bảo Hân", "Nữ", date(2016, 9, 5)),
        (2, "Trần Minh Khôi", "Nam", "12/03/2016"),
        (3, "Lê Gia Huy", "Nam", 2016),
        ("", "Tổng số: 3 học sinh", "", ""),
        ("", "", "", "Ngày 5 tháng 9 năm 2026"),
        ("", "Người lập", "", "Hiệu trưởng"),
        ("", "Trần Thị Mẫu", "", ""),
    )
    assert [(one.row, one.called, one.year, one.fault) for one in rows_of(data)] == [
        (5, "Hân", 2016, None),
        (6, "Khôi", 2016, None),
        (7, "Huy", 2016, None),
        *[(number, None, None, "not_a_row") for number in (8, 9, 10, 11)],
    ]


@pytest.mark.parametrize(
    "head",
    [
        ("STT", "Họ đệm", "Tên", "Ngày sinh"),
        ("TT", "Họ và tên đệm *", "Tên *", "Ngày, tháng, năm sinh"),
        ("Stt", "HỌ LÓT", "TÊN", "Năm sinh"),
        ("No.", "Last name", "First name", "Date of birth"),
        ("STT", "Họ và tên", "", "Ngày sinh (dd/mm/yyyy)"),  # one heading over two columns
        ("STT", "Họ", "Tên học sinh", "NGÀY SINH"),
    ],
)
def test_a_name_in_two_columns(head: tuple[str, ...]) -> None:
    data = workbook(head, (1, "Nguyễn Thị Bảo", "Hân", "05/09/2016"), (2, "Võ", "Duy", "2016"))
    assert named(data) == [("Nguyễn Thị Bảo Hân", "Hân", 2016), ("Võ Duy", "Duy", 2016)]


def test_a_heading_of_two_rows_with_the_parts_of_a_birth_in_three_columns() -> None:
    data = workbook(
        ("STT", "Họ và tên", "Ngày sinh", "", "", "Giới tính"),
        ("", "", "Ngày", "Tháng", "Năm", ""),
        (1, "Đỗ Hồng Phúc", 5, 9, 2016, "Nam"),
        (2, "Đỗ Hồng Phúc", 6, 9, 2016, "Nam"),
        (3, "Đỗ Hồng Phúc", 31, 2, 2016, "Nam"),
    )
    assert faults(data) == [None, None, "bad_birth"]


def test_a_column_without_heading_is_part_of_the_name_only_beside_it() -> None:
    data = workbook(
        ("Họ và tên", "Giới tính", "Ngày sinh"),
        ("Lê An", "Nam", "2016"),
        ("Lê Bình", "Nam", "2016"),
    )
    assert named(data) == [("Lê An", "An", 2016), ("Lê Bình", "Bình", 2016)]


def test_names_of_parents_numbers_and_addresses_are_never_read() -> None:
    data = workbook(
        ("Họ tên cha", "Số CCCD", "Họ và tên", "Điện thoại", "Địa chỉ", "Nơi sinh", "Năm sinh mẹ", "Ngày sinh"),
        ("Lê Văn Cha", "079216001234", "Lê An", "0912345678", "1 Đường Mẫu", "Huế", "1985", "05/09/2016"),
        ("Lê Văn Cha", "079216001234", "Lê Bình 0912345678", "", "", "", "", "05/09/2016"),
    )
    found = rows_of(data)
    assert found[0] == PupilRow(2, "Lê An", "An", 2016, None)
    assert found[1] == PupilRow(3, None, None, 2016, "bad_name")


def test_the_first_visible_sheet_with_a_heading_is_read() -> None:
    rows = sheet_xml([HEAD, (1, "Lê An", "Nam", "2016")])
    other = sheet_xml([HEAD, (1, "Lê Bình", "Nam", "2016")])
    data = package({"Bìa": sheet_xml([("Sổ điểm",)]), "-Ẩn": other, "4A": rows, "4B": other})
    assert named(data) == [("Lê An", "An", 2016)]


# ---- names ----------------------------------------------------------------------------------------------------


WRITTEN = {
    "NGUYỄN THỊ BẢO HÂN": "Nguyễn Thị Bảo Hân",
    "nguyễn thị bảo hân": "Nguyễn Thị Bảo Hân",
    "  Nguyễn\u00a0 Thị\tBảo\nHân ": "Nguyễn Thị Bảo Hân",
    "NGuyễn thị BẢO hÂN": "Nguyễn Thị Bảo Hân",
    unicodedata.normalize("NFD", "Nguyễn Thị Bảo Hân"): "Nguyễn Thị Bảo Hân",
    "Nguyễn\u200b Thị Bảo Hân\ufeff": "Nguyễn Thị Bảo Hân",
    "Nguyễn Ðức An": "Nguyễn Đức An",
    "K’BẢO": "K'Bảo",
    "h'hen niê": "H'Hen Niê",
    "Y-PHÔN BYĂ": "Y-Phôn Byă",
    "Nguyễn Anna McDonald": "Nguyễn Anna McDonald",
    "NguyÔn ThÞ B¶o H©n": "Nguyễn Thị Bảo Hân",  # TCVN3
    "§Æng Hoµng D­¬ng": "Đặng Hoàng Dương",
    "Nguyeãn Thò Baûo Haân": "Nguyễn Thị Bảo Hân",  # VNI
    "NGUYEÃN THÒ BAÛO HAÂN": "Nguyễn Thị Bảo Hân",
    "François Muñoz": "François Muñoz",
}


def test_a_name_is_written_as_names_are() -> None:
    found = each_alone(*((typed, "05/09/2016") for typed in WRITTEN))
    assert [(one.full, one.called, one.fault) for one in found] == [
        (full, full.split()[-1], None) for full in WRITTEN.values()
    ]


NO_NAMES = (
    "Nguyễn V4n An", "12345", 12345, "=cmd|' /C calc'!A0", "Nguy?n V?n An", "An 🙂", "Nguyễn Văn Аn", "###",
    "a b c d e f g h i j k", "x" * 81, "Nguyá»…n Văn An", "An (4A)", "@An", "-", "李小龙",
)  # fmt: skip


def test_what_is_no_name_is_a_fault_and_is_not_repeated() -> None:
    for typed, found in zip(NO_NAMES, each_alone(*((typed, "05/09/2016") for typed in NO_NAMES)), strict=True):
        assert (found.fault, found.full, found.called) == ("bad_name", None, None), typed


def test_a_formula_is_read_as_its_stored_text() -> None:
    assert one(Formula('B2&" "&C2', "Lê An")).full == "Lê An"
    assert one(Formula('HYPERLINK("http://x.example")', "=1+1")).fault == "bad_name"


def test_a_short_name_of_an_old_font_is_read_as_its_neighbours_are() -> None:
    names = ("NguyÔn V¨n B×nh", "TrÇn ThÞ H¹nh", "Mai Tó")
    data = workbook(HEAD, *((at, name, "", "2016") for at, name in enumerate(names)))
    assert [one.full for one in rows_of(data)] == ["Nguyễn Văn Bình", "Trần Thị Hạnh", "Mai Tú"]
    assert one("Mai Tó").full == "Mai Tó"


@given(st.text(max_size=60))
def test_whatever_stands_in_a_cell_the_name_is_clean(text: str) -> None:
    name = pupil_names.spaced(legacy_encodings.unicode_text(text))
    if pupil_names.is_name(name):
        full = pupil_names.written(name)
        assert unicodedata.is_normalized("NFC", full) and full.isprintable() and len(full) <= 80
        assert not set(full) & set("=+@<>&0123456789")
        assert pupil_names.written(full) == full


NAMES = st.lists(
    st.sampled_from(
        ["Nguyễn", "Trần", "Lê", "Đặng", "Võ", "Hoàng", "Thị", "Bảo", "Quỳnh", "Thuỷ", "Tú", "Mỹ", "Dương"]
    ),
    min_size=2,
    max_size=4,
).map(" ".join)


@given(NAMES, st.sampled_from([str.upper, str.lower, str]), st.sampled_from(["NFC", "NFD"]))
def test_every_way_of_writing_a_name_gives_one_name(name: str, case: Any, form: Any) -> None:
    typed = unicodedata.normalize(form, case(name)).replace(" ", "  ")
    assert pupil_names.written(pupil_names.spaced(typed)) == name


# ---- births ---------------------------------------------------------------------------------------------------


BIRTHS = (
    date(2016, 9, 5), 2016, 42618, "05/09/2016", "5-9-2016", "05.09.2016", "2016-09-05", "2016-09-05 00:00:00", "2016",
    " 2016 ", "5/9/16", "9/2016", "'05/09/2016", "05 / 09 / 2016", "42618", "29/02/2016", date(1905, 7, 8),
)  # fmt: skip


def test_a_birth_is_cut_to_its_year() -> None:
    for cell, found in zip(BIRTHS, each_alone(*(("Lê An", cell) for cell in BIRTHS)), strict=True):
        assert (found.year, found.fault) == (2016, None), cell


TO_CORRECT: tuple[tuple[Any, str | None], ...] = (
    ("", "no_birth"), (None, "no_birth"), ("  ", "no_birth"), ("31/02/2016", "bad_birth"),
    ("05/25/2016", "bad_birth"), ("không rõ", "bad_birth"), ("00/00/2016", "bad_birth"), (17, "bad_birth"),
    ("05/09/2035", "bad_birth"), ("05/09", "bad_birth"), (-1, "bad_birth"), (1e300, "bad_birth"),
    ("29/02/2015", "bad_birth"), (2023, "too_young"), (2022, "too_young"), (2021, None), (2006, None),
    (2005, "too_old"), ("01/01/1950", "too_old"),
)  # fmt: skip


def test_births_that_need_correction() -> None:
    found = each_alone(*(("Lê An", cell) for cell, _fault in TO_CORRECT))
    for (cell, fault), one in zip(TO_CORRECT, found, strict=True):
        assert (one.fault, one.full) == (fault, "Lê An"), cell


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.dates()))
def test_no_cell_breaks_the_reading_of_births(cell: Any) -> None:
    found = births.birth_of(cell, YEAR)
    assert found is None or 1900 <= found[0] <= YEAR


# ---- rows -----------------------------------------------------------------------------------------------------


def test_the_same_pupil_twice_is_a_fault_and_namesakes_are_none() -> None:
    data = workbook(
        HEAD,
        (1, "Lê Hoà", "", "05/09/2016"),
        (2, "LÊ HÒA", "", date(2016, 9, 5)),
        (3, "Lê Hoà", "", "06/09/2016"),
        (4, "Lê Hoa", "", "05/09/2016"),
        (5, "Lê Hoà", "", ""),
    )
    assert faults(data) == [None, "twice", None, None, "no_birth"]


def test_with_years_alone_the_class_tells_namesakes_apart() -> None:
    rows = [("Họ tên", "Năm sinh", "Lớp"), ("Lê An", 2016, "4A"), ("Lê An", 2016, "4B"), ("Lê An", 2016, "4a")]
    assert faults(workbook(*rows)) == [None, None, "twice"]


def test_rows_without_a_name_and_rows_that_are_no_pupil() -> None:
    data = workbook(
        HEAD,
        (1, "", "Nam", "05/09/2016"),
        (2, "", "Nam", ""),
        (3, "", "", ""),
        ("", "", "", ""),
        HEAD,
        ("Lớp 4B", "", "", ""),
        (4, "Lê An", "Nam", "05/09/2016"),
        ("", "", "", ""),
        ("", "", "", ""),
    )
    none = "not_a_row"
    assert faults(data) == ["no_name", "no_name", none, none, none, none, None]


def test_thirty_planted_faults_in_two_thousand_lines_are_found_and_nothing_else() -> None:
    rows: list[list[Any]] = []
    syllables = ["An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Khoa", "Lan", "Minh", "Nam"]
    for at in range(2000):
        name = " ".join(("Nguyễn", *(syllables[int(digit)] for digit in f"{at:04}")))
        rows.append([at + 1, name, "Nam", date(2016, 1 + at % 12, 1 + at % 28)])
    planted: dict[int, str] = {}
    for at in range(30):
        index = 40 + at * 61
        fault = list(FAULTS)[at % len(FAULTS)]
        planted[index + 2] = fault
        row = rows[index]
        if fault == "no_name":
            row[1] = ""
        elif fault == "bad_name":
            row[1] = f"Lê An {at}"
        elif fault == "no_birth":
            row[3] = ""
        elif fault == "bad_birth":
            row[3] = "30/02/2016"
        elif fault == "too_young":
            row[3] = date(2024, 1, 1)
        elif fault == "too_old":
            row[3] = date(1990, 1, 1)
        elif fault == "twice":
            rows[index] = [at, *rows[index - 1][1:]]
        else:
            rows[index] = ["", "", "", ""]
    assert {one.row: one.fault for one in rows_of(workbook(HEAD, *rows)) if one.fault} == planted
    assert len(rows_of(workbook(HEAD, *rows))) == 2000


# ---- text with separators -------------------------------------------------------------------------------------

LIST = [("STT", "Họ và tên", "Ngày sinh"), ("1", "Nguyễn Thị Bảo Hân", "05/09/2016"), ("2", "Đỗ Hoà", "2016")]
READ = [("Nguyễn Thị Bảo Hân", "Hân", 2016), ("Đỗ Hoà", "Hoà", 2016)]


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_unicode(between: str, encoding: str) -> None:
    titles = [("DANH SÁCH LỚP 4A, NĂM HỌC 2026–2027; BẢN NHÁP",), ()]
    assert named(csv_file([*titles, *LIST], between).encode(encoding)) == READ


def test_text_in_windows_1258() -> None:
    marks = {"\u0300", "\u0309", "\u0303", "\u0301", "\u0323"}
    made = ""
    for char in csv_file(LIST, ";"):
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(one for one in parts if one in marks)
        made += unicodedata.normalize("NFC", "".join(one for one in parts if one not in marks)) + tone
    assert named(made.encode("cp1258")) == READ


@pytest.mark.parametrize(
    "text",
    [
        "STT;Hä vµ tªn;Ngµy sinh\n1;NguyÔn ThÞ B¶o H©n;05/09/2016\n2;§ç Hoµ;2016\n",
        "STT;Hoï vaø teân;Ngaøy sinh\n1;Nguyeãn Thò Baûo Haân;05/09/2016\n2;Ñoã Hoaø;2016\n",
    ],
)
def test_text_of_old_fonts(text: str) -> None:
    assert named(text.encode("latin-1")) == READ
    assert named(text.encode()) == READ


def test_rows_have_the_number_that_a_spreadsheet_shows() -> None:
    text = 'Danh sách,\n"hai\ndòng",\nHọ tên,Năm sinh\n\nLê An,2016\n'
    assert [(one.row, one.fault) for one in rows_of(text.encode())] == [(4, "not_a_row"), (5, None)]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    for begin in (b"", b"PK\x03\x04", "Họ tên,Năm sinh\n".encode()):
        try:
            rows_of(begin + data)
        except UnreadableFile as fault:
            assert str(fault).endswith(".")


def test_a_file_that_is_too_long_is_refused() -> None:
    text = "Họ tên,Năm sinh\n" + "Lê An,2016\n" * MOST_ROWS
    with pytest.raises(UnreadableFile, match="dài quá"):
        read_file(text.encode())
