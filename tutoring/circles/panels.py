"""Panels of circles: a link from the live room of a circle to its topics."""

from flask import url_for
from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.hooks import RoomPanel, room_panels
from tutoring.rooms.models import Room


@room_panels.register(order=3)
def topics_link(_viewer: User, room: Room, _known: RoomFacts, _language: str) -> RoomPanel | None:
    """Returns a link shown beside the participants of the room."""
    if room.kind != "circle" or room.side_of_id is not None:
        return None
    href = url_for("circles.circle", unit_id=room.unit_id)
    return RoomPanel("circle", gettext("Chủ đề đã hỏi"), href, None, going=False, script="", style="", words={})
