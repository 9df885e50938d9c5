"""Sending a picture into a room, and fetching one: whether somebody may see it is asked each time."""

from flask import flash, jsonify, request
from werkzeug.wrappers import Response

from tutoring.kernel import files, limits
from tutoring.kernel.errors import Missing, Refusal
from tutoring.rooms import commands, payloads, pictures
from tutoring.rooms.routes import Page, back, blueprint
from tutoring.safety.pictures import LARGEST_INPUT
from tutoring.web.errors import wants_json
from tutoring.web.i18n import said
from tutoring.web.security import as_picture, takes_files
from tutoring.web.signin import me


@blueprint.post("/rooms/<int:room_id>/pictures")
@takes_files(LARGEST_INPUT)
def send_picture(room_id: int) -> Page:
    person, form = me(), request.form
    sent = request.files.get("file")
    confirm = form.get("confirm") in ("true", "1")
    try:
        limits.hit("knock", person.id)
        data = sent.read() if sent else b""
        message = commands.take_picture(person, room_id, form.get("client_id", ""), data, form.get("text", ""), confirm)
    except Missing:
        raise
    except Refusal as refusal:
        if wants_json():
            raise
        flash(said(refusal), "bad")
        return back(room_id, "picture")
    if wants_json():
        return jsonify(ok=True, **payloads.receipt(message))
    if message.status != "sent":
        flash(payloads.why_words(message), "warn")
    return back(room_id, "newest")


@blueprint.get("/rooms/<int:room_id>/pictures/<int:picture_id>")
def picture(room_id: int, picture_id: int) -> Response:
    return as_picture(files.read(pictures.visible(me(), room_id, picture_id).name))
