"""The state machine of a request: a table of transitions and the roles that may make them.

Every transition is stored as a row of the request's history.

Stages that wait: `paused` keeps its position and is not offered. `agreeing`: a helper took one of the learner's times,
and the own side must agree. `booked`: they agreed, and the room opens at that time. `answered`: a written answer waits
for the learner's feedback. `grouping`: a helper would take it together with similar requests; it stays so until their
room ends. `parked`: device or internet is lacking, and staff of the neighbourhood look after the request until it has
come. `deferred`: it would wait for a helper or an hour, as another request of its learner does, and it goes on when
that one is over.

Roles: the guardian asks for a child, or answers for one. `system` is the clock, a rule or an ended session. A watcher
is an observer who moderates the room of a pair. The desk is staff of the neighbourhood or ward.
"""

from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.kernel import clock, jobs
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.events import DeferralEnded, HelpDeferred, HelpReturned
from tutoring.pairing.lifecycle.slots import (
    DEFERRABLE,
    deferral_key,
    deferred_requests,
    is_slot_taken,
    look_at_deferred,
)
from tutoring.pairing.lifecycle.timers import plan_words, requeue, set_times, times_left, withdraw_offers
from tutoring.pairing.models import HelpRequest, PassedRequest, RequestStep
from tutoring.policy.pairing.fallbacks import yes_until

Role = Literal["learner", "guardian", "helper", "system", "watcher", "desk"]

_OWN: frozenset[Role] = frozenset({"learner", "guardian"})
_SYSTEM: frozenset[Role] = frozenset({"system"})

TRANSITIONS: dict[tuple[str, str], frozenset[Role]] = {
    ("", "waiting"): _OWN,
    ("", "parked"): _OWN,
    ("waiting", "paused"): _OWN,
    ("waiting", "offered"): frozenset({"helper"}),
    ("waiting", "agreeing"): frozenset({"helper"}),
    ("waiting", "answered"): frozenset({"helper"}),
    ("waiting", "grouping"): frozenset({"helper"}),
    ("waiting", "cancelled"): _OWN | _SYSTEM,
    ("waiting", "deferred"): _SYSTEM,  # the room of the learner's appointment opens, or wished times are over
    ("waiting", "ended"): _SYSTEM,  # both sides agreed to a weekly meeting
    ("paused", "waiting"): _OWN,
    ("paused", "deferred"): _OWN,
    ("paused", "cancelled"): _OWN | _SYSTEM,
    ("parked", "waiting"): _OWN | _SYSTEM,  # the own side has a device now, or a need was met
    ("parked", "deferred"): _OWN | _SYSTEM,  # the same, while another request of the learner goes on
    ("parked", "ended"): frozenset({"desk"}),  # helped face to face
    ("parked", "cancelled"): _OWN | _SYSTEM,
    ("deferred", "waiting"): _SYSTEM,  # the other request is over
    ("deferred", "cancelled"): _OWN | _SYSTEM,
    ("grouping", "waiting"): _OWN | _SYSTEM,
    ("grouping", "ended"): _SYSTEM,  # with the room of the group
    ("grouping", "cancelled"): _OWN | _SYSTEM,
    ("agreeing", "waiting"): _OWN | _SYSTEM | {"helper"},
    ("agreeing", "booked"): _OWN,
    ("agreeing", "deferred"): _OWN | _SYSTEM | {"helper"},  # as to waiting, and no wished time is left
    ("agreeing", "cancelled"): _OWN | _SYSTEM,
    ("booked", "waiting"): _OWN | _SYSTEM | {"helper"},
    ("booked", "helping"): _SYSTEM,  # its time has come
    ("booked", "deferred"): _OWN | _SYSTEM | {"helper"},
    ("booked", "cancelled"): _OWN | _SYSTEM,
    ("answered", "waiting"): _OWN | _SYSTEM,  # it did not help enough, or its author was stopped
    ("answered", "deferred"): _OWN | _SYSTEM,
    ("answered", "ended"): _OWN | _SYSTEM,
    ("answered", "cancelled"): _OWN | _SYSTEM,
    ("offered", "waiting"): _OWN | _SYSTEM | {"helper"},
    ("offered", "helping"): _OWN,
    ("offered", "deferred"): _SYSTEM,  # the room of the learner's appointment opens
    ("offered", "cancelled"): _OWN | _SYSTEM,
    ("helping", "waiting"): _SYSTEM | {"watcher"},  # the helper did not come, or an observer hands the request off
    ("helping", "paused"): _SYSTEM,  # the learner did not come
    ("helping", "deferred"): _SYSTEM,  # as to waiting, for the wished times that are left
    ("helping", "ended"): _SYSTEM,  # with its room, for any reason
}

