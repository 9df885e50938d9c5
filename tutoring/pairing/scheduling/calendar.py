"""Computes the dates of weekly meetings, without days on which one of the two is away."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.pairing.matching.week_bits import OPENS, QUARTER
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.scheduling.models import Away, Booking
from tutoring.policy.pairing.fallbacks import MINUTES

FARTHEST = 60  # weeks searched for one in which neither is away
ASKED_AFTER = timedelta(days=14)  # from the first meeting on; then both are asked whether they met


def start_on(day: date, quarter: int) -> datetime:
    """Returns the moment of a quarter hour of a day in Vietnam."""
    hour, minute = divmod(OPENS + quarter * QUARTER, 60)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.LOCAL)


def next_meeting(row: Booking, after: datetime) -> datetime:
    """Returns the first start after a moment, on a day on which neither is away."""
    return next_meetings([row], after)[0]


def next_meetings(rows: Sequence[Booking], after: datetime) -> list[datetime]:
    """Returns the same as `next_meeting` for several bookings, in one query."""
    away = _away_of(rows)
    return [_first(row, after, away[row.learner_id] + away[row.helper_id]) for row in rows]


def _first(row: Booking, after: datetime, away: Sequence[tuple[date, date]]) -> datetime:
    day = clock.local(after).date()
    day += timedelta(days=(row.day - day.weekday()) % 7)
    for _ in range(FARTHEST):
        begin = start_on(day, row.quarter)
        if begin > after and not any(first <= day <= last for first, last in away):
            return begin
        day += timedelta(days=7)
    return start_on(day, row.quarter)


def meetings_between(rows: Sequence[Booking], first: date, last: date) -> list[tuple[Booking, datetime]]:
    """Returns all meetings from one day to another, both included, without away days."""
    away = _away_of(rows)
    found = []
    for row in rows:
        begins = max(first, row.first_on)
        day = begins + timedelta(days=(row.day - begins.weekday()) % 7)
        while day <= last:
            if not any(one <= day <= other for one, other in away[row.learner_id] + away[row.helper_id]):
                found.append((row, start_on(day, row.quarter)))
            day += timedelta(days=7)
    return found


def _away_of(rows: Sequence[Booking]) -> dict[int, list[tuple[date, date]]]:
    query = sa.select(Away.user_id, Away.first, Away.last)
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for user_id, *days in db.session.execute(
        query.where(Away.user_id.in_({one for row in rows for one in (row.learner_id, row.helper_id)}))
    ):
        away[user_id].append((days[0], days[1]))
    return away


def is_away(row: Booking, at: datetime) -> bool:
    """Returns whether one of the two is away on the day of this meeting."""
    day = clock.local(at).date()
    query = sa.select(Away.id).where(
        Away.user_id.in_((row.learner_id, row.helper_id)), Away.first <= day, Away.last >= day
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def is_taken(user_id: int, at: datetime) -> bool:
    """Returns whether this user has an agreed time or a weekly meeting at that moment."""
    near = timedelta(minutes=MINUTES)
    other = sa.select(HelpRequest.id).where(
        sa.or_(HelpRequest.helper_id == user_id, HelpRequest.learner_id == user_id),
        HelpRequest.state == "waiting", HelpRequest.meet_at > at - near, HelpRequest.meet_at < at + near,
    )  # fmt: skip
    if db.session.scalar(other.limit(1)) is not None:
        return True
    weekly = sa.select(Booking).where(
        sa.or_(Booking.helper_id == user_id, Booking.learner_id == user_id),
        Booking.state == "on", Booking.day == clock.local(at).weekday(),
    )  # fmt: skip
    starts = [(start_on(clock.local(at).date(), row.quarter), row.minutes) for row in db.session.scalars(weekly)]
    return any(begin - near < at < begin + timedelta(minutes=minutes) for begin, minutes in starts)
