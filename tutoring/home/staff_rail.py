"""The rail beside every page of staff: at most eight places that the user may open.

The frame `templates/work.html` shows it. A page that knows how many things wait passes `badges`, by endpoint.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_login import current_user

from tutoring.community.labels import role_word
from tutoring.community.models import Unit
from tutoring.community.units.tabs import own_staff_roles
from tutoring.policy.access import STAFF, STAFF_OR_ADMIN
from tutoring.policy.queues import may_call
from tutoring.web.auth import current_roles

MOST = 8
ON_TOP = 5  # of a phone's start page: itself, which is not shown there, and four more in one line


@dataclass(frozen=True)
class RailPlace:
    """One place of the rail; `endpoint` is where the count that waits there is looked up."""

    endpoint: str
    href: str
    label: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Rail:
    """The name of the user's unit, the role there, and the places."""

    title: str = ""
    role: str = ""
    places: list[RailPlace] = field(default_factory=list)

    @property
    def rest(self) -> list[RailPlace]:
        """The places that stand below the work on a phone."""
        return self.places[ON_TOP:]


def is_staff() -> bool:
    """Returns whether the current user is staff somewhere, or a site admin."""
    return current_user.is_authenticated and bool(current_roles() & STAFF_OR_ADMIN)


def staff_rail() -> Rail:
    """Returns the rail of the current user; an empty one for users who are no staff and no site admin."""
    if not is_staff():
        return Rail()
    held = current_roles()
    found = own_staff_roles() if held & STAFF else {}
    own = next(iter(found)) if len(found) == 1 else None
    places = list(_places(own, held))[:MOST]
    if own is None:
        return Rail(gettext("Quản trị trang") if "site_admin" in held else gettext("Các đơn vị của tôi"), "", places)
    return Rail(own.name, ", ".join(gettext(role_word(role, own.kind)) for role in sorted(found[own])), places)


def _places(own: Unit | None, held: frozenset[str]) -> Iterator[RailPlace]:
    yield _place("home.start", gettext("Tổng quan"), "home")
    if held & STAFF:
        yield _place("moderation.board", gettext("Phòng"), "eye")
    yield _place("moderation.desk", gettext("Bàn trực"), "chat")
    if own is not None:
        yield _place("community.unit", gettext("Lớp của tôi") if own.kind == "class" else gettext("Đơn vị"), "people",
                     unit_id=own.id)  # fmt: skip
        if own.kind == "ward":
            yield _place("devices.store", gettext("Máy và mạng"), "screen", unit_id=own.id)
        yield _place("community.duty", gettext("Lịch trực"), "clock", unit_id=own.id)
        if may_call(held, own.kind) and own.has_queue:
            yield _place("queues.work", gettext("Hàng chờ"), "people", unit_id=own.id)
    else:
        yield _place("community.units", gettext("Các đơn vị"), "people")
    if "site_admin" in held:
        yield _place("administration.index", gettext("Quản trị"), "shield")
        yield _place("administration.log", gettext("Nhật ký"), "book")
        yield _place("insights.site_figures", gettext("Số liệu"), "chart")
    elif own is not None:
        yield _place("insights.unit_figures", gettext("Số liệu"), "chart", unit_id=own.id)
    yield _place("notifications.times", gettext("Lịch của tôi"), "calendar")


def _place(endpoint: str, label: str, icon: str, **values: Any) -> RailPlace:
    return RailPlace(endpoint, url_for(endpoint, **values), label, icon, _is_current(endpoint, values))


def _is_current(endpoint: str, values: dict[str, Any]) -> bool:
    return request.endpoint == endpoint and all((request.view_args or {}).get(k) == v for k, v in values.items())
