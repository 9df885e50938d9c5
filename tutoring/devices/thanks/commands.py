"""Commands for thanks between a family and its donor.

Staff read every message first. Neither side learns who the other is.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.devices.events import ThanksPassed, ThanksRefused, ThanksWritten
from tutoring.devices.loans.models import DeviceThanks, Handover
from tutoring.devices.loans.queries import done_handover, loan_policy_facts
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.thanks.queries import standing, thanks
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices import loans as policy
from tutoring.policy.devices.loans import LONGEST_THANKS
from tutoring.safety.free_text import for_minor, validate_reason

_EMPTY = N_("Hãy viết vài câu.")
_LONG = N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn.")
_ONCE = N_("Lời cảm ơn này đã viết rồi.")
_CHANGED = N_("Lời này đã có người xem rồi. Hãy xem lại trang.")
_OTHERS = N_("Việc này cần người khác làm: không ai tự duyệt đăng ký của mình hoặc của nhà mình.")


def _checked(typed: str) -> str:
    words = nfc(typed).strip()
    if not words:
        raise InvalidInput(_EMPTY, field="words")
    if len(words) > LONGEST_THANKS:
        raise InvalidInput(_LONG, field="words", max=LONGEST_THANKS)
    return for_minor(words, field="words")


def handed_to(actor: User, need_id: int) -> Handover:
    """Returns the handover of a need for the adults of its family; else raises NotFound."""
    row = done_handover(need_id)
    if row is None or not policy.may_speak_for_loan(loan_policy_facts(actor, row.device, row.need, row.receiver_id)):
        raise NotFound
    return row


def to_answer(actor: User, thanks_id: int) -> DeviceThanks:
    """Returns a message passed on to the actor as donor; else raises NotFound."""
    row = thanks(thanks_id)
    if row.side != "family" or row.state != "passed" or row.device.offer.donor_id != actor.id:
        raise NotFound
    return row


@command
def thank(actor: User, need_id: int, words: str) -> DeviceThanks:
    """Writes a message from a family to the donor of its device."""
    row = handed_to(actor, need_id)
    return _write(actor, row.device_id, need_id, "family", words)


@command
def answer_thanks(actor: User, thanks_id: int, words: str) -> DeviceThanks:
    """Writes a donor's single answer to a message from a family."""
    row = to_answer(actor, thanks_id)
    return _write(actor, row.device_id, row.need_id, "donor", words)


def _write(actor: User, device_id: int, need_id: int, side: str, words: str) -> DeviceThanks:
    checked = _checked(words)
    rate_limits.hit("ask", "device_thanks", actor.id)
    # locked, so that two messages for one need cannot be written at once
    db.session.get_one(DeviceNeed, need_id, with_for_update={"key_share": True})
    if standing([need_id], side):
        raise Conflict(_ONCE)
    row = DeviceThanks(device_id=device_id, need_id=need_id, side=side, by_id=actor.id, words=checked)
    db.session.add(row)
    db.session.flush()
    publish(ThanksWritten(row.id, row.device.unit_id, actor.id))
    return row


def get_thanks_for_staff(actor: User, thanks_id: int) -> DeviceThanks:
    """Returns a message for the staff who decide about it.

    Raises NotFound for other users, and Forbidden for staff who are involved themselves.
    """
    row = thanks(thanks_id)
    known = loan_policy_facts(actor, row.device, row.need, row.need.receiver_id)
    if not known.staff:
        raise NotFound
    if not policy.may_pass_thanks(known, row.by_id == actor.id):
        raise Forbidden(_OTHERS)
    return row


def _waiting(actor: User, thanks_id: int) -> DeviceThanks:
    row = get_thanks_for_staff(actor, thanks_id)
    now = sa.select(DeviceThanks.state).where(DeviceThanks.id == thanks_id).with_for_update(key_share=True)
    if db.session.scalar(now) != "waiting":
        raise Conflict(_CHANGED)
    row.decided_by_id, row.decided_at = actor.id, clock.now()
    return row


@command
def pass_thanks(actor: User, thanks_id: int) -> None:
    """Passes a message on; its recipient may read it now."""
    row = _waiting(actor, thanks_id)
    row.state = "passed"
    db.session.flush()
    audit.record(actor.id, "pass_thanks", f"thanks:{row.id}")
    to_id = row.device.offer.donor_id if row.side == "family" else row.need.receiver_id
    publish(ThanksPassed(row.id, to_id, row.side))


@command
def refuse_thanks(actor: User, thanks_id: int, reason: str) -> None:
    """Refuses to pass a message on; its author reads the reason."""
    row = _waiting(actor, thanks_id)
    row.state, row.said = "refused", validate_reason(reason)
    db.session.flush()
    audit.record(actor.id, "refuse_thanks", f"thanks:{row.id}", row.said)
    publish(ThanksRefused(row.id, row.by_id))
