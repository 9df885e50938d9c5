"""What the open requests of one learner wait for: a helper, an hour, a device, and of each one request.

A request that would wait for what another one already waits for is deferred. A background job looks at the deferred
requests again whenever a request gives up its slot, and when one is deferred. Of two transactions that do both at
once, the job of the one that commits last sees both, so no request is deferred for ever.
"""

import uuid
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.pairing.models import HELPER_SLOT, HOUR_SLOT, OPEN, HelpRequest

DEFERRABLE = frozenset({"helper", "hour"})  # the slots for which a request may be deferred
_TAKES = {"helper": HELPER_SLOT, "hour": HOUR_SLOT}


def is_slot_taken(asked: HelpRequest, slot: str) -> bool:
    """Returns whether another open request of the same learner waits for a helper, or for an hour."""
    facts = {"learner": asked.learner_id, "request": asked.id}
    with db.session.no_autoflush:  # the request at hand may be changed half-way
        return bool(db.session.scalar(_others(_TAKES[slot]), facts))


def look_at_deferred(asked: HelpRequest) -> None:
    """Enqueues a look at the learner's deferred requests, because this one gives up its slot.

    Any other waiting request counts: another transaction may be deferring it, which is not visible yet.
    """
    facts = {"learner": asked.learner_id, "request": asked.id}
    with db.session.no_autoflush:
        others = db.session.scalar(_others("state = 'waiting'"), facts)
    if others:
        jobs.enqueue("pairing.deferred", deferral_key(asked), clock.now(), learner_id=asked.learner_id)


@cache
def _others(condition: str) -> Any:
    mine = (HelpRequest.learner_id == sa.bindparam("learner"), HelpRequest.id != sa.bindparam("request"))
    return sa.select(sa.exists().where(*mine, sa.text(condition)))


def deferral_key(asked: HelpRequest) -> str:
    """Returns a new key: each reason to look at the deferred requests is a job of its own."""
    return f"deferred:{asked.id}:{uuid.uuid4().hex}"


def deferred_requests(learner_id: int) -> list[int]:
    """Returns the ids of the learner's deferred requests, in the order in which they enter the queue."""
    query = sa.select(HelpRequest.id).where(HelpRequest.learner_id == learner_id, HelpRequest.deferred_at.is_not(None))
    return list(db.session.scalars(query.order_by(HelpRequest.in_front.desc(), HelpRequest.queued_at, HelpRequest.id)))


def lock_open_requests(learner_id: int) -> list[HelpRequest]:
    """Returns the open requests of a learner, locked by the running command until it ends, oldest first."""
    query = (
        sa.select(HelpRequest)
        .where(HelpRequest.learner_id == learner_id, HelpRequest.state.in_(OPEN))
        .order_by(HelpRequest.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))
