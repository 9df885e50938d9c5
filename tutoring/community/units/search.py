"""Search for people and units by the beginning of words; only people the user may see.

A name is found by its folded words; the last word may be incomplete. The cost is bounded by the user's scope or by the
name index, never by the size of the site. `docs/start-page.md` has the figures.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from tutoring.accounts.models import User
from tutoring.community.memberships.queries import reached, reached_by_children
from tutoring.community.models import Membership, Unit
from tutoring.community.units.scopes import scope_of
from tutoring.community.units.search_names import proper
from tutoring.kernel.database.sql import has_words
from tutoring.kernel.db import db
from tutoring.kernel.text import contains_words, name_key, search_text
from tutoring.policy.access import STAFF
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.community import CHILD_UNITS, GROUPS, POWER, member_seers

PEOPLE = PLACES = 8  # per page
WEIGHED = 100  # rows fetched at most before sorting
FEW = 30  # units, as many as a school has classes; for a larger scope the name index is used
OPEN_KINDS = GROUPS | {"city"}  # units whose names are on every document of the ward
_END = "z" * 12  # sorts after every continuation of a folded word


@dataclass(frozen=True)
class FoundPerson:
    """A person with their units.

    `membership_id` leads to their page; `child` marks the user's own child.
    """

    user: User
    units: tuple[Unit, ...] = ()
    membership_id: int | None = None
    child: bool = False


@dataclass(frozen=True)
class FoundPlace:
    """A unit, with whether the user or their child belongs there and whether the user runs it."""

    unit: Unit
    belongs: bool
    runs: bool


@dataclass(frozen=True)
class Sight:
    """What a user looks after: the units, if few, and where the user may see pupils."""

    user_id: int
    everything: bool
    roles: frozenset[str]
    units: dict[int, bool] | None  # unit id → knows its pupils; None if there are too many

    @property
    def any(self) -> bool:
        return self.everything or bool(self.roles)


def sight(actor: User) -> Sight:
    """Returns what this user looks after, with the second factor.

    Takes one query; staff need a few more.
    """
    held = db.session.scalars(
        sa.select(Membership.role)
        .where(Membership.user_id == actor.id, Membership.state == "active", Membership.role.in_(sorted(STAFF)))
        .distinct()
    )
    roles = roles_that_count(frozenset(held), actor.lacks_factor)
    everything = actor.site_admin and not actor.lacks_factor
    if not roles:
        return Sight(actor.id, everything, roles, {})
    rows = db.session.execute(_below(actor.id, roles).limit(FEW + 1)).all()
    known = _pupils_too(roles)
    pupils = set(db.session.scalars(_below(actor.id, known).limit(FEW + 1))) if known else set()
    units = None if len(rows) > FEW else {row[0]: row[0] in pupils for row in rows}
    return Sight(actor.id, everything, roles, units)


def _pupils_too(roles: frozenset[str]) -> frozenset[str]:
    return roles & member_seers("class")


def _below(user_id: int, roles: Collection[str]) -> Any:
    """Selects the ids of the units in which a user holds one of these roles, and all below."""
    return sa.select(Unit.id).where(scope_of(user_id, roles).covers())


def beginning(column: Any, words: Sequence[str]) -> sa.ColumnElement[bool]:
    """SQL condition: the column of words begins with these words; a range of its index.

    The last word may be incomplete.
    """
    row = f" {' '.join(words)}"
    return sa.and_(column >= row, column < f"{row}{_END}")


def people(looked_for: Sequence[str], seen: Sight, children: Iterable[User] = ()) -> list[FoundPerson]:
    """Returns matching children of the user and members of the units the user looks after.

    The member list shows these people too.
    """
    if not looked_for:
        return []
    found = [FoundPerson(one, child=True) for one in children if contains_words(_row(one), looked_for)]
    if seen.any:
        mine = {one.user.id for one in found}
        found += [one for one in _members(looked_for, seen) if one.user.id not in mine]
    return found[:PEOPLE]


def _row(user: User) -> str:
    return search_text(f"{user.called_name} {user.full_name}")


def _members(looked_for: Sequence[str], seen: Sight) -> list[FoundPerson]:
    query = (
        sa.select(Membership)
        .join(User, User.id == Membership.user_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .options(contains_eager(Membership.user), contains_eager(Membership.unit))
        .where(Membership.state == "active", *has_words(User.name_words, looked_for), _may_see(seen))
    )
    if seen.everything or seen.units is None:  # uses the name index: the called name must begin with one of the words
        query = query.where(sa.or_(*(beginning(User.name_words, [word]) for word in looked_for)))
    found: dict[int, list[Membership]] = {}
    for one in db.session.scalars(query.order_by(Membership.user_id, Membership.id).limit(WEIGHED)):
        found.setdefault(one.user_id, []).append(one)
    people = [FoundPerson(rows[0].user, tuple(row.unit for row in rows), rows[0].id) for rows in found.values()]
    return sorted(people, key=lambda one: (name_key(one.user.full_name), one.user.id))


def _may_see(seen: Sight) -> sa.ColumnElement[bool]:
    """The SQL version of `policy.community.may_see_member`."""
    pupils = Unit.kind.in_(sorted(CHILD_UNITS))
    ways: list[sa.ColumnElement[bool]] = []
    if seen.everything:
        ways.append(sa.or_(sa.not_(pupils), Membership.role.in_(sorted(POWER))))
    if seen.units is None:
        known = _pupils_too(seen.roles)
        ways.append(sa.and_(sa.not_(pupils), scope_of(seen.user_id, seen.roles).covers()))
        if known:
            ways.append(sa.and_(pupils, scope_of(seen.user_id, known).covers()))
    elif seen.units:
        ways.append(sa.and_(sa.not_(pupils), Membership.unit_id.in_(sorted(seen.units))))
        ways.append(sa.and_(pupils, Membership.unit_id.in_(sorted(id for id, knows in seen.units.items() if knows))))
    return sa.or_(sa.false(), *ways)


def places(actor: User | None, looked_for: Sequence[str], seen: Sight | None = None) -> list[FoundPlace]:
    """Returns matching units: the user's own, then those in scope, then other public units."""
    if not looked_for:
        return []
    mine = _own(actor) if actor is not None else frozenset()
    runs = set(seen.units or ()) if seen else set()
    near = _places(Unit.id.in_(sorted({*mine, *runs})), *has_words(Unit.name_words, looked_for)) if mine or runs else []
    open_here: sa.ColumnElement[bool] = Unit.kind.in_(sorted(OPEN_KINDS))
    if seen is not None and seen.everything:
        open_here = sa.true()
    elif seen is not None and seen.units is None:
        open_here = sa.or_(open_here, scope_of(seen.user_id, seen.roles).covers())
    far = _places(open_here, beginning(Unit.name_words, proper(looked_for)), *has_words(Unit.name_words, looked_for))
    found = {one.id: one for one in [*sorted(near, key=lambda one: one.id not in mine), *far]}
    wide = seen is not None and (seen.everything or seen.units is None)
    over = _over(seen, list(found)) if wide and seen is not None else runs
    return [FoundPlace(one, one.id in mine, one.id in over) for one in found.values()][:PLACES]


def _own(actor: User) -> frozenset[int]:
    theirs = reached_by_children(actor.id) if actor.kind == "adult" else frozenset()
    return reached(actor.id) | theirs


def _places(*which: sa.ColumnElement[bool]) -> list[Unit]:
    query = sa.select(Unit).where(Unit.effective_to.is_(None), Unit.merged_into_id.is_(None), *which)
    return list(db.session.scalars(query.order_by(Unit.name_words, Unit.id).limit(PLACES)))


def _over(seen: Sight, unit_ids: list[int]) -> set[int]:
    """Returns which of these units are in the scope of a user with a large scope."""
    if seen.everything:
        return set(unit_ids)
    query = sa.select(Unit.id).where(Unit.id.in_(unit_ids), scope_of(seen.user_id, seen.roles).covers())
    return set(db.session.scalars(query))


def names(unit_ids: Collection[int]) -> dict[int, str]:
    """Returns the names of these units, by id."""
    if not unit_ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids)))}
