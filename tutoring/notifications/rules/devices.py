"""Notification rules for devices: offers, stock, needs, handovers, loans, thanks, internet.

A notice says where to look, and for an appointment when. It holds no name, user-written text, basis of a need, code or
serial number.
"""

from datetime import date

from tutoring.community.memberships.queries import second_approvers
from tutoring.community.queries import unit
from tutoring.devices.events import (
    BasisEnded,
    BasisEnding,
    DeviceMoved,
    DeviceOffered,
    DonorDayNear,
    HandoverCalledOff,
    HandoverNear,
    HandoverPlanned,
    LenderWaits,
    LoanDue,
    LoanEnded,
    LoanProblemReported,
    NeedApproved,
    NeedAsked,
    NeedConfirmed,
    NeedEnded,
    NeedMet,
    NeedProposed,
    NeedReturnedToQueue,
    OfferDecided,
    RenewalAnswered,
    RenewalAsked,
    ThanksPassed,
    ThanksRefused,
    ThanksWritten,
    VoucherEnding,
    VoucherFailed,
    VoucherGiven,
    VouchersExpired,
    VoucherUsed,
)
from tutoring.devices.needs.home_units import concerned
from tutoring.devices.needs.queries import need, places_of_need, places_with_unconfirmed
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.notifications.rules.wording import at_time
from tutoring.policy.devices.inventory import ENDS, STOCK
from tutoring.policy.devices.needs import SCHOOL
from tutoring.policy.devices.vouchers import BRINGERS, REMINDED

_OFF = {
    "cancelled": N_("Buổi hẹn nhận máy đã huỷ. Máy vẫn để dành cho gia đình; phường sẽ hẹn ngày khác."),
    "missed": N_("Buổi hẹn nhận máy chưa gặp được. Máy vẫn để dành cho gia đình; phường sẽ hẹn ngày khác."),
}
# No reproach: a family that cannot return the device in time learns its options.
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
    for person in second_approvers(unit_id, STOCK, admins=False):
        if person.id != but_id:
            notify(person.id, key, say, path, again=again)


@on(HandoverPlanned)
def notify_receiver_of_handover(event: HandoverPlanned) -> None:
    path, at = _handover(event.handover_id), at_time(event.at)
    mark_handled(path=path)
    say = (
        N_("Buổi hẹn nhận máy đã đổi: %(at)s. Mở để xem nơi hẹn và số mới.")
        if event.again
        else N_("Đã hẹn ngày nhận máy: %(at)s. Mở để xem nơi hẹn và số cần đọc.")
    )
    notify(event.receiver_id, f"handover:{event.handover_id}:{at}", say, path, again=True, at=at)


@on(HandoverNear)
def remind_of_handover(event: HandoverNear) -> None:
    at = at_time(event.at)
    key = f"handover-near:{event.handover_id}:{at}"
    say = N_("Ngày mai nhận máy: %(at)s. Mở để xem nơi hẹn.")
    notify(event.receiver_id, key, say, _handover(event.handover_id), worth_until=event.at, at=at)
    if event.planner_id != event.receiver_id:
        say = N_("Ngày mai có buổi bàn giao máy: %(at)s. Nhớ in biên bản trước.")
        notify(event.planner_id, key, say, _handover(event.handover_id), worth_until=event.at, at=at)


@on(HandoverCalledOff)
def notify_receiver_of_cancelled_handover(event: HandoverCalledOff) -> None:
    path = _handover(event.handover_id)
    mark_handled(path=path)
    notify(event.receiver_id, f"handover-off:{event.handover_id}", _OFF[event.state], path, again=True)


@on(NeedMet)
def notify_receiver_of_met_need(event: NeedMet) -> None:
    if event.kind == "device":
        say = N_("Máy đã về với gia đình. Mở để xem trang bắt đầu, ngày hẹn trả và gửi lời cảm ơn.")
        notify(event.receiver_id, f"device-met:{event.need_id}", say, "/devices/loans")


