"""A need is met by what others hand over or give: called inside the commands of loans and of sponsored internet."""

import sqlalchemy as sa

from tutoring.devices.ending_needs import without_basis
from tutoring.devices.events import NeedMet
from tutoring.devices.models import Device
from tutoring.devices.need_models import DeviceNeed
from tutoring.devices.need_queries import locked_need
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_

_NOT_APPROVED = N_("Lời này chưa được hai người duyệt, hoặc vừa thay đổi. Hãy xem lại trang.")
_ANOTHER_OPEN = N_("Gia đình đã gửi một lời mới cho việc này. Hãy xét lời mới đó.")


@command
def meet_need(need_id: int) -> DeviceNeed:
    """The device is with them, or the voucher is theirs. Met twice it is met once; raises Conflict unless approved."""
    row = locked_need(need_id)
    if row.state == "met":
        return row
    if row.state != "approved":
        raise Conflict(_NOT_APPROVED)
    now = clock.now()
    row.state, row.state_since, row.met_at, row.ended_at = "met", now, now, now
    db.session.flush()
    announce(NeedMet(row.id, row.kind, row.person_id, row.receiver_id))
    return row


@command
def reopen_need(need_id: int) -> DeviceNeed:
    """What was given is of no use, or came back at once: it waits once more.

    For internet the word of the two people still stands, so that it is `approved` and another voucher of its batch can
    be given; a device has to be proposed anew. Without a basis that still holds, staff confirm it first.
    Raises Conflict where the family has asked anew meanwhile.
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
