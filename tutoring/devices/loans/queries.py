"""Queries for handovers, loans and thanks: single ones, and lists for a family or a ward."""

from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import is_guardian
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for, unit
from tutoring.community.units.scopes import in_subtree
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover, HandoverPoint
from tutoring.devices.models import Device
from tutoring.devices.needs.home_units import concerned
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_text, has_words, in_byte_order
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Numbered, Page, Wanted, numbered
from tutoring.kernel.text import sort_text, words
from tutoring.policy.devices import loans as policy
from tutoring.policy.devices.inventory import may_run_store
from tutoring.policy.devices.loans import LoanFacts

PAGE = 20
MAX_ROWS = 50
TABS = ("waiting", "planned", "past")
_HANDED = (
    joinedload(Handover.device).joinedload(Device.offer), joinedload(Handover.device).joinedload(Device.unit),
    joinedload(Handover.need).joinedload(DeviceNeed.person), joinedload(Handover.receiver), joinedload(Handover.point),
)  # fmt: skip
_LENT = (
    joinedload(DeviceLoan.device).joinedload(Device.offer), joinedload(DeviceLoan.device).joinedload(Device.unit),
    joinedload(DeviceLoan.need), joinedload(DeviceLoan.person), joinedload(DeviceLoan.receiver),
)  # fmt: skip


def loan_policy_facts(viewer: User, device: Device, need: DeviceNeed, receiver_id: int) -> LoanFacts:
    """Returns the policy facts of a viewer about a device and the family it goes to."""
    receives = viewer.id == receiver_id
    return LoanFacts(
        is_receiver=receives,
        is_family=receives or (viewer.id != need.person_id and is_guardian(viewer.id, need.person_id)),
        is_person=viewer.id == need.person_id,
        held=roles_for(viewer, device.unit_id),
        is_donor=device.offer.donor_id == viewer.id,
        concerned=receives or concerned(viewer.id, need),
    )


def for_staff(actor: User, unit_id: int) -> Unit:
    """Returns a unit for the staff who hand out its devices; else raises NotFound."""
    place = unit(unit_id)
    if not may_run_store(roles_for(actor, unit_id)):
        raise NotFound
    return place


# ---- handovers ------------------------------------------------------------------------------------------------


def points(unit_id: int, closed: bool = False) -> list[HandoverPoint]:
    """Returns the handover points of a ward, open ones or all."""
    query = sa.select(HandoverPoint).where(HandoverPoint.unit_id == unit_id)
    query = query if closed else query.where(HandoverPoint.closed.is_(False))
    found = db.session.scalars(query.order_by(HandoverPoint.id))
    return sorted(found, key=lambda one: (one.closed, sort_text(one.name)))


def need_to_plan(actor: User, need_id: int) -> tuple[DeviceNeed, Device]:
    """Returns an approved need with its reserved device; raises NotFound."""
    need = db.session.get(DeviceNeed, need_id)
    device = reserved_for(need_id)
    if need is None or device is None or not may_run_store(roles_for(actor, device.unit_id)):
        raise NotFound
    return need, device


def reserved_for(need_id: int) -> Device | None:
    """Returns the device reserved for this need, or None."""
    query = sa.select(Device).where(Device.need_id == need_id, Device.state == "reserved")
    return db.session.scalar(query)


def planned_for(need_id: int) -> Handover | None:
    """Returns the planned handover of a need, or None."""
    return db.session.scalar(sa.select(Handover).where(Handover.need_id == need_id, Handover.state == "planned"))


def handover(handover_id: int) -> Handover:
    """Returns a handover with everything its page shows; raises NotFound."""
    found = db.session.scalar(sa.select(Handover).options(*_HANDED).where(Handover.id == handover_id))
    if found is None:
        raise NotFound
    return found


def seen_handover(viewer: User, handover_id: int) -> tuple[Handover, LoanFacts]:
    """Returns a handover and the viewer's facts.

    Raises NotFound if the viewer may not see it.
    """
    row = handover(handover_id)
    known = loan_policy_facts(viewer, row.device, row.need, row.receiver_id)
    if not policy.may_see_handover(known):
        raise NotFound
    return row, known


