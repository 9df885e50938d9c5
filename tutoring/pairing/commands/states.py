"""How a request moves: every move is a row of its history."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Conflict, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.commands.moves import RESTS, WAITS, Role, may_move
from tutoring.pairing.commands.planning import queue_again, withdraw_offers
from tutoring.pairing.events import HelpReturned
from tutoring.pairing.models import HelpRequest, Passed, RequestStep
from tutoring.policy.tracks import yes_until

ANSWER_WITHIN = timedelta(minutes=5)
GUARDIAN_ANSWERS_WITHIN = timedelta(minutes=20)


def role_of(asked: HelpRequest, by_id: int | None) -> Role:
    """What somebody is to this request; who they are was checked before."""
    if by_id is None:
        return "system"
    if by_id == asked.learner_id:
        return "learner"
    return "helper" if by_id == asked.helper_id else "guardian"


def step(
    asked: HelpRequest, to: str, by_id: int | None, why: str = "", *, at_once: bool = False, role: Role | None = None
) -> None:
    """Move a request to a stage, note it, and count the seconds of the stage that ends; raises Conflict when the
    table of moves has no such move for whoever makes it. With `at_once` the row itself has been moved already, by
    the one statement that let a single helper win: it comes from `waiting`, and its offers are closed already."""
    stage = "waiting" if at_once else asked.stage
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
    asked.answered_at = moment if to == "answered" else None
    asked.agreed_at = moment if to == "booked" else None
    if to not in {"agreeing", "booked"}:
        asked.meet_at = None
    if to in {"waiting", "paused", "cancelled"}:
        asked.group_id = None
    db.session.add(RequestStep(request_id=asked.id, from_state=stage, to_state=to, by_id=by_id, why=why))


def locked(request_id: int) -> HelpRequest:
    """A request, held by the running command until it ends."""
    asked = db.session.scalar(
        sa.select(HelpRequest)
        .where(HelpRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if asked is None:
        raise Missing
    return asked


def let_go(asked: HelpRequest) -> None:
    """Nobody helps with this request any more: the helper and every yes to this pair are off it."""
    asked.helper_id = asked.claimed_at = asked.learner_yes_at = asked.guardian_yes_at = asked.guardian_id = None


def put_back(asked: HelpRequest, by_id: int | None, why: str, role: Role | None = None) -> None:
    """Back into the queue at its old place, and not to this helper again; `role` of who is no side of the request."""
    helper_id = asked.helper_id
    if helper_id is None:
        return
    step(asked, "waiting", by_id, why, role=role)
    let_go(asked)
    insert_once(Passed, request_id=asked.id, helper_id=helper_id)
    queue_again(asked)
    db.session.flush()
    announce(HelpReturned(asked.id, asked.learner_id, helper_id, why))


def expire_later(asked: HelpRequest, after: timedelta) -> None:
    """Look after this time whether the claim has been answered."""
    key = f"claim:{asked.id}:{asked.helper_id}:{int((asked.claimed_at or clock.now()).timestamp())}:{after.seconds}"
    jobs.due("pairing.expire", key, clock.now() + after, request_id=asked.id, helper_id=asked.helper_id)


@jobs.job("pairing.expire")
def _expire(payload: dict[str, int]) -> None:
    asked = locked(payload["request_id"])
    if asked.stage not in {"offered", "agreeing"} or asked.helper_id != payload["helper_id"]:
        return
    if asked.meet_at is not None:
        latest = yes_until(asked.claimed_at or clock.now(), asked.meet_at)
        if clock.now() >= latest - timedelta(seconds=5):
            put_back(asked, None, "expired")
        return
    waits_for_guardian = asked.learner_yes_at is not None and asked.guardian_yes_at is None
    latest = (asked.learner_yes_at or asked.claimed_at or clock.now()) + (
        GUARDIAN_ANSWERS_WITHIN if waits_for_guardian else ANSWER_WITHIN
    )
    if clock.now() >= latest - timedelta(seconds=5):
        put_back(asked, None, "expired")
