"""A table as a file for a spreadsheet."""

import csv
import io

from tutoring.insights.queries import Line
from tutoring.insights.tables import Table

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell[:1] in ("\t", "\r", "\n") else cell


def as_csv(table: Table, lines: list[Line]) -> bytes:
    """All lines, every cell quoted; the mark at the beginning tells Excel that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(str(label) for label in table.columns.values())
    writer.writerows([plain(table.cell(line, column)) for column in table.columns] for line in lines)
    return text.getvalue().encode("utf-8-sig")
