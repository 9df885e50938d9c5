"""Due work of a training session: inviting, the reminder of the day before, its end."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.training.bank import tracks
from tutoring.training.events import Invited, ToBeMarked, TrainingNear
from tutoring.training.models import TrainingSession
from tutoring.training.people import on_track, wards_of
from tutoring.training.queries import people_of

DAY_BEFORE = timedelta(days=1)
AT_ONCE = 100  # people who are told in one piece of work


def plan(row: TrainingSession) -> None:
    """Put down the reminder and the end of a session that was announced or moved."""
    if (early := row.at - DAY_BEFORE) > clock.now():
        jobs.due("training.near", _key("near", row), early, session_id=row.id)
    jobs.due("training.over", _key("over", row), row.ends, session_id=row.id)


def unplan(row: TrainingSession) -> None:
    """Nothing of this time is due any more."""
    jobs.cancel(_key("near", row))
    jobs.cancel(_key("over", row))


def invite(row: TrainingSession, after: int = 0) -> None:
    """Put down that those are told whom it is for, some at a time."""
    jobs.due("training.invite", f"training-invite:{row.id}:{after}", clock.now(), session_id=row.id, after=after)


def _key(what: str, row: TrainingSession) -> str:
    return f"training-{what}:{row.id}:{row.at.timestamp():.0f}:{row.minutes}"


def _open(session_id: int) -> TrainingSession | None:
    row = db.session.get(TrainingSession, session_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.state == "open" else None


@jobs.job("training.invite")
def _tell_some(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    track = tracks().get(row.track) if row is not None else None
    if row is None or track is None or row.at <= clock.now():
        return
    people = on_track(track, wards_of(row.unit))
    query = sa.select(people.c.user_id).distinct().where(people.c.user_id > payload["after"])
    some = list(db.session.scalars(query.order_by(people.c.user_id).limit(AT_ONCE)))
    announce(Invited(row.id, tuple(one for one in some if one not in (row.leader_id, row.by_id))))
    if len(some) == AT_ONCE:
        invite(row, some[-1])


@jobs.job("training.near")
def _remind(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    if row is not None and clock.now() < row.at:
        announce(TrainingNear(row.id, (*(one.id for one in people_of(row.id, "in")), row.leader_id)))


@jobs.job("training.over")
def _end(payload: dict[str, int]) -> None:
    row = _open(payload["session_id"])
    if row is not None and clock.now() >= row.ends:
        row.state = "over"
        if row.marked_at is None:
            announce(ToBeMarked(row.id))
