"""The one way by which a device changes its state, and whether the books add up."""

from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.devices.events import DeviceMoved
from tutoring.devices.models import Device, DeviceMove, DeviceOffer, DeviceWipe
from tutoring.devices.need_models import DeviceNeed
from tutoring.devices.parties import concerned
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import devices as policy

_ELSEWHERE = N_("Máy này vừa chuyển sang tình trạng khác. Hãy xem lại trang.")
_NOT_YOURS = N_("Việc này cần người khác làm: không ai tự duyệt hoặc tự bàn giao máy của mình.")
_NO_WIPE = N_("Máy này chưa có biên bản xoá dữ liệu từ lần nhận gần nhất. Hãy xoá dữ liệu và ghi biên bản trước.")
_LENT_ONLY = N_("Người tặng chỉ cho mượn máy này, nên không tặng hẳn được.")


def locked(device_id: int) -> Device:
    """A device that nobody else moves until the running command ends; raises Missing."""
    row = db.session.get(Device, device_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Missing
    return row


def begin(device: Device, by: User) -> None:
    """The first line: it was offered."""
    db.session.add(device)
    db.session.flush()
    _write(device, "", "offered", by.id)


@command
def move(
    actor: User, device_id: int, before: str, after: str, *, second_id: int | None = None, need_id: int | None = None,
    wipe: DeviceWipe | None = None, why: str = "", note: str = "",
) -> Device:  # fmt: skip
    """Move a device from one state to another, by the people that `policy.devices.MOVES` asks for.

    `second_id` is the other person of the move: who proposed it, or the grown-up who receives it. Raises Conflict where
    the device is not where it is moved from, or has no wipe record; NotAllowed where others have to do it.
    """
    device = locked(device_id)
    if device.state != before or (before, after) not in policy.MOVES:
        raise Conflict(_ELSEWHERE)
    need_id = need_id if need_id is not None else device.need_id
    _check_people(actor, device, after, second_id, need_id)
    if not policy.may_go_with(device.terms, after):
        raise Conflict(_LENT_ONLY)
    came_in = device.moves
    device.wipe_id = _wipe_of(device, after, wipe, came_in)
    device.need_id = need_id if after in policy.FOR_A_NEED else None
    device.state, device.state_since, device.moves = after, clock.now(), device.moves + 1
    db.session.flush()
    _write(device, before, after, actor.id, second_id, need_id, why, note)
    audit.record(actor.id, "move_device", f"device:{device.id}", before=before, after=after, why=why)
    return device


def _check_people(actor: User, device: Device, after: str, second_id: int | None, need_id: int | None) -> None:
    need = db.session.get(DeviceNeed, need_id) if need_id is not None else None
    who = policy.Parties(
        held=community.held(actor, device.unit_id),
        is_donor=device.offer.donor_id == actor.id,
        concerned=need is not None and concerned(actor.id, need),
        has_second=second_id is not None,
        second_is_other=second_id != actor.id,
    )
    if not (who.is_donor or policy.may_run_store(who.held)):
        raise Missing
    if not policy.may_move(device.state, after, who):
        raise NotAllowed(_NOT_YOURS)


def _wipe_of(device: Device, after: str, wipe: DeviceWipe | None, came_in: int) -> int | None:
    """The record with which it may go on: written since it last came in."""
    if after not in policy.WIPED:
        return None
    if wipe is None:
        wipe = device.wipe
    if wipe is None or wipe.device_id != device.id or (after == "ready" and wipe.after_move > came_in):
        raise Conflict(_NO_WIPE)
    if wipe.after_move < last_came_in(device.id):
        raise Conflict(_NO_WIPE)
    return wipe.id


def last_came_in(device_id: int) -> int:
    """The number of the move by which a device last came into the store from outside, 0 if it never did."""
    query = sa.select(sa.func.max(DeviceMove.n)).where(
        DeviceMove.device_id == device_id, DeviceMove.to_state == "stored",
        DeviceMove.from_state.in_(("expected", "repair", "lent", "lost")),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def _write(
    device: Device, before: str, after: str, by_id: int, second_id: int | None = None, need_id: int | None = None,
    why: str = "", note: str = "",
) -> None:  # fmt: skip
    db.session.add(
        DeviceMove(
            device_id=device.id, n=device.moves, unit_id=device.unit_id, from_state=before, to_state=after, by_id=by_id,
            second_id=second_id, need_id=need_id, wipe_id=device.wipe_id, why=why, note=note, at=device.state_since,
        )
    )  # fmt: skip
    db.session.flush()
    donor_id = db.session.scalar(sa.select(DeviceOffer.donor_id).where(DeviceOffer.id == device.offer_id))
    announce(
        DeviceMoved(
            device.id, device.offer_id, device.unit_id, device.moves, before, after, need_id, donor_id, by_id
        )
    )  # fmt: skip


def history(device_id: int) -> list[DeviceMove]:
    """Every move of a device, from the first."""
    query = sa.select(DeviceMove).where(DeviceMove.device_id == device_id)
    return list(db.session.scalars(query.order_by(DeviceMove.n)))


@dataclass(frozen=True)
class Fault:
    """A device whose history does not add up."""

    device_id: int
    what: str


def faults() -> list[Fault]:
    """All devices whose moves do not lead, one after the other and along the table, to the state they are in."""
    states = {
        one.id: (one.state, one.moves) for one in db.session.execute(sa.select(Device.id, Device.state, Device.moves))
    }
    query = sa.select(DeviceMove.device_id, DeviceMove.n, DeviceMove.from_state, DeviceMove.to_state)
    lines = db.session.execute(query.order_by(DeviceMove.device_id, DeviceMove.n)).all()
    found, seen = [], set()
    for device_id, moves in groupby(lines, key=lambda line: line.device_id):
        seen.add(device_id)
        before, count = "", 0
        for move_ in moves:
            count += 1
            known = (before == "" and move_.to_state == "offered") or (before, move_.to_state) in policy.MOVES
            if move_.n != count or move_.from_state != before or not known:
                found.append(Fault(device_id, f"move {move_.n}: {move_.from_state or '-'} > {move_.to_state}"))
            before = move_.to_state
        if states.get(device_id) != (before, count):
            found.append(Fault(device_id, f"ends at {before} after {count}, is {states.get(device_id)}"))
    return [*found, *(Fault(one, "no history") for one in sorted(states.keys() - seen))]
