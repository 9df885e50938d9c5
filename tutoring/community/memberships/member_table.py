"""The members of a unit as a table: pages, order, words, filters, and who of those that wait may be confirmed at once.

Each viewer gets the rows that the policy shows by name. Names sort as in Vietnamese dictionaries, which no database
does alike: for that order the names of a unit are sorted here, and only the rows of the page are read in full.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import ROLES, Membership, Nomination, Unit
from tutoring.kernel.database.sql import has_text, has_words, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.paging import Numbered, Wanted, numbered, part
from tutoring.kernel.text import fold, name_key, words
from tutoring.policy import community as policy

STATES: Final = ("waiting", "suspended")  # besides "", which is everybody who is confirmed
ORDERS: Final = {
    "name": User.id,  # by name; the expression is not used
    "role": sa.case({role: n for n, role in enumerate(ROLES)}, value=Membership.role),
    "username": User.username,
    "since": Membership.created_at,
}


@dataclass(frozen=True)
class Member:
    """One member of a table; `may_confirm` says whether the viewer may confirm the member together with others."""

    id: int
    user_id: int
    role: str
    state: str
    since: Any
    full_name: str
    called_name: str
    username: str
    kind: str
    grade: int | None
    user_state: str
    nomination: str | None
    may_confirm: bool = False
    may_end: bool = False  # together with others: a pupil or parent who is confirmed
    must_tell: bool = False  # a guardian must be told first, which only the page of this member asks

    @property
    def suspended(self) -> bool:
        return self.user_state == "suspended"


def visible_roles(held: Collection[str], kind: str) -> list[str]:
    """Returns the roles whose holders the viewer may see by name in a unit of this kind."""
    return [role for role in ROLES if policy.may_see_member(held, kind, role)]


def members(actor: User, place: Unit, held: Collection[str], wanted: Wanted) -> Numbered[Member]:
    """Returns a page of the members of exactly this unit whom the viewer may see by name."""
    query = _members(place, visible_roles(held, place.kind), wanted)
    found = _by_name(query, wanted) if wanted.order == "name" else numbered(query, wanted, ORDERS, Membership.id)
    rows = [Member(*row) for row in found.items]
    rows = [replace(row, may_end=may_end_together(actor, held, row)) for row in rows]
    return Numbered(_with_acts(actor, held, rows), found.more, found.total, found.number, found.size)


def _members(place: Unit, roles: list[str], wanted: Wanted) -> Any:
    query = (
        sa.select(
            Membership.id, User.id, Membership.role, Membership.state, Membership.created_at, User.full_name,
            User.called_name, User.username, User.kind, User.grade, User.state, Nomination.state,
        )
        .join(User, User.id == Membership.user_id)
        .join(Nomination, Nomination.user_id == User.id, isouter=True)
        .where(Membership.unit_id == place.id, Membership.role.in_(roles), *_in_state(wanted.chosen.get("state", "")))
    )  # fmt: skip
    if role := wanted.chosen.get("role"):
        query = query.where(Membership.role == role)
    if looked_for := words(wanted.words):
        by_name = sa.and_(*has_words(User.name_words, looked_for))
        query = query.where(sa.or_(by_name, has_text(User.username, fold(wanted.words).strip())))
    return query


def may_end_together(actor: User, held: Collection[str], row: Member) -> bool:
    """Whether the viewer may end this member together with others; for roles with power the page asks who it is."""
    return (
        row.state == "active" and row.user_id != actor.id and not policy.gives_power(row.role)
        and policy.may_end_member(held, row.role)
    )  # fmt: skip


def ending_of(actor: User, place: Unit, held: Collection[str], ids: Collection[int]) -> list[Member]:
    """Returns those of these members of this unit whom the viewer may end together, by name."""
    query = _members(place, visible_roles(held, place.kind), Wanted()).where(in_ids(Membership.id, ids))
    rows = [Member(*row) for row in db.session.execute(query)]
    found = [row for row in rows if may_end_together(actor, held, row)]
    return sorted(found, key=lambda row: (name_key(row.full_name), row.id))


def waiting_of(actor: User, place: Unit, held: Collection[str], ids: Collection[int]) -> list[Member]:
    """Returns those of these members that wait in this unit and that the viewer may see by name.

    Those with power are left out: their page asks who the viewer is.
    """
    wanted = Wanted(chosen={"state": "waiting"})
    query = _members(place, visible_roles(held, place.kind), wanted).where(in_ids(Membership.id, ids))
    rows = [Member(*row) for row in db.session.execute(query.order_by(Membership.id))]
    return _with_acts(actor, held, [row for row in rows if not policy.gives_power(row.role)])


def _in_state(state: str) -> list[sa.ColumnElement[bool]]:
    if state == "waiting":
        return [Membership.state == "waiting"]
    return [Membership.state == "active", *([User.state == "suspended"] if state == "suspended" else [])]


def _by_name(query: Any, wanted: Wanted) -> Numbered[Any]:
    names = db.session.execute(query.with_only_columns(Membership.id, User.full_name, maintain_column_froms=True))
    order = [row[0] for row in sorted(names, key=lambda row: (name_key(row[1]), row[0]), reverse=wanted.falling)]
    page = part(order, wanted.page, wanted.size)
    rows = {row[0]: row for row in db.session.execute(query.where(in_ids(Membership.id, page.items)))}
    return replace(page, items=[rows[one] for one in page.items])


def _with_acts(actor: User, held: Collection[str], rows: list[Member]) -> list[Member]:
    """Adds to those who wait whether the viewer may confirm them; two statements while somebody waits."""
    waiting = [row.user_id for row in rows if row.state == "waiting" and not policy.gives_power(row.role)]
    if not waiting:
        return rows
    links = db.session.execute(
        sa.select(Guardian.child_id, Guardian.guardian_id).where(in_ids(Guardian.child_id, waiting))
    ).all()
    own = {row.child_id for row in links if row.guardian_id == actor.id}
    told = {row.child_id for row in links if row.guardian_id is not None}
    return [_with_act(actor, held, row, own, told) if row.user_id in waiting else row for row in rows]


def _with_act(actor: User, held: Collection[str], row: Member, own: set[int], told: set[int]) -> Member:
    may = policy.may_confirm_member(held, row.role, row.user_id == actor.id, row.user_id in own)
    must_tell = row.kind == "youth" and row.user_id not in told
    return replace(row, may_confirm=may and not must_tell, must_tell=may and must_tell)


@dataclass(frozen=True)
class Counts:
    """How many members the viewer may see by name, by state and by role, and how many more there are."""

    by_state: dict[str, int]
    by_role: dict[str, int]
    unnamed: int


def count_members(place: Unit, held: Collection[str]) -> Counts:
    """Counts the members of exactly this unit in one statement."""
    suspended = sa.func.count().filter(User.state == "suspended")
    query = (
        sa.select(Membership.role, Membership.state, sa.func.count(), suspended)
        .join(User, User.id == Membership.user_id)
        .where(Membership.unit_id == place.id, Membership.state != "ended")
        .group_by(Membership.role, Membership.state)
    )
    seen = visible_roles(held, place.kind)
    by_state, by_role, unnamed = dict.fromkeys(("", *STATES), 0), dict[str, int](), 0
    for role, state, many, locked in db.session.execute(query):
        if role not in seen:
            unnamed += many if state == "active" else 0
        elif state == "waiting":
            by_state["waiting"] += many
        else:
            by_state[""] += many
            by_state["suspended"] += locked
            by_role[role] = by_role.get(role, 0) + many
    return Counts(by_state, by_role, unnamed)
