"""Who is told what of handovers, loans and thanks: a time and where to look; never a name or a word."""

from datetime import date

from tutoring.community.roster import seconds
from tutoring.devices.events import (
    HandoverCalledOff,
    HandoverNear,
    HandoverPlanned,
    LoanDue,
    LoanEnded,
    LoanTold,
    NeedMet,
    RenewalAnswered,
    RenewalAsked,
    ThanksPassed,
    ThanksWritten,
)
from tutoring.devices.loan_events import DonorDayNear, ThanksRefused
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.notifications.words import at_time
from tutoring.policy.devices import STOCK

_OFF = {
    "cancelled": N_("Buổi hẹn nhận máy đã huỷ. Máy vẫn để dành cho gia đình; phường sẽ hẹn ngày khác."),
    "missed": N_("Buổi hẹn nhận máy chưa gặp được. Máy vẫn để dành cho gia đình; phường sẽ hẹn ngày khác."),
}
# Never a reproach: a family that cannot come in time hears what it can do.
_DUE = {
    30: N_("Máy đang mượn hẹn trả ngày %(day)s. Cần dùng thêm thì mở để xin mượn thêm."),
    7: N_("Còn một tuần tới ngày hẹn trả máy: %(day)s. Cần dùng thêm thì mở để xin mượn thêm."),
    0: N_("Hôm nay là ngày hẹn trả máy. Chưa tiện thì không sao: mở để xin mượn thêm, hoặc ghé phường hôm khác."),
    -7: N_("Ngày hẹn trả máy đã qua một tuần. Gia đình cần dùng thêm hay có gì trở ngại thì mở để báo phường."),
    -30: N_("Ngày hẹn trả máy đã qua một tháng. Không ai phải đóng tiền: mở để xin mượn thêm hoặc báo phường."),
}
_RENEWED = N_("Phường đồng ý cho mượn máy thêm. Ngày hẹn trả mới: %(day)s.")
_NOT_RENEWED = N_("Lần này phường chưa cho mượn máy thêm được. Ngày hẹn trả vẫn là %(day)s. Mở để xem.")
_THANKS = {
    "family": N_("Gia đình nhận máy của bạn gửi lời cảm ơn. Mở để đọc và trả lời."),
    "donor": N_("Người tặng máy trả lời lời cảm ơn của gia đình. Mở để đọc."),
}


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _handover(handover_id: int) -> str:
    return f"/device-handovers/{handover_id}"


def _loan(loan_id: int) -> str:
    return f"/device-loans/{loan_id}"


def _tell_staff(unit_id: int, key: str, say: str, path: str, *, but_id: int = 0, again: bool = True) -> None:
    for person in seconds(unit_id, STOCK, admins=False):
        if person.id != but_id:
            tell(person.id, key, say, path, again=again)


@on(HandoverPlanned)
def family_hears_of_the_day(event: HandoverPlanned) -> None:
    path, at = _handover(event.handover_id), at_time(event.at)
    settle(path=path)
    say = (
        N_("Buổi hẹn nhận máy đã đổi: %(at)s. Mở để xem nơi hẹn và số mới.")
        if event.again
        else N_("Đã hẹn ngày nhận máy: %(at)s. Mở để xem nơi hẹn và số cần đọc.")
    )
    tell(event.receiver_id, f"handover:{event.handover_id}:{at}", say, path, again=True, at=at)


@on(HandoverNear)
def both_are_reminded_of_the_day(event: HandoverNear) -> None:
    at = at_time(event.at)
    key = f"handover-near:{event.handover_id}:{at}"
    say = N_("Ngày mai nhận máy: %(at)s. Mở để xem nơi hẹn.")
    tell(event.receiver_id, key, say, _handover(event.handover_id), worth_until=event.at, at=at)
    if event.planner_id != event.receiver_id:
        say = N_("Ngày mai có buổi bàn giao máy: %(at)s. Nhớ in biên bản trước.")
        tell(event.planner_id, key, say, _handover(event.handover_id), worth_until=event.at, at=at)


@on(HandoverCalledOff)
def family_hears_that_the_day_is_off(event: HandoverCalledOff) -> None:
    path = _handover(event.handover_id)
    settle(path=path)
    tell(event.receiver_id, f"handover-off:{event.handover_id}", _OFF[event.state], path, again=True)


