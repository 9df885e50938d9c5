"""`flask figures …`: recount months. A scheduled job does it every night.

The job is in insights/monthly_statistics/jobs.py.
"""

import time
from datetime import date

import click
from flask.cli import AppGroup

from tutoring.insights.monthly_statistics import jobs as monthly_statistics_jobs
from tutoring.insights.monthly_statistics import months
from tutoring.kernel import clock

group = AppGroup("figures", help="Figures of units, month by month.")


def _month(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise click.BadParameter("a month is written 2026-03") from None


def _count(some: list[date]) -> None:
    for number, month in enumerate(some, 1):
        begun = time.monotonic()
        lines = monthly_statistics_jobs.rebuild(month)
        click.echo(f"{number}/{len(some)}  {month:%Y-%m}: {lines} figures, {time.monotonic() - begun:.1f} s")


@group.command("count")
@click.argument("month", required=False, callback=_month)
def count(month: date | None) -> None:
    """Count one month again, closed or not; without a month what the night would count."""
    _count([month] if month else monthly_statistics_jobs.open_months())


@group.command("rebuild")
@click.option("--from", "first", callback=_month, help="2026-03; without it, from the first thing that happened.")
def rebuild(first: date | None) -> None:
    """Count every month again, closed ones too, from what the tables hold now: accounts that were erased since then
    count no more. Oldest first, so that what people did for the first time comes out the same."""
    this = months.of_day(clock.today())
    _count(months.between(first or monthly_statistics_jobs.first_month() or this, this))