RESTS = frozenset(
    {"paused", "agreeing", "booked", "answered", "grouping", "parked", "deferred"}
)  # kinds of waiting in which no helper can take it
WAITS = frozenset({"waiting", "offered"})  # seconds in these stages count as waited: the learner has no help yet
OVER = frozenset({"ended", "cancelled"})


def may_move(role: Role, from_stage: str, to_stage: str) -> bool:
    """Returns whether this role may move a request from one stage to the other."""
    return role in TRANSITIONS.get((from_stage, to_stage), frozenset())


def can(role: Role, from_stage: str) -> frozenset[str]:
    """Returns the stages to which this role may move a request from this one."""
    return frozenset(to for (from_, to), roles in TRANSITIONS.items() if from_ == from_stage and role in roles)


ANSWER_WITHIN = timedelta(minutes=5)
GUARDIAN_ANSWERS_WITHIN = timedelta(minutes=20)


def role_of(asked: HelpRequest, by_id: int | None) -> Role:
    """Returns the role of a user in a request; the caller has checked who they are."""
    if by_id is None:
        return "system"
    if by_id == asked.learner_id:
        return "learner"
    return "helper" if by_id == asked.helper_id else "guardian"


def transition(
    asked: HelpRequest, to: str, by_id: int | None, why: str = "", *, at_once: bool = False, role: Role | None = None
) -> None:
    """Moves a request to a stage, records it, and adds the seconds of the stage that ends.

    Raises Conflict when the table has no such transition for the role. `at_once` means that the single statement which
    lets one helper win has already updated the row. The request then comes from `waiting`, and its offers are closed
    already.
    """
    stage, slot = "waiting" if at_once else asked.stage, asked.slot
    if not may_move(role or role_of(asked, by_id), stage, to):
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    moment = clock.now()
    spent = max(0, int((moment - (asked.state_since or asked.queued_at)).total_seconds()))
    if stage == "waiting" and not at_once:
        withdraw_offers(asked.id)
    if stage in WAITS:
        asked.waited_seconds += spent
    elif stage == "helping":
        asked.helped_seconds += spent
    asked.state_since = moment
    asked.state = "waiting" if to in RESTS else to
    asked.paused_at = moment if to == "paused" else None
    asked.parked_at = moment if to == "parked" else None
    asked.deferred_at = moment if to == "deferred" else None
    asked.answered_at = moment if to == "answered" else None
    asked.agreed_at = moment if to == "booked" else None
    if to not in {"agreeing", "booked"}:
        asked.meet_at = None
    if to in {"waiting", "paused", "cancelled"}:
        asked.group_id = None
    if to in OVER:  # when somebody is at home is of no use any more
        asked.times, asked.times_until = [], None
    db.session.add(RequestStep(request_id=asked.id, from_state=stage, to_state=to, by_id=by_id, why=why))
    if slot in DEFERRABLE and asked.slot != slot:
        look_at_deferred(asked)


