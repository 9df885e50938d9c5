"""Nightly job of handovers and loans.

It closes unreported handovers, publishes the return dates of donors, and deletes old rows.
"""

from datetime import time
from typing import Any

import sqlalchemy as sa

from tutoring.devices.events import DonorDayNear
from tutoring.devices.handovers.transitions import end_without_transfer
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover
from tutoring.devices.models import Device
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.devices.inventory import ENDS
from tutoring.policy.devices.loans import DONOR_DAY, KEPT, UNSAID

AT_ONCE = 200


@jobs.daily("devices.loans_nightly", time(4, 10))
def _night(_payload: dict[str, Any]) -> None:
    tidy()


@command
def tidy() -> None:
    """Closes and deletes everything of handovers and loans that has reached its time limit."""
    query = sa.select(Handover).where(Handover.state == "planned", Handover.at < clock.now() - UNSAID)
    for row in db.session.scalars(query.order_by(Handover.id).limit(AT_ONCE).with_for_update(skip_locked=True)).all():
        end_without_transfer(row, "missed")
    _publish_donor_dates()
    _forget_old()


def _publish_donor_dates() -> None:
    """Publishes the devices whose donor wants them back within thirty days.

    It runs every night of the thirty, so a night without a server loses nothing. The notice is sent once.
    """
    today = clock.today()
    query = sa.select(Device.id, Device.unit_id, Device.lend_until).where(
        Device.lend_until >= today, Device.lend_until <= today + DONOR_DAY, Device.state.not_in(ENDS),
        Device.state.not_in(("offered", "expected", "lost")),
    )  # fmt: skip
    for device_id, unit_id, lend_until in db.session.execute(query.order_by(Device.id)).all():
        if lend_until is not None:
            publish(DonorDayNear(device_id, unit_id, lend_until))


def _forget_old() -> None:
    """Deletes handovers and loans two years after they ended.

    The ledger entries stay; they need none of these rows.
    """
    before = clock.now() - KEPT
    loans = sa.select(DeviceLoan.id, DeviceLoan.handover_id, DeviceLoan.need_id).where(
        DeviceLoan.ended_on < clock.local(before).date()
    )
    ended = db.session.execute(loans.order_by(DeviceLoan.id).limit(AT_ONCE)).all()
    lent = sa.exists().where(DeviceLoan.handover_id == Handover.id)
    rest = sa.select(Handover.id, Handover.need_id).where(Handover.done_at < before, ~lent)
    other = db.session.execute(rest.order_by(Handover.id).limit(AT_ONCE)).all()
    done = [one.handover_id for one in ended] + [one.id for one in other]
    needs = [one.need_id for one in ended] + [one.need_id for one in other]
    open_ = sa.exists().where(DeviceLoan.need_id == DeviceThanks.need_id, DeviceLoan.state == "open")
    db.session.execute(
        sa.delete(DeviceThanks).where(DeviceThanks.need_id.in_(needs), DeviceThanks.made_at < before, ~open_)
    )
    db.session.execute(sa.delete(DeviceLoan).where(DeviceLoan.id.in_([one.id for one in ended])))
    db.session.execute(sa.delete(Handover).where(Handover.id.in_(done)))
