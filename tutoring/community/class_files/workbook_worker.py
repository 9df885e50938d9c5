"""The worker that reads an untrusted workbook with python-calamine, run by `safety/worker_loop.py`.

It is never imported: a file that claims four billion texts makes the library end its process. A request holds the
largest numbers of sheets, rows and columns in four bytes each, then the clean ZIP of `workbooks.py`. The answer is
JSON, `[[name, rows], …]` of the visible sheets; a day is a list with its ISO form. Without an answer the file is
broken. Run it only through workbooks.py.
"""

import io
import json
import struct
from datetime import date
from typing import Any

import python_calamine

MIB = 1024 * 1024
MEMORY = 1024 * MIB
PROCESSOR_SECONDS = 20
LARGEST_REQUEST = 64 * MIB


def load_all() -> None:
    """Loads nothing more: every module that reading needs is loaded with this one."""


def answer(request: bytes) -> bytes:
    """Returns the visible sheets of a workbook."""
    return json.dumps(visible_sheets(request[12:], *struct.unpack(">3I", request[:12]))).encode()


def visible_sheets(data: bytes, most_sheets: int, most_rows: int, most_columns: int) -> list[tuple[str, Any]]:
    """Returns names and rows of the visible sheets from A1 on; of longer sheets one row more than is allowed."""
    book = python_calamine.load_workbook(io.BytesIO(data))
    named = [
        one.name
        for one in book.sheets_metadata
        if one.visible == python_calamine.SheetVisibleEnum.Visible
        and one.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    return [
        (name, [[cell_of(cell) for cell in row[:most_columns]] for row in rows])
        for name in named[:most_sheets]
        for rows in [book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=most_rows + 1)]
    ]


def cell_of(cell: Any) -> Any:
    """Returns a cell for JSON: text, number, or a list with the ISO form of a day."""
    if isinstance(cell, date):
        return [cell.isoformat()]
    return cell if isinstance(cell, (str, int, float)) and not isinstance(cell, bool) else str(cell)
