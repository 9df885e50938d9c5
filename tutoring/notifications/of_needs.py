"""Who is told what of needs: where to look; never a name or a basis."""

from tutoring.community.queries import unit
from tutoring.community.roster import seconds
from tutoring.devices.events import NeedApproved, NeedAsked, NeedConfirmed, NeedEnded, NeedProposed, NeedPutBack
from tutoring.devices.need_events import BasisEnded, BasisEnding
from tutoring.devices.need_queries import need
from tutoring.devices.parties import concerned
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.policy.device_needs import SCHOOL
from tutoring.policy.devices import STOCK

_ENDED = {
    "refused": N_("Phường đã trả lời lời cần máy, cần mạng của nhà mình. Mở để đọc."),
    "lapsed": N_("Lời cần máy, cần mạng của nhà mình đã hết hạn chờ. Còn cần thì bạn gửi lại."),
}


def _path(need_id: int) -> str:
    return f"/devices/needs/{need_id}"


def _waiting(unit_id: int) -> str:
    return f"/units/{unit_id}/needs?tab=asked"


def _tell_who_know(key: str, unit_id: int, ward_id: int, say: str, but: set[int]) -> None:
    """Staff of the ward, and of the class or neighbourhood: one notice a day for each place while it is unread."""
    told = set(but)
    near = STOCK | SCHOOL if unit(unit_id).kind in {"class", "school"} else STOCK
    for place, roles in ((ward_id, STOCK), (unit_id, near)):
        for person in seconds(place, roles, admins=False):
            if person.id not in told:
                told.add(person.id)
                tell(person.id, f"{key}:{place}:{clock.today()}", say, _waiting(place), again=True)


@on(NeedAsked)
def staff_hear_of_families(event: NeedAsked) -> None:
    say = N_("Có gia đình cần máy hoặc mạng, đang chờ xác nhận. Mở để xem.")
    family = {event.person_id, event.receiver_id, event.by_id}
    _tell_who_know("need-asked", event.unit_id, event.ward_id, say, family)
    if event.by_id != event.receiver_id:
        say = N_("Thầy cô hoặc phường đã gửi giúp nhà mình một lời cần máy, cần mạng. Mở để xem.")
        tell(event.receiver_id, f"need-for:{event.need_id}", say, _path(event.need_id))


@on(NeedConfirmed)
def family_hears_that_it_stands_in_line(event: NeedConfirmed) -> None:
    say = N_("Lời cần máy, cần mạng của nhà mình đã được xác nhận. Mở để xem đứng thứ mấy.")
    tell(event.receiver_id, f"need-line:{event.need_id}", say, _path(event.need_id))


@on(NeedProposed)
def another_is_asked_to_approve(event: NeedProposed) -> None:
    row, path = need(event.need_id), _path(event.need_id)
    say = N_("Một đề xuất chia máy hoặc gói mạng chờ người thứ hai duyệt. Mở để xem.")
    for person in seconds(event.ward_id, STOCK, admins=False):
        if person.id not in {event.by_id, row.confirmed_by_id} and not concerned(person.id, row):
            tell(person.id, f"need-second:{event.need_id}", say, path, again=True)


@on(NeedApproved)
def family_hears_of_the_yes(event: NeedApproved) -> None:
    settle(path=_path(event.need_id))
    say = (
        N_("Hai người đã duyệt máy cho nhà mình. Phường sẽ báo nơi và giờ nhận.")
        if need(event.need_id).device_id is not None
        else N_("Hai người đã duyệt gói mạng cho nhà mình. Mở để xem.")
    )
    tell(event.receiver_id, f"need-yes:{event.need_id}", say, _path(event.need_id), again=True)


@on(NeedPutBack)
def family_hears_that_it_waits(event: NeedPutBack) -> None:
    """Only what they had been told of: a proposal that nobody approved comes and goes without them."""
    settle(path=_path(event.need_id))
    row = need(event.need_id)
    if row.ended_at is None:
        say = N_("Lời cần máy, cần mạng của nhà mình đứng lại vào hàng chờ. Mở để xem.")
        tell(event.receiver_id, f"need-back:{event.need_id}", say, _path(event.need_id), again=True)


@on(NeedEnded)
def family_hears_of_the_end(event: NeedEnded) -> None:
    settle(path=_path(event.need_id))
    if event.state in _ENDED:
        tell(event.receiver_id, f"need-end:{event.need_id}", _ENDED[event.state], _path(event.need_id))


@on(BasisEnding)
def staff_confirm_again(event: BasisEnding) -> None:
    family = {event.receiver_id}
    for person in seconds(event.unit_id, STOCK | SCHOOL, admins=False):
        if person.id not in family:
            say = N_("Xác nhận của một gia đình sắp hết hạn (%(day)s). Mở để xác nhận lại.")
            key = f"need-basis:{event.need_id}:{event.until}"
            tell(person.id, key, say, _path(event.need_id), day=f"{event.until:%d/%m/%Y}")
    say = N_("Xác nhận của nhà mình có hạn đến %(day)s. Phường hoặc trường sẽ xác nhận lại; bạn không phải làm gì.")
    key = f"need-until:{event.need_id}:{event.until}"
    tell(event.receiver_id, key, say, _path(event.need_id), day=f"{event.until:%d/%m/%Y}")


@on(BasisEnded)
def all_hear_that_it_waits_for_a_confirmation(event: BasisEnded) -> None:
    settle(path=_path(event.need_id))
    say = N_("Xác nhận của một gia đình đã hết hạn. Mở để xác nhận lại.")
    _tell_who_know("need-ended", event.unit_id, event.ward_id, say, {event.receiver_id})
    say = N_("Xác nhận của nhà mình đã hết hạn. Phường hoặc trường sẽ xác nhận lại; bạn không phải làm gì.")
    tell(event.receiver_id, f"need-over:{event.need_id}", say, _path(event.need_id), again=True)