@on(NeedMet)
def nothing_of_the_day_waits(event: NeedMet) -> None:
    if event.kind == "device":
        say = N_("Máy đã về với gia đình. Mở để xem trang bắt đầu, ngày hẹn trả và gửi lời cảm ơn.")
        tell(event.receiver_id, f"device-met:{event.need_id}", say, "/devices/loans")


@on(LoanDue)
def family_hears_of_the_due_day(event: LoanDue) -> None:
    day, key = _day(event.due_on), f"loan-due:{event.loan_id}:{event.due_on}:{event.days}"
    tell(event.receiver_id, key, _DUE[event.days], _loan(event.loan_id), day=day)
    if event.days < 0:
        say = N_("Một máy cho mượn đã qua ngày hẹn trả. Gọi hỏi thăm gia đình có cần dùng thêm không.")
        _tell_staff(event.unit_id, f"loan-over:{event.loan_id}", say, _loan(event.loan_id), but_id=event.receiver_id)


@on(RenewalAsked)
def staff_hear_of_a_renewal(event: RenewalAsked) -> None:
    say = N_("Một gia đình xin mượn máy thêm, đang chờ trả lời. Mở để xem.")
    _tell_staff(event.unit_id, f"loan-renewal:{event.loan_id}", say, _loan(event.loan_id), but_id=event.receiver_id)


@on(RenewalAnswered)
def family_hears_the_answer(event: RenewalAnswered) -> None:
    settle(path=_loan(event.loan_id))
    day = _day(event.due_on)
    say = _RENEWED if event.yes else _NOT_RENEWED
    tell(event.receiver_id, f"renewed:{event.loan_id}:{day}", say, _loan(event.loan_id), again=True, day=day)


@on(LoanTold)
def staff_hear_of_a_loss(event: LoanTold) -> None:
    say = N_("Một gia đình báo máy mượn bị mất hoặc hỏng. Mở để xem và giúp gia đình.")
    key = f"loan-told:{event.loan_id}:{event.told}"
    _tell_staff(event.unit_id, key, say, _loan(event.loan_id), but_id=event.receiver_id)


@on(LoanEnded)
def family_hears_of_the_end(event: LoanEnded) -> None:
    settle(path=_loan(event.loan_id))
    say = (
        N_("Phường đã nhận lại máy. Cảm ơn gia đình đã giữ gìn. Mở để xem biên bản.")
        if event.state == "returned"
        else N_("Phường đã ghi máy mượn là mất. Gia đình không phải đóng tiền. Mở để xem.")
    )
    tell(event.receiver_id, f"loan-end:{event.loan_id}", say, _loan(event.loan_id))


@on(DonorDayNear)
def staff_hear_of_the_donors_day(event: DonorDayNear) -> None:
    say = N_("Người cho mượn cần máy lại trong 30 ngày tới. Mở danh sách máy cho mượn để thu xếp.")
    key = f"donor-day:{event.device_id}:{event.lend_until}"
    _tell_staff(event.unit_id, key, say, f"/units/{event.unit_id}/device-loans", again=False)


@on(ThanksWritten)
def staff_hear_of_words(event: ThanksWritten) -> None:
    path = f"/units/{event.unit_id}/device-thanks"
    say = N_("Có lời cảm ơn về một máy, đang chờ người xem trước khi chuyển. Mở để xem.")
    _tell_staff(event.unit_id, f"thanks:{event.thanks_id}", say, path, but_id=event.by_id)


@on(ThanksPassed)
def whoever_it_is_for_hears(event: ThanksPassed) -> None:
    settle(f"thanks:{event.thanks_id}")
    if event.to_id is not None:
        tell(event.to_id, f"thanks-in:{event.thanks_id}", _THANKS[event.side], "/devices/thanks")


@on(ThanksRefused)
def who_wrote_it_hears_why(event: ThanksRefused) -> None:
    settle(f"thanks:{event.thanks_id}")
    say = N_("Lời cảm ơn của bạn chưa chuyển được. Mở để xem lý do và viết lại.")
    tell(event.by_id, f"thanks-back:{event.thanks_id}", say, "/devices/thanks")