@on(LoanDue)
def notify_of_due_loan(event: LoanDue) -> None:
    day, key = _day(event.due_on), f"loan-due:{event.loan_id}:{event.due_on}:{event.days}"
    notify(event.receiver_id, key, _DUE[event.days], _loan(event.loan_id), day=day)
    if event.days < 0:
        say = N_("Một máy cho mượn đã qua ngày hẹn trả. Gọi hỏi thăm gia đình có cần dùng thêm không.")
        _tell_staff(event.unit_id, f"loan-over:{event.loan_id}", say, _loan(event.loan_id), but_id=event.receiver_id)


@on(RenewalAsked)
def notify_staff_of_renewal_request(event: RenewalAsked) -> None:
    say = N_("Một gia đình xin mượn máy thêm, đang chờ trả lời. Mở để xem.")
    _tell_staff(event.unit_id, f"loan-renewal:{event.loan_id}", say, _loan(event.loan_id), but_id=event.receiver_id)


@on(RenewalAnswered)
def notify_family_of_renewal_answer(event: RenewalAnswered) -> None:
    mark_handled(path=_loan(event.loan_id))
    day = _day(event.due_on)
    say = _RENEWED if event.yes else _NOT_RENEWED
    notify(event.receiver_id, f"renewed:{event.loan_id}:{day}", say, _loan(event.loan_id), again=True, day=day)


@on(LoanProblemReported)
def notify_staff_of_loan_problem(event: LoanProblemReported) -> None:
    say = N_("Một gia đình báo máy mượn bị mất hoặc hỏng. Mở để xem và giúp gia đình.")
    key = f"loan-told:{event.loan_id}:{event.told}"
    _tell_staff(event.unit_id, key, say, _loan(event.loan_id), but_id=event.receiver_id)


@on(LoanEnded)
def notify_family_of_loan_end(event: LoanEnded) -> None:
    mark_handled(path=_loan(event.loan_id))
    say = (
        N_("Phường đã nhận lại máy. Cảm ơn gia đình đã giữ gìn. Mở để xem biên bản.")
        if event.state == "returned"
        else N_("Phường đã ghi máy mượn là mất. Gia đình không phải đóng tiền. Mở để xem.")
    )
    notify(event.receiver_id, f"loan-end:{event.loan_id}", say, _loan(event.loan_id))


@on(DonorDayNear)
def notify_staff_of_donor_deadline(event: DonorDayNear) -> None:
    say = N_("Người cho mượn cần máy lại trong 30 ngày tới. Mở danh sách máy cho mượn để thu xếp.")
    key = f"donor-day:{event.device_id}:{event.lend_until}"
    _tell_staff(event.unit_id, key, say, f"/units/{event.unit_id}/device-loans", again=False)


@on(ThanksWritten)
def notify_staff_of_thanks(event: ThanksWritten) -> None:
    path = f"/units/{event.unit_id}/device-thanks"
    say = N_("Có lời cảm ơn về một máy, đang chờ người xem trước khi chuyển. Mở để xem.")
    _tell_staff(event.unit_id, f"thanks:{event.thanks_id}", say, path, but_id=event.by_id)


@on(ThanksPassed)
def notify_recipient_of_thanks(event: ThanksPassed) -> None:
    mark_handled(f"thanks:{event.thanks_id}")
    if event.to_id is not None:
        notify(event.to_id, f"thanks-in:{event.thanks_id}", _THANKS[event.side], "/devices/thanks")


@on(ThanksRefused)
def notify_author_of_refused_thanks(event: ThanksRefused) -> None:
    mark_handled(f"thanks:{event.thanks_id}")
    say = N_("Lời cảm ơn của bạn chưa chuyển được. Mở để xem lý do và viết lại.")
    notify(event.by_id, f"thanks-back:{event.thanks_id}", say, "/devices/thanks")


_ENDED = {
    "refused": N_("Phường đã trả lời đăng ký cần máy, cần mạng của nhà mình. Mở để đọc."),
    "lapsed": N_("Đăng ký cần máy, cần mạng của nhà mình đã hết hạn. Còn cần thì gửi lại."),
}


def _path(need_id: int) -> str:
    return f"/devices/needs/{need_id}"


def _waiting(unit_id: int) -> str:
    return f"/units/{unit_id}/needs?tab=asked"


