"""Pages of a lesson followed together: its panel, progress markers, lesson cards.

They work without JavaScript.
"""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Forbidden, InvalidInput
from tutoring.lessons.search.queries import MAX_QUERY_CHARS
from tutoring.policy.rooms.participation import may_send_card
from tutoring.rooms import queries
from tutoring.rooms.blueprint import Page, back, blueprint, form_number, success_response, try_command
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.rooms.shared_lesson.lesson_cards import choices
from tutoring.rooms.shared_lesson.lesson_panel import lesson_pane
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.urls import parse_int


@blueprint.get("/rooms/<int:room_id>/lesson")
def lesson(room_id: int) -> Page:
    room, known = queries.readable_room(require_user(), room_id)
    alone = request.args.get("alone", "")
    pane = lesson_pane(require_user(), room, known, str(get_locale()), None, request.args.getlist, alone)
    return render_template("rooms/shared_lesson/lesson.html", room=room, pane=pane)


@blueprint.post("/rooms/<int:room_id>/tick")
def tick(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    on = request.form.get("on", "1") == "1"
    try_command(shared_lesson_commands.tick, room_id, request.form.get("lesson", ""), form_number("step"), on)
    return success_response(room_id, "lesson")


@blueprint.post("/rooms/<int:room_id>/answer")
def answer(room_id: int) -> Response:
    """Stores the answer and shows the step with the feedback, to the learner alone."""
    rate_limits.hit("act", require_user().id)
    slug, step = request.form.get("lesson", ""), form_number("step")
    checkpoint = request.form.get("checkpoint", "")
    chosen = request.form.getlist(checkpoint)
    hints = request.form.get("hints", 0, type=parse_int)
    try:
        right = shared_lesson_commands.answer(
            require_user(), room_id, slug, step, checkpoint, request.form.get("attempt", ""), chosen, hints
        )
    except InvalidInput as refusal:
        if refusal.code != "empty" or wants_json():
            raise
        right = False
    if wants_json():
        return jsonify(ok=True, correct=right)
    shown: dict[str, Any] = {checkpoint: chosen or "", "alone": f"{slug}/{step}"}
    return redirect(url_for("rooms.lesson", room_id=room_id, **shown) + f"#{checkpoint}")


@blueprint.post("/rooms/<int:room_id>/stuck")
def stuck(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    sentence = request.form.get("sentence", "")
    try_command(shared_lesson_commands.point, room_id, request.form.get("lesson", ""), form_number("step"), sentence)
    return success_response(room_id, "lesson")


@blueprint.post("/rooms/<int:room_id>/unstuck")
def unstuck(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try_command(shared_lesson_commands.unpoint, room_id, form_number("user"))
    return success_response(room_id, "lesson")


@blueprint.get("/rooms/<int:room_id>/cards")
def cards(room_id: int) -> Page:
    room, known = queries.readable_room(require_user(), room_id)
    if not may_send_card(known):
        raise Forbidden
    typed = request.args.get("q", "").strip()[:MAX_QUERY_CHARS]
    if typed:
        rate_limits.hit("search", require_user().id)
    found = choices(room, typed, str(get_locale()))
    return render_template(
        "rooms/shared_lesson/cards.html", room=room, typed=typed, found=found, new_id=lambda: str(uuid.uuid4())
    )


@blueprint.post("/rooms/<int:room_id>/cards")
def send_card(room_id: int) -> Response:
    rate_limits.hit("knock", require_user().id)
    form = request.form
    number = form.get("step", type=parse_int)
    sent = try_command(
        shared_lesson_commands.send_card, room_id, form.get("client_id", ""), form.get("lesson", ""), number
    )
    return success_response(room_id, "newest") if sent else back(room_id)


@blueprint.post("/rooms/<int:room_id>/lesson")
def open_lesson(room_id: int) -> Response:
    rate_limits.hit("follow", require_user().id)
    if try_command(shared_lesson_commands.open_lesson, room_id, form_number("seq")):
        flash(gettext("Cả phòng đang ở bài này."), "ok")
    return success_response(room_id, "lesson")