def number_of(row: Handover) -> str | None:
    """Returns the number the receiver shows at the handover.

    Only the receiver's own page calls this.
    """
    return row.number if row.state == "planned" else None


def waiting_needs(unit_id: int, after: int = 0) -> Page[tuple[DeviceNeed, Device]]:
    """Returns approved needs with a reserved device in these stores and no planned handover.

    The oldest come first.
    """
    planned = sa.exists().where(Handover.need_id == DeviceNeed.id, Handover.state == "planned")
    query = (
        sa.select(DeviceNeed, Device)
        .join(Device, Device.need_id == DeviceNeed.id)
        .options(joinedload(DeviceNeed.receiver), joinedload(DeviceNeed.person), joinedload(Device.unit))
        .where(in_subtree(Device.unit_id, unit_id), Device.state == "reserved", DeviceNeed.state == "approved",
               ~planned, DeviceNeed.id > after)
    )  # fmt: skip
    rows = db.session.execute(query.order_by(DeviceNeed.id).limit(PAGE + 1)).all()
    return Page.of([(need, device) for need, device in rows], PAGE)


def handovers_in(unit_id: int, tab: str, before: int | None = None) -> Page[Handover]:
    """Returns a page of the planned or past handovers of these stores, newest first."""
    states = ("planned",) if tab == "planned" else ("done", "missed", "cancelled")
    query = (
        sa.select(Handover)
        .join(Handover.device)
        .options(contains_eager(Handover.device).joinedload(Device.offer), *_HANDED[2:])
        .where(in_subtree(Device.unit_id, unit_id), Handover.state.in_(states))
    )
    if before is not None:
        query = query.where(Handover.id < before)
    return Page.of(list(db.session.scalars(query.order_by(Handover.id.desc()).limit(PAGE + 1))), PAGE)


def coming_for(user_id: int) -> list[Handover]:
    """Returns the planned handovers of a receiver, soonest first."""
    query = sa.select(Handover).options(*_HANDED).where(Handover.receiver_id == user_id, Handover.state == "planned")
    return list(db.session.scalars(query.order_by(Handover.at, Handover.id).limit(MAX_ROWS)))


def done_handover(need_id: int) -> Handover | None:
    """Returns the handover by which the device of a need went to its family."""
    query = sa.select(Handover).options(*_HANDED).where(Handover.need_id == need_id, Handover.state == "done")
    return db.session.scalar(query.order_by(Handover.id.desc()).limit(1))


# ---- loans ----------------------------------------------------------------------------------------------------


def loan(loan_id: int) -> DeviceLoan:
    """Returns a loan with its people; raises NotFound."""
    found = db.session.scalar(sa.select(DeviceLoan).options(*_LENT).where(DeviceLoan.id == loan_id))
    if found is None:
        raise NotFound
    return found


def loan_facts(viewer: User, row: DeviceLoan) -> LoanFacts:
    return loan_policy_facts(viewer, row.device, row.need, row.receiver_id)


def seen_loan(viewer: User, loan_id: int) -> tuple[DeviceLoan, LoanFacts]:
    """Returns a loan and the viewer's facts; raises NotFound if the viewer may not see it."""
    row = loan(loan_id)
    known = loan_facts(viewer, row)
    if not policy.may_see_loan(known):
        raise NotFound
    return row, known


def loan_of_handover(handover_id: int) -> DeviceLoan | None:
    return db.session.scalar(sa.select(DeviceLoan).where(DeviceLoan.handover_id == handover_id))


def of_family(user: User, receiver: Any, person: Any) -> sa.ColumnElement[bool]:
    """SQL condition: the user receives it, uses it, or is guardian of the child who uses it."""
    mine = sa.select(Guardian.child_id).where(Guardian.guardian_id == user.id, Guardian.confirmed_at.is_not(None))
    return sa.or_(receiver == user.id, person == user.id, person.in_(mine))


