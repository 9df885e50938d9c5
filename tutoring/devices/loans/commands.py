"""Commands for loans: renew, report a loss, return, write off, mark as found.

Also the reminder jobs for due dates. A reminder does nothing if the date has changed or the loan has ended.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.devices.events import LoanDue, LoanEnded, LoanProblemReported, RenewalAnswered, RenewalAsked
from tutoring.devices.inventory import ledger
from tutoring.devices.loans.models import LOSS_KINDS, DeviceLoan
from tutoring.devices.loans.queries import loan_facts
from tutoring.devices.models import ACCESSORIES, CONDITIONS, Device
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.devices import loans as policy
from tutoring.policy.devices.loans import REMINDED, LoanFacts
from tutoring.safety.free_text import validate_reason

_JOB = "devices.loan_due"
_HOUR = time(8)  # local time in the morning


def _key(loan: DeviceLoan, days: int) -> str:
    return f"{_JOB}:{loan.id}:{loan.due_on}:{days}"


def remind_of_loan(loan: DeviceLoan) -> None:
    """Enqueues the reminders whose time is still in the future."""
    for days in REMINDED:
        when = datetime.combine(loan.due_on - timedelta(days=days), _HOUR, clock.LOCAL)
        if when > clock.now():
            jobs.enqueue(_JOB, _key(loan, days), when, loan_id=loan.id, due_on=loan.due_on.isoformat(), days=days)


def cancel_loan_reminders(loan: DeviceLoan) -> None:
    """Cancels all reminders of this loan, because it ended or has a new due date."""
    for days in REMINDED:
        jobs.cancel(_key(loan, days))


@jobs.job(_JOB)
def _due(payload: dict[str, Any]) -> None:
    loan = db.session.get(DeviceLoan, payload["loan_id"])
    if loan is None or loan.state != "open" or loan.due_on != date.fromisoformat(payload["due_on"]):
        return
    publish(LoanDue(loan.id, loan.receiver_id, loan.device.unit_id, loan.due_on, payload["days"]))


_CHANGED = N_("Lần mượn này vừa thay đổi. Hãy xem lại trang.")
_NO_RENEWAL = {
    "early": N_("Gia đình xin mượn thêm được từ 30 ngày trước ngày hẹn trả."),
    "asked": N_("Bạn đã xin mượn thêm rồi, đang chờ phường trả lời."),
    "often": N_("Máy này đã được mượn thêm hai lần. Khi trả máy, gia đình nhờ phường xem cách khác."),
    "donor": N_("Người cho mượn cần máy lại sau ngày này, nên không mượn thêm được. Phường sẽ tìm máy khác."),
}
_DUE = N_("Ngày hẹn mới phải sau %(first)s và không quá %(last)s.")
_OTHERS = N_("Việc này cần người khác làm: không ai tự quyết về máy mà nhà mình mượn.")
_CHOOSE = N_("Hãy chọn một mục trong danh sách.")


def _locked(actor: User, loan_id: int) -> tuple[DeviceLoan, LoanFacts]:
    query = sa.select(DeviceLoan).where(DeviceLoan.id == loan_id).with_for_update(key_share=True)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    known = loan_facts(actor, row)
    if not policy.may_see_loan(known):
        raise NotFound
    return row, known


def _for_family(actor: User, loan_id: int) -> DeviceLoan:
    row, known = _locked(actor, loan_id)
    if not policy.may_speak_for_loan(known):
        raise NotFound
    if row.state != "open":
        raise Conflict(_CHANGED)
    return row


def _for_staff(actor: User, loan_id: int) -> DeviceLoan:
    row, known = _locked(actor, loan_id)
    if not known.staff:
        raise NotFound
    if not policy.may_end_loan(known):
        raise Forbidden(_OTHERS)
    if row.state != "open":
        raise Conflict(_CHANGED)
    return row


# ---- the family -----------------------------------------------------------------------------------------------


@command
def ask_renewal(actor: User, loan_id: int) -> None:
    """Requests a renewal near the end of a loan."""
    row = _for_family(actor, loan_id)
    asked = row.renewal_asked_at is not None
    why = policy.why_no_renewal(row.due_on, clock.today(), row.renewals, asked, row.device.lend_until)
    if why:
        raise Conflict(_NO_RENEWAL[why])
    row.renewal_asked_at = clock.now()
    publish(RenewalAsked(row.id, row.receiver_id, row.device.unit_id))


@command
def report_loss(actor: User, loan_id: int, told: str) -> None:
    """Reports a device as lost, stolen or broken, so that the ward knows. No family pays."""
    row = _for_family(actor, loan_id)
    if told not in LOSS_KINDS:
        raise InvalidInput(_CHOOSE, field="told")
    if row.told == told:
        return
    row.told, row.told_at = told, clock.now()
    publish(LoanProblemReported(row.id, row.device.unit_id, row.receiver_id, told))


# ---- staff ----------------------------------------------------------------------------------------------------


@command
def answer_renewal(actor: User, loan_id: int, yes: bool, due_on: date | None = None) -> None:
    """Grants or refuses a renewal."""
    row = _for_staff(actor, loan_id)
    if row.renewal_asked_at is None:
        raise Conflict(_CHANGED)
    if yes:
        last = policy.last_renewed(row.due_on, clock.today(), row.device.lend_until)
        new = due_on or last
        if not row.due_on < new <= last or new < clock.today():
            raise InvalidInput(_DUE, field="due_on", first=f"{row.due_on:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
        cancel_loan_reminders(row)
        row.due_on, row.renewals = new, row.renewals + 1
    row.renewal_asked_at = None
    db.session.flush()
    if yes:
        remind_of_loan(row)
    audit.record(actor.id, "answer_renewal", f"loan:{row.id}", yes=yes, due_on=row.due_on.isoformat())
    publish(RenewalAnswered(row.id, row.receiver_id, yes, row.due_on))


@command
def record_return(
    actor: User, loan_id: int, condition: str, accessories: list[str], receiver_there: bool = False
) -> DeviceLoan:
    """Records that the device is back in the store, regardless of who brought it."""
    row = _for_staff(actor, loan_id)
    if condition not in CONDITIONS:
        raise InvalidInput(_CHOOSE, field="condition")
    if not set(accessories) <= set(ACCESSORIES):
        raise InvalidInput(_CHOOSE, field="accessories")
    came = in_order(accessories)
    second = row.receiver_id if receiver_there else None
    device = ledger.move(actor, row.device_id, "lent", "stored", second_id=second, why="returned")
    device.accessories = came
    row.condition_back, row.accessories_back = condition, came
    _end(actor, row, "returned")
    return row


@command
def write_off(actor: User, loan_id: int, reason: str = "") -> None:
    """Writes a loan off: the device is lost or cannot be recovered."""
    row = _for_staff(actor, loan_id)
    words = validate_reason(reason, needed=False)
    ledger.move(actor, row.device_id, "lent", "lost", why=row.told or "lost")
    audit.record(actor.id, "write_off_loan", f"loan:{row.id}", words)
    _end(actor, row, "lost")


def _end(actor: User, row: DeviceLoan, state: str) -> None:
    cancel_loan_reminders(row)
    row.state, row.ended_on, row.ended_by_id, row.renewal_asked_at = state, clock.today(), actor.id, None
    db.session.flush()
    if state == "returned":
        audit.record(actor.id, "take_back", f"loan:{row.id}", condition=row.condition_back)
    publish(LoanEnded(row.id, row.device_id, row.need_id, row.receiver_id, row.person_id, state))


@command
def found_again(actor: User, device_id: int) -> Device:
    """Moves a lost device back to the store, where it must be checked and wiped."""
    return ledger.move(actor, device_id, "lost", "stored", why="found")


def in_order(accessories: Collection[str]) -> list[str]:
    """Returns each accessory once, in the order of the checklist."""
    return [one for one in ACCESSORIES if one in accessories]


def missing_of(handed: list[str], back: list[str]) -> list[str]:
    """Returns the accessories that were handed over and not returned."""
    return [one for one in handed if one not in back]
