"""Commands of helpers: answer an offer, claim a request, go away, come back, mute a skill.

A coordinator acknowledges the alarm of a request that no helper is left for.
"""

from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community.queries import acting_roles_at, memberships
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.eligibility import ELSEWHERE, avoids, near, pair_allowed
from tutoring.pairing.events import AlarmSeen, HelpClaimed, HelperAway
from tutoring.pairing.lifecycle.state_machine import (
    ANSWER_WITHIN,
    expire_later,
    lock_request,
    return_to_queue,
    transition,
)
from tutoring.pairing.lifecycle.timers import close_offer, open_offers, schedule_wave
from tutoring.pairing.models import HelperState, HelpRequest, MutedTopic, Offer, PassedRequest, in_queue
from tutoring.pairing.requests.queries import is_busy, request_to_take
from tutoring.policy.pairing.offers import is_away, may_see_waiting
from tutoring.policy.pairing.requests import may_claim


def _state(user_id: int) -> HelperState:
    insert_if_absent(HelperState, user_id=user_id, unanswered=0)
    return db.session.get_one(HelperState, user_id, with_for_update=True, populate_existing=True)


def left_unanswered(offer: Offer) -> None:
    """Expires an offer that got no answer; the helper is not asked for this request again.

    After two in a row the helper is away and gets no offers until they come back.
    """
    close_offer(offer, "expired")
    state = _state(offer.helper_id)
    state.unanswered += 1
    if is_away(state.unanswered) and state.away_since is None:
        state.away_since = clock.now()
        publish(HelperAway(offer.helper_id))


def record_helper_activity(user_id: int) -> None:
    """Records that a helper is active: unanswered offers are reset, and they are not away."""
    # Locked: otherwise an offer that expires at the same moment would still be counted.
    state = db.session.get(HelperState, user_id, with_for_update=True, populate_existing=True)
    if state is not None and (state.unanswered or state.away_since):
        state.unanswered, state.away_since = 0, None


def accepted(helper_id: int, request_id: int) -> None:
    """Closes the offers that a claim settles, for helper and request.

    The helper's offer for this request is accepted. Their other offers go to other helpers, and other helpers' offers
    for it are withdrawn.
    """
    for offer in db.session.scalars(_touched(), {"helper": helper_id, "request": request_id}).all():
        won = (offer.request_id, offer.helper_id) == (request_id, helper_id)
        close_offer(offer, "accepted" if won else "withdrawn")
    record_helper_activity(helper_id)


@cache
def _touched() -> Any:
    either = sa.or_(Offer.helper_id == sa.bindparam("helper"), Offer.request_id == sa.bindparam("request"))
    return sa.select(Offer).where(Offer.state == "open", either).execution_options(populate_existing=True)


def withdraw_offers_of(helper_id: int) -> None:
    """Withdraws all offers of a user who may no longer help; the requests go on at once."""
    mine = sa.select(Offer).where(Offer.helper_id == helper_id, Offer.state == "open").order_by(Offer.id)
    for offer in db.session.scalars(mine).all():
        asked = lock_request(offer.request_id)
        db.session.refresh(offer)
        if offer.state == "open":
            close_offer(offer, "withdrawn")
            _schedule_next_wave(asked)


def _schedule_next_wave(asked: HelpRequest) -> None:
    """Schedules the next wave at once when none of the asked helpers can answer any more."""
    db.session.flush()
    if asked.stage == "waiting" and not open_offers(asked.id):
        schedule_wave(asked)


@command
def decline_offer(helper: User, offer_id: int) -> None:
    """Declines an offer; the request goes on to other helpers.

    Raises NotFound for an offer of another helper.
    """
    offer = db.session.get(Offer, offer_id)
    if offer is None or offer.helper_id != helper.id:
        raise NotFound
    rate_limits.hit("act", helper.id)
    asked = lock_request(offer.request_id)
    db.session.refresh(offer)
    record_helper_activity(helper.id)
    if offer.state != "open":
        return
    close_offer(offer, "declined")
    _schedule_next_wave(asked)


@command
def go_away(helper: User) -> None:
    """Stops all offers to a helper until they come back."""
    state = _state(helper.id)
    state.away_since = state.away_since or clock.now()


@command
def come_back(helper: User) -> None:
    """Resumes offers to a helper."""
    state = _state(helper.id)
    state.away_since, state.unanswered = None, 0


