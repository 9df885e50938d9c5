"""Figures are read as they may be shown, at the same cost whatever happened."""

from datetime import date
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.insights import random_months
from tests.insights.conftest import filled
from tutoring.insights.models import Figure
from tutoring.insights.monthly_statistics import jobs as monthly_statistics_jobs
from tutoring.insights.monthly_statistics import queries as monthly_statistics_queries
from tutoring.insights.monthly_statistics.measures import ASKED, FUNNEL, MEASURES, REACHED, STEPS, WAITS
from tutoring.insights.monthly_statistics.queries import HIDDEN, Cell
from tutoring.kernel.db import db
from tutoring.policy.disclosure_control import STEP
from tutoring.policy.insights import may_see_unit_figures

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def busy_months() -> dict[str, int]:
    made = random_months.fill(Random(4), MARCH)
    for month in (MARCH, APRIL):
        monthly_statistics_jobs.rebuild(month)
    return made


@pytest.fixture
def units(app: Flask, inside: World) -> dict[str, int]:
    return filled(app, "busy_counted", busy_months)


def asked(queries: list[str]) -> int:
    return sum(not one.startswith(("BEGIN", "ROLLBACK", "COMMIT")) for one in queries)


def test_a_month_reads_as_it_may_be_shown(units: dict[str, int]) -> None:
    for unit in (None, *units.values()):
        found = monthly_statistics_queries.figures(unit, MARCH)
        assert (found.unit_id, found.month, found.closed) == (unit, MARCH, True) and found.counted_at is not None
        assert set(found.cells) == set(MEASURES) and set(found.cells[FUNNEL]) == set(STEPS)
        kept = db.session.scalars(sa.select(Figure).where(Figure.unit_id == unit, Figure.month == MARCH)).all()
        rows = {(row.measure, row.key): row for row in kept}
        assert len(rows) == len(kept)
        for measure, cells in found.cells.items():
            assert measure == FUNNEL or "" in cells
            for key, cell in cells.items():
                row = rows.get((measure, key))
                shown = Cell(row.shown, row.shown_people, row.shown_middle, row.shown_high) if row else HIDDEN
                assert cell == shown
                assert all(number is None or number % STEP == 0 for number in (cell.count, cell.people))
                assert cell != HIDDEN or key in ("", *STEPS), "parts that are hidden are not listed"
    assert monthly_statistics_queries.figures(None, MARCH).cells[REACHED][""].count is not None


def test_waits_are_told_where_ten_waited_though_their_number_is_hidden(units: dict[str, int]) -> None:
    rows = db.session.scalars(sa.select(Figure).where(Figure.measure == WAITS).order_by(Figure.id)).all()
    assert all(row.shown_middle is not None for row in rows) and rows
    assert any(row.shown is None for row in rows)


def test_a_month_that_was_never_counted_has_nothing(units: dict[str, int]) -> None:
    found = monthly_statistics_queries.figures(units["b-w1"], date(2020, 1, 1))
    assert found.counted_at is None and not found.closed
    assert {cell for cells in found.cells.values() for cell in cells.values()} == {HIDDEN}


def test_a_trend_has_every_month_oldest_first(units: dict[str, int]) -> None:
    found = monthly_statistics_queries.trend(None, (REACHED, ASKED), APRIL, months=4)
    days = [date(2026, 1, 1), date(2026, 2, 1), MARCH, APRIL]
    assert {measure: [day for day, _ in line] for measure, line in found.items()} == {REACHED: days, ASKED: days}
    assert [cell for _, cell in found[REACHED]] == [
        HIDDEN,
        HIDDEN,
        *(monthly_statistics_queries.figures(None, month).cells[REACHED][""] for month in (MARCH, APRIL)),
    ]


def test_units_below_come_by_name_page_by_page(units: dict[str, int]) -> None:
    ward = units["b-w1"]
    first = monthly_statistics_queries.below(ward, MARCH, (REACHED, ASKED), limit=2)
    assert [one.name for one in first.items] == ["b-n1", "b-n2"] and first.more
    second = monthly_statistics_queries.below(ward, MARCH, (REACHED, ASKED), after=first.items[-1].key, limit=2)
    assert [one.name for one in second.items] == ["b-school"] and not second.more
    for one in (*first.items, *second.items):
        cells = monthly_statistics_queries.figures(one.id, MARCH).cells
        assert one.cells == {measure: cells[measure][""] for measure in (REACHED, ASKED)}
    tops = monthly_statistics_queries.below(None, MARCH, (REACHED,))
    assert {"b-city", "b-partner"} <= {one.name for one in tops.items}
    assert (
        monthly_statistics_queries.below(ward, MARCH, (REACHED,), after="nonsense").items
        == monthly_statistics_queries.below(ward, MARCH, (REACHED,)).items
    )


def test_reading_costs_a_fixed_number_of_questions(units: dict[str, int], queries: list[str]) -> None:
    for unit in (None, units["b-city"], units["b-c1"]):
        for least, ask in (
            (2, lambda unit=unit: monthly_statistics_queries.figures(unit, MARCH)),
            (1, lambda unit=unit: monthly_statistics_queries.trend(unit, MEASURES, APRIL)),
            (2, lambda unit=unit: monthly_statistics_queries.below(unit, MARCH, MEASURES)),
            (1, lambda unit=unit: monthly_statistics_queries.months(unit)),
        ):
            queries.clear()
            ask()
            assert asked(queries) == least


def test_wholes_are_found_through_their_own_index(units: dict[str, int], queries: list[str]) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by how many rows there are")
    queries.clear()
    monthly_statistics_queries.trend(units["b-city"], MEASURES, APRIL)
    [question] = [one for one in queries if one.startswith("SELECT")]
    values = (units["b-city"], "2025-05-01", "2026-04-01", *MEASURES)
    plan = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + question, values).all()
    assert any("ix_figure_wholes" in str(row) for row in plan), plan


@pytest.mark.parametrize(
    ("kind", "role", "sees"),
    [
        ("class", "teacher", True), ("class", "officer", False), ("class", "lead", False),
        ("school", "coordinator", True), ("neighbourhood", "lead", True), ("neighbourhood", "teacher", False),
        ("ward", "officer", True), ("ward", "learner", False), ("city", "coordinator", True), ("city", "lead", False),
        ("partner", "officer", True), ("partner", "helper", False), ("", "coordinator", False),
        ("", "site_admin", True), ("class", "site_admin", True),
    ],
)  # fmt: skip
def test_everybody_sees_the_figures_of_their_own_units(kind: str, role: str, sees: bool) -> None:
    assert may_see_unit_figures({role}, kind) is sees
