"""What watchers do in a room, each by one form."""

from flask import request
from werkzeug.wrappers import Response

from tutoring.rooms import commands
from tutoring.rooms.routes import act, blueprint, form_number, reason


@blueprint.post("/rooms/<int:room_id>/enter")
def enter(room_id: int) -> Response:
    return act(room_id, commands.enter_as_observer)


@blueprint.post("/rooms/<int:room_id>/mute")
def mute(room_id: int) -> Response:
    return act(room_id, commands.mute, form_number("user"), form_number("minutes"), reason())


@blueprint.post("/rooms/<int:room_id>/unmute")
def unmute(room_id: int) -> Response:
    return act(room_id, commands.unmute, form_number("user"))


@blueprint.post("/rooms/<int:room_id>/remove")
def remove(room_id: int) -> Response:
    return act(room_id, commands.remove_member, form_number("user"), reason())


@blueprint.post("/rooms/<int:room_id>/close")
def close(room_id: int) -> Response:
    return act(room_id, commands.close_room, reason())


@blueprint.post("/rooms/<int:room_id>/hold")
def hold(room_id: int) -> Response:
    return act(room_id, commands.hold_everything, request.form.get("on", "1") != "0")


@blueprint.post("/rooms/<int:room_id>/release")
def release(room_id: int) -> Response:
    return act(room_id, commands.release_message, form_number("seq"), request.form.get("whole") == "1")


@blueprint.post("/rooms/<int:room_id>/refuse")
def refuse(room_id: int) -> Response:
    return act(room_id, commands.refuse_message, form_number("seq"), reason())


@blueprint.post("/rooms/<int:room_id>/hide")
def hide(room_id: int) -> Response:
    return act(room_id, commands.hide_message, form_number("seq"), reason())
