"""Official papers against Nghị định 30/2020/NĐ-CP, Phụ lục I, point by point, in the PDF and in the Word file."""

import io
import re
import zipfile
import zlib
from datetime import date
from functools import cache
from xml.etree import ElementTree

import pytest
from flask import Flask

from tests.community.papers.word_text import W, lines_of, part_of, text_of, words_in
from tests.insights.pdf_text import words_of
from tutoring.community.papers import paper as form
from tutoring.community.papers import pdf_file, word_file
from tutoring.community.papers.models import Letterhead
from tutoring.community.papers.paper import Facts, Heading, Items, Paper, Signature, Table, Text

SET = {
    "above": "UBND thành phố Minh Hoạ", "office": "Uỷ ban nhân dân phường Minh Hoạ", "symbol": "ubnd",
    "place": "Phường Minh Hoạ", "addressee": "Uỷ ban nhân dân Thành phố Minh Hoạ\nSở Khoa học và Công nghệ",
    "signer": "TM. Uỷ ban nhân dân\nChủ tịch", "recipients": "- Đảng uỷ phường;\nTổ công nghệ số cộng đồng.",
}  # fmt: skip
EMPTY = dict.fromkeys(SET, "")


def paper(values: dict[str, str], **more: object) -> Paper:
    blocks = [
        Heading("Tình hình chung"), Text("Nội dung của văn bản. " * 20), Items(["Điều thứ nhất."]),
        Facts([("Loại máy", "Máy tính bảng"), ("Ghi thêm", "")]),
        Heading("Con số"), Table(("Mục", "Số"), [(f"Dòng {n}", str(n)) for n in range(60)], (70, 30)),
    ]  # fmt: skip
    told: dict[str, object] = {
        "kind": "Báo cáo", "short": "BC", "subject": "Kết quả tháng 2/2026", "letterhead": Letterhead(**values),
        "unit": "Phường Minh Hoạ", "day": date(2026, 2, 5), "blocks": blocks, "addressed": True,
    }  # fmt: skip
    return Paper(**{**told, **more})  # type: ignore[arg-type]


@cache
def _word() -> bytes:
    return word_file.written(paper(SET))


@cache
def _pdf() -> bytes:
    return pdf_file.drawn(paper(SET))


@pytest.fixture
def word(app: Flask) -> bytes:
    return _word()


@pytest.fixture
def pdf(app: Flask) -> bytes:
    return _pdf()


def the_line(file: bytes, words: str) -> ElementTree.Element:
    return next(one for one in lines_of(file) if words in words_in(one))


def look(line: ElementTree.Element) -> tuple[float, bool, bool, str]:
    """Size in points, bold, italic, and where a line of a Word file stands."""
    run = next(one for one in line.iter(f"{W}r") if words_in(one))
    size = run.find(f"{W}rPr/{W}sz")
    assert size is not None

    def is_on(name: str) -> bool:
        found = run.find(f"{W}rPr/{W}{name}")
        return found is not None and found.get(f"{W}val", "1") not in ("0", "false")

    place = line.find(f"{W}pPr/{W}jc")
    return int(size.get(f"{W}val", "")) / 2, is_on("b"), is_on("i"), "" if place is None else place.get(f"{W}val", "")


