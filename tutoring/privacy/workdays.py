"""Working days in Vietnam: weekends and the days of holidays.yml are none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from tutoring.kernel import clock

FILE = Path(__file__).with_name("holidays.yml")
SATURDAY = 5


@dataclass(frozen=True)
class Holiday:
    """A day off; `unconfirmed` when the State's announcement was not at hand as it was written down."""

    day: date
    name: str
    unconfirmed: bool = False


@cache
def holidays() -> tuple[Holiday, ...]:
    """All days off that are written down, in order."""
    years = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple(Holiday(**one) for year in sorted(years) for one in years[year])


def known_until() -> date:
    """The last day of the last year that is written down."""
    return date(holidays()[-1].day.year, 12, 31)


@cache
def _days() -> frozenset[date]:
    return frozenset(holiday.day for holiday in holidays())


def is_working_day(day: date, off: Collection[date] | None = None) -> bool:
    """Whether offices work on this day."""
    return day.weekday() < SATURDAY and day not in (_days() if off is None else off)


def working_days_after(moment: datetime, count: int, off: Collection[date] | None = None) -> datetime:
    """The end, in Vietnam, of the `count`-th working day after the day of this moment."""
    day = clock.local(moment).date()
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, off)
    return end_of(day)


def days_after(moment: datetime, count: int) -> datetime:
    """The end, in Vietnam, of the `count`-th day after the day of this moment."""
    return end_of(clock.local(moment).date() + timedelta(days=count))


def end_of(day: date) -> datetime:
    """The last second of a day in Vietnam."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=clock.LOCAL)
