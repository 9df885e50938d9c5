"""Queries for staff: pending approvals, a unit's page, a member, a code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import ROLES, JoinCode, Membership, Nomination, Unit
from tutoring.community.queries import roles_for, unit
from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import Scope, ids_on, scopes_by_role
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.kernel.text import fold
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF

SIZE = 50  # units per page
_PUPIL_PLACES = ("school", "class")


@dataclass(frozen=True)
class Waiting:
    """What waits for an approval."""

    members: list[Membership]
    codes: list[JoinCode]
    nominations: list[Nomination]

    def __len__(self) -> int:
        return len(self.members) + len(self.codes) + len(self.nominations)


def waiting_in(units: int | Scope | None, most: int = 200) -> Waiting:
    """Returns everything that waits in a unit, in a scope, or anywhere (None), oldest first."""

    kind: int | str | None
    told: dict[str, Any]
    if isinstance(units, Scope):
        kind, told = room_for(len(units.tops)), scope_values("staffed", units)
    else:
        kind, told = (None, {}) if units is None else ("unit", {"unit": units})
    told |= {"moment": clock.now(), "most": most}
    people, codes, vouched = (db.session.scalars(query, told) for query in _waiting(kind))
    return Waiting(list(people), list(codes), list(vouched))


@built_once  # building them takes longer than running them
def _waiting(kind: int | str | None) -> tuple[sa.Select[Any], ...]:
    """Builds what waits anywhere (None), in a unit ("unit"), or in a scope with room for so many units."""
    most: sa.BindParameter[int] = sa.bindparam("most", type_=sa.Integer)

    def here(column: Any) -> Any:
        if kind is None:
            return sa.true()
        return bound_scope("staffed", kind).holds(column) if isinstance(kind, int) else column == sa.bindparam("unit")

    people = (
        sa.select(Membership)
        .options(joinedload(Membership.user), joinedload(Membership.unit))
        .where(here(Membership.unit_id), Membership.state == "waiting")
        .order_by(Membership.id)
        .limit(most)
    )
    codes = (
        sa.select(JoinCode)
        .options(joinedload(JoinCode.unit))
        .where(
            here(JoinCode.unit_id),
            JoinCode.confirmed_at.is_(None),
            JoinCode.revoked_at.is_(None),
            JoinCode.expires_at > sa.bindparam("moment"),
        )
        .order_by(JoinCode.id)
        .limit(most)
    )
    vouched = (
        sa.select(Nomination)
        .options(joinedload(Nomination.user), joinedload(Nomination.unit), joinedload(Nomination.nominated_by))
        .where(here(Nomination.unit_id), Nomination.state == "nominated")
        .order_by(Nomination.id)
        .limit(most)
    )
    return people, codes, vouched


def waiting_for(actor: User) -> Waiting:
    """Returns what the actor may approve anywhere; never the actor's own or their children's."""
    everywhere = actor.site_admin
    over = {} if everywhere else scopes_by_role(actor.id, STAFF)

    def scope(*roles: str) -> Scope:
        return Scope.over(top for role in roles if role in over for top in over[role].tops)

    seen, full, coordinated = scope(*STAFF), scope("teacher", "coordinator"), scope("coordinator")
    found = waiting_in(None if everywhere else seen)
    own = _own_children(actor, [m.user_id for m in found.members])

    def coordinates(place: Unit) -> bool:
        return everywhere or coordinated.has(place.path)

    def shown(place: Unit, role: str = "learner") -> bool:
        if place.kind not in _PUPIL_PLACES or full.has(place.path):
            return True
        return everywhere and policy.gives_power(role)

    return Waiting(
        [m for m in found.members if shown(m.unit, m.role) and m.user_id != actor.id and m.user_id not in own],
        [c for c in found.codes if coordinates(c.unit) and c.created_by_id != actor.id],
        [
            n
            for n in found.nominations
            if shown(n.unit)
            and actor.id not in (n.user_id, n.nominated_by_id)
            and (coordinates(n.unit) or not policy.needs_coordinator(n.user.is_minor, n.barred_at))
        ],
    )


def _own_children(actor: User, user_ids: Iterable[int]) -> set[int]:
    ids = list(user_ids)
    told = {"guardian": actor.id, "children": ids_parameter(ids)}
    return set(db.session.scalars(_children_among(), told)) if ids else set()


@built_once
def _children_among() -> sa.Select[Any]:
    these = in_ids(Guardian.child_id, sa.bindparam("children"))
    return sa.select(Guardian.child_id).where(Guardian.guardian_id == sa.bindparam("guardian"), these)


# ---- one unit -------------------------------------------------------------------------------------------------


def units_above(place: Unit) -> list[Unit]:
    """Returns the units above this one, the topmost first."""
    ids = ids_on(place.path)[:-1]
    found = {one.id: one for one in db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids)))} if ids else {}
    return [found[id] for id in ids if id in found]


def units_below(unit_id: int | None, after: int = 0, size: int = SIZE, kind: str = "") -> Page[Unit]:
    """Returns the direct subunits of a unit (of this kind), or the top-level units, by name.

    `after` is the last unit of the previous page. Merged and archived units are left out.
    """
    query = sa.select(Unit).where(
        Unit.parent_id.is_(None) if unit_id is None else Unit.parent_id == unit_id,
        Unit.effective_to.is_(None),
        Unit.merged_into_id.is_(None),
    )
    if kind:
        query = query.where(Unit.kind == kind)
    if after and (last := db.session.get(Unit, after)) is not None:
        query = query.where(sa.or_(Unit.sort > last.sort, sa.and_(Unit.sort == last.sort, Unit.id > last.id)))
    return Page.of(list(db.session.scalars(query.order_by(Unit.sort, Unit.id).limit(size + 1))), size)


@dataclass(frozen=True)
class UnitPage:
    """A unit with what the viewer may do there."""

    unit: Unit
    held: frozenset[str]
    above: list[Unit]
    sees_members: bool
    may_give: list[str]


def unit_page(actor: User, unit_id: int) -> UnitPage:
    """Returns a unit for its staff; else raises NotFound."""
    place = unit(unit_id)
    roles = roles_for(actor, unit_id)
    if not policy.may_see_unit(roles):
        raise NotFound
    return UnitPage(
        unit=place,
        held=roles,
        above=units_above(place),
        sees_members=policy.may_see_members(roles, place.kind),
        may_give=[role for role in ROLES if policy.may_create_code(roles, role)],
    )


@dataclass(frozen=True)
class Approvals:
    """What waits for an approval in a unit, for one viewer with these roles."""

    held: frozenset[str]
    waiting: Waiting
    own_children: set[int]

    def may_confirm(self, member: Membership, actor: User) -> bool:
        """Returns whether the actor may be the second approver of this member."""
        own = member.user_id == actor.id
        return policy.may_confirm_member(self.held, member.role, own, member.user_id in self.own_children)


def approvals(actor: User, page: UnitPage) -> Approvals:
    """Returns what waits in a unit and may be seen by the viewer of its page."""
    found, kind = waiting_in(page.unit.id), page.unit.kind
    members = [m for m in found.members if policy.may_see_member(page.held, kind, m.role)]
    vouched = [n for n in found.nominations if policy.may_see_member(page.held, kind, "learner")]
    waiting = Waiting(members, found.codes, vouched)
    return Approvals(page.held, waiting, _own_children(actor, [m.user_id for m in members]))


def member(actor: User, membership_id: int) -> tuple[Membership, frozenset[str]]:
    """Returns a member and the actor's roles for staff of the unit; else raises NotFound."""
    query = (
        sa.select(Membership)
        .options(joinedload(Membership.user), joinedload(Membership.unit))
        .where(Membership.id == membership_id)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    roles = roles_for(actor, found.unit_id)
    if not policy.may_see_member(roles, found.unit.kind, found.role):
        raise NotFound
    return found, roles


def code(actor: User, code_id: int) -> tuple[JoinCode, frozenset[str]]:
    """Returns a join code for those who may create or approve it; else raises NotFound."""
    found = db.session.get(JoinCode, code_id)
    if found is None:
        raise NotFound
    roles = roles_for(actor, found.unit_id)
    if not policy.may_create_code(roles, found.role):
        raise NotFound
    return found, roles


def code_for(place: Unit | None, name: str) -> str:
    """Returns a free code for a new unit, made from its parent's code and its name."""
    stem = "-".join(fold(name).split())[:20] or "don-vi"
    stem = f"{place.code[:16]}-{stem}" if place else stem
    taken = set(db.session.scalars(sa.select(Unit.code).where(Unit.code.startswith(stem, autoescape=True))))
    return next(c for c in [stem, *(f"{stem}-{n}" for n in range(2, 10_000))] if c not in taken)
