"""Queries for units: the tree, memberships, roles and who is on duty."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import DutyShift, DutySlot, JoinCode, Membership, Nomination, Unit
from tutoring.community.positions import positions_of, read_positions
from tutoring.community.site_settings import LINK_HOSTS
from tutoring.community.units.scopes import ids_on, loaded_path
from tutoring.kernel import clock
from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.database.sql import built_once, exists_per_row, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.text import N_, fold
from tutoring.policy.access import STAFF
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.rooms.participation import TEACHING, observer_roles


def unit(unit_id: int) -> Unit:
    """Returns a unit; raises NotFound."""
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotFound
    return found


def active_unit(unit_id: int) -> Unit:
    """Returns a unit that takes new members, codes and requests; raises NotFound, or Conflict once it is archived."""
    found = unit(unit_id)
    if found.archived:
        raise Conflict(
            N_("%(unit)s đã lưu trữ nên không nhận thêm gì. Người lập đơn vị mở lại được ở thẻ Cài đặt."),
            unit=found.name,
        )
    return found


def above(unit_id: int | sa.BindParameter[int]) -> sa.CTE:
    """Returns a CTE of the ids of this unit (depth 0) and all units above it."""
    tree = (
        sa.select(Unit.id, Unit.parent_id, sa.literal(0).label("depth")).where(Unit.id == unit_id).cte(recursive=True)
    )
    parents = sa.select(Unit.id, Unit.parent_id, tree.c.depth + 1).where(Unit.id == tree.c.parent_id, tree.c.depth < 8)
    return tree.union_all(parents)


def ancestors(unit_id: int) -> list[int]:
    """Returns the ids of this unit and all units above it, nearest first."""
    return list(_ancestors(unit_id))


@once_in_request
def _ancestors(unit_id: int) -> tuple[int, ...]:
    path = loaded_path(unit_id)
    if path is None:
        db.session.flush()
        path = next((row.path for row in _path(db.session.connection(), unit=unit_id)), "")
    return tuple(reversed(ids_on(path)))


_path = PrecompiledStatement(
    lambda _for_sqlite: sa.select(Unit.path).where(Unit.id == sa.bindparam("unit", type_=sa.Integer))
)


def link_hosts(unit_id: int) -> list[str]:
    """Returns the hosts to which this unit, one above it, or the site allows links."""
    rows = db.session.scalars(sa.select(Unit.link_hosts).where(Unit.id.in_(ancestors(unit_id))))
    return sorted({*LINK_HOSTS(), *(host for hosts in rows for host in hosts.split())})


def duty_phone(unit_id: int) -> tuple[str, str] | None:
    """Returns the name and emergency number of the nearest unit, here or above, that has one."""
    above = ancestors(unit_id)
    rows = db.session.execute(_phones(), {"units": ids_parameter(above)})
    found = {id: (name, number) for id, name, number in rows}
    return next((found[id] for id in above if id in found), None)


@built_once
def _phones() -> sa.Select[int, str, str]:
    here = in_ids(Unit.id, sa.bindparam("units"))
    return sa.select(Unit.id, Unit.name, Unit.duty_phone).where(here, Unit.duty_phone != "")


def duty_phones_of(user_id: int) -> list[tuple[str, str]]:
    """Returns the emergency numbers of a user: one for each of their units, without duplicates."""
    mine = sa.select(Unit.path).join(Membership, Membership.unit_id == Unit.id)
    mine = mine.where(Membership.user_id == user_id, Membership.state == "active").distinct().order_by(Unit.path)
    above = [ids_on(path) for path in db.session.scalars(mine)]
    rows = db.session.execute(_phones(), {"units": ids_parameter({id for ids in above for id in ids})})
    set_in = {id: (name, number) for id, name, number in rows}
    nearest = (next((set_in[id] for id in reversed(ids) if id in set_in), None) for ids in above)
    return list(dict.fromkeys(found for found in nearest if found is not None))


def descendants(unit_id: int) -> list[int]:
    """Returns the ids of this unit and all below it.

    For a city these are tens of thousands; for what a user looks after, use `units/scopes.py`.
    """
    return list(db.session.scalars(_branch(), {"unit": unit_id}))


@cache
def _branch() -> sa.Select[Any]:
    tree = sa.select(Unit.id).where(Unit.id == sa.bindparam("unit", type_=sa.Integer)).cte(recursive=True)
    tree = tree.union_all(sa.select(Unit.id).where(Unit.parent_id == tree.c.id))
    return sa.select(tree.c.id)


def memberships(user_id: int, states: Iterable[str] = ("active",)) -> list[Membership]:
    """Returns a user's memberships with their units, oldest first."""
    return list(_memberships_in(user_id, tuple(states)))


