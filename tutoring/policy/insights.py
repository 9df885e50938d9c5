"""Figures about lessons, for those who can mend them; and what everybody may read of reports."""

from collections.abc import Collection

from tutoring.policy.access import ANYONE, Access
from tutoring.policy.lessons import EDITORS

ROUTES: dict[str, Access] = {
    "insights.lessons": EDITORS,
    "insights.table": EDITORS,
    "insights.transparency": ANYONE,
    "insights.transparency_file": ANYONE,
}


def may_see_figures(held: Collection[str], named_editor: bool) -> bool:
    """Coordinators, and the lesson editors they named for as long as these are teachers."""
    return "coordinator" in held or (named_editor and "teacher" in held)
