"""Merges one unit into another from a date on.

Members, subunits, codes and duty move to the new unit. Past records stay with the old one, so that statistics and the
audit chain remain true.
"""

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import User
from tutoring.community.bulk_import.models import UnitMerger
from tutoring.community.events import UnitsMerged
from tutoring.community.models import DutyShift, DutySlot, JoinCode, Membership, Nomination, Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.community import may_merge_units


def plan_merger(by_id: int | None, old_code: str, into_code: str, on: date) -> None:
    """Plans a merger inside the running command, from validated lines.

    From `on`, the unit `old_code` is part of `into_code`.
    """
    units = {one.code: one for one in db.session.scalars(sa.select(Unit).where(Unit.code.in_([old_code, into_code])))}
    old, into = units[old_code], units[into_code]
    known = planned_for(old.id)
    if known is not None and known.into_id == into.id and known.on == on:
        return
    if known is not None or old.merged_into_id is not None:
        raise Conflict(N_("Đơn vị này đã nhập, hoặc đã hẹn nhập, vào nơi khác."))
    made = UnitMerger(from_id=old.id, into_id=into.id, on=on, by_id=by_id)
    db.session.add(made)
    db.session.flush()
    audit.record(by_id, "plan_merger", f"unit:{old.id}", into=into.id, on=on.isoformat())
    jobs.enqueue("community.merge", _key(made), datetime.combine(on, time(), clock.LOCAL), merger_id=made.id)


def _key(merger: UnitMerger) -> str:
    return f"merge:{merger.id}"


def planned_for(unit_id: int) -> UnitMerger | None:
    """Returns the planned merger of this unit, or None."""
    query = sa.select(UnitMerger).where(
        UnitMerger.from_id == unit_id, UnitMerger.cancelled_at.is_(None), UnitMerger.done_at.is_(None)
    )
    return db.session.scalar(query)


def may_cancel_merger(actor: User, merger: UnitMerger) -> bool:
    """Returns whether the actor may still cancel the merger."""
    return merger.done_at is None and may_merge_units(
        [roles_for(actor, merger.from_id), roles_for(actor, merger.into_id)]
    )


@command
def cancel_merger(actor: User, unit_id: int) -> Unit:
    """Cancels a merger that has not taken effect yet."""
    place, known = unit(unit_id), planned_for(unit_id)
    if known is None or not may_cancel_merger(actor, known):
        raise NotFound
    known.cancelled_at = clock.now()
    jobs.cancel(_key(known))
    audit.record(actor.id, "cancel_merger", f"unit:{unit_id}", into=known.into_id)
    return place


@jobs.job("community.merge")
def _merge(payload: dict[str, int]) -> None:
    """Merges the units on the planned date.

    It runs in one transaction, so that no member is in neither unit or in both.
    """
    merger = db.session.get(UnitMerger, payload["merger_id"], with_for_update=True)
    if merger is None or merger.done_at is not None or merger.cancelled_at is not None:
        return
    old, into = unit(merger.from_id), unit(merger.into_id)
    moment = clock.now()
    _move_members(old.id, into.id, moment)
    _move_below(old, into)
    for model in (JoinCode, Nomination, DutySlot, DutyShift):
        db.session.execute(sa.update(model).where(model.unit_id == old.id).values(unit_id=into.id))
    old.effective_to, old.merged_into_id, merger.done_at = merger.on, into.id, moment
    audit.record(merger.by_id, "merge_units", f"unit:{old.id}", into=into.id)
    publish(UnitsMerged(old.id, into.id))


def _move_members(old_id: int, into_id: int, moment: datetime) -> None:
    """Moves the members of the old unit to the new one from this moment.

    The old memberships end and stay, so that earlier actions still count where they were done.
    """
    moving = sa.and_(Membership.unit_id == old_id, Membership.state != "ended")
    mine = aliased(Membership)
    there = sa.exists().where(mine.user_id == Membership.user_id, mine.role == Membership.role, mine.unit_id == into_id)
    names = ("user_id", "role", "state", "brought_by_id", "confirmed_by_id")
    fresh = sa.select(
        sa.literal(into_id), sa.literal(moment), sa.case((Membership.confirmed_at.is_not(None), moment)),
        *(getattr(Membership, name) for name in names),
    ).where(moving, ~there)  # fmt: skip
    source = aliased(Membership)
    again = (
        sa.select(source.id)
        .where(
            source.unit_id == old_id, source.state == "active",
            source.user_id == Membership.user_id, source.role == Membership.role,
        )
        .exists()
    )  # fmt: skip
    db.session.execute(
        sa.update(Membership)
        .where(Membership.unit_id == into_id, Membership.state != "active", again)
        .values(state="active", ended_at=None, created_at=moment, confirmed_at=moment)
    )
    db.session.execute(sa.insert(Membership).from_select(("unit_id", "created_at", "confirmed_at", *names), fresh))
    db.session.execute(sa.update(Membership).where(moving).values(state="ended", ended_at=moment))


def _move_below(old: Unit, into: Unit) -> None:
    change = sa.update(Unit).execution_options(synchronize_session=False)
    db.session.execute(change.where(Unit.parent_id == old.id).values(parent_id=into.id))
    if old.kind == "ward":
        db.session.execute(change.where(Unit.ward_id == old.id, Unit.id != old.id).values(ward_id=into.id))
    if old.kind == "school":
        db.session.execute(
            change.where(Unit.school_id == old.id, Unit.id != old.id).values(school_id=into.id, ward_id=into.ward_id)
        )