def lock_request(request_id: int) -> HelpRequest:
    """Returns a request, locked by the running command until it ends; raises NotFound."""
    asked = db.session.scalar(
        sa.select(HelpRequest)
        .where(HelpRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if asked is None:
        raise NotFound
    return asked


def release_helper(asked: HelpRequest) -> None:
    """Clears the helper and all approvals of the pair from the request."""
    asked.helper_id = asked.claimed_at = asked.learner_yes_at = asked.guardian_yes_at = asked.guardian_id = None


def return_to_queue(asked: HelpRequest, by_id: int | None, why: str, role: Role | None = None) -> None:
    """Puts a request back into the queue at its old position, and not to this helper again.

    Pass `role` when the user is no side of the request. It may be deferred instead: see `enter_queue`.
    """
    helper_id = asked.helper_id
    if helper_id is None:
        return
    enter_queue(asked, by_id, why, role)
    release_helper(asked)
    insert_if_absent(PassedRequest, request_id=asked.id, helper_id=helper_id)
    db.session.flush()
    publish(HelpReturned(asked.id, asked.learner_id, helper_id, why))


def enter_queue(asked: HelpRequest, by_id: int | None, why: str, role: Role | None = None) -> bool:
    """Lets a request wait for a helper, or for its weekly or wished hour; returns whether it does.

    Otherwise another open request of the learner waits for the same. This one is deferred then, keeps its position, and
    enters the queue when that one is over. A request in the stage `waiting` stays there unless it is deferred.
    """
    before, left = asked.slot, times_left(asked)
    slot = "hour" if asked.wish == "weekly" or left else "helper"
    if slot != before and is_slot_taken(asked, slot):
        return _defer(asked, left, by_id, why, role)
    if slot == before:
        if asked.stage != "waiting":
            transition(asked, "waiting", by_id, why, role=role)
    else:
        try:
            with db.session.begin_nested():
                set_times(asked, left)
                if asked.stage != "waiting":
                    transition(asked, "waiting", by_id, why, role=role)
                elif before in DEFERRABLE:
                    look_at_deferred(asked)
                db.session.flush()
        except IntegrityError:  # another request of this learner took the slot in the same moment
            return _defer(asked, left, by_id, why, role)
    requeue(asked)
    return True


def _defer(asked: HelpRequest, left: list[str], by_id: int | None, why: str, role: Role | None) -> bool:
    if asked.stage != "deferred":
        defer(asked, by_id, why, role)
        jobs.enqueue("pairing.deferred", deferral_key(asked), clock.now(), learner_id=asked.learner_id)
    set_times(asked, left)  # only now: without its times the request would take the slot that is taken
    return False


def defer(asked: HelpRequest, by_id: int | None, why: str, role: Role | None = None) -> None:
    """Defers a request until the learner's other request gives up its slot, without an alarm meanwhile."""
    transition(asked, "deferred", by_id, why, role=role)
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
    publish(HelpDeferred(asked.id, asked.learner_id))


@jobs.job("pairing.deferred")
def _enter_deferred(payload: dict[str, int]) -> None:
    """Lets the deferred requests of a learner enter the queue, the longest waiting first, where there is room now."""
    for request_id in deferred_requests(payload["learner_id"]):
        asked = lock_request(request_id)
        if asked.stage == "deferred" and enter_queue(asked, None, "other_over"):
            if asked.wish == "now":
                plan_words(asked)
            publish(DeferralEnded(asked.id, asked.learner_id, asked.asked_by_id))


def expire_later(asked: HelpRequest, after: timedelta) -> None:
    """Enqueues a check after this time of whether the claim was answered."""
    key = f"claim:{asked.id}:{asked.helper_id}:{int((asked.claimed_at or clock.now()).timestamp())}:{after.seconds}"
    jobs.enqueue("pairing.expire", key, clock.now() + after, request_id=asked.id, helper_id=asked.helper_id)


@jobs.job("pairing.expire")
def _expire(payload: dict[str, int]) -> None:
    asked = lock_request(payload["request_id"])
    if asked.stage not in {"offered", "agreeing"} or asked.helper_id != payload["helper_id"]:
        return
    if asked.meet_at is not None:
        latest = yes_until(asked.claimed_at or clock.now(), asked.meet_at)
        if clock.now() >= latest - timedelta(seconds=5):
            return_to_queue(asked, None, "expired")
        return
    waits_for_guardian = asked.learner_yes_at is not None and asked.guardian_yes_at is None
    latest = (asked.learner_yes_at or asked.claimed_at or clock.now()) + (
        GUARDIAN_ANSWERS_WITHIN if waits_for_guardian else ANSWER_WITHIN
    )
    if clock.now() >= latest - timedelta(seconds=5):
        return_to_queue(asked, None, "expired")
