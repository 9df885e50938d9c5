"""Pages of pictures in rooms: send, fetch, annotate. Access is checked on each fetch.

One endpoint serves scripts. A page without JavaScript adds one annotation at a time.
"""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.reader_names import shown_to_reader
from tutoring.kernel import file_storage, rate_limits
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import may_annotate_picture, may_moderate
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.blueprint import Page, back, blueprint, reason, try_command
from tutoring.rooms.forms import PLACES, AnnotationForm
from tutoring.rooms.models import Message
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.pictures.annotation_layers import drawings_on, places
from tutoring.rooms.pictures.shapes import Shape, at_place
from tutoring.safety.image_sanitizer import LARGEST_INPUT
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_picture, takes_files, takes_json

ADDRESS = "/rooms/<int:room_id>/pictures/<int:picture_id>/marks"
_WAITS = N_("Chữ này chưa hiện trên ảnh. Thầy cô trực đang xem; được duyệt thì nó hiện thành tin trong phòng.")
NINE = [str(one.value) for one in PLACES]


@blueprint.get(ADDRESS)
def marks(room_id: int, picture_id: int) -> Page:
    place = pictures_queries.get_picture_context(require_user(), room_id, picture_id)
    return _page(place, AnnotationForm(formdata=None, client_id=str(uuid.uuid4())))


def _page(place: pictures_queries.Place, form: AnnotationForm) -> str:
    author = place.message.author
    return render_template(
        "rooms/pictures/annotations.html", room=place.room, place=place, form=form,
        shown=rooms_serializers.picture(place.room.id, place.picture),
        alt=place.message.text or gettext("%(name)s gửi ảnh", name=shown_to_reader(author) if author else ""),
        drawings=drawings_on(require_user(), place.picture),
        may_mark=may_annotate_picture(place.known, place.room.hold_all),
        may_hide=may_moderate(place.known), places=places,
    )  # fmt: skip


@blueprint.post(ADDRESS)
@takes_json
def mark(room_id: int, picture_id: int) -> Page:
    person = require_user()
    if request.is_json:
        sent: Any = request.get_json(silent=True)
        if not isinstance(sent, dict):
            raise InvalidInput
        made = pictures_commands.mark_picture(
            person, room_id, picture_id, sent.get("client_id", ""), sent.get("shapes")
        )
        if isinstance(made, Message):
            raise Conflict(_WAITS, field="text", code="waits")
        return jsonify(ok=True, marks=str(made.id))
    form = AnnotationForm()
    try:
        made = pictures_commands.mark_picture(person, room_id, picture_id, form.client_id.data or "", [_shape(form)])
    except NotFound:
        raise
    except DomainError as refusal:
        if wants_json():
            raise
        form.refuse(refusal)
        return _page(pictures_queries.get_picture_context(person, room_id, picture_id), form), refusal.status
    flash(gettext(_WAITS) if isinstance(made, Message) else gettext("Đã đánh dấu lên ảnh."), "ok")
    return _back(room_id, picture_id)


def _shape(form: AnnotationForm) -> Shape:
    """Returns the shape that the form describes; the command validates it."""
    if form.place.data not in NINE:
        raise InvalidInput(field="place", code="place")
    shape = at_place(form.kind.data or "", NINE.index(form.place.data))
    if form.kind.data == "number":
        typed = form.number.data or ""
        shape["number"] = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else typed
    elif form.kind.data == "text":
        shape["text"] = form.text.data or ""
    return shape


@blueprint.post(f"{ADDRESS}/<int:marks_id>/take-back")
def take_back_marks(room_id: int, picture_id: int, marks_id: int) -> Response:
    return _act(room_id, picture_id, pictures_commands.take_back_marks, marks_id)


@blueprint.post(f"{ADDRESS}/<int:marks_id>/hide")
def hide_marks(room_id: int, picture_id: int, marks_id: int) -> Response:
    return _act(room_id, picture_id, pictures_commands.hide_marks, marks_id, reason())


def _act(room_id: int, picture_id: int, command: Any, *values: Any) -> Response:
    """Runs one command and returns to the page the form came from; errors are shown there."""
    rate_limits.hit("act", require_user().id)
    try_command(command, room_id, picture_id, *values)
    return jsonify(ok=True) if wants_json() else _back(room_id, picture_id)


def _back(room_id: int, picture_id: int) -> Response:
    return redirect(url_for("rooms.marks", room_id=room_id, picture_id=picture_id))


@blueprint.post("/rooms/<int:room_id>/pictures")
@takes_files(LARGEST_INPUT)
def send_picture(room_id: int) -> Page:
    person, form = require_user(), request.form
    sent = request.files.get("file")
    confirm = form.get("confirm") in ("true", "1")
    try:
        rate_limits.hit("knock", person.id)
        data = sent.read() if sent else b""
        message = pictures_commands.take_picture(
            person, room_id, form.get("client_id", ""), data, form.get("text", ""), confirm
        )
    except NotFound:
        raise
    except DomainError as refusal:
        if wants_json():
            raise
        flash(translate_error(refusal), "bad")
        return back(room_id, "picture")
    if wants_json():
        return jsonify(ok=True, **rooms_serializers.receipt(message))
    if message.status != "sent":
        flash(rooms_serializers.why_words(message), "warn")
    return back(room_id, "newest")


@blueprint.get("/rooms/<int:room_id>/pictures/<int:picture_id>")
def picture(room_id: int, picture_id: int) -> Response:
    return as_picture(file_storage.read(pictures_queries.visible(require_user(), room_id, picture_id).name))
