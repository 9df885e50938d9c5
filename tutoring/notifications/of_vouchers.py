"""Who is told what of sponsored internet: where to look; never a code."""

from tutoring.community.roster import seconds
from tutoring.devices.events import VoucherEnding, VoucherFailed, VoucherGiven
from tutoring.devices.internet_events import VouchersExpired, VoucherUsed
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.policy.devices import STOCK
from tutoring.policy.sponsored import BRINGERS, REMINDED

_GIVEN = N_("Gia đình bạn được tặng một gói mạng để học. Mở để lấy mã.")
_ENDING = N_("Gói mạng được tặng sắp hết hạn: dùng được đến hết ngày %(day)s. Mở để lấy mã.")
_FAILED = N_("Một gia đình báo mã gói mạng không dùng được. Mở để đề xuất gói khác.")
_EXPIRED = N_("Gói mạng hết hạn: %(free)s mã chưa tặng, %(given)s mã đã tặng mà gia đình chưa dùng. Mở để xem.")


@on(VoucherGiven)
def the_family_hears_of_it(event: VoucherGiven) -> None:
    tell(event.receiver_id, f"voucher:{event.voucher_id}", _GIVEN, f"/devices/internet/{event.voucher_id}")


@on(VoucherEnding)
def the_family_is_reminded(event: VoucherEnding) -> None:
    """Once for each of the days; whoever hears of it for the first time in the last days hears of it once."""
    left = (event.expires_on - clock.today()).days
    days = min(day for day in REMINDED if left <= day)
    key, path = f"voucher-ending:{event.voucher_id}:{days}", f"/devices/internet/{event.voucher_id}"
    tell(event.receiver_id, key, _ENDING, path, day=f"{event.expires_on:%d/%m/%Y}")


@on(VoucherUsed)
def nothing_of_it_waits(event: VoucherUsed) -> None:
    settle(path=f"/devices/internet/{event.voucher_id}")


@on(VoucherFailed)
def staff_hear_that_it_failed(event: VoucherFailed) -> None:
    settle(path=f"/devices/internet/{event.voucher_id}")
    for person in seconds(event.unit_id, STOCK, admins=False):
        tell(person.id, f"voucher-failed:{event.voucher_id}", _FAILED, f"/devices/needs/{event.need_id}")


@on(VouchersExpired)
def staff_hear_what_expired(event: VouchersExpired) -> None:
    for person in seconds(event.unit_id, BRINGERS, admins=False):
        key, path = f"vouchers-expired:{event.batch_id}:{event.on}", f"/internet/{event.batch_id}"
        tell(person.id, key, _EXPIRED, path, free=event.free, given=event.given)
