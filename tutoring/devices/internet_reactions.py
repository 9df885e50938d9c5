"""What sponsored internet does when others announce something."""

from tutoring.devices import voucher_keeping
from tutoring.devices.events import NeedApproved
from tutoring.devices.vouching_internet import give_voucher
from tutoring.kernel.events import on

__all__ = ["voucher_keeping"]  # what it does by day and night is registered with it


@on(NeedApproved)
def a_voucher_goes_to_the_need(event: NeedApproved) -> None:
    if event.kind == "internet":
        give_voucher(event.need_id)