@once_in_request
def _memberships_in(user_id: int, states: tuple[str, ...]) -> list[Membership]:
    return list(db.session.scalars(_memberships(), {"user": user_id, "states": list(states)}))


@cache  # runs at every claim, like the next one; building the statement costs more than executing it
def _memberships() -> sa.Select[Any]:
    return (
        sa.select(Membership)
        .options(joinedload(Membership.unit))
        .where(Membership.user_id == sa.bindparam("user"), Membership.state.in_(sa.bindparam("states", expanding=True)))
        .order_by(Membership.id)
    )


def roles_of(user_id: int) -> frozenset[str]:
    """Returns all roles a user holds anywhere, and site_admin."""
    found, admin = read_positions(user_id)
    held = frozenset(one.role for one in found)
    return held | {"site_admin"} if admin else held


def roles_at(user_id: int, unit_id: int) -> frozenset[str]:
    """Returns the roles of a user at this unit or above it.

    For example, a coordinator of a school is coordinator of its classes too.
    """
    over = frozenset(ancestors(unit_id))
    return frozenset(one.role for one in positions_of(user_id) if one.unit_id in over)


def acting_roles_at(actor: User, unit_id: int) -> frozenset[str]:
    """Returns the roles of a user who acts.

    Roles with power count only if the sign-in used the second factor.
    """
    return roles_that_count(roles_at(actor.id, unit_id), actor.lacks_factor)


def roles_for(actor: User, unit_id: int) -> frozenset[str]:
    """Returns the acting roles of a user at this unit or above, and site_admin."""
    roles = acting_roles_at(actor, unit_id)
    return roles | {"site_admin"} if actor.site_admin and not actor.lacks_factor else roles


def nearest_teachers(unit_id: int) -> list[int]:
    """Returns the teachers and coordinators nearest to a unit.

    They belong to the unit itself, or to the next unit above it that has any.
    """
    tree = above(unit_id)
    query = (
        sa.select(tree.c.depth, Membership.user_id)
        .join(Membership, Membership.unit_id == tree.c.id)
        .where(Membership.state == "active", Membership.role.in_(TEACHING), Membership.confirmed_at.is_not(None))
        .order_by(tree.c.depth, Membership.user_id)
    )
    rows = db.session.execute(query).all()
    nearest = rows[0].depth if rows else 0
    return list(dict.fromkeys(row.user_id for row in rows if row.depth == nearest))


def units_of(user_id: int, roles: Iterable[str]) -> list[Unit]:
    """Returns the units in which a user holds one of these roles."""
    return _units({one.unit_id for one in positions_of(user_id, frozenset(roles))})


def staff_roles(user_id: int) -> dict[Unit, set[str]]:
    """Returns the units in which a user is staff, each with the roles held there."""
    roles: dict[int, set[str]] = {}
    for one in positions_of(user_id, STAFF):
        roles.setdefault(one.unit_id, set()).add(one.role)
    return {place: roles[place.id] for place in _units(roles)}


def _units(unit_ids: Collection[int]) -> list[Unit]:
    return list(db.session.scalars(_units_by_id(), {"ids": ids_parameter(unit_ids)})) if unit_ids else []


@built_once  # runs on each page view of every user who looks after a unit
def _units_by_id() -> sa.Select[Any]:
    return sa.select(Unit).where(in_ids(Unit.id, sa.bindparam("ids"))).order_by(Unit.id)


def on_duty(unit_id: int, moment: datetime | None = None, *, minors: bool, but: Iterable[int] = ()) -> list[User]:
    """Returns vetted adults on duty online now for this unit; `but` excludes users.

    Duty at a unit above counts too. People on duty at the service centre do not watch. For a room with minors only
    teachers and coordinators count. A turn counts only while the person holds the role, so an ended membership ends
    the duty too.
    """
    moment = moment or clock.now()
    here = clock.local(moment)
    facts = {
        "unit": unit_id, "moment": moment, "weekday": here.weekday(), "minute": here.hour * 60 + here.minute,
        "roles": sorted(observer_roles(minors)), "but": list(but),
    }  # fmt: skip
    return list(db.session.scalars(_on_duty(), facts))


