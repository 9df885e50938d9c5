"""What happens to a lent device: more time, a loss told, taken back, written off, found again."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.devices import ledger
from tutoring.devices.events import LoanEnded, LoanTold, RenewalAnswered, RenewalAsked
from tutoring.devices.lending_times import remind_no_more, remind_of_loan
from tutoring.devices.loan_models import TOLD, DeviceLoan
from tutoring.devices.loan_queries import loan_facts
from tutoring.devices.models import ACCESSORIES, CONDITIONS, Device
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import device_loans as policy
from tutoring.policy.device_loans import Facts
from tutoring.safety.free_text import plain_reason

_CHANGED = N_("Lần mượn này vừa thay đổi. Hãy xem lại trang.")
_NO_RENEWAL = {
    "early": N_("Gia đình xin mượn thêm được từ 30 ngày trước ngày hẹn trả."),
    "asked": N_("Lời xin mượn thêm đã gửi rồi, đang chờ phường trả lời."),
    "often": N_("Máy này đã được mượn thêm hai lần. Khi trả máy, gia đình nhờ phường xem cách khác."),
    "donor": N_("Người cho mượn cần máy lại sau ngày này, nên không mượn thêm được. Phường sẽ tìm máy khác."),
}
_DUE = N_("Ngày hẹn mới phải sau %(first)s và không quá %(last)s.")
_OTHERS = N_("Việc này cần người khác làm: không ai tự quyết về máy mà nhà mình mượn.")
_CHOOSE = N_("Hãy chọn một mục trong danh sách.")


def _locked(actor: User, loan_id: int) -> tuple[DeviceLoan, Facts]:
    query = sa.select(DeviceLoan).where(DeviceLoan.id == loan_id).with_for_update(key_share=True)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise Missing
    known = loan_facts(actor, row)
    if not policy.may_see_loan(known):
        raise Missing
    return row, known


def _for_family(actor: User, loan_id: int) -> DeviceLoan:
    row, known = _locked(actor, loan_id)
    if not policy.may_speak_for_loan(known):
        raise Missing
    if row.state != "open":
        raise Conflict(_CHANGED)
    return row


def _for_staff(actor: User, loan_id: int) -> DeviceLoan:
    row, known = _locked(actor, loan_id)
    if not known.staff:
        raise Missing
    if not policy.may_end_loan(known):
        raise NotAllowed(_OTHERS)
    if row.state != "open":
        raise Conflict(_CHANGED)
    return row


# ---- the family -----------------------------------------------------------------------------------------------


@command
def ask_renewal(actor: User, loan_id: int) -> None:
    """Ask for more time, near the end of a loan."""
    row = _for_family(actor, loan_id)
    asked = row.renewal_asked_at is not None
    why = policy.why_no_renewal(row.due_on, clock.today(), row.renewals, asked, row.device.lend_until)
    if why:
        raise Conflict(_NO_RENEWAL[why])
    row.renewal_asked_at = clock.now()
    announce(RenewalAsked(row.id, row.receiver_id, row.device.unit_id))


@command
def tell_loss(actor: User, loan_id: int, told: str) -> None:
    """Lost, stolen or broken: so that the ward knows, and nobody pays."""
    row = _for_family(actor, loan_id)
    if told not in TOLD:
        raise Invalid(_CHOOSE, field="told")
    if row.told == told:
        return
    row.told, row.told_at = told, clock.now()
    announce(LoanTold(row.id, row.device.unit_id, row.receiver_id, told))


# ---- staff ----------------------------------------------------------------------------------------------------


@command
def answer_renewal(actor: User, loan_id: int, yes: bool, due_on: date | None = None) -> None:
    """Lend it for longer, or not."""
    row = _for_staff(actor, loan_id)
    if row.renewal_asked_at is None:
        raise Conflict(_CHANGED)
    if yes:
        last = policy.last_renewed(row.due_on, clock.today(), row.device.lend_until)
        new = due_on or last
        if not row.due_on < new <= last or new < clock.today():
            raise Invalid(_DUE, field="due_on", first=f"{row.due_on:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
        remind_no_more(row)
        row.due_on, row.renewals = new, row.renewals + 1
    row.renewal_asked_at = None
    db.session.flush()
    if yes:
        remind_of_loan(row)
    audit.record(actor.id, "answer_renewal", f"loan:{row.id}", yes=yes, due_on=row.due_on.isoformat())
    announce(RenewalAnswered(row.id, row.receiver_id, yes, row.due_on))


@command
def take_back(
    actor: User, loan_id: int, condition: str, accessories: list[str], receiver_there: bool = False
) -> DeviceLoan:
    """The device is in the store again, brought by whoever it was."""
    row = _for_staff(actor, loan_id)
    if condition not in CONDITIONS:
        raise Invalid(_CHOOSE, field="condition")
    if not set(accessories) <= set(ACCESSORIES):
        raise Invalid(_CHOOSE, field="accessories")
    came = in_order(accessories)
    second = row.receiver_id if receiver_there else None
    device = ledger.move(actor, row.device_id, "lent", "stored", second_id=second, why="returned")
    device.accessories = came
    row.condition_back, row.accessories_back = condition, came
    _end(actor, row, "returned")
    return row


@command
def write_off(actor: User, loan_id: int, reason: str = "") -> None:
    """Nobody knows where it is, or it is beyond bringing back."""
    row = _for_staff(actor, loan_id)
    words = plain_reason(reason, needed=False)
    ledger.move(actor, row.device_id, "lent", "lost", why=row.told or "lost")
    audit.record(actor.id, "write_off_loan", f"loan:{row.id}", words)
    _end(actor, row, "lost")


def _end(actor: User, row: DeviceLoan, state: str) -> None:
    remind_no_more(row)
    row.state, row.ended_on, row.ended_by_id, row.renewal_asked_at = state, clock.today(), actor.id, None
    db.session.flush()
    if state == "returned":
        audit.record(actor.id, "take_back", f"loan:{row.id}", condition=row.condition_back)
    announce(LoanEnded(row.id, row.device_id, row.need_id, row.receiver_id, row.person_id, state))


@command
def found_again(actor: User, device_id: int) -> Device:
    """A lost device is in the store again, to be looked at and wiped."""
    return ledger.move(actor, device_id, "lost", "stored", why="found")


def in_order(accessories: Collection[str]) -> list[str]:
    """Each once, in the order of the list to tick."""
    return [one for one in ACCESSORIES if one in accessories]


def missing_of(handed: list[str], back: list[str]) -> list[str]:
    """What went out with a device and did not come back."""
    return [one for one in handed if one not in back]
