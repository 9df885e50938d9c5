"""What every move of a request does to its waves: the next is put down as due work, open offers are withdrawn."""

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
    """Put down the next wave. Whatever was planned before it finds another number on the request and does nothing.
    What waits for a weekly meeting, or for a time, is sent to nobody."""
    if asked.wish != "now" or asked.times_until is not None:
        return
    asked.wave += 1
    key = f"wave:{asked.id}:{asked.wave}"
    jobs.enqueue("pairing.wave", key, clock.now() + after, request_id=asked.id, wave=asked.wave)


def requeue(asked: HelpRequest) -> None:
    """It waits, from now on or again: somebody is looked for, and what is owed when nobody comes is put down. Times
    wished for that are over are forgotten."""
    moment = clock.now()
    asked.times = [one for one in asked.times if datetime.fromisoformat(one) > moment]
    asked.times_until = datetime.fromisoformat(asked.times[-1]) if asked.times else None
    schedule_wave(asked)
    plan_track(asked)


def plan_track(asked: HelpRequest) -> None:
    """Put down when this waiting request has waited for so long that other ways are offered, or the coordinator is
    told that an answer is owed. Whoever asked for a weekly meeting from the start waits for its round alone."""
    if asked.wish == "weekly" and asked.later_at is None:
        return
    moment = clock.now()
    at = moment + max(AT_ONCE, next_after(asked) - waited_until(asked, moment))
    # By its moment: what came too early, because the request rested, puts itself down anew.
    jobs.enqueue("pairing.track", f"track:{asked.id}:{asked.answer_calls}:{at.isoformat()}", at, request_id=asked.id)


def next_after(asked: HelpRequest) -> timedelta:
    """How long it may wait until the next thing is done for it."""
    if asked.later_at is None:
        return timedelta(minutes=fallback_delay_of(asked.unit_id))
    return called_after(asked.answer_calls)


def waited_until(asked: HelpRequest, moment: datetime) -> timedelta:
    """How long a request that waits has waited in all."""
    return timedelta(seconds=asked.waited_seconds) + max(AT_ONCE, moment - (asked.state_since or asked.queued_at))


def plan_words(asked: HelpRequest) -> None:
    """Put down when an open page of a new request is to say something else."""
    for minutes in PHASES[1:]:
        at = clock.now() + timedelta(minutes=minutes)
        jobs.enqueue("pairing.wait_goes_on", f"wait:{asked.id}:{minutes}", at, request_id=asked.id)


def close_offer(offer: Offer, state: str) -> None:
    """An open offer gets its end; the helper is free for others."""
    offer.state, offer.answered_at = state, clock.now()
    publish(OfferClosed(offer.id, offer.request_id, offer.helper_id, state))


def open_offers(request_id: int) -> list[Offer]:
    """The offers of a request that nobody has answered yet; the request is held by the running command."""
    return list(db.session.scalars(_open_offers(), {"request": request_id}))


@cache
def _open_offers() -> Any:
    query = sa.select(Offer).where(Offer.request_id == sa.bindparam("request"), Offer.state == "open")
    return query.order_by(Offer.id).execution_options(populate_existing=True)


def withdraw_offers(request_id: int) -> None:
    """The request is no longer to be had."""
    for offer in open_offers(request_id):
        close_offer(offer, "withdrawn")
