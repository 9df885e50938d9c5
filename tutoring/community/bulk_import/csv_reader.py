"""Reads CSV files of units and mergers into lines and their faults; pure functions.

The first line names the columns, in English or Vietnamese. Comma, semicolon and tab all work as separators. Also holds
the column labels and the sample files.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tutoring.kernel.csv_files import day_of, heading, lines_of
from tutoring.kernel.text import N_, nfc

MOST_LINES = 20_000
MOST_BYTES = 4 * 1024 * 1024
COLUMNS = {
    "units": ("code", "kind", "form", "name", "parent", "grade", "school_year", "from"),
    "mergers": ("from", "into", "on"),
}
_NEEDED = {"units": ("code", "kind", "name"), "mergers": ("from", "into", "on")}
_CALLED = {
    "units": {
        "ma": "code", "loai": "kind", "hinh thuc": "form", "ten": "name", "ma cap tren": "parent", "khoi": "grade",
        "nam hoc": "school_year", "tu ngay": "from",
    },
    "mergers": {"ma cu": "from", "nhap vao": "into", "tu ngay": "on"},
}  # fmt: skip
FAULT_COLUMN = "loi"  # the column of a file returned for correction; ignored on import
# Vietnamese words for kinds, with the `form` each word implies.
_KINDS = {
    "thanh pho": ("city", ""), "tinh": ("city", ""), "phuong": ("ward", "phường"), "xa": ("ward", "xã"),
    "dac khu": ("ward", "đặc khu"), "khu pho": ("neighbourhood", "khu phố"), "ap": ("neighbourhood", "ấp"),
    "thon": ("neighbourhood", "thôn"), "to dan pho": ("neighbourhood", "tổ dân phố"), "truong": ("school", ""),
    "lop": ("class", ""), "don vi dong hanh": ("partner", ""),
}  # fmt: skip
KINDS = frozenset(kind for kind, _form in _KINDS.values())


@dataclass(frozen=True)
class Fault:
    """What is wrong in one line (1 is the header), as a msgid with its parameters."""

    line: int
    column: str
    say: str  # a msgid
    facts: Mapping[str, Any]

    def stored(self) -> list[Any]:
        return [self.line, self.column, self.say, dict(self.facts)]


@dataclass(frozen=True)
class UnitLine:
    """One unit of a file."""

    line: int
    code: str
    kind: str
    form: str
    name: str
    parent: str  # a code; empty at the top
    grade: int | None
    school_year: str
    since: date | None


@dataclass(frozen=True)
class MergerLine:
    """One merger of a file: two codes, and the date from which it holds."""

    line: int
    old: str
    into: str
    on: date


@dataclass(frozen=True)
class Table:
    """A file as lines of cells, keyed by our column names."""

    lines: list[tuple[int, dict[str, str]]]
    faults: list[Fault]


def read_table(text: str, kind: str) -> Table:
    """Reads the lines of a file.

    A file without the columns, without lines or with too many lines has a single fault.
    """
    rows = lines_of(text)
    known = _CALLED[kind] | {column: column for column in COLUMNS[kind]}
    try:
        columns = [known.get(_plain(cell), "") for cell in next(rows, [])]
        missing = [column for column in _NEEDED[kind] if column not in columns]
        if missing:
            say = N_("Dòng đầu thiếu cột: %(columns)s. Hãy lấy tệp mẫu rồi điền vào.")
            return Table([], [Fault(1, "", say, {"columns": ", ".join(missing)})])
        lines = []
        for row in rows:
            cells = {name: nfc(cell) for name, cell in zip(columns, row, strict=False) if name}
            if any(cells.values()):
                lines.append((rows.line_num, cells))
            if len(lines) > MOST_LINES:
                return Table([], [Fault(1, "", N_("Tệp dài quá %(most)s dòng. Hãy chia thành vài tệp."),
                                        {"most": MOST_LINES})])  # fmt: skip
    except csv.Error:
        return Table([], [Fault(rows.line_num, "", N_("Không đọc được dòng này. Hãy lưu lại tệp dạng CSV."), {})])
    if not lines:
        return Table([], [Fault(1, "", N_("Tệp chưa có dòng nào."), {})])
    return Table(lines, [])


def _plain(cell: str) -> str:
    return heading(cell).replace("school year", "school_year")


def unit_lines(table: Table) -> tuple[list[UnitLine], list[Fault]]:
    """Parses the lines of units, each on its own: missing, too long or unknown values."""
    found, faults = [], []
    for line, cells in table.lines:
        wrong = list(_wrong_in_unit(line, cells))
        faults += wrong
        if not wrong:
            kind, form = kind_of(cells["kind"])
            grade = cells.get("grade", "")
            found.append(
                UnitLine(
                    line, cells["code"], kind, cells.get("form", "") or form, " ".join(cells["name"].split()),
                    cells.get("parent", ""), int(grade) if grade else None, cells.get("school_year", ""),
                    day_of(cells.get("from", "")),
                )
            )  # fmt: skip
    return found, faults


def kind_of(word: str) -> tuple[str, str]:
    """Returns the kind of a word and the form it implies; empty strings if it is no kind."""
    plain = _plain(word)
    return (plain, "") if plain in KINDS else _KINDS.get(plain, ("", ""))


def _wrong_in_unit(line: int, cells: Mapping[str, str]) -> Iterable[Fault]:
    code, name, kind = cells.get("code", ""), cells.get("name", ""), cells.get("kind", "")
    if not code:
        yield Fault(line, "code", N_("Thiếu mã đơn vị."), {})
    elif len(code) > 40:
        yield Fault(line, "code", N_("Mã dài quá 40 ký tự."), {})
    if not name:
        yield Fault(line, "name", N_("Thiếu tên đơn vị."), {})
    elif len(name) > 80:
        yield Fault(line, "name", N_("Tên dài quá 80 ký tự."), {})
    if not kind_of(kind)[0]:
        yield Fault(line, "kind", N_("Không có loại “%(kind)s”. Hãy ghi phường, khu phố, trường hoặc lớp."),
                    {"kind": kind[:40]})  # fmt: skip
    grade = cells.get("grade", "")
    if grade and not (grade.isascii() and grade.isdigit() and 1 <= int(grade[:3]) <= 12):
        yield Fault(line, "grade", N_("Khối là một số từ 1 đến 12."), {})
    if len(cells.get("school_year", "")) > 20 or len(cells.get("form", "")) > 40:
        yield Fault(line, "form", N_("Ô này dài quá. Hãy viết ngắn hơn."), {})
    if (since := cells.get("from", "")) and day_of(since) is None:
        yield Fault(line, "from", N_("Hãy ghi ngày như 01/07/2027."), {})


def merger_lines(table: Table) -> tuple[list[MergerLine], list[Fault]]:
    """Parses the lines of mergers, each on its own."""
    found, faults = [], []
    for line, cells in table.lines:
        on = day_of(cells.get("on", ""))
        wrong = [
            Fault(line, column, N_("Thiếu mã đơn vị."), {}) for column in ("from", "into") if not cells.get(column)
        ]
        if on is None:
            wrong.append(Fault(line, "on", N_("Hãy ghi ngày như 01/07/2027."), {}))
        faults += wrong
        if not wrong and on is not None:
            found.append(MergerLine(line, cells["from"], cells["into"], on))
    return found, faults


def given_back(text: str, faults: Iterable[list[Any]], say: Any) -> str:
    """Returns the original file with an extra column of faults; `say` formats one fault."""
    by_line: dict[int, list[str]] = {}
    for line, _column, msgid, facts in faults:
        by_line.setdefault(line, []).append(say(msgid, facts))
    rows = lines_of(text)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=rows.dialect.delimiter)
    mark: int | None = None  # index of an existing fault column
    for row in rows:
        number = rows.line_num
        if mark is None:
            plain = [_plain(cell) for cell in row]
            mark = plain.index(FAULT_COLUMN) if FAULT_COLUMN in plain else len(row)
            words = [*row[:mark], "lỗi"]
        else:
            words = [*row[:mark], *[""] * (mark - len(row)), " ".join(by_line.get(number, []))]
        writer.writerow(words)
    return out.getvalue()


CALLED = {
    "units": {
        "code": N_("mã"), "kind": N_("loại"), "form": N_("hình thức"), "name": N_("tên"),
        "parent": N_("mã cấp trên"), "grade": N_("khối"), "school_year": N_("năm học"), "from": N_("từ ngày"),
    },
    "mergers": {"from": N_("mã cũ"), "into": N_("nhập vào"), "on": N_("từ ngày")},
}  # fmt: skip

# Sample names do not belong to real units; users overwrite them.
SAMPLES = {
    "units": (
        "mã,loại,hình thức,tên,mã cấp trên,khối,năm học,từ ngày\r\n"
        "P-MAU,phường,,Phường Mẫu,MA-THANH-PHO,,,01/07/2027\r\n"
        "P-MAU-KP1,khu phố,,Khu phố 1,P-MAU,,,\r\n"
        "P-MAU-TH1,trường,,Trường Tiểu học Mẫu,P-MAU,,,\r\n"
        "P-MAU-TH1-4A,lớp,,Lớp 4A,P-MAU-TH1,4,2027–2028,\r\n"
    ),
    "mergers": "mã cũ,nhập vào,từ ngày\r\nP-MAU-KP2,P-MAU-KP1,01/07/2027\r\n",
}