def loans_of(user: User) -> list[DeviceLoan]:
    """Returns the loans of a user and their children: open ones by due date, then ended ones."""
    mine = of_family(user, DeviceLoan.receiver_id, DeviceLoan.person_id)
    query = sa.select(DeviceLoan).options(*_LENT).where(mine)
    first = sa.case((DeviceLoan.state == "open", 0), else_=1)
    return list(db.session.scalars(query.order_by(first, DeviceLoan.due_on, DeviceLoan.id).limit(MAX_ROWS)))


def has_any(user: User) -> bool:
    """Returns whether a user or their children have a planned or done handover; one query."""
    query = sa.select(Handover.id).join(Handover.need)
    mine = of_family(user, Handover.receiver_id, DeviceNeed.person_id)
    states = Handover.state.in_(("planned", "done"))
    return db.session.scalar(query.where(mine, states).limit(1)) is not None


def gifts_of(user: User) -> list[Handover]:
    """Returns the devices given for good to a user or their children, newest first."""
    query = (
        sa.select(Handover)
        .join(Handover.need)
        .join(Handover.device)
        .options(contains_eager(Handover.need).joinedload(DeviceNeed.person), joinedload(Handover.receiver),
                 contains_eager(Handover.device).joinedload(Device.offer), joinedload(Handover.point))
        .where(of_family(user, Handover.receiver_id, DeviceNeed.person_id), Handover.state == "done",
               Device.state == "given", Device.need_id == Handover.need_id)
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Handover.id.desc()).limit(MAX_ROWS)))


def _filtered(name: str, today: date) -> list[Any]:
    still = DeviceLoan.state == "open"
    return {
        "soon": [still, DeviceLoan.due_on >= today, DeviceLoan.due_on <= today + timedelta(days=30)],
        "overdue": [still, DeviceLoan.due_on < today],
        "renewal": [still, DeviceLoan.renewal_asked_at.is_not(None)],
        "told": [still, DeviceLoan.told != ""],
        "ended": [~still],
    }.get(name, [still])


_BORROWER: Final = aliased(User)
LOAN_ORDERS: Final = {
    "code": Device.code,
    "kind": Device.kind,
    "who": in_byte_order(_BORROWER.name_words),
    "since": DeviceLoan.from_on,
    "due": DeviceLoan.due_on,
}


def loans_in(unit_id: int, wanted: Wanted) -> Numbered[DeviceLoan]:
    """Returns a page of the loans of these stores; words fit labels, and names without accents."""
    query = (
        sa.select(DeviceLoan)
        .join(DeviceLoan.device)
        .join(_BORROWER, _BORROWER.id == DeviceLoan.receiver_id)
        .where(in_subtree(Device.unit_id, unit_id), *_filtered(wanted.chosen.get("show", ""), clock.today()))
    )
    if looked_for := words(wanted.words):
        by_name = sa.and_(*has_words(_BORROWER.name_words, looked_for))
        query = query.where(sa.or_(by_name, has_text(Device.code, wanted.words.upper())))
    options = [contains_eager(DeviceLoan.device).joinedload(Device.offer), *_LENT[2:]]
    return numbered(query, wanted, LOAN_ORDERS, DeviceLoan.id, options)


# ---- thanks ---------------------------------------------------------------------------------------------------


def last_loan_id(device_id: int) -> int | None:
    """Returns the newest loan of a device; its page has the return, write-off and found actions."""
    return db.session.scalar(sa.select(sa.func.max(DeviceLoan.id)).where(DeviceLoan.device_id == device_id))


def thanks_for_offer(offer_id: int) -> list[str]:
    """Returns the messages families sent to the donor of an offer and staff passed on.

    Only the texts are returned.
    """
    query = (
        sa.select(DeviceThanks.words)
        .join(DeviceThanks.device)
        .where(Device.offer_id == offer_id, DeviceThanks.side == "family", DeviceThanks.state == "passed")
    )
    return list(db.session.scalars(query.order_by(DeviceThanks.id.desc()).limit(MAX_ROWS)))
