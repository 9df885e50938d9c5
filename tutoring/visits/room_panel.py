"""The way from a room of grown-ups to meeting in person: who helps or watches proposes it, the learner answers."""

from flask import url_for
from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.errors import NotFound
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.policy.visits import may_offer_visit
from tutoring.rooms import queries as rooms
from tutoring.rooms.hooks import RoomPanel
from tutoring.rooms.models import Room
from tutoring.rooms.persistent_rooms.queries import SHOWN, readers
from tutoring.visits.queries import offer_in


def may_offer(room: Room, known: RoomFacts) -> bool:
    """Whether this person may propose to meet somebody of this room."""
    return may_offer_visit(known, clock.now() - room.closed_at if room.closed_at else None)


def room_to_offer_in(viewer: User, room_id: int) -> Room:
    """A room in which this person may propose it; raises Missing."""
    room = rooms.room(room_id)
    if not may_offer(room, rooms.room_facts(room, viewer)):
        raise NotFound
    return room


def learners_of(room: Room) -> list[User]:
    """Grown-ups who learn here; of a room of many those who were here last."""
    seats = readers(room.id, SHOWN) if room.lasts else rooms.seats(room.id)
    return [one.user for one in seats if one.role == "learner" and not one.user.is_minor]


def part(viewer: User, room: Room, known: RoomFacts, _language: str) -> RoomPanel | None:
    """A link in the head of the room: to propose it, or to answer what was proposed."""
    if may_offer(room, known):
        return _link(gettext("Hẹn gặp trực tiếp"), url_for("visits.offer_visit", room_id=room.id))
    if room.minors or known.role != "learner":
        return None
    offer = offer_in(room.id, viewer.id)
    return _link(gettext("Trả lời lời hẹn gặp"), url_for("visits.new_visit", offer=offer.id)) if offer else None


def _link(label: str, href: str) -> RoomPanel:
    return RoomPanel("visit", str(label), href, html=None, going=False, script="", style="", words={})
