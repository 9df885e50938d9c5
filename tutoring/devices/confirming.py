"""Who knows a family confirms on which basis it comes before others, and until when; no paper is ever looked at."""

from datetime import date

from tutoring.accounts.models import User
from tutoring.devices.events import NeedConfirmed
from tutoring.devices.need_models import DeviceNeed
from tutoring.devices.need_queries import facts, locked_need
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import device_needs as policy

CHANGED = N_("Lời này vừa thay đổi. Hãy xem lại trang.")
_DAYS = {
    "past": N_("Ngày hết hạn phải sau hôm nay."),
    "far": N_("Xác nhận có hạn nhiều nhất 12 tháng. Hãy chọn ngày gần hơn."),
}


@command
def confirm_need(actor: User, need_id: int, basis: str, valid_until: date) -> DeviceNeed:
    """Confirm a basis until a day at most twelve months ahead, also again before it ends."""
    row = locked_need(need_id)
    known = facts(actor, row)
    if not policy.knows_family(known):
        raise Missing
    if not policy.may_confirm(known):
        raise Conflict(CHANGED)
    if basis not in policy.BASES:
        raise Invalid(N_("Hãy chọn căn cứ xác nhận."), field="basis")
    today = clock.today()
    if wrong := policy.wrong_basis_day(valid_until, today):
        raise Invalid(_DAYS[wrong], field="valid_until")
    again = row.state == "confirmed"
    row.basis, row.confirmed_by_id, row.confirmed_on, row.valid_until = basis, actor.id, today, valid_until
    if not again:
        row.state, row.state_since = "confirmed", clock.now()
    db.session.flush()
    audit.record(actor.id, "confirm_need", f"need:{row.id}", again=again)
    announce(NeedConfirmed(row.id, row.receiver_id, actor.id))
    return row
