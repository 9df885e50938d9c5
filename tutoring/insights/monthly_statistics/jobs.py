"""Counts and stores months: open ones every night, any month on command. Idempotent.

Counting only reads. The result is then written in one short transaction. So pages see a month before or after it, and
suppression always holds for what they see.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.insights.models import Figure, FigureMonth, Milestone
from tutoring.insights.monthly_statistics import device_sources
from tutoring.insights.monthly_statistics.cell_suppression import never_shown, rounded_wait, shown_places
from tutoring.insights.monthly_statistics.counter import MonthCount, count
from tutoring.insights.monthly_statistics.months import between, of_day, over
from tutoring.insights.monthly_statistics.sources import DAYS, Known
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress, StepDone
from tutoring.notebook.models import FirstDossier
from tutoring.pairing.models import HelpRequest
from tutoring.policy.disclosure_control import MIN_PEOPLE, suppress_small_count
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.volunteer_minutes.models import HelpSession

AT = time(2, 10)
MAX_RUNTIME = timedelta(hours=2)
_TOGETHER = 5_000  # rows per statement


@jobs.daily("insights.figures", AT, outside=MAX_RUNTIME)
def count_tonight(_payload: dict[str, Any]) -> None:
    for month in open_months():
        rebuild(month)


def open_months() -> list[date]:
    """Returns the months that may have events and are not closed yet, oldest first."""
    this = of_day(clock.today())
    closed = set(db.session.scalars(sa.select(FigureMonth.month).where(FigureMonth.closed)))
    begin = first_month() or this
    db.session.rollback()
    return [month for month in between(begin, this) if month not in closed]


def first_month() -> date | None:
    """Returns the month of the earliest event."""
    moments = (StepDone.at, LessonProgress.finished_at, HelpRequest.created_at, HelpSession.ended_at,
               PracticeRun.ended_at)  # fmt: skip
    found = [db.session.scalar(sa.select(sa.func.min(moment))) for moment in moments]
    found.append(device_sources.first())
    days = [clock.local(moment).date() for moment in found if moment is not None]
    filed = db.session.scalar(sa.select(sa.func.min(FirstDossier.said_on)))
    days += [filed] if filed is not None else []
    return of_day(min(days)) if days else None


def rebuild(month: date) -> int:
    """Counts a month, closed or not, and stores the result; returns the number of figures."""
    db.session.rollback()
    at = clock.now()
    found = count(month)
    lines = list(_lines(month, found))
    db.session.rollback()  # reading is over before writing begins
    _keep(month, at, lines, found.milestones)
    return len(lines)


def _lines(month: date, found: MonthCount) -> Iterator[dict[str, Any]]:
    """Yields the rows of a month; cells with fewer than ten people are not stored at all."""
    places = shown_places(found.tally.heaps, found.places.whole_of)
    for place, heap in found.tally.heaps():
        if heap.people < MIN_PEOPLE or never_shown(place):
            continue
        middle, high = found.tally.waits(place) or (None, None)
        opened = place in places
        yield {
            "month": month, "unit_id": place.number // 2 or None, "measure": place.measure, "key": place.key,
            "count": heap.amount, "people": heap.people, "middle": middle, "high": high,
            "shown": suppress_small_count(heap.amount, heap.people) if opened else None,
            "shown_people": suppress_small_count(heap.people, heap.people) if opened else None,
            "shown_middle": None if middle is None else rounded_wait(middle),
            "shown_high": None if high is None else rounded_wait(high),
        }  # fmt: skip


@command
def _keep(month: date, at: datetime, lines: list[dict[str, Any]], milestones: dict[int, Known | None]) -> None:
    run: Any = db.session.execute
    run(sa.delete(Figure).where(Figure.month == month))
    for some in range(0, len(lines), _TOGETHER):
        run(sa.insert(Figure), lines[some : some + _TOGETHER])
    changed = list(milestones)
    for some in range(0, len(changed), _TOGETHER):
        part = changed[some : some + _TOGETHER]
        run(sa.delete(Milestone).where(Milestone.user_id.in_(part)))
        rows = [{"user_id": one, **dict(zip(DAYS, known, strict=True))} for one in part if (known := milestones[one])]
        if rows:
            run(sa.insert(Milestone), rows)
    gone = sa.select(User.id).where(User.erased_at >= at)  # erased since counting began
    run(sa.delete(Milestone).where(Milestone.user_id.in_(gone)))
    row = db.session.get(FigureMonth, month) or FigureMonth(month=month)
    row.counted_at, row.closed = at, over(month, clock.local(at).date())
    db.session.add(row)


@command
def forget_milestones(user_id: int) -> None:
    """Deletes when a user first did what; closed months keep their counts."""
    db.session.execute(sa.delete(Milestone).where(Milestone.user_id == user_id))
