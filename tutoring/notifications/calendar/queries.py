"""A user's appointments by week, and their last state in calendar files.

A file may be stored on another company's server. It holds kinds, times and public places: no names, no texts, no home,
and no number that two users' files share.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.holidays import Holiday, holidays
from tutoring.notifications.calendar.models import CalendarEntry
from tutoring.notifications.calendar.sources import SOURCES, Asked, Time

BACK, AHEAD = timedelta(days=14), timedelta(days=56)  # around today, in a feed
FARTHEST = timedelta(days=200)  # range for browsing weeks, and for finding one time


@dataclass(frozen=True)
class Day:
    """One day of a week: its holiday, if any, and its appointments."""

    day: date
    holiday: Holiday | None
    times: list[Time]

    @property
    def today(self) -> bool:
        return self.day == clock.today()


def times_of(user: User, first: date, last: date) -> list[Time]:
    """Returns the user's times in a range of days, both included, in order.

    For a guardian it includes the children's.
    """
    mine = {link.child_id: link.child for link in children(user.id) if link.confirmed_at and link.child.kind == "child"}
    asked = Asked(user, mine, first, last)
    return sorted((one for source in SOURCES for one in source(asked)), key=_in_order)


def _in_order(one: Time) -> tuple[object, ...]:
    return clock.local(one.starts).date(), not one.all_day, one.starts, one.kind, one.ref


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(user: User, monday: date) -> list[Day]:
    """Returns the seven days from this Monday on."""
    last = monday + timedelta(days=6)
    times = times_of(user, monday, last)
    free = {one.day: one for one in holidays(monday, last)}
    days = [monday + timedelta(days=number) for number in range(7)]
    return [Day(day, free.get(day), [one for one in times if clock.local(one.starts).date() == day]) for day in days]


# ---- calendar files -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One time as a calendar file states it. `number` is unique across all users' files."""

    number: int
    kind: str
    starts: datetime
    ends: datetime
    place: str
    all_day: bool
    waiting: bool
    for_child: bool
    sequence: int
    changed_at: datetime
    cancelled: bool


def for_feed(user: User) -> list[Said]:
    """Returns the content of a feed, with times cancelled since the last reading."""
    today = clock.today()
    return _said(user.id, times_of(user, today - BACK, today + AHEAD), whole=True)


def one_time(user: User, kind: str, ref: str) -> Said:
    """Returns one time of this user; raises NotFound.

    A time that was in a file and no longer exists is returned as cancelled.
    """
    today = clock.today()
    found = [one for one in times_of(user, today - BACK, today + FARTHEST) if (one.kind, one.ref) == (kind, ref)]
    if found:
        return _said(user.id, found, whole=False)[0]
    gone = _entries(user.id).get((kind, ref))
    if gone is None or clock.local(gone.ends_at).date() < today:
        raise NotFound
    if not gone.cancelled:
        _write(user.id, [], [gone.id])
        gone = _entries(user.id)[kind, ref]
    return _called_off(gone)


def _entries(user_id: int) -> dict[tuple[str, str], CalendarEntry]:
    query = sa.select(CalendarEntry).where(CalendarEntry.user_id == user_id).order_by(CalendarEntry.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {(one.kind, one.ref): one for one in rows}


def digest(one: Time) -> str:
    """Hashes what a file states about a time; a different hash means a change."""
    told = (one.starts.timestamp(), one.ends.timestamp(), one.place, one.all_day, one.waiting, one.child is not None)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _said(user_id: int, times: Sequence[Time], *, whole: bool) -> list[Said]:
    """Stores new and changed entries, then returns what the file states.

    With `whole`, all other stored future times are cancelled.
    """
    entries = _entries(user_id)
    changed = [one for one in times if _differs(entries.get((one.kind, one.ref)), one)]
    here = {(one.kind, one.ref) for one in times}
    moment = clock.now()
    gone = [
        one.id for key, one in entries.items()
        if whole and key not in here and not one.cancelled and one.starts_at > moment
    ]  # fmt: skip
    if changed or gone:
        _write(user_id, changed, gone)
        entries = _entries(user_id)
    said = [_told(entries[one.kind, one.ref], one) for one in times]
    off = [one for key, one in entries.items() if whole and key not in here and one.cancelled and one.ends_at > moment]
    return said + [_called_off(one) for one in off]


def _differs(entry: CalendarEntry | None, one: Time) -> bool:
    return entry is None or entry.cancelled or entry.digest != digest(one)


@command
def _write(user_id: int, changed: Iterable[Time], gone: Iterable[int]) -> None:
    moment = clock.now().replace(microsecond=0)
    for one in changed:
        told = {"starts_at": one.starts, "ends_at": one.ends, "digest": digest(one), "changed_at": moment}
        if insert_if_absent(CalendarEntry, user_id=user_id, kind=one.kind, ref=one.ref, **told):
            continue
        mine = sa.and_(CalendarEntry.user_id == user_id, CalendarEntry.kind == one.kind, CalendarEntry.ref == one.ref)
        # The condition skips entries that a concurrent request has already updated.
        differs = sa.or_(CalendarEntry.digest != told["digest"], CalendarEntry.cancelled)
        raised = {"sequence": CalendarEntry.sequence + 1, "cancelled": False}
        db.session.execute(sa.update(CalendarEntry).where(mine, differs).values(**told, **raised))
    off = {"sequence": CalendarEntry.sequence + 1, "cancelled": True, "changed_at": moment}
    still = sa.and_(CalendarEntry.id.in_(list(gone)), CalendarEntry.cancelled.is_(False))
    db.session.execute(sa.update(CalendarEntry).where(still).values(off))


def _told(entry: CalendarEntry, one: Time) -> Said:
    return Said(entry.id, one.kind, one.starts, one.ends, one.place, one.all_day, one.waiting, one.child is not None,
                entry.sequence, entry.changed_at, False)  # fmt: skip


def _called_off(entry: CalendarEntry) -> Said:
    return Said(entry.id, entry.kind, entry.starts_at, entry.ends_at, "", entry.kind == "loan", False, False,
                entry.sequence, entry.changed_at, True)  # fmt: skip
