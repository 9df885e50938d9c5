"""The only code that changes the state of a device, and the check that the ledger adds up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.devices.events import DeviceMoved
from tutoring.devices.models import Device, DeviceMove, DeviceOffer, DeviceWipe
from tutoring.devices.needs.home_units import concerned
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.devices import inventory as policy

_OUTSIDE = ("expected", "repair", "lent", "lost")  # states from which a device comes into the store
_ELSEWHERE = N_("Máy này vừa chuyển sang tình trạng khác. Hãy xem lại trang.")
_NOT_YOURS = N_("Việc này cần người khác làm: không ai tự duyệt hoặc tự bàn giao máy của mình.")
_NO_WIPE = N_("Máy này chưa có biên bản xoá dữ liệu từ lần nhận gần nhất. Hãy xoá dữ liệu và ghi biên bản trước.")
_LENT_ONLY = N_("Người tặng chỉ cho mượn máy này, nên không tặng hẳn được.")
_OTHER_NEED = N_("Nhu cầu này không còn chờ máy, hoặc đã có máy khác. Hãy xem lại trang.")


def locked(device_id: int) -> Device:
    """Locks a device until the running command ends; raises NotFound."""
    db.session.flush()  # otherwise populate_existing would overwrite pending changes
    row = db.session.get(Device, device_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def begin(device: Device, by: User) -> None:
    """Writes the first move of a device: it was offered."""
    device.state, device.moves = "offered", 1
    db.session.add(device)
    db.session.flush()
    _write(device, "", by.id)


@command
def move(
    actor: User, device_id: int, before: str, after: str, *, second_id: int | None = None, need_id: int | None = None,
    wipe: DeviceWipe | None = None, why: str = "", note: str = "",
) -> Device:  # fmt: skip
    """Moves a device to another state if `policy.devices.inventory.MOVES` allows these people.

    `second_id` is the second person of the move: the proposer, or the adult receiver.

    Raises Conflict if the device is not in state `before` or has no wipe record. Raises Forbidden if other people must
    do it.
    """
    device = locked(device_id)
    need = _need_of(device, need_id)
    who = _parties(actor, device, after, second_id, need)
    if not (who.is_donor or policy.may_run_store(who.held)):
        raise NotFound
    if device.state != before or (before, after) not in policy.MOVES:
        raise Conflict(_ELSEWHERE)
    if not policy.may_move(before, after, who):
        raise Forbidden(_NOT_YOURS)
    if not policy.may_go_with(device.terms, after):
        raise Conflict(_LENT_ONLY)
    _check_need(device, after, need, need_id)
    wiped = _wipe_of(device, before, after, wipe)
    device.wipe_id = wiped.id if wiped else None
    device.need_id = need.id if need and after in policy.FOR_A_NEED else None
    device.state, device.state_since, device.moves = after, clock.now(), device.moves + 1
    try:
        db.session.flush()
    except IntegrityError as error:  # two devices reserved for one need at once: the unique index accepts one
        raise Conflict(_OTHER_NEED) from error
    _write(device, before, actor.id, second_id, need.id if need else None, why, note)
    audit.record(actor.id, "move_device", f"device:{device.id}", before=before, after=after, why=why)
    return device


def _need_of(device: Device, need_id: int | None) -> DeviceNeed | None:
    """Returns the need the device is held for, or the need it is to be held for."""
    found = device.need_id if device.need_id is not None else need_id
    return db.session.get(DeviceNeed, found) if found is not None else None


def _parties(
    actor: User, device: Device, after: str, second_id: int | None, need: DeviceNeed | None
) -> policy.MoveParties:
    return policy.MoveParties(
        held=community.roles_for(actor, device.unit_id),
        is_donor=device.offer.donor_id == actor.id,
        concerned=need is not None and concerned(actor.id, need),
        has_second=need is not None and _is_second(device, after, second_id, need),
        second_is_other=second_id != actor.id,
    )


def _is_second(device: Device, after: str, second_id: int | None, need: DeviceNeed) -> bool:
    """Returns whether the second person meets the requirement of this move.

    To reserve, it must be someone who decides about this need and neither gave the device nor is concerned. To hand
    over, it must be the adult receiver.
    """
    if second_id is None:
        return False
    if after in policy.WITH_FAMILY:
        return second_id == need.receiver_id
    decides = policy.may_run_store(community.roles_at(second_id, need.ward_id))
    return decides and second_id != device.offer.donor_id and not concerned(second_id, need)


def _check_need(device: Device, after: str, need: DeviceNeed | None, meant: int | None) -> None:
    """Checks that the device is held for the one need that two people approved.

    A need has at most one device.
    """
    if device.need_id is not None and meant not in (None, device.need_id):
        raise Conflict(_OTHER_NEED)
    if after not in policy.FOR_A_NEED:
        return
    if need is None or (need.kind == "internet") != (device.kind == "router"):
        raise Conflict(_OTHER_NEED)
    if after == "reserved" and need.ended_at is not None:
        raise Conflict(_OTHER_NEED)
    other = sa.select(Device.id).where(Device.need_id == need.id, Device.id != device.id).limit(1)
    if db.session.scalar(other) is not None:
        raise Conflict(_OTHER_NEED)


def _wipe_of(device: Device, before: str, after: str, wipe: DeviceWipe | None) -> DeviceWipe | None:
    """Returns the wipe record that this move requires, or None if it requires none.

    The record must be newer than the last arrival in the store, and not written by the donor.
    """
    if after not in policy.WIPED:
        if after == "sent_back" and before not in policy.WIPED and _was_with_family(device.id):
            raise Conflict(_NO_WIPE)  # otherwise the donor would find the data of a family on it
        return None
    if before in policy.WIPED:
        wipe = device.wipe
    if wipe is None or wipe.device_id != device.id:
        raise Conflict(_NO_WIPE)
    if not find_last_intake(device.id) <= wipe.after_move <= device.moves:
        raise Conflict(_NO_WIPE)
    if wipe.by_id == device.offer.donor_id:
        raise Forbidden(_NOT_YOURS)
    return wipe


def find_last_intake(device_id: int) -> int:
    """Returns the number of the move by which a device last entered the store, else 0."""
    query = sa.select(sa.func.max(DeviceMove.n)).where(
        DeviceMove.device_id == device_id, DeviceMove.to_state == "stored",
        DeviceMove.from_state.in_(_OUTSIDE),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def _was_with_family(device_id: int) -> bool:
    query = sa.select(DeviceMove.id).where(DeviceMove.device_id == device_id, DeviceMove.to_state == "lent")
    return db.session.scalar(query.limit(1)) is not None


def _write(
    device: Device, before: str, by_id: int, second_id: int | None = None, need_id: int | None = None,
    why: str = "", note: str = "",
) -> None:  # fmt: skip
    db.session.add(
        DeviceMove(
            device_id=device.id, n=device.moves, unit_id=device.unit_id, from_state=before, to_state=device.state,
            by_id=by_id, second_id=second_id, need_id=need_id, wipe_id=device.wipe_id, why=why, note=note,
            at=device.state_since,
        )
    )  # fmt: skip
    db.session.flush()
    donor_id = db.session.scalar(sa.select(DeviceOffer.donor_id).where(DeviceOffer.id == device.offer_id))
    publish(
        DeviceMoved(
            device.id, device.offer_id, device.unit_id, device.moves, before, device.state, need_id, donor_id, by_id
        )
    )  # fmt: skip


def history(device_id: int) -> list[DeviceMove]:
    """Returns all moves of a device, oldest first."""
    query = sa.select(DeviceMove).where(DeviceMove.device_id == device_id)
    return list(db.session.scalars(query.order_by(DeviceMove.n)))


@dataclass(frozen=True)
class Fault:
    """A device whose history does not add up, and why."""

    device_id: int
    what: str


def faults() -> list[Fault]:
    """Returns all devices whose moves do not add up to their current state.

    Moves must be consecutive and listed in the transition table.
    """
    query = sa.select(Device.id, Device.state, Device.moves, Device.need_id, Device.wipe_id)
    devices = {one.id: one for one in db.session.execute(query)}
    wipes = sa.select(DeviceWipe.id, DeviceWipe.device_id, DeviceWipe.after_move)
    after = {(one.device_id, one.id): one.after_move for one in db.session.execute(wipes)}
    line = DeviceMove
    told = sa.select(line.device_id, line.n, line.from_state, line.to_state, line.need_id, line.wipe_id)
    lines = db.session.execute(told.order_by(line.device_id, line.n)).all()
    found, seen = [], set()
    for device_id, moves in groupby(lines, key=lambda one: one.device_id):
        seen.add(device_id)
        found += [Fault(device_id, what) for what in _faults_of(devices.get(device_id), list(moves), after)]
    return [*found, *(Fault(one, "no history") for one in sorted(devices.keys() - seen))]


def _faults_of(device: Any, moves: Sequence[Any], after: Mapping[tuple[int, int], int]) -> Iterator[str]:
    """Yields what is wrong with one history.

    `after` gives, for each wipe record, the move after which it was written.
    """
    before, came_in, holder = "", 0, None
    for count, line in enumerate(moves, 1):
        known = (before == "" and line.to_state == "offered") or (before, line.to_state) in policy.MOVES
        if line.n != count or line.from_state != before or not known:
            yield f"move {line.n}: {line.from_state or '-'} > {line.to_state}"
        if before in policy.FOR_A_NEED and line.need_id != holder:
            yield f"move {line.n}: from need {holder} to {line.need_id}"
        came_in = line.n if line.to_state == "stored" and before in _OUTSIDE else came_in
        if line.to_state in policy.WIPED and after.get((line.device_id, line.wipe_id), -1) < came_in:
            yield f"move {line.n}: without a wipe since move {came_in}"
        before, holder = line.to_state, line.need_id
    last = (before, len(moves), holder if before in policy.FOR_A_NEED else None)
    now = (device.state, device.moves, device.need_id) if device else None
    if now != last:
        yield f"ends at {last}, is {now}"
