"""Figures as they may be shown; pages, files and reports read them only here.

A suppressed cell and one without any person look the same: None. Parts without a shown value are not listed at all. The
cost of a page does not depend on the number of events, because it reads the rows of one unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.insights.models import Figure, FigureMonth
from tutoring.insights.monthly_statistics.measures import FUNNEL, MEASURES, STEPS
from tutoring.insights.monthly_statistics.months import back
from tutoring.kernel.db import db
from tutoring.kernel.paging import Page

Cells = dict[str, dict[str, "Cell"]]  # by measure, by key


@dataclass(frozen=True)
class Cell:
    """One figure as it may be shown. `middle` and `high` are the median and 90th percentile.

    Both are in seconds.
    """

    count: int | None = None
    people: int | None = None
    middle: int | None = None
    high: int | None = None


HIDDEN = Cell()


@dataclass(frozen=True)
class MonthFigures:
    """A month of a unit and all units below; `counted_at` is None before the first count.

    `cells[measure][""]` exists for every measure but the funnel, and `cells["funnel"][step]` for every step.
    """

    unit_id: int | None
    month: date
    counted_at: datetime | None
    closed: bool
    cells: Cells


@dataclass(frozen=True)
class Below:
    """A unit directly below another, with its wholes (key ""). `key` is its page cursor."""

    id: int
    name: str
    kind: str
    cells: dict[str, Cell] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.name}\n{self.id}"


def months(unit_id: int | None) -> list[date]:
    """Returns the counted months, newest first: the same for every unit."""
    return list(db.session.scalars(sa.select(FigureMonth.month).order_by(FigureMonth.month.desc())))


def figures(unit_id: int | None, month: date) -> MonthFigures:
    """Returns a month's figures of a unit, or of the site for None. Two queries."""
    counted = db.session.execute(
        sa.select(FigureMonth.counted_at, FigureMonth.closed).where(FigureMonth.month == month)
    ).one_or_none()
    cells = _empty()
    query = sa.select(Figure.measure, Figure.key, *_SHOWN).where(_of(unit_id), Figure.month == month, _any_shown())
    for measure, key, *shown in db.session.execute(query.order_by(Figure.key)):
        cells.setdefault(measure, {})[key] = Cell(*shown)
    counted_at, closed = (counted.counted_at, counted.closed) if counted else (None, False)
    return MonthFigures(unit_id, month, counted_at, closed, cells)


def trend(
    unit_id: int | None, measures: Sequence[str], until: date, months: int = 12
) -> dict[str, list[tuple[date, Cell]]]:
    """Returns the wholes (key "") of these measures over several months, oldest first.

    One query; `until` is the last month.
    """
    days = [back(until, n) for n in reversed(range(months))]
    found = {
        (month, measure): Cell(*shown)
        for month, measure, *shown in db.session.execute(
            sa.select(Figure.month, Figure.measure, *_SHOWN).where(
                _of(unit_id),
                Figure.month.between(days[0], days[-1]),
                Figure.measure.in_(measures),
                _WHOLE,
            )
        )
    }
    return {measure: [(day, found.get((day, measure), HIDDEN)) for day in days] for measure in measures}


def below(unit_id: int | None, month: date, measures: Sequence[str], after: str = "", limit: int = 50) -> Page[Below]:
    """Returns a page of units directly below a unit, by name, with wholes of the measures.

    Below the whole site these are cities and partners. `after` is the `key` of the previous page's last unit. Two
    queries.
    """
    units = sa.select(Unit.id, Unit.name, Unit.kind).where(
        Unit.parent_id.is_(None) if unit_id is None else Unit.parent_id == unit_id
    )
    name, _, last = after.rpartition("\n")
    if last.isdecimal():
        units = units.where(sa.or_(Unit.name > name, sa.and_(Unit.name == name, Unit.id > int(last[:12]))))
    rows = db.session.execute(units.order_by(Unit.name, Unit.id).limit(limit + 1)).all()
    cells: dict[int, dict[str, Cell]] = {row.id: dict.fromkeys(measures, HIDDEN) for row in rows[:limit]}
    wholes = sa.select(Figure.unit_id, Figure.measure, *_SHOWN).where(
        Figure.unit_id.in_(list(cells)), Figure.month == month, Figure.measure.in_(measures), _WHOLE
    )
    for of_unit, measure, *shown in db.session.execute(wholes):
        cells[of_unit or 0][measure] = Cell(*shown)
    return Page.of([Below(row.id, row.name, row.kind, cells.get(row.id, {})) for row in rows], limit)


# Literal text as in the partial index: SQLite uses that index for no other spelling.
_WHOLE = sa.text("figure.key = ''")
_SHOWN = (Figure.shown, Figure.shown_people, Figure.shown_middle, Figure.shown_high)


def _of(unit_id: int | None) -> sa.ColumnElement[bool]:
    return Figure.unit_id.is_(None) if unit_id is None else Figure.unit_id == unit_id


def _any_shown() -> sa.ColumnElement[bool]:
    return sa.or_(*(column.is_not(None) for column in _SHOWN))


def _empty() -> Cells:
    cells: dict[str, dict[str, Any]] = {measure: {"": HIDDEN} for measure in MEASURES}
    cells[FUNNEL] = dict.fromkeys(STEPS, HIDDEN)
    return cells
