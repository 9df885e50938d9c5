"""Timers of a request: enqueue its next wave and fallbacks, and withdraw its open offers."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.community.units.settings import fallback_delay_of
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.pairing.events import OfferClosed
from tutoring.pairing.models import HelpRequest, Offer
from tutoring.policy.pairing.fallbacks import called_after
from tutoring.policy.pairing.offers import PHASES

AT_ONCE = timedelta(0)


def schedule_wave(asked: HelpRequest, after: timedelta = AT_ONCE) -> None:
    """Enqueues the next wave of a request.

    Waves planned before find another number on the request and do nothing. A request that waits for a weekly meeting
    or a wished time gets no waves.
    """
    if asked.wish != "now" or asked.times_until is not None:
        return
    asked.wave += 1
    key = f"wave:{asked.id}:{asked.wave}"
    jobs.enqueue("pairing.wave", key, clock.now() + after, request_id=asked.id, wave=asked.wave)


def requeue(asked: HelpRequest) -> None:
    """Starts a request's waiting, or starts it again: enqueues its wave and its fallbacks.

    Wished times that are over are dropped.
    """
    set_times(asked, times_left(asked))
    schedule_wave(asked)
    plan_track(asked)


def times_left(asked: HelpRequest) -> list[str]:
    """Returns the wished times that are still to come, as they are stored."""
    moment = clock.now()
    return [one for one in asked.times if datetime.fromisoformat(one) > moment]


def set_times(asked: HelpRequest, times: list[str]) -> None:
    """Stores wished times, in order; none drops the wish."""
    asked.times, asked.times_until = times, datetime.fromisoformat(times[-1]) if times else None


def plan_track(asked: HelpRequest) -> None:
    """Enqueues the moment at which a waiting request gets fallbacks, or an answer becomes owed.

    A request that was weekly from the start only waits for its round.
    """
    if asked.wish == "weekly" and asked.later_at is None:
        return
    moment = clock.now()
    at = moment + max(AT_ONCE, next_after(asked) - waited_until(asked, moment))
    # The key holds the moment: a job that runs too early, because the request was paused, enqueues itself again.
    jobs.enqueue("pairing.track", f"track:{asked.id}:{asked.answer_calls}:{at.isoformat()}", at, request_id=asked.id)


def next_after(asked: HelpRequest) -> timedelta:
    """Returns how long the request may wait until the next fallback."""
    if asked.later_at is None:
        return timedelta(minutes=fallback_delay_of(asked.unit_id))
    return called_after(asked.answer_calls)


def waited_until(asked: HelpRequest, moment: datetime) -> timedelta:
    """Returns how long a waiting request has waited in total."""
    return timedelta(seconds=asked.waited_seconds) + max(AT_ONCE, moment - (asked.state_since or asked.queued_at))


def plan_words(asked: HelpRequest) -> None:
    """Enqueues the moments at which the open page of a new request shows another message."""
    for minutes in PHASES[1:]:
        at = clock.now() + timedelta(minutes=minutes)
        jobs.enqueue("pairing.wait_goes_on", f"wait:{asked.id}:{minutes}", at, request_id=asked.id)


def close_offer(offer: Offer, state: str) -> None:
    """Closes an open offer; the helper is free for others."""
    offer.state, offer.answered_at = state, clock.now()
    publish(OfferClosed(offer.id, offer.request_id, offer.helper_id, state))


def open_offers(request_id: int) -> list[Offer]:
    """Returns the unanswered offers of a request that the running command has locked."""
    return list(db.session.scalars(_open_offers(), {"request": request_id}))


@cache
def _open_offers() -> Any:
    query = sa.select(Offer).where(Offer.request_id == sa.bindparam("request"), Offer.state == "open")
    return query.order_by(Offer.id).execution_options(populate_existing=True)


def withdraw_offers(request_id: int) -> None:
    """Withdraws the open offers of a request that can no longer be taken."""
    for offer in open_offers(request_id):
        close_offer(offer, "withdrawn")
