"""Commands for store staff: receive, repair, wipe, recheck, scrap or return a device."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.devices.inventory import ledger
from tutoring.devices.inventory.identifiers import enough, plain_imei, plain_serial
from tutoring.devices.inventory.queries import find_duplicate_device
from tutoring.devices.inventory.wipe_checks import may_be_method, missing_checks
from tutoring.devices.models import ACCESSORIES, Device, DeviceWipe
from tutoring.kernel import encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices import inventory as policy
from tutoring.safety.free_text import reject_private_data, validate_reason

MAX_MODEL_CHARS = 80
MAX_NOTE_CHARS = 300

_TAKEN = {  # keyed by the state of the device that already has this number
    "stored": N_("Số máy này đã có: máy %(label)s (đang kiểm tra, kho %(place)s)."),
    "repair": N_("Số máy này đã có: máy %(label)s (đang sửa, kho %(place)s)."),
    "ready": N_("Số máy này đã có: máy %(label)s (sẵn sàng, kho %(place)s)."),
    "reserved": N_("Số máy này đã có: máy %(label)s (đã dành cho một gia đình, kho %(place)s)."),
    "lent": N_("Số máy này đã có: máy %(label)s (đang cho mượn, kho %(place)s)."),
    "lost": N_("Số máy này đã có: máy %(label)s (đã báo mất, kho %(place)s). Hãy mở máy đó và ghi là đã tìm lại được."),
}
_ELSEWHERE = N_("Máy này vừa chuyển sang tình trạng khác. Hãy xem lại trang.")
_TWICE = N_("Số máy này vừa được ghi cho một máy khác. Hãy tải lại trang.")
_LENT_TO_US = N_("Máy này chỉ được cho mượn. Người cho mượn phải đồng ý thì mới bỏ máy.")
_GIVEN_TO_US = N_("Máy này được tặng hẳn, không cần gửi lại.")
_LONG = N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn.")


def _own(actor: User, device_id: int, *states: str) -> Device:
    """Locks a device of a store the actor runs, in one of these states.

    Raises NotFound or Conflict.
    """
    device = ledger.locked(device_id)
    if not policy.may_run_store(community.roles_for(actor, device.unit_id)):
        raise NotFound
    if device.state not in states:
        raise Conflict(_ELSEWHERE)
    return device


def _note(typed: str, needed: bool = True) -> str:
    note = validate_reason(typed, needed=needed)
    if len(note) > MAX_NOTE_CHARS:
        raise InvalidInput(_LONG, field="reason", max=MAX_NOTE_CHARS)
    return note


@command
def receive_device(
    actor: User, device_id: int, model: str, serial: str, imei: str = "", accessories: Sequence[str] = ()
) -> Device:
    """Receives a delivered device into the store.

    A serial or IMEI that another device in use has is rejected, and the error names that device.
    """
    device = _own(actor, device_id, "expected")
    name = reject_private_data(" ".join(nfc(model).split()), minor=True, field="model")
    if not name:
        raise InvalidInput(N_("Hãy ghi hãng và đời máy."), field="model")
    if len(name) > MAX_MODEL_CHARS:
        raise InvalidInput(_LONG, field="model", max=MAX_MODEL_CHARS)
    serial, imei = plain_serial(serial), plain_imei(imei)
    enough(device.kind, serial, imei)
    device.model, device.accessories = name, [one for one in ACCESSORIES if one in accessories]
    _number(device, "serial", serial)
    _number(device, "imei", imei)
    return ledger.move(actor, device.id, "expected", "stored")


def _number(device: Device, field: str, value: str) -> None:
    """Stores a serial or IMEI that must be unique; the unique index decides races."""
    if not value:
        return
    sign = encryption.blind_index(value, f"device.{field}")
    _refuse_taken(device, field, sign)
    try:
        with db.session.begin_nested():
            setattr(device, field, value)
            setattr(device, f"{field}_mark", sign)
    except IntegrityError:  # a concurrent request stored the same number first
        db.session.refresh(device)
        _refuse_taken(device, field, sign)
        raise Conflict(_TWICE) from None


def _refuse_taken(device: Device, field: str, sign: str) -> None:
    twin = find_duplicate_device(device.id, **{f"{field}_mark": sign})
    if twin is not None:
        say = _TAKEN.get(twin.state, _TWICE)
        raise InvalidInput(say, field=field, label=twin.code, place=twin.unit.name)


@command
def turn_away(actor: User, device_id: int, reason: str) -> Device:
    """Rejects a delivered device as unfit; it stays with its donor."""
    _own(actor, device_id, "expected")
    return ledger.move(actor, device_id, "expected", "declined", note=_note(reason))


@command
def send_to_repair(actor: User, device_id: int, note: str) -> Device:
    """Sends a device to repair, with a note of what is broken."""
    _own(actor, device_id, "stored")
    return ledger.move(actor, device_id, "stored", "repair", note=_note(note))


@command
def take_from_repair(actor: User, device_id: int, note: str = "") -> Device:
    """Takes a device back from repair.

    It must be wiped again, because other people have handled it.
    """
    _own(actor, device_id, "repair")
    return ledger.move(actor, device_id, "repair", "stored", note=_note(note, needed=False))


@command
def record_wipe(actor: User, device_id: int, method: str, checks: Sequence[str], note: str = "") -> DeviceWipe:
    """Records that a device is wiped and passed every check of its kind; it is ready now."""
    device = _own(actor, device_id, "stored")
    if not may_be_method(device.kind, method):
        raise InvalidInput(N_("Hãy chọn cách đã xoá."), field="method")
    if missing_checks(device.kind, checks):
        raise InvalidInput(N_("Phải làm và đánh dấu đủ mọi mục thì máy mới sẵn sàng."), field="checks")
    wipe = DeviceWipe(
        device_id=device.id, after_move=device.moves, method=method, checks=list(dict.fromkeys(checks)), by_id=actor.id,
        note=_note(note, needed=False),
    )  # fmt: skip
    db.session.add(wipe)
    db.session.flush()
    ledger.move(actor, device.id, "stored", "ready", wipe=wipe)
    return wipe


@command
def recheck_device(actor: User, device_id: int, note: str = "") -> Device:
    """Moves a ready device back to be checked once more."""
    _own(actor, device_id, "ready")
    return ledger.move(actor, device_id, "ready", "stored", note=_note(note, needed=False))


@command
def scrap_device(actor: User, device_id: int, reason: str, donor_agrees: bool = False) -> Device:
    """Scraps a device for recycling.

    A device that was only lent to the ward needs the consent of its donor.
    """
    device = _own(actor, device_id, "stored", "repair")
    if device.terms == "loan" and not donor_agrees:
        raise InvalidInput(_LENT_TO_US, field="agrees")
    return ledger.move(actor, device_id, device.state, "scrapped", note=_note(reason))


@command
def send_back(actor: User, device_id: int, note: str = "") -> Device:
    """Returns a device to the donor who lent it."""
    device = _own(actor, device_id, "stored", "ready")
    if device.terms != "loan":
        raise Conflict(_GIVEN_TO_US)
    return ledger.move(actor, device_id, device.state, "sent_back", note=_note(note, needed=False))
