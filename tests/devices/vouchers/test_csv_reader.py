"""A sponsor's file, read: every way people save one, every fault by its line, and nothing makes the reader fall."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.devices.vouchers.csv_reader import MAX_LINES, plain_voucher, read_vouchers, same_voucher
from tutoring.kernel.csv_files import decoded

TODAY, LATER = date(2026, 11, 28), date(2027, 12, 31)
TWO = [("ABC-12345", LATER), ("XYZ-67890", LATER)]


def found(text: str, expires_on: date | None = None) -> list[tuple[str, date]]:
    read = read_vouchers(text, TODAY, expires_on)
    assert read.faults == []
    return [(one.code, one.expires_on) for one in read.lines]


@pytest.mark.parametrize(
    "text",
    [
        "mã,hạn\nABC-12345,31/12/2027\nXYZ-67890,2027-12-31\n",
        "Mã;Hạn dùng\r\nabc-12345;31-12-2027\r\nxyz-67890;31/12/2027\r\n",
        "code\texpires\nABC-12345\t2027-12-31\nXYZ-67890\t2027-12-31",
        "serial,hạn,MÃ\n000123,31/12/2027,ABC-12345\n000124,31/12/2027,XYZ-67890\n",
        "sep=;\nmã;hạn\nABC-12345;31/12/2027\nXYZ-67890;31/12/2027\n",
        "\ufeff\n\n  \nmã,ngày_hết_hạn\n\nABC-12345,31/12/2027 00:00:00\n,\nXYZ-67890,31/12/2027\n",
        '"mã","hạn"\n" ABC -12345 ","31/12/2027"\n"xyz-67 890","31/12/2027"\n',
        "ma,han\nABC-12345,31/12/2027,thừa\nXYZ-67890,31/12/2027\n",
    ],
)
def test_files_are_read_as_people_save_them(text: str) -> None:
    assert found(text) == TWO


def test_one_column_needs_no_name_but_a_day_beside_it() -> None:
    assert found("abc-12345\n\nXYZ-67890\n", LATER) == TWO
    assert found("mã\nabc-12345\nXYZ-67890\n", LATER) == TWO
    assert found("mã,hạn\nabc-12345,\nXYZ-67890,31/12/2027\n", LATER) == TWO
    faults = read_vouchers("ABC-12345\nXYZ-67890\n", TODAY).faults
    assert [(one.line, one.say) for one in faults] == [(1, "Thiếu hạn dùng."), (2, "Thiếu hạn dùng.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_a_spreadsheet_is_read(encoding: str) -> None:
    text = decoded("mã,hạn\nABC-12345,31/12/2027\nXYZ-67890,31/12/2027\n".encode(encoding))
    assert text is not None and found(text) == TWO


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",31/12/2027", "Thiếu mã."),
        ("AB-12,31/12/2027", "Mã gồm 6 đến 40"),
        (f"{'A' * 41},31/12/2027", "Mã gồm 6 đến 40"),
        ("1.23E+15,31/12/2027", "Mở bằng Excel"),
        ("MÃ-12345,31/12/2027", "Mã gồm 6 đến 40"),
        ("straße-123,31/12/2027", "Mã gồm 6 đến 40"),
        ("=HYPERLINK(1),31/12/2027", "Mã gồm 6 đến 40"),
        ("-------,31/12/2027", "Mã gồm 6 đến 40"),
        ("ABC-12345,27/11/2026", "Hạn dùng đã qua."),
        ("ABC-12345,31/12/2207", "Hạn dùng xa quá."),
        ("ABC-12345,sang năm", "Hãy ghi hạn dùng như 31/12/2027."),
        ("ABC-12345,30/02/2027", "Hãy ghi hạn dùng như 31/12/2027."),
        ("ABC-12345,", "Thiếu hạn dùng."),
        ("good 1-1111,31/12/2027", "Mã này đã có ở dòng 2 của tệp."),
        ("GOOD11111,31/12/2027", "Mã này đã có ở dòng 2 của tệp."),
    ],
)
def test_a_fault_is_named_by_its_line_and_nothing_of_the_file_counts(line: str, said: str) -> None:
    read = read_vouchers(f"mã,hạn\nGOOD1-1111,31/12/2027\n\n{line}\nGOOD2-2222,31/12/2027\n", TODAY)
    assert read.lines == [] and [one.line for one in read.faults] == [4]
    words = read.faults[0].say % read.faults[0].facts
    assert said.lower() in words.lower()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "chưa có dòng nào"),
        ("\n \n", "chưa có dòng nào"),
        ("mã,hạn\n", "chưa có dòng nào"),
        ("sep=;\n", "chưa có dòng nào"),
        ("số,ngày\nABC-12345,31/12/2027\n", "“mã” và “hạn”"),
        ("ABC-12345,31/12/2027\n", "“mã” và “hạn”"),
        ('mã,hạn\n"ABC,31/12/2027\n', "dạng CSV"),
        ("mã,hạn\n" + "x" * 140_000 + ",1\n", "dạng CSV"),
        ("\n".join(f"CODE-{n:06d}" for n in range(MAX_LINES + 1)), "quá 5000 dòng"),
    ],
)
def test_a_file_that_is_none_has_one_fault(text: str, said: str) -> None:
    read = read_vouchers(text, TODAY, LATER)
    assert read.lines == [] and len(read.faults) == 1
    assert said in read.faults[0].say % read.faults[0].facts


def test_the_longest_file_is_read() -> None:
    assert len(found("\n".join(f"CODE-{n:06d}" for n in range(MAX_LINES)), LATER)) == MAX_LINES


def test_no_fault_and_no_line_says_a_code() -> None:
    read = read_vouchers("mã,hạn\nGEHEIM-1111,1/1/2020\nGEHEIM-1111,x\nGEHEIM?,31/12/2027\n", TODAY)
    assert len(read.faults) == 4 and "GEHEIM" not in repr(read).upper()
    assert "GEHEIM" not in repr(read_vouchers("GEHEIM-1111", TODAY, LATER))


CELLS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["mã", "hạn", "code", "31/12/2027", "ABC-12345", '"', "sep=;", "\x00", "\u200b", "ı" * 8, "ß" * 8]
)


@given(
    st.lists(st.lists(CELLS, max_size=4), max_size=8), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_nothing_that_comes_in_makes_it_fall(rows: list[list[str]], between: str, end: str) -> None:
    read = read_vouchers(end.join(between.join(row) for row in rows), TODAY, LATER)
    assert not (read.lines and read.faults) and (read.lines or read.faults)
    for one in read.lines:
        assert plain_voucher(one.code) == one.code and one.code.isascii() and one.expires_on >= TODAY
    marks = [same_voucher(one.code) for one in read.lines]
    assert len(set(marks)) == len(marks)


@given(CELLS | st.text())
def test_a_code_is_written_in_one_way(typed: str) -> None:
    once = plain_voucher(typed)
    assert plain_voucher(once) == once
    assert plain_voucher(f" {typed}\t") == once
