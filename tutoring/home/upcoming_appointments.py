"""The next appointments of a user and their children, for the start page.

The calendar (`notifications/calendar/sources.py`) knows the times. One query first tells which kinds exist, so a page
without appointments costs only that query.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import DutyShift, DutySlot
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.notifications.calendar import sources
from tutoring.notifications.calendar.sources import Asked, Time
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.scheduling.models import Booking
from tutoring.training.models import TrainingSeat, TrainingSession
from tutoring.visits.models import Visit

AHEAD = timedelta(days=7)
MAX_TIMES = 3

Source = Callable[[Asked], Iterator[Time]]


@cache  # on every start page and calendar; building it takes longer than running it
def _kinds() -> tuple[tuple[Source, ...], Any]:
    """Returns the sources, and the statement that tells of each whether it has anything."""
    me: sa.BindParameter[int] = sa.bindparam("me", type_=sa.Integer)
    family: sa.BindParameter[int] = sa.bindparam("family", expanding=True)
    now, ahead = (sa.bindparam(name, type_=GroupSession.at.type) for name in ("now", "ahead"))
    kinds: list[tuple[Source, sa.ColumnElement[bool]]] = [
        (sources.meetings, sa.or_(
            sa.exists().where(HelpRequest.learner_id.in_(family), HelpRequest.meet_at > now),
            sa.exists().where(HelpRequest.helper_id == me, HelpRequest.meet_at > now))),
        (sources.weekly, sa.or_(
            sa.exists().where(Booking.learner_id.in_(family), Booking.state == "on"),
            sa.exists().where(Booking.helper_id == me, Booking.state == "on"))),
        (sources.groups, sa.or_(
            sa.exists().where(GroupSession.helper_id == me, GroupSession.at > ahead),
            sa.exists().where(SignUp.learner_id.in_(family), SignUp.state.in_(("in", "waiting"))))),
        (sources.trainings, sa.or_(
            sa.exists().where(TrainingSeat.user_id == me, TrainingSeat.state == "in"),
            sa.exists().where(TrainingSession.leader_id == me, TrainingSession.at > ahead))),
        (sources.visits, sa.or_(*(
            sa.exists().where(column == me, Visit.state == "planned")
            for column in (Visit.asker_id, Visit.visitor_one_id, Visit.visitor_two_id)))),
        (sources.duty, sa.or_(
            sa.exists().where(DutySlot.user_id == me),
            sa.exists().where(DutyShift.user_id == me, DutyShift.ends_at > now))),
    ]  # fmt: skip
    flags = (flag.label(f"kind_{n}") for n, (_, flag) in enumerate(kinds))
    return tuple(source for source, _ in kinds), sa.select(*flags)


def coming(person: User, ties: list[Guardian]) -> list[Time]:
    """Returns the next times within a week, nearest first.

    `ties` are those to this user's children.
    """
    today, now = clock.today(), clock.now()
    # A duty shift that has begun is shown beside the unit.
    times = times_between(person, ties, today, today + AHEAD)
    ahead = [one for one in times if (one.starts if one.kind == "duty" else one.ends) > now]
    return _each_duty_once(ahead)[:MAX_TIMES]


def times_between(person: User, ties: list[Guardian], first: date, last: date) -> list[Time]:
    """Returns the times of these days, with those of children, earliest first."""
    children = {tie.child_id: tie.child for tie in ties if tie.confirmed_at and tie.child.kind == "child"}
    asked = Asked(person, children, first, last)
    kinds, flags = _kinds()
    now = clock.now()
    told = {"me": person.id, "family": list(asked.ids), "now": now, "ahead": now - AHEAD}
    has = db.session.execute(flags, told).one()
    times = [one for source, so in zip(kinds, has, strict=True) if so for one in source(asked)]
    return sorted(times, key=lambda one: (one.starts, one.kind, one.ref))


def _each_duty_once(times: list[Time]) -> list[Time]:
    """Keeps only the next duty shift, so that daily shifts do not fill the list."""
    first = next((one for one in times if one.kind == "duty"), None)
    return [one for one in times if one.kind != "duty" or one is first]
