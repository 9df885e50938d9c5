"""Background jobs of training: invitations, reminders, the end of a session, renewals.

Trainers of a ward receive a weekly count of due renewals.
"""

from datetime import date, time, timedelta

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.training.events import AttendanceDue, Invited, LessonsAdded, RenewalNear, TrainingNear, WardDue
from tutoring.training.models import TrainingAttendance, TrainingSession
from tutoring.training.progress_queries import (
    Syllabus,
    counts,
    due_between,
    get_readiness_of_people,
    syllabus,
    trained_before,
)
from tutoring.training.queries import people_of
from tutoring.training.readiness import GRACE, READY, SOON, months_after
from tutoring.training.track_members import on_track, runners, wards_of
from tutoring.training.tracks import tracks

DAY_BEFORE = timedelta(days=1)
AT_ONCE = 100  # people notified in one job


def plan(row: TrainingSession) -> None:
    """Enqueues the reminder and the end of a session that was published or moved."""
    if (early := row.at - DAY_BEFORE) > clock.now():
        jobs.enqueue("training.near", _key("near", row), early, session_id=row.id)
    jobs.enqueue("training.over", _key("over", row), row.ends, session_id=row.id)


def unplan(row: TrainingSession) -> None:
    """Cancels the jobs of the session's current time."""
    jobs.cancel(_key("near", row))
    jobs.cancel(_key("over", row))


def invite(row: TrainingSession, after: int = 0) -> None:
    """Enqueues the invitations of the people a session is for, in batches."""
    jobs.enqueue("training.invite", f"training-invite:{row.id}:{after}", clock.now(), session_id=row.id, after=after)


def _key(what: str, row: TrainingSession) -> str:
    return f"training-{what}:{row.id}:{row.at.timestamp():.0f}:{row.minutes}"


def _open(session_id: int) -> TrainingSession | None:
    row = db.session.get(TrainingSession, session_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.state == "open" else None


@jobs.job("training.invite")
def _invite_batch(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    track = tracks().get(row.track) if row is not None else None
    if row is None or track is None or row.at <= clock.now():
        return
    people = on_track(track, wards_of(row.unit))
    query = sa.select(people.c.user_id).distinct().where(people.c.user_id > payload["after"])
    some = list(db.session.scalars(query.order_by(people.c.user_id).limit(AT_ONCE)))
    publish(Invited(row.id, tuple(one for one in some if one not in (row.leader_id, row.by_id))))
    if len(some) == AT_ONCE:
        invite(row, some[-1])


@jobs.job("training.near")
def _remind(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    if row is not None and clock.now() < row.at:
        publish(TrainingNear(row.id, (*(one.id for one in people_of(row.id, "in")), row.leader_id)))


@jobs.job("training.over")
def _end(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    if row is not None and clock.now() >= row.ends:
        row.state = "over"
        if row.marked_at is None:
            publish(AttendanceDue(row.id))


MORNING = time(7)
LATE = timedelta(days=6)  # the site may be down for this long, and every notice is still sent
LAST_CALL = timedelta(days=14)  # before the end of grace for an added lesson
MONDAY = 0


@jobs.daily("training.renewals", MORNING)
def _look(_payload: dict[str, object]) -> None:
    """Enqueues one job per ward, so that no ward delays the others."""
    if db.session.scalar(sa.select(TrainingAttendance.id).limit(1)) is None:
        return
    today = clock.today()
    wards = sa.select(Unit.id).where(Unit.kind == "ward").order_by(Unit.id)
    for ward_id in db.session.scalars(wards).all():
        jobs.enqueue("training.ward", f"training-ward:{ward_id}:{today}", clock.now(), ward_id=ward_id,
                 day=today.isoformat())  # fmt: skip


@jobs.job("training.ward")
def _look_at(payload: dict[str, str]) -> None:
    ward_id, today, due = int(payload["ward_id"]), date.fromisoformat(payload["day"]), 0
    for track in tracks().values():
        known = syllabus(track, "vi")
        # Windows, so that no one is left out after a day without a server; the inbox deduplicates notices.
        for first, last, is_today in (
            (today + SOON - LATE, today + SOON, False),
            (today - LATE, today, True),
        ):
            for user_id, day in due_between(known, ward_id, first, last):
                publish(RenewalNear(user_id, track.id, months_after(day, track.renew_months), is_today))
        _tell_of_additions(known, ward_id, today)
        found = counts(known, [ward_id]).get(ward_id)
        due += found.due if found else 0
    if due and today.weekday() == MONDAY:
        told = runners([ward_id]).get(ward_id, [])
        publish(WardDue(ward_id, due, today, tuple(told)))


def _tell_of_additions(known: Syllabus, ward_id: int, today: date) -> None:
    """Publishes which ready people have an added lesson to learn: when it is new, two weeks before the grace ends."""
    for added_on in sorted(set(known.needs.in_grace(today).values())):
        until = added_on + GRACE
        is_last = until - LAST_CALL <= today <= until - LAST_CALL + LATE
        if not is_last and not added_on <= today <= added_on + LATE:
            continue
        people = trained_before(known, ward_id, added_on)
        for user_id, found in get_readiness_of_people(known, people).items():
            if found.state in READY and any(one.until == until for one in found.added):
                publish(LessonsAdded(user_id, known.track.id, until, is_last))
