"""What every move of a request does to its waves: the next is put down as due work, open offers are withdrawn."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.pairing.events import OfferClosed
from tutoring.pairing.models import HelpRequest, Offer
from tutoring.policy.waves import PHASES

AT_ONCE = timedelta(0)


def plan_wave(asked: HelpRequest, after: timedelta = AT_ONCE) -> None:
    """Put down the next wave. Whatever was planned before it finds another number on the request and does nothing.
    What waits for a weekly meeting is sent to nobody."""
    if asked.wish != "now":
        return
    asked.wave += 1
    key = f"wave:{asked.id}:{asked.wave}"
    jobs.due("pairing.wave", key, clock.now() + after, request_id=asked.id, wave=asked.wave)


def plan_words(asked: HelpRequest) -> None:
    """Put down when an open page of a new request is to say something else."""
    for minutes in PHASES[1:]:
        at = clock.now() + timedelta(minutes=minutes)
        jobs.due("pairing.wait_goes_on", f"wait:{asked.id}:{minutes}", at, request_id=asked.id)


def close_offer(offer: Offer, state: str) -> None:
    """An open offer gets its end; the helper is free for others."""
    offer.state, offer.answered_at = state, clock.now()
    announce(OfferClosed(offer.id, offer.request_id, offer.helper_id, state))


def open_offers(request_id: int) -> list[Offer]:
    """The offers of a request that nobody has answered yet; the request is held by the running command."""
    query = sa.select(Offer).where(Offer.request_id == request_id, Offer.state == "open").order_by(Offer.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def withdraw_offers(request_id: int) -> None:
    """The request is no longer to be had."""
    for offer in open_offers(request_id):
        close_offer(offer, "withdrawn")
