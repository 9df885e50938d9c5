"""How long a consent counts: until the end of the school year.

Pure functions of days in Vietnam.
"""

from datetime import date, datetime, timedelta

from tutoring.kernel.clock import LOCAL

LAST = (8, 31)  # the last day of a school year
EARLY_MONTH = 7  # from its first day on, a consent counts for the coming school year too
ASKED_BEFORE = timedelta(days=30)


def last_day(given: date) -> date:
    """Returns the last day on which a consent given on this day counts.

    The papers of the coming school year are signed in July and August. A consent given then is not requested again some
    weeks later: frequent requests teach people to press without reading. So no consent counts for more than fourteen
    months.
    """
    return date(given.year + (given.month >= EARLY_MONTH), *LAST)


def counts_from(today: date) -> datetime:
    """Returns the earliest moment of a consent that still counts on this day."""
    year = today.year if (today.month, today.day) > LAST else today.year - 1
    return datetime(year, EARLY_MONTH, 1, tzinfo=LOCAL)


def asks_from(given: date) -> datetime:
    """Returns when a renewal is requested: thirty days before the end."""
    return _midnight(last_day(given) + timedelta(days=1) - ASKED_BEFORE)


def ends_at(given: date) -> datetime:
    """Returns the moment from which a consent given on this day no longer counts."""
    return _midnight(last_day(given) + timedelta(days=1))


def asked_anew(given: date, today: date) -> bool:
    """Whether to request a renewal of a consent given on this day.

    Its end is near, and a new one would count for longer.
    """
    return today + ASKED_BEFORE > last_day(given) and last_day(today) > last_day(given)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)
