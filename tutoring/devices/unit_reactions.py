"""Devices, needs and vouchers when a unit becomes part of another."""

import sqlalchemy as sa

from tutoring.community.events import UnitsMerged
from tutoring.devices.loan_models import HandoverPoint
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def points_go_along(event: UnitsMerged) -> None:
    """Public places at which devices change hands; loans and handovers go with their devices."""
    points = sa.update(HandoverPoint).where(HandoverPoint.unit_id == event.from_id)
    db.session.execute(points.values(unit_id=event.into_id))