def _tell_who_know(key: str, unit_id: int, ward_id: int, say: str, but: set[int]) -> None:
    """Notifies staff of the ward, and of the class or neighbourhood.

    One notice a day per unit while it is unread.
    """
    told = set(but)
    near = STOCK | SCHOOL if unit(unit_id).kind in {"class", "school"} else STOCK
    for place, roles in ((ward_id, STOCK), (unit_id, near)):
        for person in second_approvers(place, roles, admins=False):
            if person.id not in told:
                told.add(person.id)
                notify(person.id, f"{key}:{place}:{clock.today()}", say, _waiting(place), again=True)


@on(NeedAsked)
def notify_staff_of_need(event: NeedAsked) -> None:
    say = N_("Có gia đình cần máy hoặc mạng, đang chờ xác nhận. Mở để xem.")
    family = {event.person_id, event.receiver_id, event.by_id}
    _tell_who_know("need-asked", event.unit_id, event.ward_id, say, family)
    if event.by_id != event.receiver_id:
        say = N_("Thầy cô hoặc phường đã đăng ký cần máy, cần mạng giúp nhà mình. Mở để xem.")
        notify(event.receiver_id, f"need-for:{event.need_id}", say, _path(event.need_id))


@on(NeedConfirmed)
def settle_notices_of_confirmed_need(event: NeedConfirmed) -> None:
    mark_handled(path=_path(event.need_id), word="need-basis")
    _settle_waiting(event.need_id)


@on(NeedEnded)
def settle_notices_of_answered_need(event: NeedEnded) -> None:
    _settle_waiting(event.need_id)


def _settle_waiting(need_id: int) -> None:
    """One notice stands for all needs of a place that wait to be confirmed, so it is read once none does."""
    places = places_of_need(need_id)
    for place in places - places_with_unconfirmed(places):
        mark_handled(path=_waiting(place))


@on(NeedConfirmed)
def notify_family_of_confirmed_need(event: NeedConfirmed) -> None:
    say = N_("Đăng ký cần máy, cần mạng của nhà mình đã được xác nhận. Mở để xem đứng thứ mấy.")
    notify(event.receiver_id, f"need-line:{event.need_id}", say, _path(event.need_id))


@on(NeedProposed)
def notify_second_approvers_of_need(event: NeedProposed) -> None:
    row, path = need(event.need_id), _path(event.need_id)
    say = N_("Một đề xuất chia máy hoặc gói mạng chờ người thứ hai duyệt. Mở để xem.")
    for person in second_approvers(event.ward_id, STOCK, admins=False):
        if person.id not in {event.by_id, row.confirmed_by_id} and not concerned(person.id, row):
            notify(person.id, f"need-second:{event.need_id}", say, path, again=True)


@on(NeedApproved)
def notify_family_of_approved_need(event: NeedApproved) -> None:
    mark_handled(path=_path(event.need_id))
    say = (
        N_("Hai người đã duyệt máy cho nhà mình. Phường sẽ báo nơi và giờ nhận.")
        if need(event.need_id).device_id is not None
        else N_("Hai người đã duyệt gói mạng cho nhà mình. Mở để xem.")
    )
    notify(event.receiver_id, f"need-yes:{event.need_id}", say, _path(event.need_id), again=True)


@on(NeedReturnedToQueue)
def notify_family_of_need_put_back(event: NeedReturnedToQueue) -> None:
    """Notifies the family only if it was told before.

    A proposal that was never approved comes and goes without them.
    """
    mark_handled(path=_path(event.need_id))
    row = need(event.need_id)
    if row.ended_at is None:
        say = N_("Đăng ký cần máy, cần mạng của nhà mình đã trở lại hàng chờ. Mở để xem.")
        notify(event.receiver_id, f"need-back:{event.need_id}", say, _path(event.need_id), again=True)


@on(NeedEnded)
def notify_family_of_ended_need(event: NeedEnded) -> None:
    mark_handled(path=_path(event.need_id))
    if event.state in _ENDED:
        notify(event.receiver_id, f"need-end:{event.need_id}", _ENDED[event.state], _path(event.need_id))


