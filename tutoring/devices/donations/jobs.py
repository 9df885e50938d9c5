"""Daily job: reminds the store of the dates by which donors want lent devices back."""

from datetime import time
from typing import Any

import sqlalchemy as sa

from tutoring.devices.events import LenderWaits
from tutoring.devices.models import Device
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.devices.inventory import ENDS, LENDER_REMINDED

AT_ONCE = 500
NOT_HERE = ENDS | {"offered", "expected"}  # still with the donor, or gone for good


@jobs.daily("devices.lenders", time(7, 10))
def _morning(_payload: dict[str, Any]) -> None:
    remind()


@command
def remind() -> None:
    """Publishes each device that its donor wants back soon, or wanted back before today.

    A device already notified about is not notified about again.
    """
    today = clock.today()
    query = (
        sa.select(Device.id, Device.unit_id, Device.lend_until)
        .where(Device.lend_until <= today + LENDER_REMINDED, Device.state.not_in(NOT_HERE))
        .order_by(Device.lend_until.desc(), Device.id)
        .limit(AT_ONCE)
    )
    for device_id, unit_id, on in db.session.execute(query).all():
        if on is not None:
            publish(LenderWaits(device_id, unit_id, on, on < today))
