"""What somebody looks after: the units in which they hold a role, and all below these, however many.

Nothing is listed. What stands below a unit is one stretch of the paths of units, so that a question costs the same
whether it is about a class or about a city of seventy thousand units (`docs/capacity.md`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.kernel.db import db
from tutoring.policy.accounts import roles_that_count


def ids_above(path: str) -> frozenset[int]:
    """The numbers of a unit and of all above it, by its path."""
    return frozenset(int(one) for one in path.split("/") if one)


def below(path: str) -> sa.ColumnElement[bool]:
    """Of a row of units: it is the unit of this path, or lies below it."""
    return sa.and_(Unit.path >= path, Unit.path < f"{path[:-1]}0")  # '0' comes after '/'


def in_subtree(column: Any, unit_id: int) -> sa.ColumnElement[bool]:
    """The column holds the number of this unit or of one below it: one question, without a list of them."""
    top = sa.select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    here = aliased(Unit)
    end = sa.func.substr(top, 1, sa.func.length(top) - 1) + "0"
    found: sa.ColumnElement[bool] = column.in_(sa.select(here.id).where(here.path >= top, here.path < end))
    return found


@dataclass(frozen=True)
class Scope:
    """The highest units that somebody looks after, as paths: none lies below another."""

    tops: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tops)

    def holds(self, column: Any) -> sa.ColumnElement[bool]:
        """For the database: the column holds the number of a unit in reach."""
        if not self.tops:
            return sa.false()
        found: sa.ColumnElement[bool] = column.in_(sa.select(Unit.id).where(self.covers()))
        return found

    def covers(self) -> sa.ColumnElement[bool]:
        """For the database, of a row of units: it is in reach."""
        return sa.or_(sa.false(), *map(below, self.tops))

    def has(self, path: str) -> bool:
        """The unit of this path is in reach."""
        return any(path.startswith(top) for top in self.tops)


class Held:
    """What somebody who acts is at any unit, here or above it: asked once, for however many units."""

    def __init__(self, actor: User) -> None:
        self._admin = actor.site_admin and not actor.lacks_factor
        rows = db.session.execute(_memberships(), {"user": actor.id})
        self._roles = [(unit_id, role) for unit_id, role in rows if roles_that_count({role}, actor.lacks_factor)]

    def at(self, path: str) -> frozenset[str]:
        """Roles at the unit of this path or above it, and site_admin."""
        over = ids_above(path)
        roles = frozenset(role for unit_id, role in self._roles if unit_id in over)
        return roles | {"site_admin"} if self._admin else roles


@cache
def _memberships() -> Any:
    query = sa.select(Membership.unit_id, Membership.role)
    return query.where(Membership.user_id == sa.bindparam("user"), Membership.state == "active")


def scope_of(user_id: int, roles: Collection[str]) -> Scope:
    """The units at or below those in which a person holds one of these roles."""
    found: list[str] = []
    for path in db.session.scalars(_tops(), {"user": user_id, "roles": list(roles)}):
        if not any(path.startswith(top) for top in found):  # in order: what lies below comes after what it lies below
            found.append(path)
    return Scope(tuple(found))


@cache  # asked for each role of everybody who looks after something, at each look
def _tops() -> sa.Select[Any]:
    return (
        sa.select(Unit.path)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(
            Membership.user_id == sa.bindparam("user"), Membership.state == "active",
            Membership.role.in_(sa.bindparam("roles", expanding=True)),
        )
        .order_by(Unit.path)
        .distinct()
    )  # fmt: skip


def paths_of(unit_ids: Iterable[int]) -> dict[int, str]:
    """The paths of these units."""
    rows = db.session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(set(unit_ids))))
    return {row[0]: row[1] for row in rows}
