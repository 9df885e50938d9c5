"""What happens to devices, needs and vouchers. No event holds a name, a code or a serial.

What happens to the basis of a need. No event holds a name or the basis itself.

What happens to vouchers besides what devices.events tells; no event holds a code.

What loans alone announce beside `devices.events`.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class DeviceMoved:
    """A device went from one state to another."""

    device_id: int
    offer_id: int
    unit_id: int
    n: int
    from_state: str
    to_state: str
    need_id: int | None
    donor_id: int | None
    by_id: int


@dataclass(frozen=True)
class DeviceOffered:
    offer_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class OfferDecided:
    """A ward takes what was offered, or cannot."""

    offer_id: int
    donor_id: int | None
    accepted: bool


@dataclass(frozen=True)
class LenderWaits:
    """The day is near (or over, `late`) by which a donor wants a lent machine back."""

    device_id: int
    unit_id: int
    on: date
    late: bool


@dataclass(frozen=True)
class NeedAsked:
    """`by_id` is the receiver, or staff who asked for the family."""

    need_id: int
    kind: str
    person_id: int
    receiver_id: int
    unit_id: int
    ward_id: int
    by_id: int


@dataclass(frozen=True)
class NeedConfirmed:
    need_id: int
    receiver_id: int
    by_id: int


@dataclass(frozen=True)
class NeedProposed:
    """Waits for the second person."""

    need_id: int
    ward_id: int
    by_id: int


@dataclass(frozen=True)
class NeedApproved:
    """By two people. A device is reserved for it; for internet a voucher is to be given (internet_reactions)."""

    need_id: int
    kind: str
    receiver_id: int
    ward_id: int
    by_id: int


@dataclass(frozen=True)
class NeedPutBack:
    """What was proposed or reserved is not any more; the need waits again."""

    need_id: int
    receiver_id: int
    ward_id: int


@dataclass(frozen=True)
class NeedMet:
    """The device is with them, or the voucher is theirs."""

    need_id: int
    kind: str
    person_id: int
    receiver_id: int


@dataclass(frozen=True)
class NeedEnded:
    """Without anything: refused, withdrawn or lapsed."""

    need_id: int
    kind: str
    person_id: int
    receiver_id: int
    state: str


@dataclass(frozen=True)
class HandoverPlanned:
    """Or planned anew (`again`)."""

    handover_id: int
    need_id: int
    receiver_id: int
    planner_id: int
    at: datetime
    again: bool


@dataclass(frozen=True)
class HandoverCalledOff:
    """Missed or cancelled."""

    handover_id: int
    need_id: int
    receiver_id: int
    state: str


@dataclass(frozen=True)
class HandoverNear:
    """It is tomorrow."""

    handover_id: int
    receiver_id: int
    planner_id: int
    at: datetime


@dataclass(frozen=True)
class LoanDue:
    """Reminders: `days` until the day (30, 7, 0), or after it (negative)."""

    loan_id: int
    receiver_id: int
    unit_id: int
    due_on: date
    days: int


@dataclass(frozen=True)
class RenewalAsked:
    loan_id: int
    receiver_id: int
    unit_id: int


@dataclass(frozen=True)
class RenewalAnswered:
    loan_id: int
    receiver_id: int
    yes: bool
    due_on: date


@dataclass(frozen=True)
class LoanProblemReported:
    """A family tells that a device is lost, stolen or broken."""

    loan_id: int
    unit_id: int
    receiver_id: int
    told: str


@dataclass(frozen=True)
class LoanEnded:
    """Returned, or written off as lost."""

    loan_id: int
    device_id: int
    need_id: int
    receiver_id: int
    person_id: int
    state: str


@dataclass(frozen=True)
class ThanksWritten:
    """Words wait for staff to pass them on."""

    thanks_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class ThanksPassed:
    """Staff let them through; `to_id` may read them now."""

    thanks_id: int
    to_id: int | None
    side: str


@dataclass(frozen=True)
class VoucherGiven:
    voucher_id: int
    need_id: int
    receiver_id: int


@dataclass(frozen=True)
class VoucherFailed:
    """The family says that the code did not work; the need waits for another one."""

    voucher_id: int
    need_id: int
    unit_id: int


@dataclass(frozen=True)
class VoucherEnding:
    """It was not used yet and expires in a few days."""

    voucher_id: int
    receiver_id: int
    expires_on: date


@dataclass(frozen=True)
class BasisEnding:
    """It is to be confirmed again before this day is over."""

    need_id: int
    unit_id: int
    ward_id: int
    receiver_id: int
    until: date


@dataclass(frozen=True)
class BasisEnded:
    """The day has passed: the need waits for a confirmation once more, and out of the line."""

    need_id: int
    unit_id: int
    ward_id: int
    receiver_id: int


@dataclass(frozen=True)
class VoucherUsed:
    """The family says that it worked."""

    voucher_id: int


@dataclass(frozen=True)
class VouchersExpired:
    """At night: so many of a batch that nobody had, and so many that families had and had not used."""

    batch_id: int
    unit_id: int
    on: date
    free: int
    given: int


@dataclass(frozen=True)
class DonorDayNear:
    """The day by which a donor wants a lent machine back is near; the ward still has it, or a family does."""

    device_id: int
    unit_id: int
    lend_until: date


@dataclass(frozen=True)
class ThanksRefused:
    """Staff did not pass words on; whoever wrote them reads why."""

    thanks_id: int
    by_id: int
