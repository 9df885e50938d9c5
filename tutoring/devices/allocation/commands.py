"""Commands that allocate a device or a voucher to a need.

One member of staff proposes and a second one approves. Other commands confirm, refuse or undo.
"""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.community.queries import ancestors
from tutoring.devices.events import NeedApproved, NeedProposed
from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device
from tutoring.devices.needs.commands import CHANGED
from tutoring.devices.needs.duplicate_checks import duplicates, own
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.queries import count_vouchers_left, donor_of, locked_need, need_facts, reserved_for
from tutoring.devices.needs.transitions import end_need, wait_again
from tutoring.devices.vouchers.models import InternetBatch
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.devices import needs as policy
from tutoring.safety.free_text import reject_private_data, validate_reason

MAX_REASON_CHARS = 300
_ANOTHER = N_("Cần người thứ hai duyệt: không phải người đề xuất, người xác nhận, người tặng máy hay người trong nhà.")
_NO_BASIS = N_("Xác nhận của phường hoặc trường đã hết hạn. Hãy xác nhận lại trước.")
_TAKEN = N_("Máy này vừa được đề xuất cho gia đình khác, hoặc đã chuyển chỗ. Hãy chọn máy khác.")
_NOT_FIT = N_("Máy này không phải loại gia đình cần.")
_LENT_ONLY = N_("Người tặng chỉ cho mượn máy này, nên không tặng hẳn được.")
_OWN_GIFT = N_("Bạn là người tặng máy này, nên hãy để người khác đề xuất.")
_HAS_OWN = N_("Người này đã có rồi (đang mượn máy, đã được tặng, hoặc gói mạng còn hạn), nên chưa đề xuất thêm được.")
_WHY = N_("Nhà này đã có, hoặc đang được xét một đăng ký khác. Hãy ghi lý do vẫn đề xuất; người duyệt đọc được.")
_GONE = N_("Tài khoản của người nhận đang không hoạt động. Hãy hỏi lại gia đình.")
_NO_GUARDIAN = N_("Người nhận không còn là người giám hộ của em. Hãy mời ba mẹ em rút đăng ký này rồi gửi lại.")
_BATCH = N_("Đợt gói mạng này đã đóng hoặc không còn đủ gói.")
_NOBODY = N_("Hãy đánh dấu ít nhất một gia đình.")


def _locked(actor: User, need_id: int) -> tuple[DeviceNeed, policy.NeedFacts]:
    """Locks a need until the command ends.

    Raises NotFound unless the actor may decide about this need.
    """
    row = locked_need(need_id)
    known = need_facts(actor, row)
    if not policy.decides(known):
        raise NotFound
    return row, known


@command
def propose_device(
    actor: User, need_id: int, device_id: int, as_gift: bool = False, although: str = ""
) -> DeviceNeed:  # fmt: skip
    """Proposes a device for a need, lent or given: the first of two decisions.

    `although` gives the reason when the family already has something.
    """
    row, known = _locked(actor, need_id)
    if not policy.may_propose(known):
        raise Conflict(CHANGED)
    device = _device_for(actor, row, device_id, as_gift)
    row.although = _checked(row, although)
    row.device_id, row.batch_id, row.as_gift = device.id, None, as_gift
    _proposed(actor, row)
    return row


def _device_for(actor: User, row: DeviceNeed, device_id: int, as_gift: bool) -> Device:
    """Locks and returns the device of a proposal.

    The device must be ready in the store of this ward or of a unit above it, and must fit the need.
    """
    device = ledger.locked(device_id)
    if device.unit_id not in ancestors(row.ward_id):
        raise NotFound
    if donor_of(device.id) == actor.id:
        raise Forbidden(_OWN_GIFT)
    if device.state != "ready":
        raise Conflict(_TAKEN)
    if not policy.fits(row.kind, row.wants, device.kind):
        raise InvalidInput(_NOT_FIT, field="device")
    if not policy.may_be_gift(device.terms, as_gift):
        raise InvalidInput(_LENT_ONLY, field="as_gift")
    return device


def _checked(row: DeviceNeed, although: str) -> str:
    """Returns the reason for giving to a family that already has something, else "".

    Raises Conflict if the person already has what the need asks for.
    """
    _check_basis(row)
    found = duplicates(row)
    if own(found):
        raise Conflict(_HAS_OWN, code="has_own")
    if not found:
        return ""
    if not although.strip():
        raise InvalidInput(_WHY, field="although")
    if len(although) > MAX_REASON_CHARS:
        raise InvalidInput(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field="although", max=MAX_REASON_CHARS)
    return reject_private_data(although.strip(), minor=True, field="although")


def _check_basis(row: DeviceNeed) -> None:
    if row.valid_until is None or row.valid_until < clock.today():
        raise Conflict(_NO_BASIS, code="basis")
    if row.person.state != "active" or row.receiver.state != "active":
        raise Conflict(_GONE)
    if row.person.kind != "adult" and not is_guardian(row.receiver_id, row.person_id):
        raise Conflict(_NO_GUARDIAN, code="receiver")


