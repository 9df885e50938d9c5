"""The classes of a school side by side, as sums without names; and the classes of a teacher at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tutoring.classes.overview import sums
from tutoring.classes.overview.states import Glance
from tutoring.community.models import Unit
from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import Scope
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once
from tutoring.kernel.db import db
from tutoring.kernel.paging import Numbered
from tutoring.kernel.text import N_, name_key
from tutoring.policy.class_overview import shown_sums
from tutoring.web.tables import table as tables

MOST_CLASSES = 120  # of one school
SHOWN_CLASSES = 8  # on the start page
ORDERS = ("name", "stuck")


@dataclass(frozen=True)
class ClassSums:
    """One class as sums; a number that is None is hidden."""

    unit: Unit
    pupils: int
    shown: int | None
    stuck: int | None
    going: int | None
    done_lately: int | None


@dataclass(frozen=True)
class SchoolTable:
    """What the template shows."""

    unit: Unit
    table: tables.Table
    exact: bool


def classes_below(paths: Iterable[str]) -> list[Unit]:
    """Returns the classes of these units, by name; archived ones are left out."""
    within = Scope.over(paths)
    if not within:
        return []
    query = _classes(room_for(len(within.tops)))
    found = db.session.scalars(query, {"today": clock.today(), **scope_values("units", within)})
    return sorted(found, key=lambda one: (one.grade or 0, name_key(one.name), one.id))


@built_once  # building it takes longer than running it
def _classes(room: int) -> sa.Select[Any]:
    stands = sa.or_(Unit.effective_to.is_(None), Unit.effective_to > sa.bindparam("today", type_=sa.Date()))
    query = sa.select(Unit).where(Unit.kind == "class", bound_scope("units", room).holds(Unit.id), stands)
    return query.order_by(Unit.grade, Unit.name, Unit.id).limit(MOST_CLASSES)


def school_table(school: Unit, exact: bool) -> SchoolTable:
    """Returns the classes of a school, each as sums."""
    classes = classes_below([school.path])
    found = sums.glances([one.id for one in classes])
    rows = [sums_of(one, found[one.id], exact) for one in classes]
    asked = tables.wanted(ORDERS, "name")
    if asked.order == "stuck":
        rows.sort(key=lambda row: row.stuck or 0, reverse=not asked.falling)
    elif asked.falling:
        rows.reverse()
    columns = [
        tables.Column("name", N_("Lớp"), lambda row: row.unit.name),
        tables.Column("pupils", N_("Học sinh"), lambda row: row.pupils, number=True),
        tables.Column("shown", N_("Đã đồng ý cho xem"), lambda row: _number(row.shown), number=True),
        tables.Column("stuck", N_("Đang dừng"), lambda row: _number(row.stuck), number=True),
        tables.Column("going", N_("Đang làm"), lambda row: _number(row.going), number=True),
        tables.Column("done", N_("Xong bài trong 7 ngày"), lambda row: _number(row.done_lately), number=True),
    ]
    page = Numbered(rows, False, len(rows), 1, max(1, len(rows)))
    return SchoolTable(school, tables.Table(columns, ORDERS, asked, page), exact)


def sums_of(unit: Unit, found: Glance, exact: bool) -> ClassSums:
    """Returns a class as its reader may see it."""
    if exact:
        return ClassSums(unit, found.pupils, found.shown, found.stuck, found.going, found.done_lately)
    whole, (stuck, going) = shown_sums(found.shown, (found.stuck, found.going))
    done = None
    if whole is not None:
        other = found.shown - found.done_lately
        _, (done, _other) = shown_sums(found.shown, (found.done_lately, other))
    return ClassSums(unit, found.pupils, whole, stuck, going, done)


def _number(value: int | None) -> object:
    return "" if value is None else value


@dataclass(frozen=True)
class TeachersClasses:
    """The classes of a teacher at a glance, those with stuck pupils first, and how many more there are."""

    rows: list[tuple[Unit, Glance]]
    more: int = 0


def classes_at_a_glance(paths: Iterable[str]) -> TeachersClasses:
    """Returns the classes within these units; only for their teachers. Two statements."""
    classes = classes_below(paths)
    found = sums.glances([one.id for one in classes]) if classes else {}
    rows = [(one, found[one.id]) for one in classes if found[one.id].pupils]
    rows.sort(key=lambda row: -row[1].stuck)
    return TeachersClasses(rows[:SHOWN_CLASSES], max(0, len(rows) - SHOWN_CLASSES))
