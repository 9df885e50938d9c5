"""Rows as a file for a spreadsheet, and a file of a spreadsheet as rows."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from tutoring.kernel.text import fold, nfc

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell[:1] in ("\t", "\r", "\n") else cell


def written(head: Iterable[str], rows: Iterable[Sequence[str]]) -> bytes:
    """All rows under their head, every cell quoted; the mark at the beginning tells Excel that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(str(label) for label in head)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def decoded(data: bytes) -> str | None:
    """The text of a file in UTF-8 or UTF-16, or None when it is in neither."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def lines_of(text: str) -> Any:
    """A reader of the lines, by whichever sign separates the cells of the first one: comma, semicolon or tab."""
    text = text.lstrip("\ufeff")
    between = max(",;\t", key=text.partition("\n")[0].count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)


def heading(cell: str) -> str:
    """The name of a column without marks and case: "Mã cấp trên" and "ma_cap_tren" become equal."""
    return " ".join(fold(nfc(cell)).replace("_", " ").split())


def day_of(text: str) -> date | None:
    """A day as 2026-11-27 or 27/11/2026; None for what is no day."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
