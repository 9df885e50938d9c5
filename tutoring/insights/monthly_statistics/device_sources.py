"""Device and voucher events of a month: what reached families, what entered the stores.

A handed-over device helps a family. So everything that goes to a family or comes back is a fact of the person it is
for. It is suppressed below ten people like every other fact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from tutoring.devices.models import DeviceMove
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.insights.monthly_statistics import measures as m
from tutoring.insights.monthly_statistics.months import read, within
from tutoring.kernel.db import db
from tutoring.policy.devices.inventory import WITH_FAMILY


@dataclass(frozen=True)
class Equipped:
    """An event of a need for a device or internet: its measure, and which of the two."""

    at: datetime
    measure: str
    kind: str = ""  # where the measure tells the two apart


def asked(month: date) -> Iterator[tuple[int, Equipped]]:
    """Yields the registered needs."""
    row = DeviceNeed
    query = sa.select(row.person_id, row.asked_at, row.kind).where(within(row.asked_at, month))
    for person_id, at, kind in read(query.order_by(row.person_id, row.id)):
        yield person_id, Equipped(at, m.NEEDED, kind)


def moved(month: date) -> Iterator[tuple[int, Equipped]]:
    """Yields devices handed over, returned and lost, from the ledger of moves."""
    row = DeviceMove
    query = sa.select(DeviceNeed.person_id, row.at, row.from_state, row.to_state)
    query = query.join(DeviceNeed, DeviceNeed.id == row.need_id).where(
        within(row.at, month), sa.or_(row.to_state.in_(sorted(WITH_FAMILY)), row.from_state == "lent")
    )
    for person_id, at, _before, after in read(query.order_by(DeviceNeed.person_id, row.id)):
        if after in WITH_FAMILY:
            yield person_id, Equipped(at, m.MET, "device")
        else:
            yield person_id, Equipped(at, m.LOST if after == "lost" else m.RETURNED)


def given(month: date) -> Iterator[tuple[int, Equipped]]:
    """Yields vouchers given; a failed one does not count."""
    row = InternetVoucher
    query = sa.select(DeviceNeed.person_id, row.assigned_at).join(DeviceNeed, DeviceNeed.id == row.need_id)
    query = query.where(within(row.assigned_at, month), row.state != "failed")
    for person_id, at in read(query.order_by(DeviceNeed.person_id, row.id)):
        yield person_id, Equipped(at, m.MET, "internet")


def used(month: date) -> Iterator[tuple[int, Equipped]]:
    """Yields vouchers used."""
    row = InternetVoucher
    query = sa.select(DeviceNeed.person_id, row.used_at).join(DeviceNeed, DeviceNeed.id == row.need_id)
    query = query.where(within(row.used_at, month), row.state == "used")
    for person_id, at in read(query.order_by(DeviceNeed.person_id, row.id)):
        yield person_id, Equipped(at, m.USED)


SOURCES = (asked, moved, given, used)


def received(month: date) -> Iterator[tuple[int, int]]:
    """Yields devices that entered a store from a donor, once each: the device and the ward."""
    row = DeviceMove
    query = sa.select(row.device_id, row.unit_id).where(
        within(row.at, month), row.from_state == "expected", row.to_state == "stored"
    )
    yield from read(query.order_by(row.device_id))


def first() -> datetime | None:
    """Returns the time of the earliest event."""
    found = (db.session.scalar(sa.select(sa.func.min(moment))) for moment in (DeviceMove.at, DeviceNeed.asked_at))
    return min((moment for moment in found if moment is not None), default=None)
