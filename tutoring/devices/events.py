"""Events of devices, needs, the basis of needs, vouchers, loans, handovers and thanks.

No event holds a name, a code, a serial number or the basis itself.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class DeviceMoved:
    """A device moved from one state to another."""

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
    """A ward accepted or declined an offer."""

    offer_id: int
    donor_id: int | None
    accepted: bool


@dataclass(frozen=True)
class LenderWaits:
    """The date by which a donor wants a lent device back is near, or has passed (`late`)."""

    device_id: int
    unit_id: int
    on: date
    late: bool


@dataclass(frozen=True)
class NeedAsked:
    """A need was requested; `by_id` is the receiver, or staff who asked for the family."""

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
    """A need was proposed and waits for the second approver."""

    need_id: int
    ward_id: int
    by_id: int


@dataclass(frozen=True)
class NeedApproved:
    """Two people approved a need.

    A device is reserved for it; for internet, the reaction to this event assigns a voucher.
    """

    need_id: int
    kind: str
    receiver_id: int
    ward_id: int
    by_id: int


@dataclass(frozen=True)
class NeedReturnedToQueue:
    """A proposal or reservation was undone; the need waits again."""

    need_id: int
    receiver_id: int
    ward_id: int


@dataclass(frozen=True)
class NeedMet:
    """The family has the device or the voucher."""

    need_id: int
    kind: str
    person_id: int
    receiver_id: int


@dataclass(frozen=True)
class NeedEnded:
    """A need ended without being met: refused, withdrawn or lapsed."""

    need_id: int
    kind: str
    person_id: int
    receiver_id: int
    state: str


@dataclass(frozen=True)
class HandoverPlanned:
    """A handover was planned, or planned again (`again`)."""

    handover_id: int
    need_id: int
    receiver_id: int
    planner_id: int
    at: datetime
    again: bool


@dataclass(frozen=True)
class HandoverCalledOff:
    """A handover was missed or cancelled."""

    handover_id: int
    need_id: int
    receiver_id: int
    state: str


@dataclass(frozen=True)
class HandoverNear:
    """A handover takes place tomorrow."""

    handover_id: int
    receiver_id: int
    planner_id: int
    at: datetime


@dataclass(frozen=True)
class LoanDue:
    """A loan is due in `days` (30, 7 or 0), or is overdue (negative)."""

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
    """A family reports that a device is lost, stolen or broken."""

    loan_id: int
    unit_id: int
    receiver_id: int
    told: str


@dataclass(frozen=True)
class LoanEnded:
    """A loan ended: returned, or written off as lost."""

    loan_id: int
    device_id: int
    need_id: int
    receiver_id: int
    person_id: int
    state: str


@dataclass(frozen=True)
class ThanksWritten:
    """A message of thanks waits for staff to pass it on."""

    thanks_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class ThanksPassed:
    """Staff passed a message of thanks on; `to_id` may read it now."""

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
    """The family reports that the code did not work; the need waits for another voucher."""

    voucher_id: int
    need_id: int
    unit_id: int


@dataclass(frozen=True)
class VoucherEnding:
    """An unused voucher expires in a few days."""

    voucher_id: int
    receiver_id: int
    expires_on: date


@dataclass(frozen=True)
class BasisEnding:
    """The basis of a need must be confirmed again before `until` is over."""

    need_id: int
    unit_id: int
    ward_id: int
    receiver_id: int
    until: date


@dataclass(frozen=True)
class BasisEnded:
    """The basis of a need has expired.

    The need is off the waiting list until the basis is confirmed again.
    """

    need_id: int
    unit_id: int
    ward_id: int
    receiver_id: int


@dataclass(frozen=True)
class VoucherUsed:
    """The family reports that the voucher worked."""

    voucher_id: int


@dataclass(frozen=True)
class VouchersExpired:
    """Vouchers of a batch expired at night.

    `free` counts those that no family had; `given` counts those a family had but did not use.
    """

    batch_id: int
    unit_id: int
    on: date
    free: int
    given: int


@dataclass(frozen=True)
class DonorDayNear:
    """The date by which a donor wants a lent device back is near.

    The ward or a family still has the device.
    """

    device_id: int
    unit_id: int
    lend_until: date


@dataclass(frozen=True)
class ThanksRefused:
    """Staff refused to pass a message of thanks on; its author reads the reason."""

    thanks_id: int
    by_id: int
