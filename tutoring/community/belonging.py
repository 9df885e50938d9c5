"""Where somebody belongs, asked of one person's memberships: nothing here grows with the size of a unit."""

from collections.abc import Collection
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import UNIT_KINDS, Membership, Unit
from tutoring.kernel.db import db


def classes_of(pupil_id: int) -> frozenset[int]:
    """The classes of which somebody is a pupil, by a second person's yes."""
    return frozenset(db.session.scalars(_classes(), {"user": pupil_id}))


@cache
def _classes() -> sa.Select[Any]:
    mine = _pupils().where(Membership.user_id == sa.bindparam("user"), Unit.kind == "class")
    return mine.join(Unit, Unit.id == Membership.unit_id)


def _pupils() -> sa.Select[Any]:
    return sa.select(Membership.unit_id).where(
        Membership.role == "learner", Membership.state == "active", Membership.confirmed_at.is_not(None)
    )


def reached(user_id: int) -> frozenset[int]:
    """The units of somebody's memberships, and all above these."""
    return frozenset(db.session.scalars(_reached(), {"user": user_id}))


@cache
def _reached() -> sa.Select[Any]:
    mine = sa.select(Membership.unit_id).where(Membership.user_id == sa.bindparam("user"), Membership.state == "active")
    return _upwards(mine)


def reached_by_children(guardian_id: int) -> frozenset[int]:
    """The classes and schools of the children that somebody answers for, and all above these."""
    return frozenset(db.session.scalars(_reached_by_children(), {"guardian": guardian_id}))


@cache
def _reached_by_children() -> sa.Select[Any]:
    theirs = (
        _pupils()
        .join(Guardian, Guardian.child_id == Membership.user_id)
        .join(User, User.id == Guardian.child_id)
        .where(
            Guardian.guardian_id == sa.bindparam("guardian"),
            Guardian.confirmed_at.is_not(None),
            User.state == "active",
        )
    )
    return _upwards(theirs)


def places_of(person_id: int, kinds: Collection[str]) -> list[Unit]:
    """The units of these kinds to which somebody or a child of theirs belongs, here or anywhere below; the nearest
    first. One question."""
    told = {"user": person_id, "guardian": person_id, "kinds": list(kinds)}
    found = db.session.scalars(_places(), told).all()
    return sorted(found, key=lambda place: (UNIT_KINDS.index(place.kind), place.id), reverse=True)


@cache
def _places() -> sa.Select[Any]:
    of_kind = Unit.kind.in_(sa.bindparam("kinds", expanding=True))
    return sa.select(Unit).where(sa.or_(Unit.id.in_(_reached()), Unit.id.in_(_reached_by_children())), of_kind)


def _upwards(start: sa.Select[Any]) -> sa.Select[Any]:
    """The units that a query names, and all above them."""
    named = start.subquery()
    tree = sa.select(Unit.id, Unit.parent_id).where(Unit.id.in_(sa.select(named.c.unit_id))).cte(recursive=True)
    # A union without repetition ends by itself where the tree does.
    tree = tree.union(sa.select(Unit.id, Unit.parent_id).where(Unit.id == tree.c.parent_id))
    return sa.select(tree.c.id)
