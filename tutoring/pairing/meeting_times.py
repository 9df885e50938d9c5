"""When two people meet: the weekly start on days of the calendar, without those on which one of them is away."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.pairing.matching.times import OPENS, QUARTER
from tutoring.pairing.weekly_models import Away, Booking

FARTHEST = 60  # weeks that are looked at for one in which nobody is away
ASKED_AFTER = timedelta(days=14)  # from the first meeting on; then both are asked whether they met


def start_on(day: date, quarter: int) -> datetime:
    """The moment of a quarter hour of a day in Vietnam."""
    hour, minute = divmod(OPENS + quarter * QUARTER, 60)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.LOCAL)


def next_meeting(row: Booking, after: datetime) -> datetime:
    """The first start after a moment, on a day on which neither is away."""
    query = sa.select(Away).where(Away.user_id.in_((row.learner_id, row.helper_id)))
    away = [(one.first, one.last) for one in db.session.scalars(query)]
    day = clock.local(after).date()
    day += timedelta(days=(row.day - day.weekday()) % 7)
    for _ in range(FARTHEST):
        begin = start_on(day, row.quarter)
        if begin > after and not any(first <= day <= last for first, last in away):
            return begin
        day += timedelta(days=7)
    return start_on(day, row.quarter)


def is_away(row: Booking, at: datetime) -> bool:
    """Whether one of the two is away on the day of this meeting."""
    day = clock.local(at).date()
    query = sa.select(Away.id).where(
        Away.user_id.in_((row.learner_id, row.helper_id)), Away.first <= day, Away.last >= day
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None
