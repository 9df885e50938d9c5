"""Commands for the duty rota, opening hours and reset codes.

Nominations of helpers are in `memberships/nominations.py`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.credentials.password_resets import create_reset_code
from tutoring.accounts.models import User
from tutoring.community.events import ResetCodeIssued
from tutoring.community.labels import WEEKDAYS, hour
from tutoring.community.models import DUTY_PLACES, DutyShift, DutySlot, Membership, Unit
from tutoring.community.queries import active_unit, roles_at, roles_for, unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF

LONGEST_SHIFT = timedelta(hours=12)


def _person(user_id: int) -> User:
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


# ---- duty -----------------------------------------------------------------------------------------------------


def _check_watcher(user_id: int, unit_id: int) -> None:
    if STAFF.isdisjoint(roles_at(user_id, unit_id)):
        raise InvalidInput(
            N_("Người trực phải là giáo viên, Trưởng khu phố, Trưởng ấp, công chức hoặc điều phối viên của đơn vị."),
            field="user_id",
        )


@command
def add_slot(
    actor: User, unit_id: int, user_id: int, weekday: int, starts: int, ends: int, place: str = "online"
) -> DutySlot:
    """Adds one weekly duty turn; see `add_slots`."""
    return add_slots(actor, unit_id, user_id, [weekday], starts, ends, place)[0]


@command
def add_slots(
    actor: User, unit_id: int, user_id: int, weekdays: Collection[int], starts: int, ends: int, place: str = "online"
) -> list[DutySlot]:
    """Adds the same weekly duty turn on several days, in minutes since local midnight; on all of them or on none.

    The place is online or the ward's service centre. Raises Forbidden, InvalidInput, or Conflict when the person has a
    turn at that time already.
    """
    if not policy.may_set_duty(roles_for(actor, unit_id)):
        raise Forbidden
    active_unit(unit_id)
    _check_watcher(user_id, unit_id)
    if not weekdays:
        raise InvalidInput(N_("Hãy chọn ít nhất một ngày."), field="days")
    if not all(0 <= day <= 6 for day in weekdays) or not 0 <= starts < ends <= 1440:
        raise InvalidInput(N_("Giờ bắt đầu phải trước giờ kết thúc."), field="ends")
    if place not in DUTY_PLACES or (place == "centre" and not policy.may_have_centre(unit(unit_id).kind)):
        raise InvalidInput(
            N_("Chỉ khu phố và phường, xã có ca trực tại Trung tâm Phục vụ hành chính công."), field="place"
        )
    made = [
        DutySlot(unit_id=unit_id, user_id=user_id, weekday=day, starts=starts, ends=ends, place=place)
        for day in sorted(set(weekdays))
    ]
    _add(actor, unit_id, user_id, made)
    return made


def _add(actor: User, unit_id: int, user_id: int, made: Sequence[DutySlot]) -> None:
    """Stores the turns of one person and records each. Raises Conflict when one of them is taken."""
    _check_free(user_id, unit_id, made)
    db.session.add_all(made)
    for one in made:
        audit.record(actor.id, "add_duty", f"unit:{unit_id}", user=user_id, place=one.place)
    db.session.flush()


def _check_free(user_id: int, unit_id: int, wanted: Iterable[DutySlot]) -> None:
    """Raises Conflict when a wanted turn overlaps one that this person has in this unit."""
    # Serializes the rota of one person: two planners must not write the same turn at once.
    person = db.session.get_one(User, user_id, with_for_update={"key_share": True})
    there = list(_slots_of(user_id, unit_id))
    for one in wanted:
        for other in there:
            if _overlap(one, other):
                told: dict[str, Any] = {"from": hour(other.starts), "to": hour(other.ends)}
                raise Conflict(
                    N_("%(name)s đã trực %(from)s–%(to)s ngày %(day)s. Hãy chọn giờ khác, hoặc bỏ ca ấy trước."),
                    field="starts", name=person.full_name, day=WEEKDAYS[other.weekday], **told,
                )  # fmt: skip


def _overlap(one: DutySlot, other: DutySlot) -> bool:
    """Returns whether two turns are at one place at the same time.

    A turn at the centre may lie within an online one.
    """
    same = one.weekday == other.weekday and one.place == other.place
    return same and one.starts < other.ends and other.starts < one.ends


def _slots_of(user_id: int, unit_id: int) -> sa.ScalarResult[DutySlot]:
    query = sa.select(DutySlot).where(DutySlot.unit_id == unit_id, DutySlot.user_id == user_id)
    return db.session.scalars(query.order_by(DutySlot.weekday, DutySlot.starts))


@command
def copy_slots(actor: User, unit_id: int, from_id: int, user_id: int) -> int:
    """Gives a person the weekly turns of another one in this unit; returns how many were added.

    Turns that both have stay as they are. Raises Forbidden, InvalidInput, or Conflict when other turns overlap.
    """
    if not policy.may_set_duty(roles_for(actor, unit_id)):
        raise Forbidden
    active_unit(unit_id)
    _check_watcher(user_id, unit_id)
    mine = {(one.weekday, one.starts, one.ends, one.place) for one in _slots_of(user_id, unit_id)}
    theirs = [(one.weekday, one.starts, one.ends, one.place) for one in _slots_of(from_id, unit_id)]
    if not theirs:
        raise InvalidInput(N_("Hãy chọn một người đã có ca trực để chép."), field="from")
    made = [
        DutySlot(unit_id=unit_id, user_id=user_id, weekday=day, starts=starts, ends=ends, place=place)
        for day, starts, ends, place in theirs
        if (day, starts, ends, place) not in mine
    ]
    _add(actor, unit_id, user_id, made)
    return len(made)


@command
def remove_slot(actor: User, slot_id: int) -> None:
    """Removes a weekly turn from the rota."""
    slot = db.session.get(DutySlot, slot_id)
    if slot is None or not policy.may_set_duty(roles_for(actor, slot.unit_id)):
        raise NotFound
    audit.record(actor.id, "remove_duty", f"unit:{slot.unit_id}", user=slot.user_id)
    db.session.delete(slot)


@command
def set_hours(actor: User, unit_id: int, opens: int | None, closes: int | None) -> Unit:
    """Sets when rooms with minors may be open, here and below; None inherits from above."""
    place = unit(unit_id)
    if not policy.may_set_hours(roles_for(actor, unit_id)):
        raise NotFound
    if (opens is None) != (closes is None) or (
        opens is not None and closes is not None and not 0 <= opens < closes <= 1440
    ):
        raise InvalidInput(N_("Giờ mở phải trước giờ đóng."), field="closes")
    place.opens, place.closes = opens, closes
    audit.record(actor.id, "set_hours", f"unit:{unit_id}", opens=opens, closes=closes)
    return place


@command
def take_duty(actor: User, unit_id: int, until: datetime) -> DutyShift:
    """Puts the actor on duty for a unit from now until a moment, at most twelve hours."""
    if not policy.may_take_duty(roles_for(actor, unit_id)):
        raise NotFound
    moment = clock.now()
    if not moment < until <= moment + LONGEST_SHIFT:
        raise InvalidInput(N_("Chọn giờ kết thúc trong vòng 12 giờ tới."), field="until")
    shift = DutyShift(unit_id=unit_id, user_id=actor.id, starts_at=moment, ends_at=until)
    db.session.add(shift)
    db.session.flush()
    return shift


@command
def end_duty(actor: User, shift_id: int) -> None:
    """Ends a duty shift."""
    shift = db.session.get(DutyShift, shift_id)
    if shift is None or (shift.user_id != actor.id and not policy.may_set_duty(roles_for(actor, shift.unit_id))):
        raise NotFound
    if shift.user_id != actor.id:
        audit.record(actor.id, "end_duty", f"unit:{shift.unit_id}", user=shift.user_id)
    shift.ends_at = max(clock.now(), shift.starts_at + timedelta(seconds=1))


# ---- power over accounts --------------------------------------------------------------------------------------


def roles_over_person(actor: User, person: User) -> frozenset[str]:
    """Returns the actor's roles over any unit to which the person belongs."""
    units = db.session.scalars(
        sa.select(Membership.unit_id).where(Membership.user_id == person.id, Membership.state != "ended")
    )
    roles: frozenset[str] = frozenset({"site_admin"} if actor.site_admin and not actor.lacks_factor else ())
    for unit_id in units:
        roles |= roles_for(actor, unit_id)
    return roles


def check_rank(actor: User, person: User) -> None:
    """Checks the rank over a person with power.

    The actor must be coordinator of every unit in which that person has power. Raises Forbidden.
    """
    query = sa.select(Membership.unit_id).where(
        Membership.user_id == person.id, Membership.state == "active", Membership.role.in_(policy.POWER - {"helper"})
    )
    if person.site_admin and not actor.site_admin:
        raise Forbidden
    if not policy.outranks([roles_for(actor, unit_id) for unit_id in db.session.scalars(query)]):
        raise Forbidden(N_("Người này còn giữ vai trò ở đơn vị khác. Việc này do điều phối viên của đơn vị đó làm."))


@command
def issue_reset_code(actor: User, user_id: int) -> str:
    """Issues a one-time code for a user who forgot the password.

    It is audited, and the guardian of a child is notified.
    """
    person = _person(user_id)
    if not policy.may_issue_reset_code(roles_over_person(actor, person), actor.id == user_id):
        raise NotFound
    check_rank(actor, person)
    code = create_reset_code(person, actor)
    audit.record(actor.id, "issue_reset_code", f"user:{user_id}")
    publish(ResetCodeIssued(user_id, actor.id))
    return code
