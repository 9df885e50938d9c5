"""Reminders of the day on which a lent device is due; they cancel themselves when it is another day or over."""

from datetime import date, datetime, time, timedelta
from typing import Any

from tutoring.devices.events import LoanDue
from tutoring.devices.loan_models import DeviceLoan
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.policy.device_loans import REMINDED

_JOB = "devices.loan_due"
_HOUR = time(8)  # of the morning here


def _key(loan: DeviceLoan, days: int) -> str:
    return f"{_JOB}:{loan.id}:{loan.due_on}:{days}"


def remind_of_loan(loan: DeviceLoan) -> None:
    """Put down the reminders that are still to come."""
    for days in REMINDED:
        when = datetime.combine(loan.due_on - timedelta(days=days), _HOUR, clock.LOCAL)
        if when > clock.now():
            jobs.due(_JOB, _key(loan, days), when, loan_id=loan.id, due_on=loan.due_on.isoformat(), days=days)


def remind_no_more(loan: DeviceLoan) -> None:
    """It is over, or due on another day."""
    for days in REMINDED:
        jobs.cancel(_key(loan, days))


@jobs.job(_JOB)
def _due(payload: dict[str, Any]) -> None:
    loan = db.session.get(DeviceLoan, payload["loan_id"])
    if loan is None or loan.state != "open" or loan.due_on != date.fromisoformat(payload["due_on"]):
        return
    announce(LoanDue(loan.id, loan.receiver_id, loan.device.unit_id, loan.due_on, payload["days"]))
