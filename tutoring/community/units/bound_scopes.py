"""Scopes in statements that are built once: the paths of the units are bind parameters.

A statement is built for a number of units, the next power of two, so that few statements do for all users. Many units
are one list.
"""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.community.units.scopes import Scope
from tutoring.kernel.database.sql import each_value, ids_parameter

MOST_RANGES = 8  # of more units the paths are one list


def room_for(units: int) -> int:
    """Returns the next power of two: for how many units a statement is built. 0 for none."""
    return 1 << (units - 1).bit_length() if units else 0


@dataclass(frozen=True)
class _BoundScope(Scope):
    """A scope whose paths are bind parameters; `tops` is only its name."""

    pairs: tuple[tuple[Any, Any], ...] = field(default=(), compare=False)

    def covers(self) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *(sa.and_(Unit.path >= low, Unit.path < high) for low, high in self.pairs))

    def has(self, path: str) -> bool:
        raise NotImplementedError("the paths are known when the statement runs")


@dataclass(frozen=True)
class _ListedScope(_BoundScope):
    """A scope of many units, whose paths are one bind parameter."""

    paths: Any = field(default=None, compare=False)

    def holds(self, column: Any) -> sa.ColumnElement[bool]:
        top = each_value(self.paths, sa.String())
        end = sa.func.substr(top.c.value, 1, sa.func.length(top.c.value) - 1) + "0"
        inside = sa.select(Unit.id).join(top, sa.and_(Unit.path >= top.c.value, Unit.path < end))
        found: sa.ColumnElement[bool] = column.in_(inside)
        return found

    def covers(self) -> sa.ColumnElement[bool]:
        raise NotImplementedError("a scope of many units is asked for by the id of a unit")


def bound_scope(name: str, room: int) -> Scope:
    """Returns a scope with room for so many units; its `holds` and `covers` are conditions, and its name is `name`."""
    if not room:
        return Scope()
    if room > MOST_RANGES:
        return _ListedScope((name,), paths=sa.bindparam(f"tops_{name}", required=False))
    pairs = ((_path(f"low_{n}_{name}"), _path(f"high_{n}_{name}")) for n in range(room))
    return _BoundScope((name,), tuple(pairs))


def _path(name: str) -> Any:
    return sa.bindparam(name, type_=sa.String(), required=False)


def scope_values(name: str, scope: Scope, room: int | None = None) -> dict[str, Any]:
    """Returns the values of a bound scope's parameters; `room` is that of the statement, if it has more than needed."""
    tops = scope.tops
    room = room_for(len(tops)) if room is None else room
    if not room or not tops:
        return {}
    if room > MOST_RANGES:
        return {f"tops_{name}": ids_parameter(tops)}
    values = {}
    for n in range(room):
        top = tops[n] if n < len(tops) else tops[0]
        values[f"low_{n}_{name}"], values[f"high_{n}_{name}"] = top, f"{top[:-1]}0"  # '0' comes after '/'
    return values
