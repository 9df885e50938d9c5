"""Figures of months are what the rows say, counted again they are the same, and a closed month stays."""

from datetime import UTC, date, datetime
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.insights import random_months
from tests.insights.conftest import filled
from tutoring.accounts.erasure import erase_account
from tutoring.cli import statistics
from tutoring.insights.models import Figure, FigureMonth, Milestone
from tutoring.insights.monthly_statistics import jobs as monthly_statistics_jobs
from tutoring.insights.monthly_statistics import queries as monthly_statistics_queries
from tutoring.insights.monthly_statistics.cell_suppression import never_shown
from tutoring.insights.monthly_statistics.counter import count
from tutoring.insights.monthly_statistics.measures import MEASURES
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.pairing.models import HelpRequest
from tutoring.policy.disclosure_control import MIN_PEOPLE

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.LOCAL).astimezone(UTC)


@pytest.fixture
def units(app: Flask, inside: World) -> dict[str, int]:
    return filled(app, "busy", lambda: random_months.fill(Random(4), MARCH))


def kept(month: date) -> list[tuple[object, ...]]:
    columns = [column for column in Figure.__table__.columns if column.name != "id"]
    order = Figure.unit_id, Figure.measure, Figure.key
    return [tuple(row) for row in db.session.execute(sa.select(*columns).where(Figure.month == month).order_by(*order))]


def milestones() -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(sa.select(Milestone.__table__).order_by(Milestone.user_id))]


