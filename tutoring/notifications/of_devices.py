"""Who is told what of offers and of the store: where to look; never a name, a code or a serial."""

from tutoring.community.roster import seconds
from tutoring.devices.events import DeviceMoved, DeviceOffered, LenderWaits, OfferDecided
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.policy.devices import ENDS, STOCK

_NEWS = {  # of a machine, to its donor; as coarse as its story
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


def _path(offer_id: int) -> str:
    return f"/devices/offers/{offer_id}"


def _tell_staff(key: str, offer_id: int, unit_id: int, say: str, but_id: int) -> None:
    for person in seconds(unit_id, STOCK, admins=False):
        if person.id != but_id:
            tell(person.id, key, say, _path(offer_id), again=True)


@on(DeviceOffered)
def staff_hear_of_an_offer(event: DeviceOffered) -> None:
    say = N_("Có người muốn tặng hoặc cho mượn máy, đang chờ phường trả lời. Mở để xem.")
    _tell_staff(f"device-offer:{event.offer_id}", event.offer_id, event.unit_id, say, event.by_id)


@on(OfferDecided)
def donor_hears_of_the_answer(event: OfferDecided) -> None:
    settle(f"device-offer:{event.offer_id}")
    if event.donor_id is None:
        return
    say = (
        N_("Phường đã nhận lời tặng hoặc cho mượn máy của bạn. Mở để xem mang máy tới đâu.")
        if event.accepted
        else N_("Phường chưa nhận được máy của bạn. Mở để xem lý do.")
    )
    tell(event.donor_id, f"device-answer:{event.offer_id}", say, _path(event.offer_id))


@on(DeviceMoved)
def donor_hears_what_became_of_it(event: DeviceMoved) -> None:
    """One notice for each stage of an offer, however many machines it holds."""
    say = _NEWS.get((event.from_state, event.to_state))
    if say is None or event.donor_id is None or event.donor_id == event.by_id:
        return
    key = f"device-news:{event.offer_id}:{event.to_state}:{event.from_state}"
    tell(event.donor_id, key, say, _path(event.offer_id), again=True)


@on(DeviceMoved)
def staff_hear_that_a_donor_keeps_it(event: DeviceMoved) -> None:
    if event.to_state != "withdrawn":
        return
    settle(f"device-offer:{event.offer_id}")
    if event.from_state == "expected" and event.donor_id == event.by_id:
        say = N_("Một người tặng đã rút lại máy mà phường đang chờ. Mở để xem.")
        _tell_staff(f"device-kept:{event.offer_id}", event.offer_id, event.unit_id, say, event.by_id)


@on(LenderWaits)
def staff_hear_when_a_lender_waits(event: LenderWaits) -> None:
    """Once before the day, and once when it is over."""
    say = (
        N_("Đã qua ngày hẹn gửi lại một máy cho người cho mượn (%(on)s). Mở để xem máy đang ở đâu.")
        if event.late
        else N_("Sắp đến ngày hẹn gửi lại một máy cho người cho mượn (%(on)s). Mở để xem máy đang ở đâu.")
    )
    key = f"device-lender:{event.device_id}:{event.on}:{'late' if event.late else 'soon'}"
    for person in seconds(event.unit_id, STOCK, admins=False):
        tell(person.id, key, say, f"/devices/{event.device_id}", on=f"{event.on:%d/%m/%Y}")


@on(DeviceMoved)
def nobody_waits_for_what_has_gone(event: DeviceMoved) -> None:
    if event.to_state in ENDS:
        settle(path=f"/devices/{event.device_id}")