@command
def mute_topic(helper: User, topic: str, on: bool = True) -> None:
    """Turns off offers for a skill, or turns them on again.

    The board still shows such requests.
    """
    if skills_queries.find_skill(topic) is None:
        raise InvalidInput(N_("Hãy chọn một việc."), field="topic")
    if on:
        insert_if_absent(MutedTopic, user_id=helper.id, topic=topic)
    else:
        db.session.execute(sa.delete(MutedTopic).where(MutedTopic.user_id == helper.id, MutedTopic.topic == topic))


@command
def see_alarm(user: User, request_id: int) -> int:
    """Acknowledges the alarm of a request without helpers, which stops; returns the unit's id.

    A coordinator of the unit, or of one above it, may. Raises NotFound for other users.
    """
    asked = lock_request(request_id)
    if not may_see_waiting(acting_roles_at(user, asked.unit_id)):
        raise NotFound
    if asked.alarmed_at is None:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    if asked.alarm_seen_at is None:
        asked.alarm_seen_at, asked.alarm_seen_by_id = clock.now(), user.id
        publish(AlarmSeen(asked.id))
    return asked.unit_id


@command
def claim(helper: User, request_id: int) -> HelpRequest:
    """Claims a waiting request; of concurrent helpers exactly one gets it.

    Raises Conflict with code `taken` for the others, and with code `busy` when the helper already helps.
    """
    asked = request_to_take(request_id)
    rate_limits.hit("claim", helper.id)
    # Serializes with the same helper's proposal of a group: no constraint stands between the two.
    db.session.execute(sa.select(User.id).where(User.id == helper.id).with_for_update(key_share=True))
    if refuse_strangers(helper, asked).busy:
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy")
    facts = {"request": request_id, "taker": helper.id, "moment": clock.now()}
    try:
        taken = db.session.scalar(_taking(), facts)
    except IntegrityError:  # the same helper claimed two requests at once
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy") from None
    if taken is None:
        raise Conflict(N_("Một người khác vừa nhận yêu cầu này rồi. Mời bạn xem yêu cầu tiếp theo."), code="taken")
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
    accepted(helper.id, asked.id)
    transition(asked, "offered", helper.id, at_once=True)
    expire_later(asked, ANSWER_WITHIN)
    publish(HelpClaimed(asked.id, asked.learner_id, helper.id))
    return asked


@cache
def _taking() -> Any:
    """Returns the single statement that lets one helper win.

    It changes one row, or none, and returns the row as it is now.
    """
    return (
        sa.update(HelpRequest)
        .where(
            HelpRequest.id == sa.bindparam("request"),
            in_queue(),
            HelpRequest.wish == "now",
            HelpRequest.times_until.is_(None),
        )
        .values(state="offered", helper_id=sa.bindparam("taker"), claimed_at=sa.bindparam("moment"))
        .returning(HelpRequest)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


class Between(NamedTuple):
    """What keeps a helper from a request, read in one query."""

    avoided: bool
    passed: bool
    offered: bool
    busy: bool


def refuse_strangers(helper: User, asked: HelpRequest, *, watched: bool = False) -> Between:
    """Checks that the rules let this helper take this request; raises NotFound otherwise.

    They must hold now, or with `watched` while an observer is on duty. A helper from far away may only take a request
    that was offered to them, and only for now.
    """
    facts = {"request": asked.id, "learner": asked.learner_id, "taker": helper.id}
    between = Between(*map(bool, db.session.execute(_between(), facts).one()))
    mine = memberships(helper.id)
    if not may_claim(
        pair_allowed(helper, asked, mine=mine, watched=watched),
        near(mine, asked) < ELSEWHERE or (not watched and between.offered),
        between.avoided,
        between.passed,
    ):
        raise NotFound
    return between


@cache
def _between() -> Any:
    asked, learner, taker = (sa.bindparam(name, type_=sa.Integer) for name in ("request", "learner", "taker"))
    return sa.select(
        avoids(taker, learner),
        sa.exists().where(PassedRequest.request_id == asked, PassedRequest.helper_id == taker),
        sa.exists().where(Offer.request_id == asked, Offer.helper_id == taker),
        is_busy(taker),
    )


@command
def give_back(helper: User, request_id: int) -> None:
    """Returns a claimed request to the queue, because its helper cannot help after all.

    Raises NotFound unless this helper holds the request and its room is not open.
    """
    asked = lock_request(request_id)
    if asked.helper_id != helper.id or asked.stage not in {"offered", "agreeing", "booked"}:
        raise NotFound
    return_to_queue(asked, helper.id, "given_back")
