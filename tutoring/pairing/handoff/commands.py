"""A watcher asks somebody else to help on: the room closes, the request goes before all others of the ward with words
and pictures, and whoever was chosen is asked first. Nobody is assigned: helper and learner both say yes, as ever."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.events import HandedOver, OfferMade
from tutoring.pairing.handoff.queries import NO_PAIR, helpers_for, request_to_hand_over
from tutoring.pairing.lifecycle.state_machine import lock_request, return_to_queue
from tutoring.pairing.lifecycle.timers import schedule_wave
from tutoring.pairing.models import HelpRequest, Offer
from tutoring.pairing.offers.ranking import RankedHelper
from tutoring.policy.pairing.offers import DUTY, NAMED_ANSWERS_WITHIN
from tutoring.rooms import queries as room_queries
from tutoring.rooms.moderation import commands as moderation_commands

HANDED_OVER = "handed_over"
_NOT_FREE = N_("Người này vừa bận hoặc không giúp được việc này. Hãy chọn người khác.")


@command
def hand_over(actor: User, room_id: int, reason: str, to_id: int | None = None) -> HelpRequest:
    """End the room of a pair so that `to_id`, or whoever is free first, helps on; who helped so far is not blamed, and
    is not asked for this request again."""
    room_queries.locked_room(room_id)  # before its request, as at every session's end
    asked = lock_request(request_to_hand_over(actor, room_id).id)
    helper_id = asked.helper_id
    if asked.room_id != room_id or helper_id is None:
        raise Conflict(NO_PAIR, code="closed")
    chosen = None
    if to_id is not None:
        chosen = next((one for one in helpers_for(asked, actor) if one.helper_id == to_id), None)
        if chosen is None:
            raise Conflict(_NOT_FREE)
    asked.room_id, asked.in_front = None, True
    asked.times, asked.times_until = [], None  # the learner is here now: other times wished for are no more
    return_to_queue(asked, actor.id, HANDED_OVER, "watcher")
    if chosen is not None:
        ask_by_name(asked, chosen)
    moderation_commands.close_for_another(actor, room_id, reason, user(chosen.helper_id) if chosen else None)
    publish(HandedOver(asked.id, room_id, actor.id, helper_id, to_id))
    return asked


def ask_by_name(asked: HelpRequest, one: RankedHelper) -> None:
    """A wave of one, with more time than others have; the next comes when it is over, or after a no."""
    moment = clock.now()
    offer = db.session.scalar(sa.select(Offer).where(Offer.request_id == asked.id, Offer.helper_id == one.helper_id))
    if offer is None:
        offer = Offer(request_id=asked.id, helper_id=one.helper_id)
        db.session.add(offer)
    offer.wave, offer.ring, offer.score, offer.reasons = asked.wave, DUTY, one.score, one.reasons
    offer.state, offer.offered_at, offer.answered_at = "open", moment, None
    offer.reserved_until = moment + NAMED_ANSWERS_WITHIN
    try:
        db.session.flush()
    except IntegrityError:  # asked for somebody else in this very moment
        raise Conflict(_NOT_FREE) from None
    publish(OfferMade(offer.id, asked.id, one.helper_id))
    schedule_wave(asked, NAMED_ANSWERS_WITHIN)
