"""Reads XLSX files of strangers: a bounded check of the ZIP and its XML, then python-calamine on a clean copy.

A ZIP may hold more than it says, and two readers may see two files in one ZIP. So every part is unpacked here with a
limit, looked at, and written into a new ZIP without compression. It holds sheets, texts and styles: no macros, pictures
or links. A process of its own reads that one (`workbook_worker.py`). `pupils.py` turns its rows into pupils.
"""

import io
import json
import platform
import re
import struct
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Any
from xml.parsers import expat

from tutoring.community.class_files import sheets
from tutoring.community.class_files.sheets import MOST_COLUMNS, MOST_ROWS, Cell, Sheet, UnreadableFile
from tutoring.kernel.text import N_
from tutoring.safety import worker_process

MARK = b"PK"
WORKER = Path(__file__).with_name("workbook_worker.py")
LONGEST = 30.0  # seconds of wall clock for one file
MOST_UNPACKED = 48 * 1024 * 1024  # bytes of XML of one file
_MOST_PARTS = 2_000
MOST_SHEETS = 60
_CHUNK = 64 * 1024
_LEFT_OUT = re.compile(
    r"xl/(media|theme|drawings|charts|externallinks|printersettings|threadedcomments|persons|embeddings|pivot\w*)/|docprops/"
)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_BROKEN = N_("Tệp Excel này bị hỏng. Hãy mở lại trong Excel rồi lưu dạng .xlsx.")


def workbook_sheets(data: bytes) -> list[Sheet]:
    """Returns the visible sheets of a workbook; raises UnreadableFile.

    A cell with a formula gives the value that was stored with it, as text, number or day.
    """
    if platform.system() != "Linux":  # other systems cannot reliably limit a process's memory
        raise UnreadableFile(N_("Máy chủ này chưa đọc được tệp Excel. Hãy lưu danh sách dạng CSV rồi gửi lại."))
    answer = _ask(_clean_copy(data))
    if answer is None:
        raise UnreadableFile(_BROKEN)
    if any(len(rows) > MOST_ROWS for _name, rows in answer):
        raise sheets.too_long()
    return [Sheet(name, [[_cell(cell) for cell in row] for row in rows]) for name, rows in answer]


def _ask(clean: bytes) -> list[tuple[str, list[list[Any]]]] | None:
    """Returns a new worker's answer; None when it found no workbook, took too long or ended."""
    request = struct.pack(">3I", MOST_SHEETS, MOST_ROWS, MOST_COLUMNS) + clean
    said = worker_process.ask(WORKER, request, LONGEST)
    return json.loads(said) if said else None


def _cell(cell: Any) -> Cell:
    return date.fromisoformat(cell[0][:10]) if isinstance(cell, list) else sheets.trimmed(cell)


def _clean_copy(data: bytes) -> bytes:
    """Returns a ZIP with the checked parts of a workbook, not compressed."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as clean:
            left = MOST_UNPACKED
            for info in _parts(package):
                part = _unpacked(package, info, left)
                left -= len(part)
                _PartCheck().read(part)
                clean.writestr(info.filename, part)
    # RuntimeError and its NotImplementedError are how zipfile refuses a ZIP that it cannot unpack.
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, struct.error, EOFError, OSError, ValueError, RuntimeError,
    ) as error:  # fmt: skip
        raise UnreadableFile(_BROKEN) from error
    return made.getvalue()


def _parts(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = package.infolist()
    names = [info.filename.casefold() for info in infos]
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise UnreadableFile(N_("Tệp này có macro. Hãy mở trong Excel rồi lưu dạng .xlsx, không macro."))
    if not any(name.startswith("xl/") for name in names):
        raise UnreadableFile(N_("Đây không phải tệp Excel. Hãy xuất danh sách dạng Excel (.xlsx) hoặc CSV."))
    if len(infos) > _MOST_PARTS or len(set(names)) != len(names) or any(info.flag_bits & 1 for info in infos):
        raise UnreadableFile(_BROKEN)
    parts = [
        info
        for info in infos
        if info.filename.casefold().endswith((".xml", ".rels")) and not _LEFT_OUT.match(info.filename.casefold())
    ]
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in parts):
        raise UnreadableFile(_BROKEN)
    return parts


def _unpacked(package: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Returns a part; reads no further than the limit, whatever size the ZIP claims."""
    made = bytearray()
    with package.open(info) as part:
        while chunk := part.read(_CHUNK):
            made += chunk
            if len(made) > most:
                raise UnreadableFile(N_("Tệp này bung ra lớn quá. Hãy chép riêng danh sách lớp sang một tệp mới."))
    return bytes(made)


class _PartCheck:
    """Reads one XML part as a stream: no document type, and no value beyond the last row and column."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start

    def read(self, part: bytes) -> None:
        for at in range(0, len(part), _CHUNK):
            self.parser.Parse(part[at : at + _CHUNK], False)
        self.parser.Parse(b"", True)

    def _refuse(self, *_declaration: Any) -> None:
        # Entities can grow without end, and no workbook declares any.
        raise UnreadableFile(_BROKEN)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "row":
            given = attributes.get("r", "")
            self.row, self.column = int(given) if given.isdecimal() else self.row + 1, 0
        elif name == "c":
            found = _REFERENCE.fullmatch(attributes.get("r", ""))
            if found:
                self.row, self.column = int(found[2]), _number_of(found[1])
            else:
                self.column += 1
        elif name in ("v", "is", "f") and self.column:
            # Empty cells with a frame or colour may go on to the last row; only values need memory.
            if self.row > MOST_ROWS:
                raise sheets.too_long()
            if self.column > 4 * MOST_COLUMNS:
                raise UnreadableFile(N_("Tệp có nhiều cột quá. Hãy chép riêng danh sách lớp sang một tệp mới."))


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
