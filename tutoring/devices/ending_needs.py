"""Steps that commands of needs share: one ends, waits again, or has its basis taken off. Inside a command only."""

from tutoring.devices.events import NeedEnded, NeedPutBack
from tutoring.devices.need_models import DeviceNeed
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import announce


def end_need(row: DeviceNeed, state: str) -> None:
    """It ends without anything: refused, withdrawn or lapsed. A handover that was planned is called off; a device that
    lies reserved stays so until staff of the store put it back."""
    was = row.state
    row.state, row.state_since, row.ended_at = state, clock.now(), clock.now()
    db.session.flush()
    if was in {"proposed", "approved"}:
        announce(NeedPutBack(row.id, row.receiver_id, row.ward_id))
    announce(NeedEnded(row.id, row.kind, row.person_id, row.receiver_id, state))


def wait_again(row: DeviceNeed) -> None:
    """Nothing is proposed or reserved for it any more: it stands in the line as before."""
    row.state = "confirmed"
    row.proposed_by_id = row.device_id = row.batch_id = row.approved_by_id = row.approved_at = None
    row.as_gift, row.although, row.state_since = False, "", clock.now()
    if row.valid_until is None or row.valid_until < clock.today():
        without_basis(row)
    db.session.flush()
    announce(NeedPutBack(row.id, row.receiver_id, row.ward_id))


def without_basis(row: DeviceNeed) -> None:
    """Its basis no longer counts, and is kept no longer."""
    row.state, row.state_since = "asked", clock.now()
    row.basis = ""
    row.confirmed_by_id = row.confirmed_on = row.valid_until = None