def drawn_lines(pdf: bytes) -> list[list[bytes]]:
    """The streams of the pages of a PDF, as lines."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    opened = (zlib.decompressobj().decompress(one) if one[:1] == b"x" else one for one in streams)
    return [one.splitlines() for one in opened if b" Tj" in one]


# ---- sheet -----------------------------------------------------------------------------------------------------


def test_the_sheet_is_a4_with_the_margins_of_the_decree(word: bytes, pdf: bytes) -> None:
    assert 20 <= form.TOP <= 25 and 20 <= form.BOTTOM <= 25 and 30 <= form.LEFT <= 35 and 15 <= form.RIGHT <= 20
    section = part_of(word, "word/document.xml").find(f".//{W}sectPr")
    assert section is not None
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert size is not None and margins is not None

    def mm(part: ElementTree.Element, name: str) -> int:
        return round(int(part.get(f"{W}{name}", "")) / 1440 * 25.4)

    assert (mm(size, "w"), mm(size, "h")) == (210, 297)
    assert [mm(margins, side) for side in ("top", "bottom", "left", "right")] == [20, 20, 30, 15]
    assert re.search(rb"/MediaBox \[0 0 595\.28 841\.89\]", pdf)


def test_page_numbers_stand_above_from_the_second_page_on(word: bytes, pdf: bytes) -> None:
    section = part_of(word, "word/document.xml").find(f".//{W}sectPr")
    assert section is not None and section.find(f"{W}titlePg") is not None  # the first page has its own, empty head
    head = part_of(word, "word/header1.xml")
    assert "".join(one.text or "" for one in head.iter(f"{W}instrText")).strip() == "PAGE"
    place, size = head.find(f".//{W}jc"), head.find(f".//{W}sz")
    assert place is not None and place.get(f"{W}val") == "center"
    assert size is not None and size.get(f"{W}val") == "26"
    lines = words_of(pdf).split("\n")
    assert len(drawn_lines(pdf)) == 3 and "Trang" not in words_of(pdf)
    numbers = [n for n, line in enumerate(lines) if line in ("1", "2", "3")]
    assert [lines[n] for n in numbers if lines[n - 1] != f"Dòng {lines[n]}"] == ["2", "3"]  # not rows of the table
    tops = [line for page in drawn_lines(pdf)[1:] for line in page[:4] if b" Td" in line]
    for top in tops:
        x, y = map(float, re.findall(rb"BT ([\d.]+) ([\d.]+) Td", top)[0])
        assert abs(x - (form.LEFT + form.WIDTH / 2) / 25.4 * 72) < 5 and y > (297 - form.TOP) / 25.4 * 72


def test_the_typeface_is_that_of_the_decree_and_black(word: bytes, pdf: bytes) -> None:
    styles = part_of(word, "word/styles.xml")
    for name in ("Normal", "Heading1"):
        style = next(one for one in styles.iter(f"{W}style") if one.get(f"{W}styleId") == name)
        fonts, colour = style.find(f"{W}rPr/{W}rFonts"), style.find(f"{W}rPr/{W}color")
        assert fonts is not None and {*fonts.attrib.values()} == {"Times New Roman"}
        assert colour is not None and colour.attrib == {f"{W}val": "000000"}
    assert b"Tinos" in pdf and b"BeVietnam" not in pdf  # with the measures of Times New Roman


# ---- the head ---------------------------------------------------------------------------------------------------

HEAD: dict[str, tuple[str, tuple[float, bool, bool, str]]] = {
    "nation": (form.NATION, (12, True, False, "center")),
    "motto": (form.MOTTO, (13, True, False, "center")),
    "office above": ("UBND THÀNH PHỐ MINH HOẠ", (12, False, False, "center")),
    "office": ("UỶ BAN NHÂN DÂN PHƯỜNG MINH HOẠ", (12, True, False, "center")),
    "number": ("Số: ............/BC-UBND", (13, False, False, "center")),
    "place and day": ("Phường Minh Hoạ, ngày 05 tháng 02 năm 2026", (13, False, True, "center")),
    "kind": ("BÁO CÁO", (14, True, False, "center")),
    "subject": ("Kết quả tháng 2/2026", (14, True, False, "center")),
    "text": ("Nội dung của văn bản.", (13, False, False, "both")),
    "heading": ("1. Tình hình chung", (13, True, False, "left")),
    "post": ("CHỦ TỊCH", (13, True, False, "center")),
    "recipients": ("Nơi nhận:", (12, True, True, "left")),
    "a recipient": ("- Đảng uỷ phường;", (11, False, False, "left")),
}


@pytest.mark.parametrize("part", HEAD)
def test_each_part_is_there_in_its_size_and_style(word: bytes, pdf: bytes, part: str) -> None:
    words, style = HEAD[part]
    assert look(the_line(word, words)) == style
    assert words in words_of(pdf).replace("\n", " ")


def test_solid_rules_stand_below_motto_office_and_subject(word: bytes, pdf: bytes) -> None:
    body = part_of(word, "word/document.xml")
    paragraphs = list(body.iter(f"{W}p"))
    ruled = [n for n, one in enumerate(paragraphs) if one.find(f"{W}pPr/{W}pBdr/{W}top") is not None]
    above = [words_in(paragraphs[n - 1]) for n in ruled]
    assert above == ["UỶ BAN NHÂN DÂN PHƯỜNG MINH HOẠ", form.MOTTO, "Kết quả tháng 2/2026"]
    for n in ruled:
        border = paragraphs[n].find(f"{W}pPr/{W}pBdr/{W}top")
        assert border is not None and border.get(f"{W}val") == "single"
    lengths = [
        float(found[3]) - float(found[1])
        for line in drawn_lines(pdf)[0]
        if (found := re.fullmatch(rb"([\d.]+) ([\d.]+) m ([\d.]+) \2 l S", line))
    ]
    assert len(lengths) >= 3
    office, motto, subject = lengths[:3]
    assert 150 < motto < 175  # as long as the motto itself: 13 points, bold
    assert office < 95 and subject < 70  # a third to a half of their lines


def test_the_motto_is_below_the_nation_and_the_number_beside_place_and_day(word: bytes) -> None:
    rows = [[words_in(cell) for cell in row] for row in part_of(word, "word/document.xml").iter(f"{W}tr")]
    assert form.NATION + form.MOTTO in rows[0][-1] and "UBND THÀNH PHỐ" in "".join(rows[0][:-1])
    assert "BC-UBND" in "".join(rows[1][:-1]) and "ngày 05 tháng 02" in rows[1][-1]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 1, 9), "ngày 09 tháng 01 năm 2026"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2026, 3, 1), "ngày 01 tháng 3 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
        (None, "ngày ..... tháng ..... năm ........"),
    ],
)
def test_small_days_and_the_months_one_and_two_have_a_zero(day: date | None, said: str) -> None:
    assert paper(SET, day=day).place_and_day == f"Phường Minh Hoạ, {said}"


# ---- text and foot ----------------------------------------------------------------------------------------------


def test_text_stands_in_line_with_both_margins_its_first_line_moved_in(word: bytes) -> None:
    shape = the_line(word, "Nội dung của văn bản.").find(f"{W}pPr")
    assert shape is not None
    indent, gap = shape.find(f"{W}ind"), shape.find(f"{W}spacing")
    assert indent is not None and 10 <= round(int(indent.get(f"{W}firstLine", "")) / 1440 * 25.4, 1) <= 12.7
    assert gap is not None and int(gap.get(f"{W}before", "")) / 20 >= 6  # points
    assert 1 <= int(gap.get(f"{W}line", "")) / 240 <= 1.5 and gap.get(f"{W}lineRule") == "auto"


def test_a_report_names_to_whom_it_goes_and_a_record_does_not(app: Flask) -> None:
    said = text_of(word_file.written(paper(SET)))
    assert "Kính gửi:\n- Uỷ ban nhân dân Thành phố Minh Hoạ;\n- Sở Khoa học và Công nghệ.\n" in said
    assert "Nơi nhận:\n- Như trên;\n- Đảng uỷ phường;\n- Tổ công nghệ số cộng đồng;\n- Lưu: VT." in said
    one = text_of(word_file.written(paper(SET | {"addressee": "Phòng Văn hoá"})))
    assert "\nKính gửi: Phòng Văn hoá\n" in one
    sides = (Signature(("BÊN NHẬN",), "Chị Lan Minh Hoạ"), Signature(("BÊN GIAO",)))
    record = paper(SET, kind="Biên bản", short="BB", addressed=False, sides=sides, link="https://x.vn/d/A")
    for said in (text_of(word_file.written(record)), words_of(pdf_file.drawn(record))):
        assert "Kính gửi" not in said and "Như trên" not in said and "/BB-UBND" in said
        assert "BÊN NHẬN" in said and "Chị Lan Minh Hoạ" in said and "BÊN GIAO" in said and "CHỦ TỊCH" in said
    assert "word/media/image1.png" in zipfile.ZipFile(io.BytesIO(word_file.written(record))).namelist()


def test_a_copy_that_is_kept_is_named_once_and_last() -> None:
    assert paper(SET | {"recipients": "Lưu: VT, VHXH\nCông an phường"}).recipients == [
        "- Như trên;", "- Công an phường;", "- Lưu: VT, VHXH.",
    ]  # fmt: skip


def test_nothing_is_made_up_what_is_not_set_is_a_dotted_line(app: Flask) -> None:
    empty = paper(EMPTY)
    for said in (text_of(word_file.written(empty)), words_of(pdf_file.drawn(empty))):
        assert "Số: ............/BC-............" in said and "............, ngày 05" in said
        assert "Kính gửi: ......" in said and "UBND" not in said and "CHỦ TỊCH" not in said
        lines = said.splitlines()
        assert lines.count("." * 24) == 2  # the two offices
        assert lines.count("." * 36) == 2  # post and name of who signs


def test_the_head_of_a_table_is_repeated_and_its_rows_stay_whole(word: bytes) -> None:
    table = next(one for one in part_of(word, "word/document.xml").iter(f"{W}tbl") if "Dòng 59" in words_in(one))
    rows = table.findall(f"{W}tr")
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, *(False,) * 60]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_a_table_says_the_widths_of_its_columns_as_the_pdf_has_them(word: bytes) -> None:
    table = next(one for one in part_of(word, "word/document.xml").iter(f"{W}tbl") if "Dòng 59" in words_in(one))
    first, second = (int(one.get(f"{W}w", "0")) for one in table.iterfind(f"{W}tblGrid/{W}gridCol"))
    assert first / (first + second) == pytest.approx(0.7, abs=0.01)


def test_the_picture_below_the_recipients_is_not_cut_off(app: Flask) -> None:
    made = word_file.written(paper(SET, link="https://hoc.example/m/M-7KQ2PX", link_words="Quét để bắt đầu dùng máy"))
    holds = next(
        one for one in part_of(made, "word/document.xml").iter(f"{W}p") if one.find(f".//{W}drawing") is not None
    )
    spacing = holds.find(f"{W}pPr/{W}spacing")
    assert spacing is not None and spacing.get(f"{W}lineRule") == "auto"  # a line of fixed height cuts pictures off


def test_the_file_says_its_title_and_language_and_nothing_of_the_tool(word: bytes) -> None:
    core = ElementTree.tostring(part_of(word, "docProps/core.xml"), "unicode")
    assert "Báo cáo kết quả tháng 2/2026" in core and "vi-VN" in core and "python-docx" not in core
    assert not [name for name in zipfile.ZipFile(io.BytesIO(word)).namelist() if "thumbnail" in name]
