"""The guardians' weekly digest: one notice on Sunday at 18:00 for all active children.

The job of a week enqueues one job for each guardian of an active child, in portions, and the job of the next week.
`delivery/sender_jobs.py` sends the notice as email. The cost is bounded by the children with a guardian. An inactive
child costs one look-up and no row.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import user
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import notify
from tutoring.rooms.events import RoomOpened
from tutoring.rooms.weekly_activity import WeekRoom, was_active, week_of

HOUR = 18  # o'clock on Sunday, in Vietnam
PORTION = 200  # guardians per job, so that other writers wait only briefly for the lock
KEPT = 12  # past weeks available on the page
SAY = N_("%(children)s: tuần này %(sessions)s buổi, %(messages)s tin. Mở để xem giờ học và học với ai.")


@dataclass(frozen=True)
class Week:
    """A digest week. It ends on Sunday evening; later activity belongs to the next week."""

    monday: date

    @property
    def start(self) -> datetime:
        return _evening(self.monday - timedelta(days=1))

    @property
    def end(self) -> datetime:
        return _evening(self.monday + timedelta(days=6))

    @property
    def name(self) -> str:
        return self.monday.isoformat()

    @property
    def before(self) -> "Week":
        return Week(self.monday - timedelta(days=7))


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=clock.LOCAL)


def this_week() -> Week:
    """Returns the current week."""
    today = clock.today()
    week = Week(today - timedelta(days=today.weekday()))
    return week if clock.now() < week.end else Week(week.monday + timedelta(days=7))


def week_named(name: str) -> Week:
    """Returns one of the last weeks by its Monday; the current week for any other name."""
    week = this_week()
    for _ in range(KEPT + 1):
        if week.name == name:
            return week
        week = week.before
    return this_week()


def plan(week: Week) -> None:
    """Enqueues the digest of this week; needs a running command."""
    jobs.enqueue("notifications.weeks", f"weeks:{week.name}:0", week.end, monday=week.name, after=0)


@on(RoomOpened)
def start_weekly_digests(_event: RoomOpened) -> None:
    plan(this_week())


@jobs.job("notifications.weeks")
def _weeks(payload: dict[str, str | int]) -> None:
    week = Week(date.fromisoformat(str(payload["monday"])))
    after = int(payload["after"])
    if after == 0:
        plan(Week(week.monday + timedelta(days=7)))
    query = (
        sa.select(Guardian.guardian_id)
        .join(User, User.id == Guardian.child_id)
        .where(
            Guardian.guardian_id > after, Guardian.confirmed_at.is_not(None), User.kind == "child",
            was_active(Guardian.child_id, week.start, week.end),
        )
        .distinct()
        .order_by(Guardian.guardian_id)
        .limit(PORTION)
    )  # fmt: skip
    found = [id for id in db.session.scalars(query) if id is not None]
    for guardian_id in found:
        key = f"week:{guardian_id}:{week.name}"
        jobs.enqueue("notifications.week", key, clock.now(), guardian_id=guardian_id, monday=week.name)
    if len(found) == PORTION:
        key = f"weeks:{week.name}:{found[-1]}"
        jobs.enqueue("notifications.weeks", key, clock.now(), monday=week.name, after=found[-1])


def children_in(guardian_id: int, week: Week) -> dict[User, list[WeekRoom]]:
    """Returns a confirmed guardian's children under 16, each with its activity of the week."""
    query = (
        sa.select(User)
        .join(Guardian, Guardian.child_id == User.id)
        .where(Guardian.guardian_id == guardian_id, Guardian.confirmed_at.is_not(None), User.kind == "child")
        .order_by(User.id)
    )
    return {child: week_of(child.id, week.start, week.end) for child in db.session.scalars(query)}


@jobs.job("notifications.week")
def _week(payload: dict[str, str | int]) -> None:
    guardian, week = user(int(payload["guardian_id"])), Week(date.fromisoformat(str(payload["monday"])))
    active = {child: rooms for child, rooms in children_in(guardian.id, week).items() if rooms}
    if not active or guardian.state != "active":
        return
    rooms = [room for some in active.values() for room in some]
    first = next(iter(active))
    notify(
        guardian.id, f"week:{week.name}", SAY, f"/children/{first.id}/week?from={week.name}",
        children=", ".join(child.called_name for child in active),
        sessions=sum(not room.room.lasts for room in rooms), messages=sum(room.counts.messages for room in rooms),
    )  # fmt: skip
