"""A table as a file for a spreadsheet."""

from tutoring.insights.queries import Line
from tutoring.insights.tables import Table
from tutoring.kernel.spreadsheet import written


def as_csv(table: Table, lines: list[Line]) -> bytes:
    """All lines, a cell for each column."""
    head = (str(label) for label in table.columns.values())
    return written(head, ([table.cell(line, column) for column in table.columns] for line in lines))
