"""Commands on requests that wait for a device: requeue them, end them, remind staff."""

from datetime import time
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import kin
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import audit, clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.awaiting_device.events import DeviceWaitContinued, DeviceWaitEnded, DeviceWaitLong
from tutoring.pairing.awaiting_device.queries import desks_of, unchanged
from tutoring.pairing.events import HelpEnded, HelpRequested
from tutoring.pairing.lifecycle.state_machine import enter_queue, lock_request, transition
from tutoring.pairing.lifecycle.timers import plan_words
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests.commands import lock_own_request
from tutoring.policy.pairing.awaiting_device import (
    HELPED_THERE,
    kinds_of,
    left_of,
    may_record_help_on_site,
    may_see_awaiting_device,
)
from tutoring.safety.free_text import validate_reason

MORNING = time(8, 10)
LONGEST_REASON = 200


@command
def unpark(user: User, request_id: int) -> HelpRequest:
    """Puts a request into the queue because its own side now has a device and internet.

    It keeps the queue position of the day it was asked, and is deferred while another request of the learner waits for
    the same. Raises Conflict when the request is not awaiting a device.
    """
    asked = lock_own_request(user, request_id)
    rate_limits.hit("act", user.id)
    if asked.stage != "parked":
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    _into_queue(asked, user.id, "")
    return asked


def _into_queue(asked: HelpRequest, by_id: int | None, kind: str) -> None:
    waits = enter_queue(asked, by_id, "unparked")
    publish(DeviceWaitEnded(asked.id, asked.learner_id, asked.asked_by_id, kind, not waits))
    if waits and asked.wish == "now":
        plan_words(asked)
        publish(HelpRequested(asked.id, asked.learner_id))


@command
def need_met(person_id: int, kind: str, need_id: int) -> None:
    """Records that a need was met: the request waits for the rest, enters the queue or is deferred."""
    asked = _parked_of(person_id)
    if asked is None or kind not in kinds_of(asked.lack):
        return
    rest = left_of(asked.lack, kind)
    if not rest:
        _into_queue(asked, None, kind)
        return
    asked.lack, asked.state_since = rest, clock.now()
    publish(DeviceWaitContinued(asked.id, person_id, asked.asked_by_id, rest, came=True, need_id=need_id))


@command
def need_ended(person_id: int, kind: str, need_id: int) -> None:
    """Records that a need ended unmet: the request stays, and its family is notified."""
    asked = _parked_of(person_id)
    if asked is not None and kind in kinds_of(asked.lack):
        asked.state_since = clock.now()
        publish(DeviceWaitContinued(asked.id, person_id, asked.asked_by_id, asked.lack, came=False, need_id=need_id))


def _parked_of(learner_id: int) -> HelpRequest | None:
    query = sa.select(HelpRequest.id).where(HelpRequest.learner_id == learner_id, HelpRequest.parked_at.is_not(None))
    found = db.session.scalar(query)
    asked = lock_request(found) if found is not None else None
    return asked if asked is not None and asked.stage == "parked" else None  # may have moved before the lock


@command
def helped_there(actor: User, request_id: int, reason: str = "") -> None:
    """Ends a request because staff helped face to face.

    Leads, officers and coordinators of a unit that looks after the request may do this. Raises NotFound for other
    users, Forbidden for the learner's own family, Conflict when the request is not awaiting a device.
    """
    asked = lock_request(request_id)
    held = frozenset[str]().union(*(acting_roles_at(actor, unit_id) for unit_id in desks_of(asked)))
    if not may_see_awaiting_device(held):
        raise NotFound
    family = actor.id in (asked.learner_id, asked.asked_by_id) or kin(actor.id, asked.learner_id)
    if not may_record_help_on_site(held, family):
        raise Forbidden(N_("Đây là yêu cầu của người nhà bạn. Hãy để người khác ghi kết quả."))
    if asked.stage != "parked":
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    why = validate_reason(reason[:LONGEST_REASON], needed=False)
    asked.outcome, asked.ended_at = HELPED_THERE, clock.now()
    transition(asked, "ended", actor.id, why, role="desk")
    audit.record(actor.id, "helped_there", f"help_request:{asked.id}")
    publish(HelpEnded(asked.id, asked.learner_id, None, HELPED_THERE))


@jobs.daily("pairing.parked", MORNING)
def _look(_payload: dict[str, Any]) -> None:
    remind()


@command
def remind() -> None:
    """Reminds ward staff once a week how many requests awaiting a device have not moved."""
    for place_id, count in unchanged(clock.now()):
        publish(DeviceWaitLong(place_id, count))
