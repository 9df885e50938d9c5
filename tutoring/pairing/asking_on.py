"""Who may ask whom on after a session: the learner's side asks the same helper, for a week."""

from typing import NamedTuple

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import clock
from tutoring.pairing.eligibility import avoided
from tutoring.pairing.queries import open_request_of
from tutoring.policy.pairing import may_ask_for, may_ask_on
from tutoring.rooms import queries as rooms
from tutoring.rooms.history import WELL_CLOSED
from tutoring.rooms.models import Room


class Pair(NamedTuple):
    """The two of a session that is over."""

    learner: User
    helper: User


def pair_to_go_on(viewer: User, room: Room) -> Pair | None:
    """The pair whose learner's side is this person, if they may ask on: one learner, one helper, ended as it should,
    neither wants to avoid the other, and nothing else is asked for just now."""
    if room.closed_at is None:
        return None
    seats = rooms.seats(room.id)
    learners = [seat.user for seat in seats if seat.role == "learner"]
    helpers = [seat.user for seat in seats if seat.role == "helper"]
    if len(learners) != 1 or len(helpers) != 1:
        return None
    learner, helper = learners[0], helpers[0]
    guards = may_ask_for(is_guardian(viewer.id, learner.id), learner.kind == "child")
    well = room.close_reason in WELL_CLOSED and not room.handed_over
    if not may_ask_on(viewer.id == learner.id, guards, well, clock.now() - room.closed_at):
        return None
    if helper.state != "active" or avoided(learner.id, helper.id) or open_request_of(learner.id):
        return None
    return Pair(learner, helper)
