"""Panels about devices on other features' pages: account, group and unit."""

from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.community.hooks import UnitLink, UnitTab, group_panels, unit_links, unit_panels, unit_tabs
from tutoring.community.memberships.queries import reached, reached_by_children
from tutoring.community.models import Unit
from tutoring.community.units.tabs import held_at
from tutoring.devices.blueprint import blueprint
from tutoring.devices.loans.queries import has_any
from tutoring.devices.pending_counts import count_unconfirmed_needs, for_staff
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
def _waiting(tab: str, _person: User, place: Unit, held: frozenset[str]) -> Panel | None:
    """Returns what waits in a ward's store."""
    if tab != "today" or place.kind != "ward" or not may_run_store(held):
        return None
    return Panel("devices/_unit_panel.html", {"unit": place, "waits": for_staff([place.id])})


@unit_links.register
def _needs(tab: str, _person: User, place: Unit, held: frozenset[str]) -> UnitLink | None:
    """Links the needs that wait for the staff of a class, school or neighbourhood."""
    count = count_unconfirmed_needs(place.id) if tab == "today" and _confirms(place, held) else 0
    if not count:
        return None
    waiting = ngettext("%(num)d nhu cầu chờ xác nhận", "%(num)d nhu cầu chờ xác nhận", count)
    href = url_for("devices.unit_needs", unit_id=place.id)
    return UnitLink(gettext("Gia đình cần máy, cần mạng"), href, "screen", waiting)


def _confirms(place: Unit, held: frozenset[str]) -> bool:
    teaches = place.kind in {"school", "class"} and not SCHOOL.isdisjoint(held)
    return teaches or (may_run_store(held) and place.kind in {"neighbourhood", "school", "class"})


@unit_tabs.register
def _tab(place: Unit, held: frozenset[str]) -> UnitTab | None:
    """Returns the tab of devices: the first page of them that the viewer may open here."""
    pages = _pages(place, held)
    return UnitTab("devices", gettext("Máy và mạng"), pages[0][1]) if pages else None


@blueprint.app_template_global("device_pages")
def device_pages(place: Unit) -> list[tuple[str, str]]:
    """Returns the pages about devices of a unit that the current user may open, as label and address."""
    return _pages(place, held_at(place))


def _pages(place: Unit, held: frozenset[str]) -> list[tuple[str, str]]:
    runs = may_run_store(held)
    pages = [
        (runs and place.kind == "ward", gettext("Kho máy"), "store"),
        (_confirms(place, held) or (runs and place.kind == "ward"), gettext("Nhu cầu"), "unit_needs"),
        (runs and place.kind == "ward", gettext("Bàn giao"), "unit_handovers"),
        (runs and place.kind in BATCH_UNITS, gettext("Máy cho mượn"), "unit_loans"),
        (runs and place.kind in BATCH_UNITS, gettext("Gói mạng"), "internet"),
        (runs and place.kind == "ward", gettext("Lời cảm ơn"), "unit_thanks"),
    ]
    return [(label, url_for(f"devices.{name}", unit_id=place.id)) for may, label, name in pages if may]
