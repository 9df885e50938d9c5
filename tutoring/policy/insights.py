"""Access rules of statistics: of lessons for editors, of units for their staff, and public."""

from collections.abc import Collection

from tutoring.policy.access import STAFF
from tutoring.policy.community import CHILD_UNITS, member_seers
from tutoring.policy.devices.inventory import may_run_store
from tutoring.policy.devices.needs import SCHOOL, may_decide_needs
from tutoring.policy.rooms.volunteer_minutes import may_see_minutes

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


def lists_by_name(held: Collection[str], kind: str) -> frozenset[str]:
    """Returns which lists of a unit this reader opens with every name in them, and so may count exactly.

    `held` are the roles at the unit or above it. Site admins as such read no names of a unit. A city has no such lists.
    """
    if kind not in _READERS or kind == "city":
        return frozenset()
    family = may_decide_needs(held) or (kind in CHILD_UNITS and not SCHOOL.isdisjoint(held))
    known = {
        "members": not member_seers(kind).isdisjoint(held),
        "sessions": may_see_minutes(held, True) or may_see_minutes(held, False),
        "needs": kind != "partner" and family,
        "store": kind == "ward" and may_run_store(held),
    }
    return frozenset(name for name, opens in known.items() if opens)
