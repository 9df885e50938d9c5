"""Access rules of the end of a school year: who moves classes up, how long it can be undone, which grades leave."""

from collections.abc import Collection
from datetime import timedelta

UNDO_LIFE = timedelta(days=7)  # so long the move can be undone; then those who leave the school are no members any more
RECORD_LIFE = timedelta(days=30)  # so long it is stored who moved where, and the papers of those who left are printed
LAST_GRADES = frozenset({5, 9, 12})  # of the three kinds of school


def may_end_year(held: Collection[str], kind: str) -> bool:
    """Coordinators of a school move its classes up. A site admin has no power over children by name."""
    return kind == "school" and "coordinator" in held


def leaves_school(grade: int | None, highest: int | None) -> bool:
    """Whether the pupils of a grade leave: the last grade of its kind of school, with no grade above in this school."""
    return grade is not None and grade == highest and grade in LAST_GRADES