@on(BasisEnding)
def notify_staff_of_ending_basis(event: BasisEnding) -> None:
    family = {event.receiver_id}
    for person in second_approvers(event.unit_id, STOCK | SCHOOL, admins=False):
        if person.id not in family:
            say = N_("Xác nhận của một gia đình sắp hết hạn (%(day)s). Mở để xác nhận lại.")
            key = f"need-basis:{event.need_id}:{event.until}"
            notify(person.id, key, say, _path(event.need_id), day=f"{event.until:%d/%m/%Y}")
    say = N_("Xác nhận của nhà mình có hạn đến %(day)s. Phường hoặc trường sẽ xác nhận lại; bạn không phải làm gì.")
    key = f"need-until:{event.need_id}:{event.until}"
    notify(event.receiver_id, key, say, _path(event.need_id), day=f"{event.until:%d/%m/%Y}")


@on(BasisEnded)
def notify_of_ended_basis(event: BasisEnded) -> None:
    mark_handled(path=_path(event.need_id))
    say = N_("Xác nhận của một gia đình đã hết hạn. Mở để xác nhận lại.")
    _tell_who_know("need-ended", event.unit_id, event.ward_id, say, {event.receiver_id})
    say = N_("Xác nhận của nhà mình đã hết hạn. Phường hoặc trường sẽ xác nhận lại; bạn không phải làm gì.")
    notify(event.receiver_id, f"need-over:{event.need_id}", say, _path(event.need_id), again=True)


_NEWS = {  # of a device, to its donor; no more detailed than the device's public story
    ("expected", "stored"): N_("Phường đã nhận máy của bạn và đang kiểm tra, xoá dữ liệu. Cảm ơn bạn."),
    ("expected", "declined"): N_("Phường đã xem máy của bạn nhưng chưa dùng được. Mở để xem."),
    ("stored", "ready"): N_("Máy của bạn đã xoá sạch dữ liệu, sẵn sàng cho một gia đình."),
    ("reserved", "lent"): N_("Máy của bạn đang được một gia đình dùng. Cảm ơn bạn."),
    ("reserved", "given"): N_("Máy của bạn đang được một gia đình dùng. Cảm ơn bạn."),
    ("lent", "stored"): N_("Máy của bạn đã về lại kho của phường, đang kiểm tra lại."),
    ("stored", "sent_back"): N_("Phường đã gửi lại máy cho bạn. Cảm ơn bạn đã cho mượn."),
    ("ready", "sent_back"): N_("Phường đã gửi lại máy cho bạn. Cảm ơn bạn đã cho mượn."),
    ("stored", "scrapped"): N_("Máy của bạn không dùng được nữa và đã được tái chế. Cảm ơn bạn."),
    ("repair", "scrapped"): N_("Máy của bạn không dùng được nữa và đã được tái chế. Cảm ơn bạn."),
}


def _device_path(offer_id: int) -> str:
    return f"/devices/offers/{offer_id}"


def _notify_device_staff(key: str, offer_id: int, unit_id: int, say: str, but_id: int) -> None:
    for person in second_approvers(unit_id, STOCK, admins=False):
        if person.id != but_id:
            notify(person.id, key, say, _device_path(offer_id), again=True)


@on(DeviceOffered)
def notify_staff_of_device_offer(event: DeviceOffered) -> None:
    say = N_("Có người muốn tặng hoặc cho mượn máy, đang chờ phường trả lời. Mở để xem.")
    _notify_device_staff(f"device-offer:{event.offer_id}", event.offer_id, event.unit_id, say, event.by_id)


@on(OfferDecided)
def notify_donor_of_offer_decision(event: OfferDecided) -> None:
    mark_handled(f"device-offer:{event.offer_id}")
    if event.donor_id is None:
        return
    say = (
        N_("Phường đồng ý nhận máy bạn tặng hoặc cho mượn. Mở để xem mang máy tới đâu.")
        if event.accepted
        else N_("Phường không nhận máy này. Mở để xem lý do.")
    )
    notify(event.donor_id, f"device-answer:{event.offer_id}", say, _device_path(event.offer_id))


