"""Commands for handovers: plan one at a public place, cancel it, record that it took place.

At the handover the adult receiver proves to be present. Also adds and closes the public handover points of a ward.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from hmac import compare_digest

import sqlalchemy as sa

from tutoring.accounts import password_hashes
from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.accounts.sign_ins import attempts
from tutoring.community.models import Unit
from tutoring.devices.events import HandoverPlanned
from tutoring.devices.handovers.transitions import cancel_reminder, end_without_transfer, remind
from tutoring.devices.inventory import ledger
from tutoring.devices.loans.commands import in_order, remind_of_loan
from tutoring.devices.loans.models import DeviceLoan, Handover, HandoverPoint
from tutoring.devices.loans.queries import for_staff, loan_policy_facts, need_to_plan, planned_for
from tutoring.devices.models import ACCESSORIES, CONDITIONS, Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.transitions import meet_need
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices import loans as policy
from tutoring.policy.devices.loans import LoanFacts
from tutoring.safety.free_text import for_minor, reject_private_data

LONGEST_NAME, LONGEST_ADDRESS = 120, 200
_NAME = N_("Hãy ghi tên một nơi công cộng, ví dụ: Trung tâm Phục vụ hành chính công.")
_ADDRESS = N_("Hãy ghi địa chỉ của nơi đó, ví dụ: 12 đường Cây Bàng, khu phố 3.")
_PUBLIC = N_("Chỉ bàn giao ở nơi công cộng. Hãy xác nhận đây không phải nhà riêng.")
_LONG = N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn.")


@command
def add_point(actor: User, unit_id: int, name: str, address: str, public: bool = True) -> HandoverPoint:
    """Adds a handover point; staff confirm that it is not a private home."""
    place = for_staff(actor, unit_id)
    name, address = nfc(name).strip(), nfc(address).strip()
    for name_of_field, text, longest, say in (
        ("name", name, LONGEST_NAME, _NAME), ("address", address, LONGEST_ADDRESS, _ADDRESS)
    ):  # fmt: skip
        if not text:
            raise InvalidInput(say, field=name_of_field)
        if len(text) > longest:
            raise InvalidInput(_LONG, field=name_of_field, max=longest)
    for_minor(name, field="name")
    if not public:
        raise InvalidInput(_PUBLIC, field="public")
    row = HandoverPoint(unit_id=place.id, name=name, address=address)
    db.session.add(row)
    db.session.flush()
    audit.record(actor.id, "add_handover_point", f"unit:{place.id}", point=row.id)
    return row


@command
def close_point(actor: User, point_id: int) -> int:
    """Closes a handover point to new handovers; planned ones stay. Returns the unit id."""
    row = db.session.get(HandoverPoint, point_id, with_for_update=True)
    if row is None:
        raise NotFound
    for_staff(actor, row.unit_id)
    if not row.closed:
        row.closed = True
        audit.record(actor.id, "close_handover_point", f"unit:{row.unit_id}", point=row.id)
    return row.unit_id


_CHANGED = N_("Buổi bàn giao này vừa thay đổi. Hãy xem lại trang.")
_OTHERS = N_("Việc này cần người khác làm: không ai bàn giao máy cho nhà mình, hoặc máy do mình tặng.")
_TIMES = {
    "soon": N_("Giờ này đã qua hoặc gấp quá. Hãy chọn giờ ít nhất nửa tiếng nữa."),
    "far": N_("Hãy chọn giờ trong vòng 30 ngày tới."),
    "hours": N_("Chỉ hẹn bàn giao từ 7 giờ đến 19 giờ."),
}
_POINT = N_("Hãy chọn một nơi bàn giao đang dùng.")
_NO_NUMBER = N_("Số này chưa đúng. Hãy nhờ người nhận mở trang của mình và đọc lại bốn chữ số.")
_NO_PHRASE = N_("Mật khẩu của người nhận chưa đúng. Hãy thử lại.")
_PROOF = N_("Hãy ghi số trên trang của người nhận, hoặc để người nhận tự gõ mật khẩu của mình.")
_DUE = N_("Ngày hẹn trả từ hôm nay đến %(last)s.")
_CONDITION = N_("Hãy chọn tình trạng máy.")
_UNKNOWN = N_("Hãy chọn trong danh sách.")
_SIGNED = N_("Hãy in biên bản, cùng ký, rồi đánh dấu ở đây.")


@dataclass(frozen=True)
class HandoverInput:
    """The input recorded at a handover.

    Either `number` or `passphrase` proves that the receiver is present.
    """

    number: str = ""
    passphrase: str = ""
    condition: str = "good"
    accessories: list[str] = field(default_factory=list)
    due_on: date | None = None  # for a loan; None means the usual date
    note: str = ""
    signed: bool = True  # the record was printed and both parties signed it


# ---- planning -------------------------------------------------------------------------------------------------


@command
def plan_handover(actor: User, need_id: int, point_id: int, at: datetime) -> Handover:
    """Sets the date and place for an approved need; planning again draws a new number."""
    db.session.get(DeviceNeed, need_id, with_for_update={"key_share": True}, populate_existing=True)
    need, device = need_to_plan(actor, need_id)
    if not policy.may_hand_over(loan_policy_facts(actor, device, need, need.receiver_id)):
        raise Forbidden(_OTHERS)
    if need.state != "approved":
        raise Conflict(_CHANGED)
    if wrong := policy.wrong_time(at, clock.now()):
        raise InvalidInput(_TIMES[wrong], field="time")
    point = db.session.get(HandoverPoint, point_id)
    if point is None or point.closed or point.unit_id != device.unit_id:
        raise InvalidInput(_POINT, field="point")
    row = planned_for(need_id)
    again = row is not None
    if row is None:
        row = Handover(device_id=device.id, need_id=need.id, receiver_id=need.receiver_id)
        db.session.add(row)
    else:
        cancel_reminder(row)
    row.point_id, row.at, row.planner_id, row.number = point.id, at, actor.id, _new_number(row.number if again else "")
    db.session.flush()
    remind(row)
    audit.record(actor.id, "plan_handover", f"handover:{row.id}", at=at.isoformat(timespec="minutes"), point=point.id)
    publish(HandoverPlanned(row.id, need.id, row.receiver_id, actor.id, at, again))
    return row


def _new_number(before: str | None) -> str:
    """Returns four random digits that differ from the previous number."""
    while (number := f"{secrets.randbelow(10_000):04}") == before:
        pass
    return number


def _locked(actor: User, handover_id: int) -> tuple[Handover, LoanFacts]:
    """Locks a handover until the command ends; raises NotFound unless the actor may see it."""
    query = sa.select(Handover).where(Handover.id == handover_id).with_for_update(key_share=True)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    known = loan_policy_facts(actor, row.device, row.need, row.receiver_id)
    if not policy.may_see_handover(known):
        raise NotFound
    return row, known


@command
def call_off_handover(actor: User, handover_id: int) -> None:
    """Cancels a planned handover; the device stays reserved."""
    row, known = _locked(actor, handover_id)
    if not policy.may_call_off(known):
        raise Forbidden(_OTHERS)
    if row.state != "planned":
        raise Conflict(_CHANGED)
    if not known.is_receiver:
        audit.record(actor.id, "call_off_handover", f"handover:{row.id}")
    end_without_transfer(row, "cancelled")


@command
def miss_handover(actor: User, handover_id: int) -> None:
    """Records that the receiver did not come.

    The need stays approved, and a new date can be set.
    """
    row, known = _locked(actor, handover_id)
    if not policy.may_hand_over(known):
        raise Forbidden(_OTHERS)
    if row.state != "planned" or clock.now() < row.at:
        raise Conflict(_CHANGED)
    audit.record(actor.id, "miss_handover", f"handover:{row.id}")
    end_without_transfer(row, "missed")


# ---- at the handover ------------------------------------------------------------------------------------------


def hand_over(actor: User, handover_id: int, told: HandoverInput, address: str = "") -> Handover:
    """Hands the device over to the family.

    Attempts are counted before any check and outside the transaction. A wrong attempt therefore counts although it
    changes nothing.
    """
    row = db.session.get(Handover, handover_id)
    if row is None or not policy.may_see_handover(
        known := loan_policy_facts(actor, row.device, row.need, row.receiver_id)
    ):
        raise NotFound
    if not policy.may_hand_over(known):
        raise Forbidden(_OTHERS)
    if row.state != "planned":
        raise Conflict(_CHANGED)
    if not told.number.strip() and not told.passphrase:
        raise InvalidInput(_PROOF, field="number")
    by = "number" if told.number.strip() else "passphrase"
    rate_limits.check("sign_in_address", address)
    if by == "number":
        number = row.number or ""  # copied now: another request may end this handover while attempts are counted
        rate_limits.hit("handover_number", row.id)
        if not compare_digest(_digits(told.number), number.encode()):
            raise InvalidInput(_NO_NUMBER, field="number")
    else:
        _passphrase_of(user(row.receiver_id), told.passphrase, address)
    return _done(actor, handover_id, told, by)


def _digits(typed: str) -> bytes:
    return "".join(typed.split()).encode()


def _passphrase_of(receiver: User, typed: str, address: str) -> None:
    """Checks the receiver's passphrase, entered on the officer's screen.

    It shares the attempt counters with the sign-in page.
    """
    if receiver.state != "active":
        raise InvalidInput(_NO_PHRASE, field="passphrase")
    origin = attempts.place(address)
    attempts.begin(receiver.id, origin, False, [receiver.id])
    if not password_hashes.verify(receiver.password_hash, typed):
        attempts.failed(receiver.id, False)
        rate_limits.hit("sign_in_address", address)
        raise InvalidInput(_NO_PHRASE, field="passphrase")
    attempts.right(receiver.id, origin)


@command
def _done(actor: User, handover_id: int, told: HandoverInput, by: str) -> Handover:
    # Lock the need before the handover, in the same order as `put_back`; otherwise the two can deadlock.
    need_id = sa.select(Handover.need_id).where(Handover.id == handover_id).scalar_subquery()
    found = sa.select(DeviceNeed).where(DeviceNeed.id == need_id).with_for_update(key_share=True)
    need = db.session.scalars(found.execution_options(populate_existing=True)).one()
    row, known = _locked(actor, handover_id)
    if not policy.may_hand_over(known):
        raise Forbidden(_OTHERS)
    if row.state != "planned" or (by == "number" and _digits(told.number) != (row.number or "").encode()):
        raise Conflict(_CHANGED)
    if need.state != "approved" or need.receiver_id != row.receiver_id:
        raise Conflict(_CHANGED)
    # The need says whether it is a gift. A device that the donor only lends is always lent on.
    gift = need.as_gift and row.device.terms == "gift"
    due_on = None if gift else _due(told.due_on, row.device)
    _check_words(told)
    record = _next_record(row.device.unit_id)  # before the move: a unit is locked before the audit chain
    device = ledger.move(
        actor, row.device_id, "reserved", "given" if gift else "lent", second_id=row.receiver_id, need_id=need.id,
        why=by,
    )  # fmt: skip
    device.accessories = in_order(told.accessories)
    cancel_reminder(row)
    row.state, row.by_id, row.present_by, row.done_at, row.record = "done", actor.id, by, clock.now(), record
    row.condition, row.accessories, row.note = told.condition, in_order(told.accessories), nfc(told.note).strip()
    row.number = None
    db.session.flush()
    audit.record(actor.id, "hand_over", f"handover:{row.id}", record=record, by=by, gift=gift)
    if due_on is not None:
        loan = DeviceLoan(
            device_id=device.id, need_id=need.id, handover_id=row.id, receiver_id=row.receiver_id,
            person_id=need.person_id, from_on=clock.today(), due_on=due_on,
        )  # fmt: skip
        db.session.add(loan)
        db.session.flush()
        remind_of_loan(loan)
    meet_need(need.id)
    return row


def _due(wanted: date | None, device: Device) -> date:
    today = clock.today()
    last = policy.last_due(today, device.lend_until)
    due_on = wanted or policy.usual_due(today, device.lend_until)
    if not policy.may_lend_until(due_on, today, device.lend_until):
        raise InvalidInput(_DUE, field="due_on", last=f"{last:%d/%m/%Y}")
    return due_on


def _check_words(told: HandoverInput) -> None:
    if told.condition not in CONDITIONS:
        raise InvalidInput(_CONDITION, field="condition")
    if not set(told.accessories) <= set(ACCESSORIES):
        raise InvalidInput(_UNKNOWN, field="accessories")
    if len(told.note) > policy.LONGEST_NOTE:
        raise InvalidInput(_LONG, field="note", max=policy.LONGEST_NOTE)
    reject_private_data(told.note, minor=True, field="note")
    if not told.signed:
        raise InvalidInput(_SIGNED, field="signed")


def _next_record(unit_id: int) -> str:
    """Returns the next record number of the ward and the year.

    Numbers are consecutive: none is missing and none occurs twice.
    """
    ward = db.session.get_one(Unit, unit_id, with_for_update={"key_share": True})
    head, tail = f"BB-{clock.today().year}-", f"/{ward.code}"
    query = sa.select(Handover.record).where(
        Handover.record.startswith(head, autoescape=True), Handover.record.endswith(tail, autoescape=True)
    )
    taken = [int(one[len(head) : -len(tail)]) for one in db.session.scalars(query.order_by(Handover.id)) if one]
    return f"{head}{max(taken, default=0) + 1:04}{tail}"
