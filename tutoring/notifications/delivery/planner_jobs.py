"""Plans deliveries: which channels carry a notice, and when.

A background job does it, once for each notice.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.database.sql import upsert
from tutoring.kernel.db import db
from tutoring.notifications.channels.registry import CHANNELS, Channel
from tutoring.notifications.delivery.failures import rests
from tutoring.notifications.delivery.outbox import LETTER, OUT, OUT_MANY, key_of, letter_goes
from tutoring.notifications.models import Notice, NoticeDelivery
from tutoring.notifications.preferences.queries import EffectivePreferences, chosen_of_all
from tutoring.notifications.preferences.topics import TOPICS, topic_of

PORTION = 200  # users per job, so that other writers wait only briefly for the lock
LOST = timedelta(hours=2)  # a delivery overdue by this much has lost its job


@jobs.job(OUT)
def plan_one(payload: dict[str, Any]) -> None:
    """Plans one notice of one user."""
    query = _waiting().where(Notice.user_id == payload["user_id"], Notice.key == payload["notice"])
    _plan(db.session.execute(query).all())


@jobs.job(OUT_MANY)
def plan_many(payload: dict[str, Any]) -> None:
    """Plans one portion of the users with the same notice, and enqueues the next."""
    key, since = payload["notice"], datetime.fromisoformat(payload["since"])
    query = _waiting().where(Notice.key == key, Notice.created_at >= since, Notice.id > payload["after"])
    found = db.session.execute(query.order_by(Notice.id).limit(PORTION)).all()
    _plan(found)
    if len(found) == PORTION:
        last = found[-1][0].id
        jobs.enqueue(OUT_MANY, f"outs:{key}:{payload['since']}:{last}", clock.now(), **{**payload, "after": last})


def _waiting() -> "sa.Select[Notice, User]":
    query = sa.select(Notice, User).join(User, User.id == Notice.user_id)
    return query.where(Notice.read_at.is_(None), User.state == "active")


def _plan(found: Iterable[Any]) -> None:
    found = list(found)
    chosen = chosen_of_all({person for _notice, person in found}) if found else {}
    ways = [channel for channel in CHANNELS.values() if channel.ready()]
    for notice, person in found:
        for way in ways:
            if chosen[person.id].goes(topic_of(notice.key), way.name) and way.reaches(person):
                _put_down(notice, person, way, chosen[person.id])


def _put_down(notice: Notice, person: User, way: Channel, chosen: EffectivePreferences) -> None:
    moment = clock.now()
    # Counts from the notice, however late this job runs: today's letter must not slip to next Sunday.
    at = max(moment, chosen.at(notice.created_at, topic_of(notice.key), way.name))
    values: dict[str, Any] = {"state": "waiting", "why": "", "due_at": at, "letter": None, "tries": 0,
                              "made_at": moment, "ended_at": None}  # fmt: skip
    # What may wake a person is tried all the same: the number may be reachable again.
    if rests(person, way.name) and not TOPICS[topic_of(notice.key)].wakes:
        values |= {"state": "failed", "why": "unreachable", "ended_at": moment}
    row = upsert(NoticeDelivery).values(notice_id=notice.id, user_id=person.id, channel=way.name, **values)
    # A notice that returned is sent again; one still waiting is not enqueued twice.
    gone = NoticeDelivery.__table__.c.state != "waiting"
    row = row.on_conflict_do_update(index_elements=["notice_id", "channel"], set_=values, where=gone)
    made = db.session.scalar(row.returning(NoticeDelivery.__table__.c.id))
    if made is not None and values["state"] == "waiting":
        letter_goes(person.id, way.name, key_of(made, at), at)


@jobs.daily("notifications.sweep", time(7, 30))
def sweep(_payload: dict[str, Any]) -> None:
    """Revives jobs and deliveries that failed because workers died too often, so none is lost."""
    moment = clock.now()
    kinds = jobs.Job.kind.in_([OUT, OUT_MANY, LETTER])
    db.session.execute(
        sa.update(jobs.Job)
        .where(kinds, jobs.Job.failed_at > moment - timedelta(days=2))
        .values(failed_at=None, attempts=0, lease=None, lease_until=None, run_at=moment)
        .execution_options(synchronize_session=False)
    )
    overdue = sa.select(NoticeDelivery).where(NoticeDelivery.state == "waiting", NoticeDelivery.due_at < moment - LOST)
    for one in db.session.scalars(overdue.order_by(NoticeDelivery.id).limit(1000)):
        letter_goes(one.user_id, one.channel, one.letter or key_of(one.id, moment), moment)
