"""Overrides that staff set in the browser in place of shipped settings, facts and holidays.

Each value is one row with a version. Each change is an immutable row: who, when, before, after and why. A process
caches an area for a moment (`read`), so that most pages query nothing. A change by another process shows when that
moment is over, and a change by this process at once.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import audit, clock
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import Model, db, value_check
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.text import N_

AREAS = ("option", "fact", "holiday")
FRESH = 3.0  # seconds for which a process does not check for changes of other processes
LONGEST_REASON = 300


class Override(Model):
    """The value in place of the shipped one; None means as shipped."""

    __tablename__ = "kept_value"
    __table_args__ = (value_check("area", *AREAS),)

    area: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    version: Mapped[int] = mapped_column(default=0)


class KeptChange(Model):
    """One change; `before` or `after` is None where the value was or is as shipped."""

    __tablename__ = "kept_change"
    __table_args__ = (value_check("area", *AREAS), sa.UniqueConstraint("area", "name", "version"))

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(index=True, info={"personal": "who changed it"})
    before: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    after: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    reason: Mapped[str]


class Actor(Protocol):
    """The user who changes a value; permissions are checked before."""

    @property
    def id(self) -> Any: ...


@dataclass
class _Seen:
    """What a process has read of one database, and when it last checked for changes."""

    asked: float = 0.0
    newest: int = -1
    values: Mapping[tuple[str, str], Any] = field(default_factory=dict)


_seen: WeakKeyDictionary[Engine, _Seen] = WeakKeyDictionary()


def forget() -> None:
    """Drops the cache, so that the next read queries the database."""
    _seen.clear()


def read(area: str, name: str) -> Any | None:
    """Returns the override, or None; at most a few seconds old."""
    return _fresh().get((area, name))


def last_read(area: str, name: str) -> Any | None:
    """Returns the override as this process read it last, without asking the database."""
    seen = _seen.get(db.engine)
    return seen.values.get((area, name)) if seen is not None else None


def read_all(area: str) -> dict[str, Any]:
    """Returns all overrides of an area; at most a few seconds old."""
    return {name: value for (where, name), value in _fresh().items() if where == area}


def newest() -> int:
    """Returns the number of the newest change that `read` knows; it grows with every change."""
    _fresh()
    return _seen[db.engine].newest


def _fresh() -> Mapping[tuple[str, str], Any]:
    seen = _seen.get(db.engine)
    now = time.monotonic()
    if seen is not None and now - seen.asked < FRESH:
        return seen.values
    newest = db.session.scalar(sa.select(sa.func.max(KeptChange.id))) or 0
    if seen is not None and seen.newest == newest:
        seen.asked = now
        return seen.values
    rows = db.session.execute(sa.select(Override.area, Override.name, Override.value).where(Override.version > 0)).all()
    values = {(row.area, row.name): row.value for row in rows if row.value is not None}
    _seen[db.engine] = _Seen(now, newest, values)
    return values


def current_value(area: str, name: str) -> tuple[Any | None, int]:
    """Returns the value from the database and its version (0: never changed)."""
    found = db.session.execute(
        sa.select(Override.value, Override.version).where(Override.area == area, Override.name == name)
    ).first()
    return (found.value, found.version) if found else (None, 0)


@command
def write(
    actor: Actor | None, area: str, name: str, value: Any | None, reason: str, version: int | None = None
) -> bool:
    """Sets a value (None: as shipped) with its history and an audit row.

    Returns False when the value was the same already. `version` is the version that the user saw; raises Conflict when
    another user changed it meanwhile. No actor means the command line.
    """
    insert_if_absent(Override, area=area, name=name, value=None, version=0)
    row = db.session.scalars(
        sa.select(Override)
        .where(Override.area == area, Override.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if version is not None and row.version != version:
        raise Conflict(N_("Người khác vừa sửa mục này. Hãy xem giá trị mới ở dưới rồi lưu lại nếu vẫn cần."))
    if row.value == value:
        return False
    before, row.value, row.version = row.value, value, row.version + 1
    who = actor.id if actor is not None else None
    db.session.add(
        KeptChange(
            area=area, name=name, version=row.version, by_id=who, before=before, after=value,
            reason=reason[:LONGEST_REASON],
        )
    )  # fmt: skip
    audit.record(
        who, f"change_{area}", f"{area}:{name}", reason[:LONGEST_REASON], version=row.version, shipped=value is None
    )
    after_commit(forget)
    return True


def history(area: str, name: str | None = None, before: int | None = None, most: int = 20) -> list[KeptChange]:
    """Returns the newest changes first, of one value or a whole area, before the given id."""
    query = sa.select(KeptChange).where(KeptChange.area == area).order_by(KeptChange.id.desc()).limit(most)
    if name is not None:
        query = query.where(KeptChange.name == name)
    if before is not None:
        query = query.where(KeptChange.id < before)
    return list(db.session.scalars(query))


def change(area: str, change_id: int) -> KeptChange:
    """Returns one change of this area; raises NotFound."""
    found = db.session.get(KeptChange, change_id)
    if found is None or found.area != area:
        raise NotFound
    return found
