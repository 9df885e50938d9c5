"""Queries for needs: one need, the waiting list of a ward, lists for families and staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import is_guardian
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import ancestors, roles_for, unit
from tutoring.community.units.scopes import in_subtree
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs import priority
from tutoring.devices.needs.home_units import concerned
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.policy.devices import needs as policy
from tutoring.policy.devices.inventory import KINDS, STOCK
from tutoring.policy.devices.needs import OVER, SCHOOL, NeedFacts
from tutoring.policy.devices.vouchers import SPARE

PAGE = 20
MAX_ROWS = 30
# Maximum number of needs of one kind to sort in a ward: far above its number of families. Beyond it only the longest
# waiting are sorted.
MAX_WAITING_LIST = 2000
TABS = {"asked": ("asked",), "second": ("proposed",), "approved": ("approved",), "over": OVER}
_WHOLE = (
    joinedload(DeviceNeed.person), joinedload(DeviceNeed.receiver), joinedload(DeviceNeed.unit),
    joinedload(DeviceNeed.ward), joinedload(DeviceNeed.device),
)  # fmt: skip


def need(need_id: int) -> DeviceNeed:
    """Returns a need with its people and units; raises NotFound."""
    found = db.session.scalar(sa.select(DeviceNeed).options(*_WHOLE).where(DeviceNeed.id == need_id))
    if found is None:
        raise NotFound
    return found


def places_of_need(need_id: int) -> set[int]:
    """Returns the ids of the units where a need waits to be confirmed; none for a need that is gone."""
    query = sa.select(DeviceNeed.unit_id, DeviceNeed.ward_id).where(DeviceNeed.id == need_id)
    return {unit_id for row in db.session.execute(query) for unit_id in row}


def locked_need(need_id: int) -> DeviceNeed:
    """Returns a need locked by the running command; raises NotFound.

    To avoid deadlocks, lock a need before its device.
    """
    query = sa.select(DeviceNeed).where(DeviceNeed.id == need_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def open_need(person_id: int, kind: str) -> DeviceNeed | None:
    """Returns the open need of this kind of a person, or None."""
    query = sa.select(DeviceNeed).where(
        DeviceNeed.person_id == person_id, DeviceNeed.kind == kind, DeviceNeed.ended_at.is_(None)
    )
    return db.session.scalar(query)


def need_facts(viewer: User, row: DeviceNeed) -> NeedFacts:
    """Returns the policy facts of a viewer about a need."""
    family = viewer.id in {row.person_id, row.receiver_id} or is_guardian(viewer.id, row.person_id)
    return NeedFacts(
        family=family,
        concerned=family or concerned(viewer.id, row),
        held=roles_for(viewer, row.ward_id),
        held_near=roles_for(viewer, row.unit_id),
        in_school=row.unit.kind in {"class", "school"},
        is_confirmer=viewer.id == row.confirmed_by_id,
        is_proposer=viewer.id == row.proposed_by_id,
        is_donor=row.device_id is not None and viewer.id == donor_of(row.device_id),
        state=row.state,
    )


def donor_of(device_id: int) -> int | None:
    """Returns the user who gave or lent a device, or None for a donor without an account."""
    query = sa.select(DeviceOffer.donor_id).join(Device, Device.offer_id == DeviceOffer.id)
    return db.session.scalar(query.where(Device.id == device_id))


def seen(viewer: User, need_id: int) -> tuple[DeviceNeed, NeedFacts]:
    """Returns a need and the viewer's facts; raises NotFound if the viewer may not see it."""
    row = need(need_id)
    known = need_facts(viewer, row)
    if not policy.may_see_need(known):
        raise NotFound
    return row, known


def reserved_for(need_id: int) -> int | None:
    """Returns the id of the device reserved for a need, or None."""
    return db.session.scalar(sa.select(Device.id).where(Device.need_id == need_id, Device.state == "reserved"))


def relatives(user_id: int) -> set[int]:
    """Returns a user and their family, as known from guardians.

    In lists of staff, the user does not see the basis of these people.
    """
    ties = sa.select(Guardian.guardian_id, Guardian.child_id)
    first = ties.where(sa.or_(Guardian.guardian_id == user_id, Guardian.child_id == user_id)).order_by(Guardian.id)
    near = {one for tie in db.session.execute(first) for one in tie if one is not None}
    more = ties.where(sa.or_(Guardian.guardian_id.in_(near), Guardian.child_id.in_(near))).order_by(Guardian.id)
    return {user_id} | near | {one for tie in db.session.execute(more) for one in tie if one is not None}


# ---- the waiting list -----------------------------------------------------------------------------------------


