"""Working days in Vietnam: weekends and public holidays are none, nor are days off that are only expected."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from tutoring.kernel import clock
from tutoring.kernel.holidays import all_days

SATURDAY = 5


def _days() -> frozenset[date]:
    return frozenset(one.day for one in all_days())


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
