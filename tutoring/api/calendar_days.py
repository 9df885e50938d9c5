"""The days that a calendar of the API is asked for."""

from datetime import date, timedelta

from tutoring.api.schemas import CalendarQuery
from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput
from tutoring.notifications.calendar.queries import FARTHEST


def days_of(query: CalendarQuery) -> tuple[date, date]:
    """Returns the first and the last day; raises InvalidInput for a day that is too far away."""
    first = query.first or clock.today()
    if abs(first - clock.today()) > FARTHEST:
        raise InvalidInput(field="first")
    return first, first + timedelta(days=query.days - 1)
