"""Counts what waits for staff of a ward and for an adult of a family; one query each."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.db import db

SOON = timedelta(days=30)  # a loan counts as due within this time


@dataclass(frozen=True)
class StaffCounts:
    """Counts of what waits for staff in some units."""

    offers: int = 0  # offers without an answer
    coming: int = 0  # devices that are expected, or stored and not yet checked
    to_confirm: int = 0  # needs without a confirmed basis
    to_propose: int = 0  # needs that wait for a device or a voucher
    second_looks: int = 0  # proposed needs that wait for the second approver
    to_plan: int = 0  # reserved devices without a planned handover
    due: int = 0  # loans due within thirty days
    overdue: int = 0
    asked: int = 0  # loans with a renewal request, or a reported loss or breakage
    thanks: int = 0  # messages to be read before they are passed on

    @property
    def anything(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def for_staff(units: Collection[int]) -> StaffCounts:
    """Counts what waits in the stores and among the needs of these wards; one query."""
    today = clock.today()
    open_loans = sa.select(sa.func.count(DeviceLoan.id)).join(Device, Device.id == DeviceLoan.device_id)
    open_loans = open_loans.where(DeviceLoan.state == "open", Device.unit_id.in_(units))
    wanted = sa.or_(DeviceLoan.renewal_asked_at.is_not(None), DeviceLoan.told != "")
    planned = sa.exists().where(Handover.device_id == Device.id, Handover.state == "planned")
    thanks = sa.select(sa.func.count(DeviceThanks.id)).join(Device, Device.id == DeviceThanks.device_id)
    counts = (
        _count(DeviceOffer.id, DeviceOffer.unit_id.in_(units), DeviceOffer.state == "waiting"),
        _count(Device.id, Device.unit_id.in_(units), Device.state.in_(("expected", "stored"))),
        *(_count(DeviceNeed.id, DeviceNeed.ward_id.in_(units), DeviceNeed.state == state)
          for state in ("asked", "confirmed", "proposed")),
        _count(Device.id, Device.unit_id.in_(units), Device.state == "reserved", ~planned),
        open_loans.where(DeviceLoan.due_on.between(today, today + SOON)),
        open_loans.where(DeviceLoan.due_on < today),
        open_loans.where(wanted),
        thanks.where(DeviceThanks.state == "waiting", Device.unit_id.in_(units)),
    )  # fmt: skip
    return StaffCounts(*db.session.execute(sa.select(*(one.scalar_subquery() for one in counts))).one())


def count_unconfirmed_needs(unit_id: int) -> int:
    """Counts unconfirmed needs of a neighbourhood, class or school with its classes."""
    below = sa.select(Unit.id).where(Unit.parent_id == unit_id)
    inside = sa.or_(DeviceNeed.unit_id == unit_id, DeviceNeed.unit_id.in_(below))
    return db.session.scalar(_count(DeviceNeed.id, inside, DeviceNeed.state == "asked")) or 0


def _count(what: Any, *where: Any) -> Any:
    return sa.select(sa.func.count(what)).where(*where)


@dataclass(frozen=True)
class FamilyCounts:
    """What waits for an adult of a family."""

    handover_at: datetime | None = None  # the next handover
    due_on: date | None = None  # the loan that is due first: overdue, or due within thirty days
    vouchers: int = 0  # given and not opened yet

    @property
    def anything(self) -> bool:
        return bool(self.handover_at or self.due_on or self.vouchers)


def for_family(person_id: int) -> FamilyCounts:
    """Counts what waits for this adult as the receiver; one query."""
    told = {"person": person_id, "soon": clock.today() + SOON}
    return FamilyCounts(*db.session.execute(_family_counts(), told).one())


@cache  # on every start page; building it takes longer than running it
def _family_counts() -> sa.Select[Any]:
    handover, loan, voucher = _for_family(sa.bindparam("person"), sa.bindparam("soon"))
    which = (
        sa.select(sa.func.min(Handover.at)).where(*handover),
        sa.select(sa.func.min(DeviceLoan.due_on)).where(*loan),
        _count(InternetVoucher.id, *voucher),
    )
    return sa.select(*(one.scalar_subquery() for one in which))


def something_for_family(person_id: Any, soon: Any) -> sa.ColumnElement[bool]:
    """SQL condition: something waits for this adult as the receiver.

    Loans are due until the day `soon`. Both may be bind parameters.
    """
    return sa.or_(*(sa.exists().where(*which) for which in _for_family(person_id, soon)))


def _for_family(person_id: Any, soon: Any) -> tuple[list[sa.ColumnElement[bool]], ...]:
    return (
        [Handover.receiver_id == person_id, Handover.state == "planned"],
        [DeviceLoan.receiver_id == person_id, DeviceLoan.state == "open", DeviceLoan.due_on <= soon],
        [InternetVoucher.receiver_id == person_id, InternetVoucher.state == "assigned"],
    )
