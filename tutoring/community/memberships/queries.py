"""Queries for memberships: where one or many people belong, and who belongs to a unit.

The cost of the queries about people does not grow with the size of a unit. Members are listed in the order of
Vietnamese names.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import children
from tutoring.community.models import UNIT_KINDS, Membership, Nomination, Unit
from tutoring.community.positions import positions_of
from tutoring.community.queries import ancestors
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.text import fold, name_key
from tutoring.policy.access import STAFF


def classes_of(pupil_id: int) -> frozenset[int]:
    """Returns the classes of which a person is a confirmed pupil."""
    held = positions_of(pupil_id, ("learner",))
    return frozenset(one.unit_id for one in held if one.confirmed and one.kind == "class")


def _pupils(*columns: Any) -> sa.Select[Any]:
    """Selects these columns of confirmed memberships as a pupil; only the unit by default."""
    return (
        sa.select(*(columns or (Membership.unit_id,)))
        .select_from(Membership)
        .where(Membership.role == "learner", Membership.state == "active", Membership.confirmed_at.is_not(None))
    )


def reached(user_id: int) -> frozenset[int]:
    """Returns the units of a person's memberships, and all units above them."""
    return frozenset[int]().union(*(ids_above(one.path) for one in positions_of(user_id)))


def in_some_ward(user_id: int) -> bool:
    """Returns whether a person belongs to a ward or to a unit in one."""
    query = sa.select(Membership.id).join(Unit, Unit.id == Membership.unit_id)
    query = query.where(Membership.user_id == user_id, Membership.state == "active", Unit.ward_id.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


@once_in_request
def reached_by_children(guardian_id: int) -> frozenset[int]:
    """Returns the classes and schools of a guardian's children, and all units above them."""
    if not any(tie.confirmed_at for tie in children(guardian_id)):
        return frozenset()
    return frozenset(db.session.scalars(_reached_by_children(), {"guardian": guardian_id}))


@cache
def _reached_by_children() -> sa.Select[Any]:
    theirs = _of_children().where(Guardian.guardian_id == sa.bindparam("guardian"))
    return _upwards(theirs)


def _of_children(*columns: Any) -> sa.Select[Any]:
    """Selects these columns of pupil memberships of children with a confirmed guardian."""
    return (
        _pupils(*columns)
        .join(Guardian, Guardian.child_id == Membership.user_id)
        .join(User, User.id == Guardian.child_id)
        .where(Guardian.confirmed_at.is_not(None), User.state == "active")
    )


def places_of(person_id: int, kinds: Collection[str]) -> list[Unit]:
    """Returns the units of these kinds to which a person or their child belongs, nearest first.

    Memberships in units below count too.
    """
    here = reached(person_id) | reached_by_children(person_id)
    if not here:
        return []
    found = db.session.scalars(_places(), {"ids": ids_parameter(here), "kinds": list(kinds)}).all()
    return sorted(found, key=lambda place: (UNIT_KINDS.index(place.kind), place.id), reverse=True)


@built_once
def _places() -> sa.Select[Any]:
    of_kind = sa.and_(Unit.kind.in_(sa.bindparam("kinds", expanding=True)), Unit.effective_to.is_(None))
    return sa.select(Unit).where(in_ids(Unit.id, sa.bindparam("ids")), of_kind)


class Belonging:
    """Memberships and roles of many people, loaded in two queries."""

    def __init__(self, user_ids: Collection[int]) -> None:
        own = (
            sa.select(
                Membership.user_id, Membership.unit_id, Membership.role, Membership.confirmed_at, Unit.kind, Unit.path
            )
            .join(Unit, Unit.id == Membership.unit_id)
            .where(in_ids(Membership.user_id, user_ids), Membership.state == "active")
        )
        self._own = _by_person(own)
        theirs = _of_children(Guardian.guardian_id, Unit.path).join(Unit, Unit.id == Membership.unit_id)
        self._of_children = _by_person(theirs.where(in_ids(Guardian.guardian_id, user_ids)))

    def roles_at(self, user_id: int, path: str) -> frozenset[str]:
        """Returns the roles of a person at the unit of this path or above it."""
        over = ids_above(path)
        return frozenset(one.role for one in self._own[user_id] if one.unit_id in over)

    def classes_of(self, user_id: int) -> frozenset[int]:
        """Does the same as the module function of this name, as do the two methods below."""
        pupil = [one for one in self._own[user_id] if one.role == "learner" and one.confirmed_at is not None]
        return frozenset(one.unit_id for one in pupil if one.kind == "class")

    def reached(self, user_id: int) -> frozenset[int]:
        return frozenset().union(*(ids_above(one.path) for one in self._own[user_id]))

    def reached_by_children(self, guardian_id: int) -> frozenset[int]:
        return frozenset().union(*(ids_above(one.path) for one in self._of_children[guardian_id]))


def _by_person(query: Any) -> defaultdict[int, list[Any]]:
    """Groups the rows of a query by their first column."""
    found = defaultdict[int, list[Any]](list)
    for row in db.session.execute(query):
        found[row[0]].append(row)
    return found


def _upwards(start: sa.Select[Any]) -> sa.Select[Any]:
    """Selects the units of a query and all units above them."""
    named = start.subquery()
    tree = sa.select(Unit.id, Unit.parent_id).where(Unit.id.in_(sa.select(named.c.unit_id))).cte(recursive=True)
    # A UNION without duplicates stops at the top of the tree.
    tree = tree.union(sa.select(Unit.id, Unit.parent_id).where(Unit.id == tree.c.parent_id))
    return sa.select(tree.c.id)


MOST = 2000


@dataclass(frozen=True)
class Name:
    """One member of a list."""

    membership_id: int
    user_id: int
    role: str
    full_name: str
    called_name: str
    username: str
    kind: str
    state: str
    nomination: str | None


def names(unit_id: int, words: str = "") -> list[Name]:
    """Returns the members of exactly this unit whose names contain these words, by Vietnamese name."""
    query = (
        sa.select(
            Membership.id, User.id, Membership.role, User.full_name, User.called_name, User.username, User.kind,
            User.state, Nomination.state,
        )
        .join(User, User.id == Membership.user_id)
        .join(Nomination, Nomination.user_id == User.id, isouter=True)
        .where(Membership.unit_id == unit_id, Membership.state == "active")
        .limit(MOST)
    )  # fmt: skip
    found = [Name(*row) for row in db.session.execute(query)]
    if wanted := fold(words).strip():
        found = [n for n in found if wanted in fold(f"{n.full_name} {n.called_name} {n.username}")]
    return sorted(found, key=lambda n: name_key(n.full_name))


def of_people(unit_id: int, user_ids: Collection[int]) -> dict[int, int]:
    """Returns the active memberships of these people in exactly this unit: user id to membership id."""
    if not user_ids:
        return {}
    query = sa.select(Membership.user_id, Membership.id).where(
        Membership.unit_id == unit_id, Membership.user_id.in_(user_ids), Membership.state == "active"
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def second_approvers(unit_id: int, roles: Iterable[str], admins: bool = True) -> list[User]:
    """Returns possible second approvers: holders of these roles here or above, and site admins."""
    members = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(ancestors(unit_id)), Membership.role.in_(list(roles)), Membership.state == "active"
    )
    query = (
        sa.select(User)
        .where(sa.or_(User.id.in_(members), User.site_admin if admins else sa.false()), User.state == "active")
        .order_by(User.site_admin, User.id)
        .limit(12)
    )
    return list(db.session.scalars(query))


def staff(unit_id: int) -> list[User]:
    """Returns the people who can be put on the rota of this unit, by name."""
    members = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(ancestors(unit_id)), Membership.role.in_(STAFF), Membership.state == "active"
    )
    people = db.session.scalars(sa.select(User).where(User.id.in_(members), User.state == "active"))
    return sorted(people, key=lambda user: name_key(user.full_name))


def staff_names_around(user_id: int) -> set[str]:
    """Returns the names of the staff of a person's units and of the units above.

    The person's own name is left out.
    """
    mine = sa.select(Membership.unit_id).where(Membership.user_id == user_id, Membership.state != "ended").distinct()
    units = {above for unit_id in db.session.scalars(mine).all() for above in ancestors(unit_id)}
    members = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(units), Membership.role.in_(STAFF), Membership.state == "active"
    )
    query = sa.select(User.called_name, User.full_name).where(User.id.in_(members), User.id != user_id)
    return {name for row in db.session.execute(query) for name in row}


def places_for_child(guardian_id: int, kinds: Collection[str]) -> list[Unit]:
    """Returns the units to which a guardian belongs and in which a child can be added."""
    query = (
        sa.select(Unit)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.user_id == guardian_id, Membership.state != "ended", Unit.kind.in_(list(kinds)))
        .distinct()
        .order_by(Unit.id)
    )
    return list(db.session.scalars(query))
