"""Which units a person may announce a session in, and which units' sessions concern a person."""

from collections.abc import Iterable

import sqlalchemy as sa

from tutoring.community.models import Membership, Unit
from tutoring.community.queries import memberships
from tutoring.kernel.db import db

KINDS = ("class", "neighbourhood", "school", "ward")


def units_for(user_id: int) -> list[Unit]:
    """Where somebody may lead: the own units, and the school of the own class, where those a grade below are."""
    ids = {one for m in memberships(user_id) for one in (m.unit_id, m.unit.school_id) if one is not None}
    query = sa.select(Unit).where(Unit.id.in_(ids), Unit.kind.in_(KINDS)).order_by(Unit.id)
    return list(db.session.scalars(query))


def over(user_ids: Iterable[int]) -> dict[int, set[int]]:
    """The units of each of these people and all above them, in one question: their sessions are for this person."""
    tree = (
        sa.select(Membership.user_id, Unit.id, Unit.parent_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.user_id.in_(list(user_ids)), Membership.state == "active")
        .cte(recursive=True)
    )
    tree = tree.union(sa.select(tree.c.user_id, Unit.id, Unit.parent_id).where(Unit.id == tree.c.parent_id))
    found: dict[int, set[int]] = {}
    for user_id, unit_id in db.session.execute(sa.select(tree.c.user_id, tree.c.id)):
        found.setdefault(user_id, set()).add(unit_id)
    return found


def coordinated(user_id: int) -> set[int]:
    """The units that somebody coordinates and all below them."""
    tree = (
        sa.select(Unit.id)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.user_id == user_id, Membership.state == "active", Membership.role == "coordinator")
        .cte(recursive=True)
    )
    tree = tree.union(sa.select(Unit.id).where(Unit.parent_id == tree.c.id))
    return set(db.session.scalars(sa.select(tree.c.id)))
