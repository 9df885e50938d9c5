"""Commands for needs: request, withdraw and confirm them.

Staff who know the family confirm the basis of its priority and the date until which it holds. No document is ever
inspected.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.devices.events import NeedAsked, NeedConfirmed
from tutoring.devices.needs.home_units import Home, asking, home_of
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.queries import locked_need, need_facts
from tutoring.devices.needs.transitions import end_need
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.devices import needs as policy

NO_WARD = N_("Chưa biết bạn ở phường, xã nào. Hãy nhập mã tham gia của khu phố, phường hoặc lớp trước, rồi gửi lại.")
_BY_A_GROWN_UP = N_("Em chưa đủ 18 tuổi nên chưa tự đăng ký được. Hãy nhờ ba mẹ hoặc thầy cô đăng ký giúp em.")
_NO_GUARDIAN = N_(
    "Em này chưa có ba mẹ hoặc người giám hộ được xác nhận để nhận. Hãy mời ba mẹ em tạo tài khoản trước."
)
_WHICH_GUARDIAN = N_("Hãy chọn ba mẹ hoặc người giám hộ sẽ nhận.")
_ONE = N_("Đã có một đăng ký như vậy đang chờ. Hãy mở đăng ký đó để xem.")
_OVER = N_("Đăng ký này vừa thay đổi. Hãy xem lại trang.")


@dataclass(frozen=True)
class NewNeed:
    """The input of a new need. It consists of choices only: no family describes its hardship."""

    kind: str
    wants: str = "any"
    at_home: str = "none"
    learners: int = 1
    elsewhere: bool = False


@command
def ask_need(actor: User, person_id: int, new: NewNeed, receiver_id: int | None = None) -> DeviceNeed:
    """Requests a device or internet for the actor, for the actor's child, or as staff.

    `receiver_id` is the guardian who receives it, if staff ask for a child with several guardians.

    Raises NotFound if the actor may not ask for this person, InvalidInput for a field, and Conflict if the same need
    is already open.
    """
    person = user(person_id)
    home = home_of(person)
    who = asking(actor, person, home)
    if who.is_self and who.minor:
        raise Forbidden(_BY_A_GROWN_UP)
    if not policy.may_ask_need(who) or person.state != "active":
        raise NotFound
    if who.is_self or who.is_guardian:  # not for staff: a teacher asks for a whole class
        rate_limits.hit("ask", "need", actor.id)
    if home is None:
        raise InvalidInput(NO_WARD, field="person", code="no_ward")
    receiver = actor if who.is_self or who.is_guardian else _receiver(person, receiver_id)
    _check(new)
    row = _row(actor, person, receiver, home, new)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:  # the unique index accepts only one need, also after a double click
        raise Conflict(_ONE) from None
    if actor.id not in {person.id, receiver.id}:
        audit.record(actor.id, "ask_need", f"need:{row.id}", kind=row.kind)
    publish(NeedAsked(row.id, row.kind, person.id, receiver.id, row.unit_id, row.ward_id, actor.id))
    return row


def _receiver(person: User, receiver_id: int | None) -> User:
    """Returns the adult receiver: the person, or one of the confirmed guardians of a child."""
    if person.kind == "adult":
        return person
    found = [one for one in guardians(person.id) if one.state == "active" and one.kind == "adult"]
    if not found:
        raise InvalidInput(_NO_GUARDIAN, field="receiver", code="no_guardian")
    if len(found) == 1 and receiver_id is None:
        return found[0]
    chosen = next((one for one in found if one.id == receiver_id), None)
    if chosen is None:
        raise InvalidInput(_WHICH_GUARDIAN, field="receiver")
    return chosen


def _check(new: NewNeed) -> None:
    if new.kind not in policy.NEED_KINDS:
        raise InvalidInput(N_("Hãy chọn máy hoặc mạng."), field="kind")
    if new.wants not in policy.WANTS_FOR[new.kind]:
        raise InvalidInput(N_("Hãy chọn loại phù hợp."), field="wants")
    if new.at_home not in policy.AT_HOME:
        raise InvalidInput(N_("Hãy chọn nhà mình hiện có gì."), field="at_home")
    if not 1 <= new.learners <= 9:
        raise InvalidInput(N_("Hãy ghi một số từ %(least)s đến %(most)s."), field="learners", least=1, most=9)


def _row(actor: User, person: User, receiver: User, home: Home, new: NewNeed) -> DeviceNeed:
    return DeviceNeed(
        kind=new.kind, person_id=person.id, receiver_id=receiver.id, unit_id=home.unit.id, ward_id=home.ward_id,
        asked_by_id=actor.id, wants=new.wants, at_home=new.at_home, learners=new.learners, elsewhere=new.elsewhere,
    )  # fmt: skip


@command
def withdraw_need(actor: User, need_id: int) -> DeviceNeed:
    """Withdraws a need of the family. Staff return a reserved device to the store."""
    row = locked_need(need_id)
    known = need_facts(actor, row)
    if not known.family:
        raise NotFound
    if not policy.may_withdraw(known):
        raise Conflict(_OVER)
    end_need(row, "withdrawn")
    return row


CHANGED = N_("Đăng ký này vừa thay đổi. Hãy xem lại trang.")
_DAYS = {
    "past": N_("Ngày hết hạn phải sau hôm nay."),
    "far": N_("Xác nhận có hạn nhiều nhất 12 tháng. Hãy chọn ngày gần hơn."),
}


@command
def confirm_need(actor: User, need_id: int, basis: str, valid_until: date) -> DeviceNeed:
    """Confirms the basis of a need until a date at most twelve months ahead.

    It can be confirmed again before that date.
    """
    row = locked_need(need_id)
    known = need_facts(actor, row)
    if not policy.knows_family(known):
        raise NotFound
    if not policy.may_confirm(known):
        raise Conflict(CHANGED)
    if basis not in policy.BASES:
        raise InvalidInput(N_("Hãy chọn căn cứ xác nhận."), field="basis")
    today = clock.today()
    if wrong := policy.wrong_basis_day(valid_until, today):
        raise InvalidInput(_DAYS[wrong], field="valid_until")
    again = row.state == "confirmed"
    row.basis, row.confirmed_by_id, row.confirmed_on, row.valid_until = basis, actor.id, today, valid_until
    if not again:
        row.state, row.state_since = "confirmed", clock.now()
    db.session.flush()
    audit.record(actor.id, "confirm_need", f"need:{row.id}", again=again)
    publish(NeedConfirmed(row.id, row.receiver_id, actor.id))
    return row
