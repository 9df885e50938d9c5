"""Writes the permission matrix as Markdown: docs/permissions.md."""

from collections.abc import Iterator

from tutoring.policy.matrix.rows import ROLES, MatrixRow
from tutoring.policy.matrix.table import MATRIX_ROWS


def cell(line: MatrixRow, role: str) -> str:
    """Returns ✓ for everywhere, ● for inside the user's scope only, – for never."""
    return "✓" if line.may(role, False) else "●" if line.may(role, True) else "–"


def _marks(line: MatrixRow) -> str:
    return "".join(mark for mark, there in (("²", line.second), ("ʳ", line.reason), ("ᵀ", line.step_up)) if there)


def written() -> Iterator[str]:
    """Yields the lines of docs/permissions.md with the whole matrix."""
    heads = ("guest", "newcomer", "parent", "helper (pupil)", "teacher", "lead", "officer", "coordinator", "site admin")
    area = ""
    for line in MATRIX_ROWS:
        if line.area != area:
            area = line.area
            yield from ("", f"## {area}", "", f"| action | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}")
        cells = " | ".join(cell(line, role) for role in ROLES)
        yield f"| {line.action}{' ' + _marks(line) if _marks(line) else ''} | {cells} |"
