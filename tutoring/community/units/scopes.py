"""Scopes: the units in which a user holds a role, and all below them.

No unit ids are listed. All units below a unit are one range of unit paths. A query therefore costs the same for a
class and for a city of seventy thousand units (`docs/capacity-growth.md`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import identity_key

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.positions import positions_of
from tutoring.kernel.commands import in_command
from tutoring.kernel.db import db
from tutoring.policy.accounts import roles_that_count


def ids_on(path: str) -> list[int]:
    """Returns the ids of a unit and all units above it, from its path; the topmost first."""
    return [int(one) for one in path.split("/") if one]


def ids_above(path: str) -> frozenset[int]:
    """Returns the same ids as a set."""
    return frozenset(ids_on(path))


def end_of(path: str) -> str:
    """Returns where the range of paths of a unit and all below it ends."""
    return f"{path[:-1]}0"  # '0' comes after '/'


def sql_end_of(path: Any) -> Any:
    """The same of a column."""
    return sa.func.substr(path, 1, sa.func.length(path) - 1) + "0"


def loaded_path(unit_id: int) -> str | None:
    """Returns the path of a unit that the page has loaded; None without one, and in commands, which may move units."""
    found = None if in_command() else db.session.identity_map.get(identity_key(Unit, unit_id))
    return None if found is None else found.path


def below(path: str) -> sa.ColumnElement[bool]:
    """SQL condition on Unit: it is the unit of this path, or below it."""
    return sa.and_(Unit.path >= path, Unit.path < end_of(path))


def in_subtree(column: Any, unit_id: int) -> sa.ColumnElement[bool]:
    """SQL condition: the column holds the id of this unit or of one below it.

    It is one query, without a list of ids.
    """
    if path := loaded_path(unit_id):
        inside: sa.ColumnElement[bool] = column.in_(sa.select(Unit.id).where(below(path)))
        return inside
    top = sa.select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    here = aliased(Unit)
    under = sa.select(here.id).where(here.path >= top, here.path < sql_end_of(top))
    found: sa.ColumnElement[bool] = column.in_(under)
    return found


@dataclass(frozen=True)
class Scope:
    """The topmost units a user looks after, as paths; none is below another."""

    tops: tuple[str, ...] = ()

    @classmethod
    def over(cls, paths: Iterable[str]) -> "Scope":
        """Returns the scope of these units and all below them."""
        found: list[str] = []
        for path in sorted(set(paths)):
            if not any(path.startswith(top) for top in found):  # a unit comes before the units below it
                found.append(path)
        return cls(tuple(found))

    def __bool__(self) -> bool:
        return bool(self.tops)

    def holds(self, column: Any) -> sa.ColumnElement[bool]:
        """SQL condition: the column holds the id of a unit in scope."""
        if not self.tops:
            return sa.false()
        found: sa.ColumnElement[bool] = column.in_(sa.select(Unit.id).where(self.covers()))
        return found

    def covers(self) -> sa.ColumnElement[bool]:
        """SQL condition on Unit: it is in scope."""
        return sa.or_(sa.false(), *map(below, self.tops))

    def has(self, path: str) -> bool:
        """Returns whether the unit of this path is in scope."""
        return any(path.startswith(top) for top in self.tops)


class Held:
    """The acting roles of a user at any unit, here or above."""

    def __init__(self, actor: User) -> None:
        self._admin = actor.site_admin and not actor.lacks_factor
        rows = positions_of(actor.id)
        self._roles = [(one.unit_id, one.role) for one in rows if roles_that_count({one.role}, actor.lacks_factor)]

    def at(self, path: str) -> frozenset[str]:
        """Returns the roles at the unit of this path or above it, and site_admin."""
        over = ids_above(path)
        roles = frozenset(role for unit_id, role in self._roles if unit_id in over)
        return roles | {"site_admin"} if self._admin else roles


def scope_of(user_id: int, roles: Collection[str]) -> Scope:
    """Returns the scope of a user: units with one of these roles, and all below them."""
    return Scope.over(one.path for one in positions_of(user_id, roles))


def scopes_by_role(user_id: int, roles: Collection[str]) -> dict[str, Scope]:
    """Returns the scope of each of these roles."""
    paths: dict[str, list[str]] = {role: [] for role in roles}
    for one in positions_of(user_id, roles):
        paths[one.role].append(one.path)
    return {role: Scope.over(some) for role, some in paths.items()}


def paths_of(unit_ids: Iterable[int]) -> dict[int, str]:
    """Returns the paths of these units, by id."""
    rows = db.session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(set(unit_ids))))
    return {row[0]: row[1] for row in rows}
