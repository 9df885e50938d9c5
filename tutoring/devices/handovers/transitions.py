"""State transitions of a handover and its reminder job; used inside commands."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.devices.events import HandoverCalledOff, HandoverNear
from tutoring.devices.loans.models import Handover
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.devices import loans as policy

_JOB = "devices.handover_near"


def _key(row: Handover) -> str:
    return f"{_JOB}:{row.id}:{row.at.isoformat()}"


def remind(row: Handover) -> None:
    """Enqueues the reminder for the day before, if that is still in the future."""
    if (when := row.at - policy.BEFORE) > clock.now():
        jobs.enqueue(_JOB, _key(row), when, handover_id=row.id, time=row.at.isoformat())


def cancel_reminder(row: Handover) -> None:
    """Cancels the reminder of this handover."""
    jobs.cancel(_key(row))


@jobs.job(_JOB)
def _near(payload: dict[str, Any]) -> None:
    row = db.session.get(Handover, payload["handover_id"])
    if row is not None and row.state == "planned" and row.at == datetime.fromisoformat(payload["time"]):
        publish(HandoverNear(row.id, row.receiver_id, row.planner_id, row.at))


def end_without_transfer(row: Handover, state: str) -> None:
    """Ends a handover as missed or cancelled.

    The device stays reserved, and a new date can be set.
    """
    cancel_reminder(row)
    row.state, row.number, row.done_at = state, None, clock.now()
    db.session.flush()
    publish(HandoverCalledOff(row.id, row.need_id, row.receiver_id, state))


@command
def cancel_for(column: str, value: int) -> None:
    """Cancels the planned handovers of this need or receiver."""
    query = sa.select(Handover).where(getattr(Handover, column) == value, Handover.state == "planned")
    for row in db.session.scalars(query.order_by(Handover.id).with_for_update(key_share=True)).all():
        end_without_transfer(row, "cancelled")
