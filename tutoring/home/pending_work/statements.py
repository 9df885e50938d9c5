"""Statements about what waits, built once for each kind of viewer and run with the values of one person.

Building some forty conditions takes many times longer than asking them. Conditions are therefore built from a
`Standpoint`: the roles of a person, without the person. The person's id, units and children and the present moment are
bind parameters. A right that ends changes the values or the standpoint, so the next request asks without it.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import sqlalchemy as sa

from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import Scope
from tutoring.home.pending_work.viewer import Viewer
from tutoring.kernel import clock
from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.database.sql import each_value, ids_parameter
from tutoring.kernel.db import UtcDateTime, db, is_sqlite
from tutoring.policy.access import STAFF

MOST_KINDS = 64  # built statements of one source; more kinds of viewer begin anew

Value = Callable[[Viewer], Any]
Key = tuple[bool, bool, frozenset[str], int]


def key_of(viewer: Viewer) -> Key:
    """Returns what the statements for this viewer depend on: the roles, and room for so many units."""
    roles = frozenset(role for held in viewer.staff.values() for role in held)
    return is_sqlite(), viewer.admin, roles, room_for(len(viewer.staff))


def _is_among(column: Any, bind: Any) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = column.in_(sa.select(each_value(bind, sa.Integer()).c.value))
    return found


class Standpoint:
    """The roles from which conditions are built; what belongs to one person is a bind parameter."""

    def __init__(self, key: Key) -> None:
        _for_sqlite, self.admin, self._roles, self._room = key
        self._values: dict[str, Value] = {}
        self._scopes: dict[str, frozenset[str]] = {}

    def values_of(self, viewer: Viewer) -> dict[str, Any]:
        """Returns the values of all bind parameters for this viewer."""
        values = {name: value(viewer) for name, value in self._values.items()}
        for name, held in self._scopes.items():
            values |= scope_values(name, viewer.scope(held), self._room)
        return values

    def _bind(self, name: str, kind: Any, value: Value) -> Any:
        self._values[name] = value
        return sa.bindparam(name, type_=kind, required=False)

    @property
    def id(self) -> Any:
        """The viewer's id."""
        return self._bind("viewer_id", sa.Integer(), lambda viewer: viewer.id)

    def is_own(self, column: Any) -> sa.ColumnElement[bool]:
        """SQL condition: the column holds the viewer's id, or that of a child of the viewer."""
        bind = self._bind("own_ids", None, lambda viewer: ids_parameter([viewer.id, *viewer.child_ids]))
        return _is_among(column, bind)

    def moment(self, later: timedelta = timedelta(0)) -> Any:
        """The present moment, or one so much later."""
        name = f"moment_{int(later.total_seconds())}".replace("-", "before_")
        return self._bind(name, UtcDateTime(), lambda _: clock.now() + later)

    def today(self, later: timedelta = timedelta(0)) -> Any:
        """The present day, or one so much later."""
        name = f"day_{later.days}".replace("-", "before_")
        return self._bind(name, sa.Date(), lambda _: clock.today() + later)

    def holds_any(self, roles: Collection[str]) -> bool:
        """Returns whether viewers of this kind hold one of these roles."""
        return not self._roles.isdisjoint(roles)

    def is_unit_of(self, column: Any, roles: Collection[str]) -> sa.ColumnElement[bool]:
        """SQL condition: the column holds the id of a unit where the viewer holds one of these roles."""
        held = self._roles.intersection(roles)
        if not held:
            return sa.false()
        name = "units_" + "_".join(sorted(held))
        bind = self._bind(name, None, lambda viewer: ids_parameter(unit.id for unit in viewer.units(held)))
        return _is_among(column, bind)

    def scope(self, roles: Collection[str] = STAFF) -> Scope:
        """Returns the units where the viewer holds one of these roles, and all below them."""
        held = self._roles.intersection(roles)
        if not held:
            return Scope()
        self._scopes["_".join(sorted(held))] = held
        return bound_scope("_".join(sorted(held)), self._room)


class Statement:
    """One statement, for every kind of viewer; `make` gets the standpoint."""

    def __init__(self, make: Callable[[Standpoint], Any]) -> None:
        self._make = make
        self._made: dict[Key, tuple[Any, PrecompiledStatement, Standpoint]] = {}
        self._lock = Lock()

    def rows(self, viewer: Viewer) -> list[Any]:
        """Runs a statement of columns and returns its rows."""
        _made, precompiled, standpoint = self._for(viewer)
        db.session.flush()
        return precompiled(db.session.connection(), **standpoint.values_of(viewer))

    def results(self, viewer: Viewer) -> Any:
        """Runs a statement of entities and returns the session's result."""
        made, _precompiled, standpoint = self._for(viewer)
        return db.session.execute(made, standpoint.values_of(viewer))

    def _for(self, viewer: Viewer) -> tuple[Any, PrecompiledStatement, Standpoint]:
        key = key_of(viewer)
        found = self._made.get(key)
        if found is None:
            with self._lock:
                if len(self._made) >= MOST_KINDS:
                    self._made.clear()
                found = self._made[key] = self._built(key)
        return found

    def _built(self, key: Key) -> tuple[Any, PrecompiledStatement, Standpoint]:
        standpoint = Standpoint(key)
        made = self._make(standpoint)
        fixed = made.compile(dialect=db.engine.dialect).params.values()
        if any(isinstance(value, date | datetime) for value in fixed):
            raise TypeError("a moment in a statement that is built once: use standpoint.moment() or .today()")
        return made, PrecompiledStatement(lambda _for_sqlite: made), standpoint
