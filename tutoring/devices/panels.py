"""Panels about devices on other features' pages: account, group and unit."""

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.community.hooks import group_panels, unit_panels
from tutoring.community.memberships.queries import reached, reached_by_children
from tutoring.community.models import Unit
from tutoring.devices.loans.queries import has_any
from tutoring.devices.pending_counts import StaffCounts, count_unconfirmed_needs, for_staff
from tutoring.policy.devices.inventory import may_run_store
from tutoring.policy.devices.needs import SCHOOL
from tutoring.policy.devices.vouchers import BATCH_UNITS


@account_panels.register
def _account_panel(user: User) -> Panel:
    """Adults see everything; a child sees the device that the family borrowed for it."""
    return Panel("devices/_account_panel.html", {"may": not user.is_minor, "borrows": user.is_minor and has_any(user)})


@group_panels.register
def _group_panel(person: User | None, place: Unit, _held: frozenset[str]) -> Panel | None:
    """For adults only: they can give, and ask for themselves or a child where they belong."""
    if person is None or person.is_minor:
        return None
    mine = reached(person.id)
    # Devices go to a ward, so a user who belongs to none is offered no form.
    gives = place.ward_id in mine
    return Panel(
        "devices/_group_panel.html",
        {"gives": gives, "asks": place.id in mine or place.id in reached_by_children(person.id)},
    )


@unit_panels.register
def _unit_panel(_person: User, place: Unit, held: frozenset[str]) -> Panel:
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
    return Panel(
        "devices/_unit_panel.html",
        {
            "unit": place,
            "runs": runs and place.kind == "ward",
            "waits": waits,
            "internet": runs and place.kind in BATCH_UNITS,
            "confirms": confirms,
            "to_confirm": to_confirm,
        },
    )