def test_every_figure_equals_a_direct_count_from_the_rows(units: dict[str, int]) -> None:
    for month in (MARCH, APRIL):
        monthly_statistics_jobs.rebuild(month)
        found = {
            (place.number // 2 or None, place.measure, place.key): (heap.amount, heap.people)
            for place, heap in count(month).tally.heaps()
            if not never_shown(place)
        }
        db.session.rollback()
        assert found == random_months.direct(month)
        rows = {(row[1], row[2], row[3]): (row[4], row[5]) for row in kept(month)}
        assert rows == {where: some for where, some in found.items() if some[1] >= MIN_PEOPLE}
        assert {where[1] for where in found} == set(MEASURES)


def test_waits_are_those_of_the_rows(units: dict[str, int]) -> None:
    monthly_statistics_jobs.rebuild(MARCH)
    inside = (
        HelpRequest.created_at >= at(MARCH, 0), HelpRequest.created_at < at(APRIL, 0), HelpRequest.wish == "now",
        HelpRequest.outcome != "helped_there",  # by the desk, face to face: nobody was waited for
    )  # fmt: skip
    waits = sorted(db.session.scalars(
        sa.select(HelpRequest.waited_seconds).where(*inside, sa.or_(
            HelpRequest.state == "ended", HelpRequest.helped_seconds > 0))
    ))  # fmt: skip
    row = db.session.execute(
        sa.select(Figure).where(Figure.unit_id.is_(None), Figure.measure == "waits", Figure.key == "")
    ).scalar_one()
    assert (
        sum(wait <= (row.middle or 0) for wait in waits)
        >= len(waits) / 2
        > sum(wait < (row.middle or 0) for wait in waits)
    )
    assert (
        sum(wait <= (row.high or 0) for wait in waits)
        >= len(waits) * 0.9
        > sum(wait < (row.high or 0) for wait in waits)
    )


def test_a_rebuild_from_nothing_gives_the_same(units: dict[str, int]) -> None:
    for month in (MARCH, APRIL):
        monthly_statistics_jobs.rebuild(month)
    before = kept(MARCH), kept(APRIL), milestones()
    assert all(before)
    for month in (APRIL, MARCH, MARCH, APRIL):  # whatever is counted again, and how often
        monthly_statistics_jobs.rebuild(month)
    assert (kept(MARCH), kept(APRIL), milestones()) == before
    for table in (Figure, Milestone, FigureMonth):
        db.session.execute(sa.delete(table))
    db.session.commit()
    with clock.travel(at(date(2026, 4, 20))):
        assert monthly_statistics_jobs.open_months() == [MARCH, APRIL]
        monthly_statistics_jobs.count_tonight({})
    assert (kept(MARCH), kept(APRIL), milestones()) == before


def test_every_night_counts_the_open_months_until_the_eighth(units: dict[str, int]) -> None:
    for day, closed in ((date(2026, 4, 7), []), (date(2026, 4, 8), [MARCH]), (date(2026, 5, 9), [MARCH, APRIL])):
        with clock.travel(at(day)):
            monthly_statistics_jobs.count_tonight({})
            rows = db.session.scalars(
                sa.select(FigureMonth.month).where(FigureMonth.closed).order_by(FigureMonth.month)
            )
            assert list(rows) == closed
            assert monthly_statistics_queries.months(None)[0] == day.replace(day=1)
            counted = monthly_statistics_queries.figures(None, day.replace(day=1)).counted_at
            assert counted is not None and at(day) <= counted <= clock.now()
    assert monthly_statistics_jobs.open_months()[0] == MAY


def test_the_night_counts_as_due_work(units: dict[str, int]) -> None:
    with clock.travel(at(date(2026, 4, 9))):
        jobs.enqueue_daily_jobs()
        while jobs.run_due():
            pass
        assert monthly_statistics_queries.months(None) == [APRIL, MARCH]
        work = db.session.scalars(sa.select(jobs.Job).where(jobs.Job.kind == "insights.figures")).one()
        assert work.done_at is not None


def test_a_closed_month_stays_when_somebody_goes_and_an_open_one_forgets_them(units: dict[str, int]) -> None:
    with clock.travel(at(date(2026, 4, 20))):
        monthly_statistics_jobs.count_tonight({})
        before, open_before = kept(MARCH), kept(APRIL)
        gone = [row[0] for row in milestones()][:6]
        for user_id in gone:
            erase_account(int(str(user_id)))
        assert not {row[0] for row in milestones()} & set(gone)
        monthly_statistics_jobs.count_tonight({})
        assert kept(MARCH) == before and kept(APRIL) != open_before
        assert not {row[0] for row in milestones()} & set(gone)


def test_late_rows_count_until_the_month_is_closed(units: dict[str, int]) -> None:
    def ask(number: int) -> None:
        for n in range(number):
            db.session.add(HelpRequest(
                learner_id=people[n], asked_by_id=people[n], unit_id=units["b-city"], topic="spät", minor=False,
                state="ended", outcome="yes", created_at=at(MARCH),
            ))  # fmt: skip
        db.session.commit()

    def asked() -> list[int]:
        query = sa.select(Figure.count).where(Figure.month == MARCH, Figure.key == "t:spät", Figure.unit_id.is_(None))
        return list(db.session.scalars(query.where(Figure.measure == "asked")))

    with clock.travel(at(date(2026, 4, 7))):
        monthly_statistics_jobs.count_tonight({})
        people = [int(str(row[0])) for row in milestones()]
        ask(12)
        monthly_statistics_jobs.count_tonight({})
        assert asked() == [12]
    with clock.travel(at(date(2026, 4, 8))):
        monthly_statistics_jobs.count_tonight({})
        ask(5)
        monthly_statistics_jobs.count_tonight({})
        assert asked() == [12]
        monthly_statistics_jobs.rebuild(MARCH)  # by name it is counted again
        assert asked() == [17]


def test_months_are_counted_from_the_command_line(app: Flask, units: dict[str, int]) -> None:
    run = app.test_cli_runner().invoke
    with clock.travel(at(date(2026, 4, 20))):
        told = run(statistics.group, ["count", "2026-03"])
        assert told.exit_code == 0 and "1/1  2026-03:" in told.output and kept(MARCH) and not kept(APRIL)
        assert monthly_statistics_jobs.open_months() == [APRIL]
        told = run(statistics.group, ["rebuild"])
        assert [line.split()[1] for line in told.output.splitlines()] == ["2026-03:", "2026-04:"] and kept(APRIL)
        assert "2026-04" in run(statistics.group, ["count"]).output
        assert [
            line.split()[1] for line in run(statistics.group, ["rebuild", "--from", "2026-04"]).output.splitlines()
        ] == ["2026-04:"]
    assert run(statistics.group, ["count", "tháng ba"]).exit_code == 2


def test_a_month_counted_by_hand_leaves_earlier_ones_to_the_night(units: dict[str, int]) -> None:
    with clock.travel(at(date(2026, 6, 20))):
        monthly_statistics_jobs.rebuild(APRIL)
        assert monthly_statistics_jobs.open_months() == [MARCH, MAY, date(2026, 6, 1)]


def test_with_nothing_that_happened_this_month_alone_is_counted(inside: World) -> None:
    monthly_statistics_jobs.count_tonight({})
    assert monthly_statistics_queries.months(None) == [clock.today().replace(day=1)]
