"""Public places at which devices change hands."""

from tutoring.accounts.models import User
from tutoring.devices.loan_models import HandoverPoint
from tutoring.devices.loan_queries import for_staff
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid, Missing
from tutoring.kernel.text import N_, nfc
from tutoring.safety.free_text import for_minor

LONGEST_NAME, LONGEST_ADDRESS = 120, 200
_NAME = N_("Hãy ghi tên một nơi công cộng, ví dụ: Trung tâm Phục vụ hành chính công.")
_ADDRESS = N_("Hãy ghi địa chỉ của nơi đó, ví dụ: 12 đường Cây Bàng, khu phố 3.")
_PUBLIC = N_("Chỉ bàn giao ở nơi công cộng. Hãy xác nhận đây không phải nhà riêng.")
_LONG = N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn.")


@command
def add_point(actor: User, unit_id: int, name: str, address: str, public: bool = True) -> HandoverPoint:
    """Add a place, of which staff confirm that it is nobody's home."""
    place = for_staff(actor, unit_id)
    name, address = nfc(name).strip(), nfc(address).strip()
    for field, text, longest, say in (
        ("name", name, LONGEST_NAME, _NAME), ("address", address, LONGEST_ADDRESS, _ADDRESS)
    ):  # fmt: skip
        if not text:
            raise Invalid(say, field=field)
        if len(text) > longest:
            raise Invalid(_LONG, field=field, max=longest)
    for_minor(name, field="name")
    if not public:
        raise Invalid(_PUBLIC, field="public")
    row = HandoverPoint(unit_id=place.id, name=name, address=address)
    db.session.add(row)
    db.session.flush()
    audit.record(actor.id, "add_handover_point", f"unit:{place.id}", point=row.id)
    return row


@command
def close_point(actor: User, point_id: int) -> int:
    """Nothing new is planned there; what is planned stays. Returns its unit."""
    row = db.session.get(HandoverPoint, point_id, with_for_update=True)
    if row is None:
        raise Missing
    for_staff(actor, row.unit_id)
    if not row.closed:
        row.closed = True
        audit.record(actor.id, "close_handover_point", f"unit:{row.unit_id}", point=row.id)
    return row.unit_id
