"""Access rules of statistics: of lessons for editors, of units for their staff, and public."""

from collections.abc import Collection

from tutoring.policy.access import STAFF

# Readers of a unit's statistics by its kind; the role is held there or above it. Officers read the sums of the schools
# of their ward. A class is so small that only its own staff read its statistics.
_READERS: dict[str, frozenset[str]] = {
    "class": frozenset({"teacher", "coordinator"}),
    "school": frozenset({"teacher", "coordinator", "officer"}),
    "neighbourhood": frozenset({"lead", "officer", "coordinator"}),
    "ward": frozenset({"lead", "officer", "coordinator"}),
    "city": frozenset({"officer", "coordinator"}),
    "partner": STAFF,
}


def may_see_figures(held: Collection[str], named_editor: bool) -> bool:
    """Coordinators see statistics of lessons; so do named editors while they are teachers."""
    return "coordinator" in held or (named_editor and "teacher" in held)


def may_see_unit_figures(held: Collection[str], kind: str) -> bool:
    """Staff of a unit see its statistics; `held` are their roles at the unit or above it.

    Site admins see all, and only they see those of the whole site (kind "").
    """
    return "site_admin" in held or not _READERS.get(kind, frozenset()).isdisjoint(held)
