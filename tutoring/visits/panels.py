"""Room panel for meeting in person.

Helpers and observers of adult rooms propose it, and the learner answers.
"""

from flask import url_for
from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.errors import NotFound
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.policy.visits import may_offer_visit
from tutoring.rooms import queries as rooms
from tutoring.rooms.hooks import RoomPanel, room_panels
from tutoring.rooms.models import Room
from tutoring.rooms.persistent_rooms.queries import SHOWN, readers
from tutoring.visits.queries import offer_in


def may_offer(room: Room, known: RoomFacts) -> bool:
    """Returns whether this user may propose a meeting to a learner of this room."""
    return may_offer_visit(known, clock.now() - room.closed_at if room.closed_at else None)


def room_to_offer_in(viewer: User, room_id: int) -> Room:
    """Returns a room in which this user may propose a meeting. Raises NotFound."""
    room = rooms.room(room_id)
    if not may_offer(room, rooms.room_facts(room, viewer)):
        raise NotFound
    return room


def learners_of(room: Room) -> list[User]:
    """Returns the adult learners of the room; in a persistent room the most recent ones."""
    seats = readers(room.id, SHOWN) if room.lasts else rooms.seats(room.id)
    return [one.user for one in seats if one.role == "learner" and not one.user.is_minor]


@room_panels.register(order=2)
def visit_link(viewer: User, room: Room, known: RoomFacts, _language: str) -> RoomPanel | None:
    """Returns a link in the header of the room: to propose a meeting, or to answer a proposal."""
    if may_offer(room, known):
        return _link(gettext("Hẹn gặp trực tiếp"), url_for("visits.offer_visit", room_id=room.id))
    if room.minors or known.role != "learner":
        return None
    offer = offer_in(room.id, viewer.id)
    return _link(gettext("Trả lời đề nghị hẹn gặp"), url_for("visits.new_visit", offer=offer.id)) if offer else None


def _link(label: str, href: str) -> RoomPanel:
    return RoomPanel("visit", str(label), href, html=None, going=False, script="", style="", words={})