def list_waiting_needs(ward_id: int, kind: str) -> list[priority.PriorityFacts]:
    """Returns the waiting list of a ward for one kind, in the published order.

    It takes one query. The cost grows only with the open needs of this ward.
    """
    query = _with_facts().where(
        DeviceNeed.ward_id == ward_id, DeviceNeed.state == "confirmed", DeviceNeed.kind == kind,
        DeviceNeed.valid_until >= clock.today(),
    )  # fmt: skip
    found = db.session.execute(query.order_by(DeviceNeed.id).limit(MAX_WAITING_LIST))
    return priority.in_order(priority.PriorityFacts(*row) for row in found)


def _with_facts() -> Any:
    earlier = aliased(DeviceNeed)
    met = sa.exists().where(
        earlier.person_id == DeviceNeed.person_id, earlier.kind == DeviceNeed.kind, earlier.state == "met",
        earlier.id != DeviceNeed.id,
    )  # fmt: skip
    return sa.select(
        DeviceNeed.id, DeviceNeed.basis, DeviceNeed.at_home, User.kind != "adult",
        sa.or_(DeviceNeed.elsewhere, met), DeviceNeed.learners, DeviceNeed.asked_at,
    ).join(User, User.id == DeviceNeed.person_id)  # fmt: skip


def facts_of(need_id: int) -> priority.PriorityFacts:
    """Returns the priority facts of one need."""
    row = db.session.execute(_with_facts().where(DeviceNeed.id == need_id)).one()
    return priority.PriorityFacts(*row)


@dataclass(frozen=True)
class Place:
    """The position of a need on its ward's waiting list.

    `number` of `of`, or 0 if the need is not on the list. `ahead` counts the waiting families that precede it by the
    rule.
    """

    number: int
    of: int
    ahead: int
    why: list[str]


def place_of(row: DeviceNeed) -> Place:
    """Returns the position of a need among those of its ward that wait for the same kind."""
    waiting = list_waiting_needs(row.ward_id, row.kind)
    number = next((at for at, one in enumerate(waiting, 1) if one.id == row.id), 0)
    mine = waiting[number - 1] if number else facts_of(row.id)
    ahead = sum(priority.key(one) < priority.key(mine) for one in waiting)
    return Place(number, len(waiting), ahead, priority.why(mine))


# ---- lists ----------------------------------------------------------------------------------------------------


def of_family(user_id: int) -> list[DeviceNeed]:
    """Returns the needs of a user and of the children they are guardian of, newest first."""
    children = sa.select(Guardian.child_id).where(Guardian.guardian_id == user_id, Guardian.confirmed_at.is_not(None))
    mine = sa.or_(
        DeviceNeed.person_id == user_id, DeviceNeed.receiver_id == user_id, DeviceNeed.person_id.in_(children)
    )
    query = sa.select(DeviceNeed).options(*_WHOLE).where(mine)
    return list(db.session.scalars(query.order_by(DeviceNeed.id.desc()).limit(MAX_ROWS)))


def unit_for_staff(actor: User, unit_id: int) -> tuple[Unit, bool]:
    """Returns a unit and whether the actor decides in the whole ward.

    The unit is a ward, neighbourhood, school or class in which the actor may confirm. Raises NotFound otherwise.
    """
    place = unit(unit_id)
    roles = roles_for(actor, unit_id)
    confirms = STOCK | SCHOOL if place.kind in {"school", "class"} else STOCK
    if place.kind not in {"ward", "neighbourhood", "school", "class"} or confirms.isdisjoint(roles):
        raise NotFound
    ward_id = place.ward_id or place.id
    return place, policy.may_decide_needs(roles if ward_id == unit_id else roles_for(actor, ward_id))


def _inside(place: Unit) -> sa.ColumnElement[bool]:
    if place.kind == "ward":
        return DeviceNeed.ward_id == place.id
    return in_subtree(DeviceNeed.unit_id, place.id)


def in_state(place: Unit, tab: str, kind: str, beyond: int | None = None) -> Page[DeviceNeed]:
    """Returns a page of the needs of a unit and its subunits in one tab.

    The longest waiting come first; ended needs come newest first. The page starts after the id `beyond`.
    """
    query = sa.select(DeviceNeed).options(*_WHOLE).where(
        _inside(place), DeviceNeed.state.in_(TABS[tab]), DeviceNeed.kind == kind
    )  # fmt: skip
    over = tab == "over"
    if beyond is not None:
        query = query.where(DeviceNeed.id < beyond if over else DeviceNeed.id > beyond)
    query = query.order_by(DeviceNeed.id.desc() if over else DeviceNeed.id)
    return Page.of(list(db.session.scalars(query.limit(PAGE + 1))), PAGE)


