"""Who belongs to a unit, in the order of Vietnamese names, and who may do something for it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import ROLES, Membership, Nomination, Unit
from tutoring.community.queries import lineage
from tutoring.kernel.db import db
from tutoring.kernel.text import fold, name_key
from tutoring.policy.access import STAFF

MOST = 2000


@dataclass(frozen=True)
class Name:
    """A member as a line of a list."""

    membership_id: int
    user_id: int
    role: str
    full_name: str
    called_name: str
    username: str
    kind: str
    state: str
    nomination: str | None


def names(unit_id: int, role: str | None = None, words: str = "") -> list[Name]:
    """Members of exactly this unit in the order of Vietnamese names, narrowed to a role and to typed words."""
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
    if role is not None:
        query = query.where(Membership.role == role)
    found = [Name(*row) for row in db.session.execute(query)]
    if wanted := fold(words).strip():
        found = [n for n in found if wanted in fold(f"{n.full_name} {n.called_name} {n.username}")]
    return sorted(found, key=lambda n: name_key(n.full_name))


def by_role(found: list[Name]) -> list[tuple[str, list[Name]]]:
    """Names by role, those with most to answer for first."""
    groups = [(role, [n for n in found if n.role == role]) for role in reversed(ROLES)]
    return [(role, some) for role, some in groups if some]


def seconds(unit_id: int, roles: Iterable[str], admins: bool = True) -> list[User]:
    """Who may do a second step here: holders of these roles at the unit or above it, and site admins."""
    members = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(lineage(unit_id)), Membership.role.in_(list(roles)), Membership.state == "active"
    )
    query = (
        sa.select(User)
        .where(sa.or_(User.id.in_(members), User.site_admin if admins else sa.false()), User.state == "active")
        .order_by(User.site_admin, User.id)
        .limit(12)
    )
    return list(db.session.scalars(query))


def staff(unit_id: int) -> list[User]:
    """Who may be put on the rota of this unit, by name."""
    members = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(lineage(unit_id)), Membership.role.in_(STAFF), Membership.state == "active"
    )
    people = db.session.scalars(sa.select(User).where(User.id.in_(members), User.state == "active"))
    return sorted(people, key=lambda user: name_key(user.full_name))


def staff_names_around(user_id: int) -> set[str]:
    """What the staff of somebody's places are called, of those above them too; without that person's own name."""
    mine = sa.select(Membership.unit_id).where(Membership.user_id == user_id, Membership.state != "ended").distinct()
    units = {above for unit_id in db.session.scalars(mine).all() for above in lineage(unit_id)}
    members = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(units), Membership.role.in_(STAFF), Membership.state == "active"
    )
    query = sa.select(User.called_name, User.full_name).where(User.id.in_(members), User.id != user_id)
    return {name for row in db.session.execute(query) for name in row}


def places_for_child(guardian_id: int, kinds: Collection[str]) -> list[Unit]:
    """Units in which a guardian belongs and a child may be added."""
    query = (
        sa.select(Unit)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.user_id == guardian_id, Membership.state != "ended", Unit.kind.in_(list(kinds)))
        .distinct()
        .order_by(Unit.id)
    )
    return list(db.session.scalars(query))
