"""Gathers the data printed on the records of a handover and of a return."""

from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from tutoring.accounts.queries import users
from tutoring.devices.loans.models import DeviceLoan, Handover
from tutoring.devices.loans.queries import loan_of_handover
from tutoring.devices.models import Device, DeviceMove, DeviceWipe
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.devices.loans import usual_due

DRAFT, RECORD, RETURN = "draft", "record", "return"


@dataclass(frozen=True)
class HandoverRecord:
    """The data of one sheet.

    It holds no identity number of a citizen and no address of a family.
    """

    what: str  # one of DRAFT, RECORD, RETURN
    number: str  # of the record; empty on a draft
    ward: str
    ward_id: int
    giver: str  # the member of staff who handed over for the ward
    receiver: str
    person: str  # the user of the device, if that is not the receiver
    place: str
    address: str
    at: datetime
    kind: str
    model: str
    serial: str
    imei: str
    code: str
    condition: str
    accessories: list[str]
    gift: bool
    due_on: date | None
    wipe_id: int | None
    wiped_on: date | None
    note: str = ""
    missing: list[str] = field(default_factory=list)


def of_handover(row: Handover) -> HandoverRecord:
    """Returns the draft to sign, or the record once the handover is done."""
    done = row.state == "done"
    lent = loan_of_handover(row.id) if done else None
    gift = lent is None if done else row.need.as_gift and row.device.terms == "gift"
    due_on = lent.due_on if lent else None if gift else usual_due(clock.local(row.at).date(), row.device.lend_until)
    return _paper(
        row, RECORD if done else DRAFT, by_id=row.by_id, at=row.done_at if done and row.done_at else row.at,
        condition=row.condition, accessories=list(row.accessories if done else row.device.accessories), gift=gift,
        due_on=due_on, note=row.note,
    )  # fmt: skip


def of_return(loan: DeviceLoan, row: Handover) -> HandoverRecord:
    """Returns the record of a returned device; `row` is the handover by which it was lent."""
    ended = loan.ended_on or clock.today()
    back = list(loan.accessories_back)
    return _paper(
        row, RETURN, by_id=loan.ended_by_id, at=datetime(ended.year, ended.month, ended.day, tzinfo=clock.LOCAL),
        condition=loan.condition_back, accessories=back, gift=False, due_on=loan.due_on, note="",
        missing=[one for one in row.accessories if one not in back],
    )  # fmt: skip


def _paper(
    row: Handover, what: str, *, by_id: int | None, at: datetime, condition: str, accessories: list[str], gift: bool,
    due_on: date | None, note: str, missing: list[str] | None = None,
) -> HandoverRecord:  # fmt: skip
    device, need = row.device, row.need
    wipe = _wipe_before(row)
    return HandoverRecord(
        what=what, number=row.record or "", ward=device.unit.name, ward_id=device.unit_id,
        giver=_name(by_id), receiver=row.receiver.full_name,
        person=need.person.full_name if need.person_id != row.receiver_id else "",
        place=row.point.name, address=row.point.address, at=at,
        kind=device.kind, model=device.model, serial=device.serial or "", imei=device.imei or "", code=device.code,
        condition=condition, accessories=accessories, gift=gift, due_on=due_on,
        wipe_id=wipe.id if wipe else None, wiped_on=clock.local(wipe.at).date() if wipe else None,
        note=note, missing=missing or [],
    )  # fmt: skip


def _wipe_before(row: Handover) -> DeviceWipe | None:
    """Returns the wipe record with which the device was handed over.

    This also holds once the device is back and wiped again.
    """
    query = (
        sa.select(DeviceWipe)
        .join(DeviceMove, DeviceMove.wipe_id == DeviceWipe.id)
        .where(DeviceMove.device_id == row.device_id, DeviceMove.need_id == row.need_id)
        .order_by(DeviceMove.n.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def _name(user_id: int | None) -> str:
    found = users([user_id]) if user_id is not None else {}
    return found[user_id].full_name if user_id in found else ""


def filename(paper: HandoverRecord, device: Device) -> str:
    """Returns the name of the file without its ending; it contains no name of a person."""
    head = {DRAFT: "ban-de-ky", RECORD: "bien-ban-ban-giao", RETURN: "bien-ban-tra"}[paper.what]
    return f"{head}-{device.code}"
