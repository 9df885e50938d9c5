"""The tabs of a unit: one bar on every page of it, with the places that the viewer may use there.

A template includes `community/units/_tabs.html` with `unit` and the name of the current `tab`. The tabs `devices` and
`figures` belong to other features, which register at `unit_tabs`.
"""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext
from flask_login import current_user

from tutoring.community.blueprint import blueprint
from tutoring.community.hooks import UnitTab, unit_tabs
from tutoring.community.models import Unit
from tutoring.community.queries import staff_roles
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.policy import community as policy
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.community import CHILD_UNITS
from tutoring.web.auth import require_user


def own_staff_roles() -> dict[Unit, set[str]]:
    """Returns the units in which the current user is staff, with the roles there; read once in a request."""
    return _staff_roles(require_user().id)


_staff_roles = once_in_request(staff_roles)


def held_at(place: Unit) -> frozenset[str]:
    """Returns the acting staff roles of the current user at a unit or above it, and site_admin."""
    person, over = require_user(), ids_above(place.path)
    held = {role for one, roles in own_staff_roles().items() if one.id in over for role in roles}
    roles = roles_that_count(held, person.lacks_factor)
    return roles | {"site_admin"} if person.site_admin and not person.lacks_factor else roles


@blueprint.app_template_global("may_open_unit")
def may_open(place: Unit) -> bool:
    """Returns whether the current user may open the staff page of a unit: no link to another one is shown."""
    return policy.may_see_unit(held_at(place))


@blueprint.app_template_global("unit_tabs")
def tabs_of(place: Unit) -> list[UnitTab]:
    """Returns the tabs of a unit for the current user; none for those who are no staff of it."""
    if not current_user.is_authenticated:
        return []
    held = held_at(place)
    return list(_tabs(place, held)) if policy.may_see_unit(held) else []


def _tabs(place: Unit, held: frozenset[str]) -> Iterator[UnitTab]:
    yield _own("today", gettext("Hôm nay"), "community.unit", place)
    if policy.may_see_members(held, place.kind):
        yield _own("members", gettext("Thành viên"), "community.unit_members", place)
    yield _own("duty", gettext("Trực"), "community.duty", place)
    classes = gettext("Lớp học") if place.kind in CHILD_UNITS else gettext("Hoạt động")
    yield _own("classes", classes, "community.unit_classes", place)
    yield from unit_tabs.collect(place, held)
    yield _own("settings", gettext("Cài đặt"), "community.unit_settings", place)


def _own(name: str, label: str, endpoint: str, place: Unit) -> UnitTab:
    return UnitTab(name, label, url_for(endpoint, unit_id=place.id))
