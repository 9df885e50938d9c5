"""Renames units, archives them and takes them up again.

An archived unit loses nothing: its members, codes, rota and figures stay. It takes no new members, codes and requests
until it is restored.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.bulk_import.models import UnitMerger
from tutoring.community.commands import unit_name
from tutoring.community.models import DutySlot, JoinCode, Membership, Nomination, Unit
from tutoring.community.queries import active_unit, code_is_over, roles_for
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.text import N_
from tutoring.policy import community as policy

SHOWN = 6  # names of units below that a page lists


@dataclass(frozen=True)
class OpenThings:
    """What is still open in a unit.

    Units below and a planned merger prevent the archive; members, codes and duty stay as they are.
    """

    below: list[str]
    more_below: bool
    merger: bool
    members: int
    waiting: int
    codes: int
    nominations: int
    duty: int

    @property
    def prevent(self) -> bool:
        """Returns whether the unit cannot be archived yet."""
        return bool(self.below) or self.merger


def may_manage(actor: User, place: Unit) -> bool:
    """Returns whether the actor may rename, archive and restore a unit: whoever may create it."""
    if place.parent_id is not None:
        held = roles_for(actor, place.parent_id)
    else:
        held = frozenset({"site_admin"} if actor.site_admin and not actor.lacks_factor else ())
    return policy.may_manage_unit(held, place.kind)


def _managed(actor: User, unit_id: int) -> Unit:
    """Returns the unit, which no other command changes meanwhile; raises NotFound for all others."""
    place = db.session.get(Unit, unit_id, with_for_update=True)
    if place is None or place.merged_into_id is not None or not may_manage(actor, place):
        raise NotFound
    return place


@command
def rename_unit(actor: User, unit_id: int, typed: str) -> Unit:
    """Gives a unit another name. Raises NotFound or InvalidInput."""
    place, name = _managed(actor, unit_id), unit_name(typed)
    if name != place.name:
        audit.record(actor.id, "rename_unit", f"unit:{unit_id}", was=place.name, name=name)
        place.name = name
    return place


def former_name(place: Unit) -> str:
    """Returns the name that the unit had before it was last renamed; empty when it never was."""
    query = sa.select(AuditRow.facts).where(AuditRow.target == f"unit:{place.id}", AuditRow.action == "rename_unit")
    facts = db.session.scalar(query.order_by(AuditRow.id.desc()).limit(1)) or {}
    return str(facts.get("was", ""))


@command
def archive_unit(actor: User, unit_id: int) -> Unit:
    """Archives a unit. Raises NotFound, or Conflict while units below are open or a merger is planned."""
    place = _managed(actor, unit_id)
    if place.archived:
        return place
    if open_below(unit_id):
        raise Conflict(N_("Ở đây còn nơi chưa lưu trữ. Hãy lưu trữ từng nơi ấy trước."))
    if merger_planned(unit_id):
        raise Conflict(N_("Nơi này đã hẹn sáp nhập với nơi khác. Hãy huỷ việc sáp nhập trước, rồi lưu trữ."))
    place.effective_to = clock.today()
    audit.record(actor.id, "archive_unit", f"unit:{unit_id}")
    return place


@command
def restore_unit(actor: User, unit_id: int) -> Unit:
    """Takes an archived unit up again, with all that it had. Raises NotFound, or Conflict below an archived unit."""
    place = _managed(actor, unit_id)
    if not place.archived:
        return place
    if place.parent_id is not None:
        active_unit(place.parent_id)
    place.effective_to = None
    audit.record(actor.id, "restore_unit", f"unit:{unit_id}")
    return place


def merger_planned(unit_id: int) -> bool:
    """Returns whether this unit is to become part of another, or another part of it."""
    planned = sa.or_(UnitMerger.from_id == unit_id, UnitMerger.into_id == unit_id)
    query = sa.select(UnitMerger.id).where(planned, UnitMerger.cancelled_at.is_(None), UnitMerger.done_at.is_(None))
    return db.session.scalar(query.limit(1)) is not None


def open_below(unit_id: int) -> list[str]:
    """Returns the names of some units right below that are not archived."""
    query = sa.select(Unit.name).where(Unit.parent_id == unit_id, Unit.effective_to.is_(None))
    return list(db.session.scalars(query.order_by(Unit.sort, Unit.id).limit(SHOWN + 1)))


def open_things(place: Unit) -> OpenThings:
    """Returns what is still open in a unit; three statements for any number of members."""
    below = open_below(place.id)

    def number(table: type[Membership | JoinCode | Nomination | DutySlot], *which: sa.ColumnElement[bool]) -> object:
        query = sa.select(sa.func.count()).select_from(table).where(table.unit_id == place.id, *which)
        return query.scalar_subquery()

    counts = db.session.execute(
        sa.select(
            number(Membership, Membership.state == "active"),
            number(Membership, Membership.state == "waiting"),
            number(JoinCode, ~code_is_over()),
            number(Nomination, Nomination.state == "nominated"),
            number(DutySlot),
        )  # type: ignore[call-overload]
    ).one()  # fmt: skip
    return OpenThings(below[:SHOWN], len(below) > SHOWN, merger_planned(place.id), *counts)


def archived_below(unit_id: int) -> list[Unit]:
    """Returns the archived units right below, the newest first."""
    query = sa.select(Unit).where(
        Unit.parent_id == unit_id, Unit.effective_to.is_not(None), Unit.merged_into_id.is_(None)
    )
    return list(db.session.scalars(query.order_by(Unit.effective_to.desc(), Unit.sort, Unit.id).limit(50)))
