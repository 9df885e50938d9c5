"""State transitions of a need that commands share: met, reopened, ended, waiting again.

Call them only inside a command, such as those of loans and sponsored internet.
"""

import sqlalchemy as sa

from tutoring.devices.events import NeedEnded, NeedMet, NeedReturnedToQueue
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.queries import locked_need
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_


def end_need(row: DeviceNeed, state: str) -> None:
    """Ends a need without meeting it: refused, withdrawn or lapsed.

    A planned handover is cancelled. A reserved device stays reserved until staff of the store return it.
    """
    was = row.state
    row.state, row.state_since, row.ended_at = state, clock.now(), clock.now()
    db.session.flush()
    if was in {"proposed", "approved"}:
        publish(NeedReturnedToQueue(row.id, row.receiver_id, row.ward_id))
    publish(NeedEnded(row.id, row.kind, row.person_id, row.receiver_id, state))


def wait_again(row: DeviceNeed) -> None:
    """Returns a need to its place on the waiting list, with nothing proposed or reserved."""
    row.state = "confirmed"
    row.proposed_by_id = row.device_id = row.batch_id = row.approved_by_id = row.approved_at = None
    row.as_gift, row.although, row.state_since = False, "", clock.now()
    if row.valid_until is None or row.valid_until < clock.today():
        without_basis(row)
    db.session.flush()
    publish(NeedReturnedToQueue(row.id, row.receiver_id, row.ward_id))


def without_basis(row: DeviceNeed) -> None:
    """Removes a basis that no longer counts; it is not retained."""
    row.state, row.state_since = "asked", clock.now()
    row.basis = ""
    row.confirmed_by_id = row.confirmed_on = row.valid_until = None


_NOT_APPROVED = N_("Đăng ký này chưa được hai người duyệt, hoặc vừa thay đổi. Hãy xem lại trang.")
_ANOTHER_OPEN = N_("Gia đình đã gửi một đăng ký mới cho việc này. Hãy xét đăng ký mới đó.")


@command
def meet_need(need_id: int) -> DeviceNeed:
    """Marks a need as met: the family has the device or the voucher.

    It is idempotent. Raises Conflict unless the need is approved.
    """
    row = locked_need(need_id)
    if row.state == "met":
        return row
    if row.state != "approved":
        raise Conflict(_NOT_APPROVED)
    now = clock.now()
    row.state, row.state_since, row.met_at, row.ended_at = "met", now, now, now
    db.session.flush()
    publish(NeedMet(row.id, row.kind, row.person_id, row.receiver_id))
    return row


@command
def reopen_need(need_id: int) -> DeviceNeed:
    """Reopens a met need, because what was given is useless or came back at once.

    For internet, the decision of the two people still stands. The need becomes `approved`, and another voucher of its
    batch can be given. A device must be proposed again. If the basis has expired, staff must confirm it first.

    Raises Conflict if the family has opened a new need of this kind meanwhile.
    """
    row = locked_need(need_id)
    if row.state != "met":
        return row
    another = sa.select(DeviceNeed.id).where(
        DeviceNeed.person_id == row.person_id, DeviceNeed.kind == row.kind, DeviceNeed.ended_at.is_(None)
    )
    if db.session.scalar(another) is not None:
        raise Conflict(_ANOTHER_OPEN)
    row.met_at = row.ended_at = None
    row.state, row.state_since = "approved", clock.now()
    holds = row.basis != "" and row.valid_until is not None and row.valid_until >= clock.today()
    with_device = sa.select(Device.id).where(Device.need_id == row.id)
    if row.batch_id is None and db.session.scalar(with_device) is None:
        _wait(row)
    if not holds:
        _wait(row)
        without_basis(row)
    db.session.flush()
    return row


def _wait(row: DeviceNeed) -> None:
    row.state = "confirmed"
    row.proposed_by_id = row.device_id = row.batch_id = row.approved_by_id = row.approved_at = None
    row.as_gift, row.although = False, ""
