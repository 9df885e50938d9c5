"""A helper answers an offer, goes away, comes back, or is not asked about a skill any more."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.pairing.commands.planning import close_offer, open_offers, plan_wave
from tutoring.pairing.commands.states import locked
from tutoring.pairing.events import AlarmSeen, HelperAway
from tutoring.pairing.models import HelperState, HelpRequest, MutedTopic, Offer
from tutoring.policy.waves import is_away, may_see_waiting


def _state(user_id: int) -> HelperState:
    insert_once(HelperState, user_id=user_id, unanswered=0)
    return db.session.get_one(HelperState, user_id, with_for_update=True, populate_existing=True)


def left_unanswered(offer: Offer) -> None:
    """The time is over: not this request again, and after two in a row nobody asks this helper until they come back."""
    close_offer(offer, "expired")
    state = _state(offer.helper_id)
    state.unanswered += 1
    if is_away(state.unanswered) and state.away_since is None:
        state.away_since = clock.now()
        announce(HelperAway(offer.helper_id))


def is_here(user_id: int) -> None:
    """This helper has done something: they are there, and nothing counts as unanswered any more."""
    # Locked: an offer that runs out in this moment would else be counted after all.
    state = db.session.get(HelperState, user_id, with_for_update=True, populate_existing=True)
    if state is not None and (state.unanswered or state.away_since):
        state.unanswered, state.away_since = 0, None


def accepted(helper_id: int, request_id: int) -> None:
    """A helper has taken this request: its offer is accepted, what else was offered to them goes on to others, and
    nobody else is asked about it."""
    for offer in db.session.scalars(_touched(), {"helper": helper_id, "request": request_id}).all():
        won = (offer.request_id, offer.helper_id) == (request_id, helper_id)
        close_offer(offer, "accepted" if won else "withdrawn")
    is_here(helper_id)


@cache
def _touched() -> Any:
    either = sa.or_(Offer.helper_id == sa.bindparam("helper"), Offer.request_id == sa.bindparam("request"))
    return sa.select(Offer).where(Offer.state == "open", either).execution_options(populate_existing=True)


def no_longer_asked(helper_id: int) -> None:
    """This person may not help any more: what is offered to them goes on to others at once."""
    mine = sa.select(Offer).where(Offer.helper_id == helper_id, Offer.state == "open").order_by(Offer.id)
    for offer in db.session.scalars(mine).all():
        asked = locked(offer.request_id)
        db.session.refresh(offer)
        if offer.state == "open":
            close_offer(offer, "withdrawn")
            _goes_on(asked)


def _goes_on(asked: HelpRequest) -> None:
    """The next wave does not wait for the time of those who were asked when none of them is asked any more."""
    db.session.flush()
    if asked.stage == "waiting" and not open_offers(asked.id):
        plan_wave(asked)


@command
def decline_offer(helper: User, offer_id: int) -> None:
    """Not now."""
    offer = db.session.get(Offer, offer_id)
    if offer is None or offer.helper_id != helper.id:
        raise Missing
    limits.hit("act", helper.id)
    asked = locked(offer.request_id)
    db.session.refresh(offer)
    is_here(helper.id)
    if offer.state != "open":
        return
    close_offer(offer, "declined")
    _goes_on(asked)


@command
def go_away(helper: User) -> None:
    """Ask me nothing until I come back."""
    state = _state(helper.id)
    state.away_since = state.away_since or clock.now()


@command
def come_back(helper: User) -> None:
    """I am there again."""
    state = _state(helper.id)
    state.away_since, state.unanswered = None, 0


@command
def mute_topic(helper: User, topic: str, on: bool = True) -> None:
    """Do not ask me about this skill, or do again; the board still shows such requests."""
    if lessons.find_skill(topic) is None:
        raise Invalid(N_("Hãy chọn một việc."), field="topic")
    if on:
        insert_once(MutedTopic, user_id=helper.id, topic=topic)
    else:
        db.session.execute(sa.delete(MutedTopic).where(MutedTopic.user_id == helper.id, MutedTopic.topic == topic))


@command
def see_alarm(user: User, request_id: int) -> int:
    """A coordinator looks after a request that nobody was left for: the alarm stops. Returns the unit's id."""
    asked = locked(request_id)
    if not may_see_waiting(acting_roles_at(user, asked.unit_id)):
        raise Missing
    if asked.alarmed_at is None:
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    if asked.alarm_seen_at is None:
        asked.alarm_seen_at, asked.alarm_seen_by_id = clock.now(), user.id
        announce(AlarmSeen(asked.id))
    return asked.unit_id