@on(DeviceMoved)
def notify_donor_of_device_state(event: DeviceMoved) -> None:
    """Notifies once for each stage of an offer, however many devices it holds."""
    say = _NEWS.get((event.from_state, event.to_state))
    if say is None or event.donor_id is None or event.donor_id == event.by_id:
        return
    key = f"device-news:{event.offer_id}:{event.to_state}:{event.from_state}"
    notify(event.donor_id, key, say, _device_path(event.offer_id), again=True)


@on(DeviceMoved)
def notify_staff_of_withdrawn_device(event: DeviceMoved) -> None:
    if event.to_state != "withdrawn":
        return
    mark_handled(f"device-offer:{event.offer_id}")
    if event.from_state == "expected" and event.donor_id == event.by_id:
        say = N_("Một người tặng đã rút lại máy mà phường đang chờ. Mở để xem.")
        _notify_device_staff(f"device-kept:{event.offer_id}", event.offer_id, event.unit_id, say, event.by_id)


@on(LenderWaits)
def notify_staff_of_waiting_lender(event: LenderWaits) -> None:
    """Notifies once before the agreed day, and once after it."""
    say = (
        N_("Đã qua ngày hẹn gửi lại một máy cho người cho mượn (%(on)s). Mở để xem máy đang ở đâu.")
        if event.late
        else N_("Sắp đến ngày hẹn gửi lại một máy cho người cho mượn (%(on)s). Mở để xem máy đang ở đâu.")
    )
    key = f"device-lender:{event.device_id}:{event.on}:{'late' if event.late else 'soon'}"
    for person in second_approvers(event.unit_id, STOCK, admins=False):
        notify(person.id, key, say, f"/devices/{event.device_id}", on=f"{event.on:%d/%m/%Y}")


@on(DeviceMoved)
def settle_notices_of_gone_device(event: DeviceMoved) -> None:
    if event.to_state in ENDS:
        mark_handled(path=f"/devices/{event.device_id}")
        mark_handled(path=f"/units/{event.unit_id}/device-loans", word=f"donor-day:{event.device_id}")


_GIVEN = N_("Gia đình bạn được tặng một gói mạng để học. Mở để lấy mã.")
_ENDING = N_("Gói mạng được tặng sắp hết hạn: dùng được đến hết ngày %(day)s. Mở để lấy mã.")
_FAILED = N_("Một gia đình báo mã gói mạng không dùng được. Mở để đề xuất gói khác.")
_EXPIRED = N_("Gói mạng hết hạn: %(free)s mã chưa tặng, %(given)s mã đã tặng mà gia đình chưa dùng. Mở để xem.")


@on(VoucherGiven)
def notify_family_of_voucher(event: VoucherGiven) -> None:
    mark_handled(path=_path(event.need_id), word="voucher-failed")
    notify(event.receiver_id, f"voucher:{event.voucher_id}", _GIVEN, f"/devices/internet/{event.voucher_id}")


@on(VoucherEnding)
def remind_family_of_voucher(event: VoucherEnding) -> None:
    """Reminds once for each reminder day.

    A family that is reminded for the first time in the last days gets a single reminder.
    """
    left = (event.expires_on - clock.today()).days
    days = min(day for day in REMINDED if left <= day)
    key, path = f"voucher-ending:{event.voucher_id}:{days}", f"/devices/internet/{event.voucher_id}"
    notify(event.receiver_id, key, _ENDING, path, day=f"{event.expires_on:%d/%m/%Y}")


@on(VoucherUsed)
def settle_voucher_notices(event: VoucherUsed) -> None:
    mark_handled(path=f"/devices/internet/{event.voucher_id}")


@on(VoucherFailed)
def notify_staff_of_failed_voucher(event: VoucherFailed) -> None:
    mark_handled(path=f"/devices/internet/{event.voucher_id}")
    for person in second_approvers(event.unit_id, STOCK, admins=False):
        notify(person.id, f"voucher-failed:{event.voucher_id}", _FAILED, f"/devices/needs/{event.need_id}")


@on(VouchersExpired)
def notify_staff_of_expired_vouchers(event: VouchersExpired) -> None:
    for person in second_approvers(event.unit_id, BRINGERS, admins=False):
        key, path = f"vouchers-expired:{event.batch_id}:{event.on}", f"/internet/{event.batch_id}"
        notify(person.id, key, _EXPIRED, path, free=event.free, given=event.given)