def list_waiting_page(place: Unit, kind: str, after: int = 0) -> Page[tuple[int, DeviceNeed]]:
    """Returns a page of a ward's waiting list, from after position `after`.

    For a unit below the ward, it holds only the needs of that unit, with their positions in the ward.
    """
    ward_id = place.ward_id or place.id
    numbers = {one.id: number for number, one in enumerate(list_waiting_needs(ward_id, kind), 1) if number > after}
    if place.kind != "ward":
        here = sa.select(DeviceNeed.id).where(_inside(place), DeviceNeed.state == "confirmed", DeviceNeed.kind == kind)
        mine = set(db.session.scalars(here.order_by(DeviceNeed.id)))
        numbers = {one: number for one, number in numbers.items() if one in mine}
    page = list(numbers.items())[: PAGE + 1]
    query = sa.select(DeviceNeed).options(*_WHOLE).where(DeviceNeed.id.in_([one for one, _ in page]))
    found = {row.id: row for row in db.session.scalars(query.order_by(DeviceNeed.id))}
    return Page.of([(number, found[one]) for one, number in page if one in found], PAGE)


def places_with_unconfirmed(unit_ids: Iterable[int]) -> set[int]:
    """Returns those of these classes, neighbourhoods and wards where a need waits to be confirmed."""
    ids = set(unit_ids)
    query = sa.select(DeviceNeed.unit_id, DeviceNeed.ward_id).where(
        DeviceNeed.state == "asked", sa.or_(DeviceNeed.unit_id.in_(ids), DeviceNeed.ward_id.in_(ids))
    )
    return {place for row in db.session.execute(query.distinct()) for place in row} & ids


def counts(place: Unit) -> dict[tuple[str, str], int]:
    """Counts the open needs of a unit by kind and state."""
    query = sa.select(DeviceNeed.kind, DeviceNeed.state, sa.func.count()).where(
        _inside(place), DeviceNeed.ended_at.is_(None)
    )
    return {
        (kind, state): n for kind, state, n in db.session.execute(query.group_by(DeviceNeed.kind, DeviceNeed.state))
    }


def list_ended_needs_with_device(ward_id: int) -> list[DeviceNeed]:
    """Returns ended needs for which a device is still reserved and should return to the store."""
    query = (
        sa.select(DeviceNeed)
        .join(Device, Device.need_id == DeviceNeed.id)
        .options(joinedload(DeviceNeed.device))
        .where(DeviceNeed.ward_id == ward_id, Device.state == "reserved", DeviceNeed.ended_at.is_not(None))
    )
    return list(db.session.scalars(query.order_by(DeviceNeed.id).limit(MAX_ROWS)))


def fitting(row: DeviceNeed) -> list[Device]:
    """Returns ready devices of the ward, or of a store above it, that fit a need.

    Devices proposed for another need are left out. The device that is ready longest comes first.
    """
    kinds = [kind for kind in KINDS if policy.fits(row.kind, row.wants, kind)]
    other = aliased(DeviceNeed)
    taken = sa.exists().where(other.device_id == Device.id, other.state == "proposed")
    query = sa.select(Device).where(
        Device.unit_id.in_(ancestors(row.ward_id)), Device.state == "ready", Device.kind.in_(kinds), ~taken
    )
    return list(db.session.scalars(query.order_by(Device.state_since, Device.id).limit(MAX_ROWS)))


def batches(ward_id: int) -> list[tuple[InternetBatch, int]]:
    """Returns open batches with vouchers left for this ward, and the number left."""
    query = sa.select(InternetBatch).where(
        InternetBatch.unit_id.in_(ancestors(ward_id)), InternetBatch.closed_at.is_(None)
    )
    rows = list(db.session.scalars(query.order_by(InternetBatch.id).limit(MAX_ROWS)))
    left = count_vouchers_left([row.id for row in rows])
    return [(row, left[row.id]) for row in rows if left[row.id] > 0]


def count_vouchers_left(batch_ids: list[int]) -> dict[int, int]:
    """Counts the vouchers of these batches that are neither given nor promised; two queries."""
    free = sa.select(InternetVoucher.batch_id, sa.func.count()).where(
        InternetVoucher.batch_id.in_(batch_ids), InternetVoucher.state == "free",
        InternetVoucher.expires_on >= clock.today() + SPARE,
    )  # fmt: skip
    promised = sa.select(DeviceNeed.batch_id, sa.func.count()).where(
        DeviceNeed.batch_id.in_(batch_ids), DeviceNeed.state.in_(("proposed", "approved"))
    )
    there = {one: int(n) for one, n in db.session.execute(free.group_by(InternetVoucher.batch_id))}
    gone = {one: int(n) for one, n in db.session.execute(promised.group_by(DeviceNeed.batch_id))}
    return {one: there.get(one, 0) - gone.get(one, 0) for one in batch_ids}


def deciders(ward_id: int) -> int:
    """Counts the people who may decide in a ward."""
    return len(set(db.session.scalars(_deciders(ward_id))))


def _deciders(ward_id: int) -> sa.Select[Any]:
    return (
        sa.select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.unit_id.in_(ancestors(ward_id)),
            Membership.role.in_(sorted(STOCK)),
            Membership.state == "active",
            User.state == "active",
        )
        .distinct()
        .order_by(Membership.user_id)
        .limit(MAX_ROWS)
    )
