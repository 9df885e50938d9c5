"""Scopes in statements that are built once: the paths of the units are bind parameters.

A statement is built for a number of units, the next power of two, so that few statements do for all users. Many units
are one list.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.community.units.scopes import Scope, end_of, sql_end_of
from tutoring.kernel.database.sql import each_value, ids_parameter

MOST_RANGES = 8  # of more units the paths are one list


def room_for(units: int) -> int:
    """Returns the next power of two: for how many units a statement is built. 0 for none."""
    return 1 << (units - 1).bit_length() if units else 0


@dataclass(frozen=True)
class _BoundScope(Scope):
    """A scope with room for so many units, whose paths are bind parameters; `tops` is only its name."""

    room: int = 0

    def holds(self, column: Any) -> sa.ColumnElement[bool]:
        if self.room <= MOST_RANGES:
            return super().holds(column)
        top = each_value(sa.bindparam(f"tops_{self.tops[0]}", required=False), sa.String())
        path = top.c.value
        inside = sa.select(Unit.id).join(top, sa.and_(Unit.path >= path, Unit.path < sql_end_of(path)))
        found: sa.ColumnElement[bool] = column.in_(inside)
        return found

    def covers(self) -> sa.ColumnElement[bool]:
        if self.room > MOST_RANGES:
            raise NotImplementedError("a scope of many units is asked for by the id of a unit")
        return sa.or_(sa.false(), *(self._range(n) for n in range(self.room)))

    def _range(self, n: int) -> sa.ColumnElement[bool]:
        low, high = (
            sa.bindparam(f"{side}_{n}_{self.tops[0]}", type_=sa.String(), required=False) for side in ("low", "high")
        )
        return sa.and_(Unit.path >= low, Unit.path < high)

    def has(self, path: str) -> bool:
        raise NotImplementedError("the paths are known when the statement runs")


def bound_scope(name: str, room: int) -> Scope:
    """Returns a scope with room for so many units; its `holds` and `covers` are conditions, and its name is `name`."""
    return _BoundScope((name,), room) if room else Scope()


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
        values[f"low_{n}_{name}"], values[f"high_{n}_{name}"] = top, end_of(top)
    return values
