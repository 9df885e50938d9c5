"""Files that are no class list, or are made to do harm, are refused with a sentence, in bounded memory."""

import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.community.class_files.spreadsheets import MAIN, package, sheet_xml, workbook
from tutoring.cli.classes import read
from tutoring.community.class_files.pupils import pupil_rows, read_file
from tutoring.community.class_files.sheets import MOST_BYTES, UnreadableFile
from tutoring.community.class_files.workbooks import MOST_UNPACKED
from tutoring.safety import worker_process

ROWS = [("Họ và tên", "Ngày sinh"), ("Lê An", "05/09/2016")]
GOOD = workbook(*ROWS)
CLAIM = f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295"><si><t>a</t></si></sst>'
DOCTYPE = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def sheet_of(cells: str) -> bytes:
    return package({"a": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'})


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return made.getvalue()


def heading() -> str:
    return sheet_xml(ROWS).partition("<sheetData>")[2].partition("</sheetData>")[0]


def encrypted() -> bytes:
    at = GOOD.index(b"PK\x01\x02")
    return GOOD[: at + 8] + b"\x01" + GOOD[at + 9 :]


REFUSED: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blanks": lambda: b" \r\n \t",
    "too large": lambda: b"a," * MOST_BYTES,
    "PDF": lambda: b"%PDF-1.7\n1 0 obj",
    "old Excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(50),
    "page": lambda: b"\xef\xbb\xbf\n<html><table><tr><td>H\xe1\xbb\x8d t\xc3\xaan",
    "zeros": lambda: bytes(1000),
    "half a ZIP": lambda: GOOD[: len(GOOD) // 2],
    "changed bytes": lambda: GOOD[:200] + b"\xff" * 40 + GOOD[240:],
    "other ZIP": lambda: zipped({"word/document.xml": b"<a/>"}),
    "macro": lambda: package({"a": sheet_xml(ROWS)}, {"xl/vbaProject.bin": b"macro"}),
    "macro sheet": lambda: package({"a": sheet_xml(ROWS)}, {"xl/macrosheets/sheet1.xml": b"<a/>"}),
    "password": encrypted,
    "entities": lambda: package({"a": DOCTYPE + sheet_xml(ROWS)}),
    "part twice": lambda: package({"a": sheet_xml(ROWS)}, {"xl/WORKBOOK.xml": b"<a/>"}),
    "other packing": lambda: zipped({"xl/workbook.xml": b"<a/>"}, zipfile.ZIP_LZMA),
    "no sheets": lambda: zipped({"xl/workbook.xml": b"<a/>"}),
    "open XML": lambda: package({"a": "<worksheet><sheetData>"}),
    "bomb": lambda: package({"a": sheet_xml(ROWS)}, {"xl/sharedStrings.xml": b" " * (MOST_UNPACKED + 1)}),
    # The library reserves memory for as many texts as the file claims, and ends its process when there is not so much.
    "claim": lambda: package({"a": sheet_xml(ROWS)}, {"xl/sharedStrings.xml": CLAIM.encode()}),
    "far row": lambda: sheet_of(heading() + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "far column": lambda: sheet_of(heading() + '<row r="3"><c r="XFD3"><v>1</v></c></row>'),
    "many rows": lambda: sheet_of(heading() + "<row><c><v>1</v></c></row>" * 10_000),
    "heading alone without births": lambda: workbook(("Họ và tên", "Điểm"), ("Lê An", 9)),
    "no heading": lambda: workbook(("Lê An", "05/09/2016")),
    "open quotation mark": lambda: 'Họ tên,Năm sinh\n"Lê An,2016\nLê Bình,2016\n'.encode(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_file(REFUSED[name]())
    assert str(refused.value)[0].isupper() and str(refused.value).endswith(".")


def test_frames_down_to_the_last_row_are_no_rows() -> None:
    empty = "".join(f'<row r="{at}"><c r="A{at}" s="0"/></row>' for at in range(3, 60_000))
    last = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert len(pupil_rows(*read_file(sheet_of(heading() + empty + last)), 2026)) == 1


def test_the_size_that_a_sheet_claims_reserves_no_memory() -> None:
    sheet = sheet_xml(ROWS).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert len(pupil_rows(*read_file(package({"a": sheet})), 2026)) == 1


def test_a_million_rows_are_refused_within_little_memory(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{at}"><c r="A{at}"><v>2016</v></c></row>' for at in range(1, 1_000_001))
    (tmp_path / "a.xlsx").write_bytes(sheet_of(rows))
    code = "import sys; from pathlib import Path; from tutoring.community.class_files.pupils import read_file; " \
           "read_file(Path(sys.argv[1]).read_bytes()[:4_000_000])"  # fmt: skip
    limit = 1024 * 1024 * 1024

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.xlsx")], preexec_fn=bounded,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert "UnreadableFile" in done.stderr and "MemoryError" not in done.stderr


def test_a_workbook_is_read_in_the_process_of_untrusted_files(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[tuple[str, int]]()

    def ask(worker: Path, data: bytes, seconds: float) -> bytes:
        asked.append((worker.name, len(data)))
        return b""  # as a process that died

    monkeypatch.setattr(worker_process, "ask", ask)
    with pytest.raises(UnreadableFile):
        read_file(workbook(*ROWS))
    assert [name for name, _length in asked] == ["workbook_worker.py"]


# ---- the command ----------------------------------------------------------------------------------------------


def test_the_command_prints_a_line_for_each_row(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lop.xlsx"
    file.write_bytes(workbook(*ROWS, ("Lê An", "05/09/2016"), ("", "05/09/2016")))
    read.main([str(file)], standalone_mode=False)
    full = {"full": "Lê An", "called": "An", "year": 2016}
    assert [json.loads(line) for line in capfd.readouterr().out.splitlines()] == [
        {"row": 2, **full, "fault": None},
        {"row": 3, **full, "fault": "twice"},
        {"row": 4, "full": None, "called": None, "year": 2016, "fault": "no_name"},
    ]


@pytest.mark.parametrize("data", [None, b"", b"%PDF-1.7", "Họ tên;Lớp\nLê An;4A".encode()])
def test_the_command_refuses_with_one_line(
    data: bytes | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lop.csv"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(SystemExit) as ended:
        read.main([str(file)], standalone_mode=False)
    out, err = capfd.readouterr()
    assert (ended.value.code, out, err.count("\n")) == (2, "", 1)
