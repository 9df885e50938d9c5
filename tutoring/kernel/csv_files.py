"""CSV files for spreadsheets: writing rows and reading them back."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from tutoring.kernel.text import fold, nfc

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(cell: str) -> str:
    """Escapes a cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell[:1] in ("\t", "\r", "\n") else cell


def written(head: Iterable[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Returns all rows under their header, every cell quoted.

    The byte order mark at the beginning tells Excel that the file is UTF-8.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(str(label) for label in head)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def decoded(data: bytes) -> str | None:
    """Returns the text of a file in UTF-8 or UTF-16, or None when it is in neither."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def lines_of(text: str) -> Any:
    """Returns a CSV reader that uses the first line's delimiter: comma, semicolon or tab."""
    text = text.lstrip("\ufeff")
    between = max(",;\t", key=text.partition("\n")[0].count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)


def heading(cell: str) -> str:
    """Normalizes a column name without diacritics and case.

    "Mã cấp trên" and "ma_cap_tren" become equal.
    """
    return " ".join(fold(nfc(cell)).replace("_", " ").split())


def day_of(text: str) -> date | None:
    """Parses a day such as 2026-11-27 or 27/11/2026; returns None for anything else."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
