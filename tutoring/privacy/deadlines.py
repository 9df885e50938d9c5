"""Deadlines of data rights in working days and days in Vietnam.

Weekends, public holidays and days off that are only expected are no working days. The deadlines follow Decree 356/2025
as far as we know it; unconfirmed (docs/privacy.md).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from tutoring.kernel import clock
from tutoring.kernel.holidays import all_days

SATURDAY = 5


def _days() -> frozenset[date]:
    return frozenset(one.day for one in all_days())


def is_working_day(day: date, off: Collection[date] | None = None) -> bool:
    """Whether this is a working day of offices."""
    return day.weekday() < SATURDAY and day not in (_days() if off is None else off)


def working_days_after(moment: datetime, count: int, off: Collection[date] | None = None) -> datetime:
    """Returns the end, in Vietnam, of the `count`-th working day after the day of this moment."""
    day = clock.local(moment).date()
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, off)
    return end_of(day)


def days_after(moment: datetime, count: int) -> datetime:
    """Returns the end, in Vietnam, of the `count`-th day after the day of this moment."""
    return end_of(clock.local(moment).date() + timedelta(days=count))


def end_of(day: date) -> datetime:
    """Returns the last second of a day in Vietnam."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=clock.LOCAL)


ACKNOWLEDGE = 2  # working days
DONE = {"export": 10, "correct": 10, "delete": 20, "restrict": 15}  # days


def clocks(kind: str, asked: datetime) -> tuple[datetime, datetime]:
    """Returns the deadlines for the acknowledgement of a request and for its completion."""
    return working_days_after(asked, ACKNOWLEDGE), days_after(asked, DONE[kind])