def _proposed(actor: User, row: DeviceNeed) -> None:
    row.state, row.state_since, row.proposed_by_id = "proposed", clock.now(), actor.id
    try:
        db.session.flush()
    except IntegrityError:  # The unique index decides which of two concurrent proposals for this device came first.
        raise Conflict(_TAKEN) from None
    audit.record(actor.id, "propose_need", f"need:{row.id}", kind=row.kind, gift=row.as_gift, has=bool(row.although))
    publish(NeedProposed(row.id, row.ward_id, actor.id))


@command
def propose_vouchers(actor: User, batch_id: int, need_ids: Sequence[int], although: str = "") -> list[DeviceNeed]:
    """Proposes one voucher of a batch for each of several needs: the first of two decisions.

    All needs get a voucher, or none does.
    """
    if not need_ids:
        raise InvalidInput(_NOBODY, field="needs")
    found = [_locked(actor, need_id) for need_id in sorted(set(need_ids))]
    batch = db.session.get(InternetBatch, batch_id, with_for_update=True, populate_existing=True)
    wards = {row.ward_id for row, _ in found}
    if batch is None or any(batch.unit_id not in ancestors(ward_id) for ward_id in sorted(wards)):
        raise NotFound
    if batch.closed_at is not None or count_vouchers_left([batch.id])[batch.id] < len(found):
        raise Conflict(_BATCH, code="batch")
    for row, known in found:
        if not policy.may_propose(known) or row.kind != "internet":
            raise Conflict(CHANGED)
        row.although = _checked(row, although)
        row.device_id, row.batch_id, row.as_gift = None, batch.id, False
        _proposed(actor, row)
    return [row for row, _ in found]


@command
def approve_need(actor: User, need_id: int) -> DeviceNeed:
    """Approves a proposed need: the second of two decisions.

    A device becomes reserved. For internet, an event reaction assigns the voucher.
    """
    row, known = _locked(actor, need_id)
    if row.state != "proposed" or row.proposed_by_id is None:
        raise Conflict(CHANGED)
    if not policy.may_approve(known):
        raise Forbidden(_ANOTHER)
    _check_basis(row)
    if own(duplicates(row)):
        raise Conflict(_HAS_OWN, code="has_own")
    row.state, row.state_since = "approved", clock.now()
    row.approved_by_id, row.approved_at = actor.id, clock.now()
    db.session.flush()
    if row.device_id is not None:
        ledger.move(
            actor, row.device_id, "ready", "reserved", second_id=row.proposed_by_id, need_id=row.id, why="approved"
        )  # fmt: skip
    audit.record(actor.id, "approve_need", f"need:{row.id}", kind=row.kind, proposed_by=row.proposed_by_id)
    _approved(actor, row)
    return row


def _approved(actor: User, row: DeviceNeed) -> None:
    # A need for internet can be met by a router. That is a device to hand over, so no voucher follows.
    kind = "device" if row.device_id is not None else "internet"
    publish(NeedApproved(row.id, kind, row.receiver_id, row.ward_id, actor.id))


@command
def give_again(actor: User, need_id: int) -> DeviceNeed:
    """Gives another voucher of the same batch when the first one did not work.

    The decision of the two people still stands, so it needs no new approval.
    """
    row, known = _locked(actor, need_id)
    if not policy.may_give_again(known) or row.batch_id is None:
        raise Conflict(CHANGED)
    audit.record(actor.id, "give_voucher_again", f"need:{row.id}")
    _approved(actor, row)
    return row


@command
def return_need_to_queue(actor: User, need_id: int) -> DeviceNeed:
    """Undoes a proposal or a reservation.

    The device is ready again, and the need returns to its place on the waiting list. This also works for a need that
    has ended while a device is still reserved for it.
    """
    row, known = _locked(actor, need_id)
    device_id = reserved_for(row.id)
    if not policy.may_put_back(known, device_id is not None):
        raise Conflict(CHANGED)
    if device_id is not None:
        ledger.move(actor, device_id, "reserved", "ready", why="put_back")
    audit.record(actor.id, "put_back_need", f"need:{row.id}", before=row.state)
    if row.state in policy.OPEN:
        wait_again(row)
    return row


@command
def refuse_need(actor: User, need_id: int, said: str) -> DeviceNeed:
    """Refuses a need that cannot be met. The family reads the reason."""
    row, known = _locked(actor, need_id)
    if not policy.may_refuse(known):
        raise Conflict(CHANGED)
    if len(said) > MAX_REASON_CHARS:
        raise InvalidInput(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field="reason", max=MAX_REASON_CHARS)
    row.said = validate_reason(said)
    audit.record(actor.id, "refuse_need", f"need:{row.id}")
    end_need(row, "refused")
    return row
