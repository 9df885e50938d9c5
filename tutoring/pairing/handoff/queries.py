"""Queries for a handoff: which request a room is for, and which helpers could take it now."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.helper_selection import RankedHelper, fit_to_help_on
from tutoring.pairing.requests.queries import history, offer_of, request_of_room
from tutoring.policy.pairing.offers import NAMED
from tutoring.policy.rooms.participation import may_moderate, may_read_room
from tutoring.rooms import queries as rooms

MOST = 5
NO_PAIR = N_("Phòng này không chuyển cho người khác được nữa. Hãy xem lại trang.")


def can_hand_over(room_id: int) -> bool:
    """Returns whether a room can be handed off: it is for a request that is being helped with.

    Rooms of groups and weekly meetings cannot.
    """
    asked = request_of_room(room_id)
    return asked is not None and asked.state == "helping"


def rooms_to_hand_over(room_ids: Collection[int]) -> set[int]:
    """Returns which of these rooms can be handed off."""
    told = {"rooms": ids_parameter(room_ids)}
    return set(db.session.scalars(_helped_rooms(), told)) if room_ids else set()


@built_once
def _helped_rooms() -> sa.Select[Any]:
    here = in_ids(HelpRequest.room_id, sa.bindparam("rooms"))
    return sa.select(HelpRequest.room_id).where(here, HelpRequest.state == "helping")


def request_to_hand_over(actor: User, room_id: int) -> HelpRequest:
    """Returns the request of a room for a user who moderates it.

    Raises NotFound or Forbidden for other users, and Conflict when there is nothing to hand off.
    """
    known = rooms.room_facts(rooms.room(room_id), actor)
    if not may_moderate(known):
        if not may_read_room(known):
            raise NotFound
        raise (Conflict(NO_PAIR, code="closed") if known.closed else Forbidden)
    asked = request_of_room(room_id)
    if asked is None or asked.state != "helping":
        raise Conflict(NO_PAIR)
    return asked


def helpers_for(asked: HelpRequest, actor: User) -> list[RankedHelper]:
    """Returns the few helpers who could continue this request, best first.

    They are present or on duty, free, allowed by every rule, and avoided by neither side. The current helper is left
    out. The actor is left out too, because no adult chooses which child to help.
    """
    return fit_to_help_on(asked, MOST, {actor.id, asked.helper_id or 0})


def helps_on(asked: HelpRequest) -> tuple[bool, User | None]:
    """Returns whether a waiting request was handed off last, and which helper is asked by name.

    The named helper is asked to continue, or is the former helper who is asked again.
    """
    handed = asked.stage == "waiting" and history(asked.id)[-1].why == "handed_over"
    if asked.stage != "waiting" or not (handed or asked.follows_room_id):
        return False, None
    offer = offer_of(asked.id)
    by_name = offer is not None and offer.ring == NAMED
    return handed, offer.helper if offer is not None and by_name else None
