"""Devices, needs and vouchers when a unit becomes part of another."""

import sqlalchemy as sa

from tutoring.community.events import UnitsMerged
from tutoring.devices.models import Device, DeviceOffer
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def stores_go_along(event: UnitsMerged) -> None:
    """Offers and machines belong to the new ward's store; each move keeps the ward in which it was made."""
    for table in (DeviceOffer, Device):
        here = sa.update(table).where(table.unit_id == event.from_id)
        db.session.execute(here.values(unit_id=event.into_id))
