"""Reads for whoever asks somebody else to help on: which request a room is for, and who could take it now."""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db, in_ids
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.ranking import RankedHelper, fit_to_help_on
from tutoring.pairing.requests.queries import history, offer_of, request_of_room
from tutoring.policy.pairing.offers import NAMED_ANSWERS_WITHIN
from tutoring.policy.rooms.participation import may_keep_order, may_read_room
from tutoring.rooms import queries as rooms

MOST = 5
NO_PAIR = N_("Phòng này không chuyển cho người khác được nữa. Hãy xem lại trang.")


def can_hand_over(room_id: int) -> bool:
    """Whether this is the room of a request that somebody helps with now: of groups and weekly meetings it is not."""
    asked = request_of_room(room_id)
    return asked is not None and asked.state == "helping"


def rooms_to_hand_over(room_ids: Collection[int]) -> set[int]:
    """Which of these rooms are such."""
    query = sa.select(HelpRequest.room_id).where(in_ids(HelpRequest.room_id, room_ids), HelpRequest.state == "helping")
    return {room_id for room_id in db.session.scalars(query) if room_id is not None} if room_ids else set()


def request_to_hand_over(actor: User, room_id: int) -> HelpRequest:
    """The request of a room for somebody who keeps order in it; raises Conflict where there is nothing to hand over."""
    known = rooms.room_facts(rooms.room(room_id), actor)
    if not may_keep_order(known):
        if not may_read_room(known):
            raise NotFound
        raise (Conflict(NO_PAIR, code="closed") if known.closed else Forbidden)
    asked = request_of_room(room_id)
    if asked is None or asked.state != "helping":
        raise Conflict(NO_PAIR)
    return asked


def helpers_for(asked: HelpRequest, actor: User) -> list[RankedHelper]:
    """The few who could help on, best first: present or on duty, free, allowed by every rule for this very request,
    avoided by nobody. Never who helps now; nor who chooses, since no adult chooses a child."""
    return fit_to_help_on(asked, MOST, {actor.id, asked.helper_id or 0})


def helps_on(asked: HelpRequest) -> tuple[bool, User | None]:
    """Whether a waiting request was handed over last, and who is asked by name just now: as somebody to help on, or as
    the one who helped before."""
    handed = asked.stage == "waiting" and history(asked.id)[-1].why == "handed_over"
    if asked.stage != "waiting" or not (handed or asked.follows_room_id):
        return False, None
    offer = offer_of(asked.id)
    by_name = offer is not None and offer.reserved_until - offer.offered_at == NAMED_ANSWERS_WITHIN
    return handed, offer.helper if offer is not None and by_name else None
