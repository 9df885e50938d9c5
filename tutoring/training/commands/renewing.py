"""Renewal: who is told in time, and the week's count for those who run the training of a ward."""

from datetime import date, time, timedelta

import sqlalchemy as sa

from tutoring.community.models import Unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.training.bank import tracks
from tutoring.training.events import RenewalNear, WardDue
from tutoring.training.models import TrainingAttendance
from tutoring.training.people import runners
from tutoring.training.readiness import SOON, months_after
from tutoring.training.standing import counts, due_between, syllabus

MORNING = time(7)
LATE = timedelta(days=6)  # so long the site may have stood still, and everybody is told nevertheless
MONDAY = 0


@jobs.daily("training.renewals", MORNING)
def _look(_payload: dict[str, object]) -> None:
    """Every ward is a piece of work of its own, so that none holds the others up."""
    if db.session.scalar(sa.select(TrainingAttendance.id).limit(1)) is None:
        return
    today = clock.today()
    wards = sa.select(Unit.id).where(Unit.kind == "ward").order_by(Unit.id)
    for ward_id in db.session.scalars(wards).all():
        jobs.due("training.ward", f"training-ward:{ward_id}:{today}", clock.now(), ward_id=ward_id,
                 day=today.isoformat())  # fmt: skip


@jobs.job("training.ward")
def _look_at(payload: dict[str, str]) -> None:
    ward_id, today, due = int(payload["ward_id"]), date.fromisoformat(payload["day"]), 0
    for track in tracks().values():
        known = syllabus(track, "vi")
        # Windows, so that a day on which the site stood still leaves nobody out; their inbox takes each notice once.
        for first, last, is_today in (
            (today + SOON - LATE, today + SOON, False),
            (today - LATE, today, True),
        ):
            for user_id, day in due_between(known, ward_id, first, last):
                announce(RenewalNear(user_id, track.id, months_after(day, track.renew_months), is_today))
        found = counts(known, [ward_id]).get(ward_id)
        due += found.due if found else 0
    if due and today.weekday() == MONDAY:
        told = runners([ward_id]).get(ward_id, [])
        announce(WardDue(ward_id, due, today, tuple(told)))
