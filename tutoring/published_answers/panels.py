"""The offer at the end of a session: the helper writes down for others what solved it."""

from flask import url_for

from tutoring.accounts.models import User
from tutoring.pairing.requests.queries import request_of_room
from tutoring.published_answers.eligibility import solved_request
from tutoring.published_answers.queries import answer_of_request
from tutoring.rooms.hooks import write_ups
from tutoring.rooms.models import Room


@write_ups.register
def _offer(viewer: User, room: Room) -> str | None:
    asked = request_of_room(room.id)
    if asked is None or asked.helper_id != viewer.id or answer_of_request(asked.id) is not None:
        return None
    if solved_request(viewer, asked.id) is None:
        return None
    return url_for("published_answers.write", request_id=asked.id)
