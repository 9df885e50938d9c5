"""The sandboxed process that reads an untrusted workbook with python-calamine.

It runs by itself (never imported): a file that claims four billion texts makes the library end its process. The clean
ZIP of `workbooks.py` arrives on stdin; the visible sheets leave on stdout as JSON, `[[name, rows], …]`. A day is a list
with its ISO form. Without an answer the file is broken. Run it only through workbooks.py.
"""

import io
import json
import os
import sys
from datetime import date
from typing import Any

import python_calamine

try:
    import resource
except ImportError:  # Windows, which cannot limit a process's resources
    resource = None  # type: ignore[assignment]

MIB = 1024 * 1024


def bound() -> None:
    """Drops what reading does not need: memory, time, files, sockets, children."""
    if resource is None or not sys.platform.startswith("linux"):
        return  # other systems cannot reliably limit a process; the caller's timeout still ends it
    for what, most in (
        (resource.RLIMIT_AS, 1024 * MIB),
        (resource.RLIMIT_CPU, 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)  # conversations come first


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


if __name__ == "__main__":
    bound()
    sys.stdout.write(json.dumps(visible_sheets(sys.stdin.buffer.read(), *(int(one) for one in sys.argv[1:]))))
