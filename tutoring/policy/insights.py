"""Figures about lessons: for those who can mend the lessons."""

from collections.abc import Collection

from tutoring.policy.access import Access
from tutoring.policy.lessons import EDITORS

ROUTES: dict[str, Access] = {
    "insights.lessons": EDITORS,
    "insights.table": EDITORS,
}


def may_see_figures(held: Collection[str], named_editor: bool) -> bool:
    """Coordinators, and the lesson editors they named for as long as these are teachers."""
    return "coordinator" in held or (named_editor and "teacher" in held)