@cache
def _on_duty() -> sa.Select[Any]:
    def told(name: str, expanding: bool = False) -> sa.BindParameter[Any]:
        return sa.bindparam(name, expanding=expanding)

    roles, but = told("roles", True), told("but", True)
    minute, moment = told("minute"), told("moment")
    tree = above(sa.bindparam("unit", type_=sa.Integer))
    places = sa.select(tree.c.id)
    slots = sa.select(DutySlot.user_id).where(
        DutySlot.unit_id.in_(places),
        DutySlot.place == "online",
        DutySlot.weekday == told("weekday"),
        DutySlot.starts <= minute,
        DutySlot.ends > minute,
    )
    shifts = sa.select(DutyShift.user_id).where(
        DutyShift.unit_id.in_(places), DutyShift.starts_at <= moment, DutyShift.ends_at > moment
    )
    watches = exists_per_row(
        sa.select(Membership.id).where(
            Membership.user_id == User.id,
            Membership.unit_id.in_(places),
            Membership.state == "active",
            Membership.role.in_(roles),
            Membership.confirmed_at.is_not(None),
        )
    )
    return (
        sa.select(User)
        .where(
            User.id.in_(sa.union(slots, shifts)),
            watches,
            User.state == "active",
            User.kind == "adult",
            User.id.not_in(but),
        )
        .order_by(User.id)
    )


def duty_of(unit_id: int) -> tuple[list[DutySlot], list[DutyShift]]:
    """Returns the weekly turns of a unit and its shifts that are not over."""
    slots = sa.select(DutySlot).options(joinedload(DutySlot.user)).where(DutySlot.unit_id == unit_id)
    shifts = (
        sa.select(DutyShift)
        .options(joinedload(DutyShift.user))
        .where(DutyShift.unit_id == unit_id, DutyShift.ends_at > clock.now())
    )
    return (
        list(db.session.scalars(slots.order_by(DutySlot.weekday, DutySlot.starts))),
        list(db.session.scalars(shifts.order_by(DutyShift.starts_at))),
    )


def nomination(user_id: int) -> Nomination | None:
    """Returns the nomination of this user as helper, or None."""
    query = (
        sa.select(Nomination)
        .options(joinedload(Nomination.unit), joinedload(Nomination.nominated_by))
        .where(Nomination.user_id == user_id)
    )
    return db.session.scalar(query)


def find_code(typed: str, lock: bool = False) -> JoinCode | None:
    """Finds a join code as users enter it, ignoring case, accents, blanks and hyphens.

    With `lock`, inside a command, concurrent uses of the same code are serialized.
    """
    plain = plain_code(typed)
    if not plain or len(plain) > 40:
        return None
    query = sa.select(JoinCode).where(JoinCode.code == plain)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def plain_code(typed: str) -> str:
    """Returns the stored form of an entered code."""
    return "".join(c for c in fold(typed).upper() if c.isalnum())


def code_is_over() -> sa.ColumnElement[bool]:
    """SQL condition: nobody can use a join code any more. One that waits for approval is not over."""
    return sa.or_(
        JoinCode.revoked_at.is_not(None), JoinCode.expires_at <= clock.now(), JoinCode.uses >= JoinCode.max_uses
    )


def codes_of(unit_id: int, roles: Collection[str], most: int = 10) -> list[JoinCode]:
    """Returns the newest codes of a unit for these roles that are usable or wait for approval."""
    query = sa.select(JoinCode).where(JoinCode.unit_id == unit_id, JoinCode.role.in_(sorted(roles)), ~code_is_over())
    return list(db.session.scalars(query.order_by(JoinCode.id.desc()).limit(most)))


def members(unit_id: int, state: str = "active") -> list[Membership]:
    """Returns the members of exactly this unit."""
    query = (
        sa.select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.unit_id == unit_id, Membership.state == state)
        .order_by(Membership.id)
    )
    return list(db.session.scalars(query))


def own_membership(user_id: int, membership_id: int) -> Membership:
    """Returns one of a user's own memberships that has not ended; raises NotFound."""
    found = db.session.get(Membership, membership_id)
    if found is None or found.user_id != user_id or found.state == "ended":
        raise NotFound
    return found
