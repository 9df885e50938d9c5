"""Figures about lessons, for those who can mend them; and what everybody may read of reports."""

from collections.abc import Collection

from tutoring.policy.access import ANYONE, STAFF, Access
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


# Whose figures of a unit these are, by its kind: its own people who look after it, at the unit or above.
_SEES: dict[str, frozenset[str]] = {
    "class": frozenset({"teacher", "coordinator"}),
    "school": frozenset({"coordinator"}),
    "neighbourhood": frozenset({"lead", "officer", "coordinator"}),
    "ward": frozenset({"officer", "coordinator"}),
    "city": frozenset({"coordinator"}),
    "partner": STAFF,
}


def may_see_unit_figures(held: Collection[str], kind: str) -> bool:
    """Figures of a unit: teachers see their class, leads their neighbourhood, officers their ward and what lies in it
    but its schools, coordinators all that is theirs, staff of a partner the partner's. Whoever runs the site sees all,
    and alone those of the whole site (kind "")."""
    return "site_admin" in held or not _SEES.get(kind, frozenset()).isdisjoint(held)
