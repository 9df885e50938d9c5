"""Panels about devices on other features' pages: account, group and unit."""

from tutoring.accounts.hooks import on_account_page
from tutoring.accounts.models import User
from tutoring.community.hooks import on_group_page, on_unit_page
from tutoring.community.memberships.queries import reached, reached_by_children
from tutoring.community.models import Unit
from tutoring.devices.loans.queries import has_any
from tutoring.devices.pending_counts import StaffCounts, count_unconfirmed_needs, for_staff
from tutoring.policy.devices.inventory import may_run_store
from tutoring.policy.devices.needs import SCHOOL
from tutoring.policy.devices.vouchers import BATCH_UNITS


def _account_panel(user: User) -> dict[str, object]:
    """Adults see everything; a child sees the device that the family borrowed for it."""
    return {"may": not user.is_minor, "borrows": user.is_minor and has_any(user)}


def _group_panel(person: User | None, place: Unit, _held: frozenset[str]) -> dict[str, object] | None:
    """For adults only: they can give, and ask for themselves or a child where they belong."""
    if person is None or person.is_minor:
        return None
    mine = reached(person.id)
    # Devices go to a ward, so a user who belongs to none is offered no form.
    gives = place.ward_id in mine
    return {"gives": gives, "asks": place.id in mine or place.id in reached_by_children(person.id)}


def _unit_panel(_person: User, place: Unit, held: frozenset[str]) -> dict[str, object]:
    """Returns the staff panel: a ward's store with its pending counts.

    For a class, school or neighbourhood it shows the number of needs to confirm.
    """
    runs, waits, to_confirm = may_run_store(held), StaffCounts(), 0
    if place.kind == "ward" and runs:
        waits = for_staff([place.id])
    teaches = place.kind in {"school", "class"} and not SCHOOL.isdisjoint(held)
    confirms = teaches or (runs and place.kind in {"neighbourhood", "school", "class"})
    if confirms:
        to_confirm = count_unconfirmed_needs(place.id)
    return {
        "unit": place,
        "runs": runs and place.kind == "ward",
        "waits": waits,
        "internet": runs and place.kind in BATCH_UNITS,
        "confirms": confirms,
        "to_confirm": to_confirm,
    }


on_account_page("devices/_account_panel.html", _account_panel)
on_group_page("devices/_group_panel.html", _group_panel)
on_unit_page("devices/_unit_panel.html", _unit_panel)
