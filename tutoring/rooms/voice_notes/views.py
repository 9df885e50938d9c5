"""Pages of voice notes: record or choose one, send it, hear it. Access is checked on each fetch."""

import uuid

from flask import flash, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.blueprint import Page, back, blueprint
from tutoring.rooms.voice_notes import commands as voice_notes_commands
from tutoring.rooms.voice_notes import queries as voice_notes_queries
from tutoring.safety.sound_sanitizer import LARGEST_INPUT
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_sound, may_record, takes_files


@blueprint.get("/rooms/<int:room_id>/voice-notes")
def voice_notes(room_id: int) -> Page:
    return _page(room_id)


def _page(room_id: int, refused: str = "") -> str:
    """Renders the recorder; static/rooms/voice_notes/recorder.js takes it into the room."""
    room, known = queries.readable_room(require_user(), room_id)
    if not voice_notes_queries.may_send(known):
        raise NotFound
    may_record()
    return render_template(
        "rooms/voice_notes/record.html", room=room, known=known, key=str(uuid.uuid4()), refused=refused
    )


@blueprint.post("/rooms/<int:room_id>/voice-notes")
@takes_files(LARGEST_INPUT + 16 * 1024)
def send_voice_note(room_id: int) -> Page:
    person = require_user()
    sent = request.files.get("file")
    try:
        rate_limits.hit("knock", person.id)
        data = sent.read() if sent else b""
        message = voice_notes_commands.take_voice_note(person, room_id, request.form.get("client_id", ""), data)
    except NotFound:
        raise
    except DomainError as refusal:
        if wants_json():
            raise
        if voice_notes_queries.may_send(queries.readable_room(person, room_id)[1]):
            return _page(room_id, translate_error(refusal)), refusal.status
        flash(translate_error(refusal), "bad")
        return back(room_id)
    if wants_json():
        return jsonify(ok=True, **rooms_serializers.receipt(message))
    if message.status != "sent":
        flash(rooms_serializers.why_words(message), "warn")
    else:
        flash(gettext("Đã gửi tin thoại."), "ok")
    return back(room_id, "newest")


@blueprint.get("/rooms/<int:room_id>/voice-notes/<int:note_id>.<ending>")
def voice_note(room_id: int, note_id: int, ending: str) -> Response:
    person = require_user()
    note, sound, judges = voice_notes_queries.heard_note(person, room_id, note_id, ending)
    by, response = note.heard_by_id, as_sound(sound, ending, f"{note.id}-{ending}")
    if judges and by != person.id and _gives_the_end(response, len(sound)):
        voice_notes_commands.note_heard(note_id, person.id)
    return response


def _gives_the_end(response: Response, length: int) -> bool:
    """Returns whether the reader has the last byte after this: a look at the first ones is no hearing.

    304 counts: the browser plays the whole sound that it has kept.
    """
    whole = response.status_code in (200, 304)
    return request.method == "GET" and (whole or response.content_range.stop == length)
