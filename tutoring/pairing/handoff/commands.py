"""Handoff of a request: an observer closes the room so that another helper continues.

The request goes to the front of its ward's queue with its texts and pictures. A helper chosen by the observer is asked
first. No helper is assigned: helper and learner both agree, as always.
"""

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
from tutoring.pairing.offers.helper_selection import RankedHelper
from tutoring.policy.pairing.offers import NAMED, NAMED_ANSWERS_WITHIN
from tutoring.rooms import queries as room_queries
from tutoring.rooms.moderation import commands as moderation_commands

HANDED_OVER = "handed_over"
_NOT_FREE = N_("Người này vừa bận hoặc không giúp được việc này. Hãy chọn người khác.")


@command
def hand_over(actor: User, room_id: int, reason: str, to_id: int | None = None) -> HelpRequest:
    """Ends the room of a pair so that `to_id`, or the first available helper, continues.

    The former helper is not blamed, and is not asked for this request again. Raises NotFound, Forbidden or Conflict
    when there is nothing to hand off or the chosen helper is busy.
    """
    room_queries.locked_room(room_id)  # locked before its request, as at every session's end
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
    asked.times, asked.times_until = [], None  # the learner is here now: wished times no longer apply
    return_to_queue(asked, actor.id, HANDED_OVER, "watcher")
    if chosen is not None:
        ask_by_name(asked, chosen)
    moderation_commands.close_for_another(actor, room_id, reason, user(chosen.helper_id) if chosen else None)
    publish(HandedOver(asked.id, room_id, actor.id, helper_id, to_id))
    return asked


def ask_by_name(asked: HelpRequest, one: RankedHelper) -> None:
    """Sends an offer to one named helper, with more time to answer than other offers have.

    The next wave comes when that time is over, or after the helper declines.
    """
    moment = clock.now()
    offer = db.session.scalar(sa.select(Offer).where(Offer.request_id == asked.id, Offer.helper_id == one.helper_id))
    if offer is None:
        offer = Offer(request_id=asked.id, helper_id=one.helper_id)
        db.session.add(offer)
    offer.wave, offer.ring, offer.score, offer.reasons = asked.wave, NAMED, one.score, one.reasons
    offer.state, offer.offered_at, offer.answered_at = "open", moment, None
    offer.reserved_until = moment + NAMED_ANSWERS_WITHIN
    try:
        db.session.flush()
    except IntegrityError:  # the helper was asked for another request in the same moment
        raise Conflict(_NOT_FREE) from None
    publish(OfferMade(offer.id, asked.id, one.helper_id))
    schedule_wave(asked, NAMED_ANSWERS_WITHIN)
