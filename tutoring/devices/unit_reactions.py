"""Devices, needs and vouchers when a unit becomes part of another."""

import sqlalchemy as sa

from tutoring.community.events import UnitsMerged
from tutoring.devices.internet_models import InternetBatch, InternetVoucher
from tutoring.devices.loan_models import HandoverPoint
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.need_models import DeviceNeed
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def stores_go_along(event: UnitsMerged) -> None:
    """Offers and machines belong to the new ward's store; each move keeps the ward in which it was made."""
    for table in (DeviceOffer, Device):
        here = sa.update(table).where(table.unit_id == event.from_id)
        db.session.execute(here.values(unit_id=event.into_id))


@on(UnitsMerged)
def needs_go_along(event: UnitsMerged) -> None:
    """Open needs are decided where their people are now; those that are over stay in the books of then."""
    still = DeviceNeed.ended_at.is_(None)
    near = sa.update(DeviceNeed).where(DeviceNeed.unit_id == event.from_id, still)
    db.session.execute(near.values(unit_id=event.into_id))
    ward = sa.update(DeviceNeed).where(DeviceNeed.ward_id == event.from_id, still)
    db.session.execute(ward.values(ward_id=event.into_id))


@on(UnitsMerged)
def points_go_along(event: UnitsMerged) -> None:
    """Public places at which devices change hands; loans and handovers go with their devices."""
    points = sa.update(HandoverPoint).where(HandoverPoint.unit_id == event.from_id)
    db.session.execute(points.values(unit_id=event.into_id))


@on(UnitsMerged)
def vouchers_go_along(event: UnitsMerged) -> None:
    """What a ward can still give, and what came of what it gave; the name of a sponsor stays as it was told."""
    for column in (InternetBatch.unit_id, InternetBatch.sponsor_id, InternetVoucher.ward_id):
        gone = sa.update(column.class_).where(column == event.from_id)
        db.session.execute(gone.values({column: event.into_id}))
