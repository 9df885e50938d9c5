"""Exact counts of what the reader lists by name on other pages of the unit.

Each number is the length of a list that the same reader may open, with every name in it. So it tells the reader nothing
new, however small it is. It stands on this page alone: files, charts, reports and pages of units above keep to the
suppressed figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Membership, Unit
from tutoring.community.units.scopes import in_subtree
from tutoring.devices.models import DeviceMove
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.insights.monthly_statistics.months import begins, following, within
from tutoring.insights.unit_report.labels import hours, number
from tutoring.insights.unit_report.month import UnitMonth
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.devices.inventory import WITH_FAMILY
from tutoring.policy.insights import lists_by_name
from tutoring.policy.rooms.volunteer_minutes import MOST_WATCHED, WATCHED
from tutoring.rooms.volunteer_minutes.queries import sessions_watched_by

Months = Sequence[date]


@dataclass(frozen=True)
class NamedCount:
    """One line: what is counted, and a text for each month; a dash where the list does not reach back."""

    label: str
    texts: tuple[str, ...]


def named_counts(viewer: User, month: UnitMonth) -> list[NamedCount]:
    """Returns the lines for this month and the compared one; none where the viewer lists nothing by name."""
    if month.unit is None:
        return []
    months = [month.month, *([month.against] if month.against else [])]
    known = lists_by_name(month.held, month.unit.kind)
    return [line for name, count in _LISTS.items() if name in known for line in count(viewer, month.unit, months)]


def _per_month(moment: Any, months: Months, *those: Any) -> list[sa.ColumnElement[int]]:
    return [sa.func.count(sa.case((sa.and_(within(moment, month), *those), 1))) for month in months]


def _lines(
    columns: dict[str, list[sa.ColumnElement[int]]], query: Callable[..., Any], zeros: bool = False
) -> list[NamedCount]:
    """Runs one statement for all lines; those of nothing but zeros are left out, unless they are wanted."""
    found = list(db.session.execute(query(*(one for some in columns.values() for one in some))).one())
    lines = []
    for label, some in columns.items():
        texts, found = found[: len(some)], found[len(some) :]
        if zeros or any(texts):
            lines.append(NamedCount(label, tuple(map(number, texts))))
    return lines


def _members(_viewer: User, unit: Unit, months: Months) -> list[NamedCount]:
    """Counts who joined, on the list of members of this unit itself."""
    since = sa.func.coalesce(Membership.confirmed_at, Membership.created_at, type_=Membership.created_at.type)
    columns = {gettext("Thành viên mới của đơn vị"): _per_month(since, months)}
    return _lines(
        columns,
        lambda *what: sa.select(*what).where(Membership.unit_id == unit.id, Membership.state == "active"),
        zeros=True,
    )


def _sessions(viewer: User, unit: Unit, months: Months) -> list[NamedCount]:
    """Counts the very rows of the unit's page of help given, which shows the newest of the last weeks."""
    since = clock.now() - WATCHED
    rows = sessions_watched_by(viewer, community.descendants(unit.id), since, MOST_WATCHED)
    reaches = max(since, rows[-1].ended_at) if len(rows) == MOST_WATCHED else since
    texts = []
    for month in months:
        listed = [one for one in rows if begins(month) <= one.ended_at < begins(following(month))]
        counted = [one for one in listed if one.struck_at is None and one.minutes > 0]
        whole = reaches < begins(month)
        texts.append((number(len(counted)), hours(sum(one.minutes for one in counted))) if whole else ("–", "–"))
    sessions, minutes = zip(*texts, strict=True)
    return [
        NamedCount(gettext("Buổi giúp bạn xem được tên"), sessions),
        NamedCount(gettext("Thời gian hai bên cùng có mặt"), minutes),
    ]


def _needs(_viewer: User, unit: Unit, months: Months) -> list[NamedCount]:
    """Counts the needs of the unit's list, and the vouchers that stand with them."""
    inside = DeviceNeed.ward_id == unit.id if unit.kind == "ward" else in_subtree(DeviceNeed.unit_id, unit.id)
    columns = {
        gettext("Đăng ký cần máy"): _per_month(DeviceNeed.asked_at, months, DeviceNeed.kind == "device"),
        gettext("Đăng ký cần mạng"): _per_month(DeviceNeed.asked_at, months, DeviceNeed.kind == "internet"),
    }
    vouchers = {gettext("Gói mạng đã trao"): _per_month(InternetVoucher.assigned_at, months)}
    given = DeviceNeed.id == InternetVoucher.need_id
    return [
        *_lines(columns, lambda *what: sa.select(*what).where(inside)),
        *_lines(
            vouchers,
            lambda *what: sa.select(*what).join(DeviceNeed, given).where(inside, InternetVoucher.state != "failed"),
        ),
    ]


def _store(_viewer: User, unit: Unit, months: Months) -> list[NamedCount]:
    """Counts the moves of the store's devices, each of which stands on the device's page."""
    move = DeviceMove
    to_family = move.to_state.in_(sorted(WITH_FAMILY)), move.need_id.is_not(None)
    columns = {
        gettext("Máy nhận về kho"): _per_month(
            move.at, months, move.from_state == "expected", move.to_state == "stored"
        ),
        gettext("Máy đã trao, tặng hoặc cho mượn"): _per_month(move.at, months, *to_family),
        gettext("Máy mượn đã trả"): _per_month(
            move.at, months, move.from_state == "lent", move.to_state.not_in([*WITH_FAMILY, "lost"])
        ),
        gettext("Máy mượn bị mất"): _per_month(move.at, months, move.from_state == "lent", move.to_state == "lost"),
    }
    return _lines(columns, lambda *what: sa.select(*what).where(move.unit_id == unit.id))


_LISTS: dict[str, Callable[[User, Unit, Months], list[NamedCount]]] = {
    "members": _members, "sessions": _sessions, "needs": _needs, "store": _store,
}  # fmt: skip
