"""A lesson followed together: its page in the room, and what a learner shows of it. Works without JavaScript."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid
from tutoring.rooms import commands, queries
from tutoring.rooms.lesson_pane import lesson_pane
from tutoring.rooms.routes import Page, attempt, blueprint, done, form_number
from tutoring.web.errors import wants_json
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/lesson")
def lesson(room_id: int) -> Page:
    room, known = queries.readable(me(), room_id)
    alone = request.args.get("alone", "")
    pane = lesson_pane(me(), room, known, str(get_locale()), None, request.args.getlist, alone)
    return render_template("rooms/lesson.html", room=room, pane=pane)


@blueprint.post("/rooms/<int:room_id>/tick")
def tick(room_id: int) -> Response:
    limits.hit("act", me().id)
    on = request.form.get("on", "1") == "1"
    attempt(commands.tick, room_id, request.form.get("lesson", ""), form_number("step"), on)
    return done(room_id, "lesson")


@blueprint.post("/rooms/<int:room_id>/answer")
def answer(room_id: int) -> Response:
    """Keep the answer and show the step with what is said to it: to the learner alone."""
    limits.hit("act", me().id)
    slug, step = request.form.get("lesson", ""), form_number("step")
    checkpoint = request.form.get("checkpoint", "")
    chosen = request.form.getlist(checkpoint)
    hints = request.form.get("hints", 0, type=whole)
    try:
        right = commands.answer(me(), room_id, slug, step, checkpoint, request.form.get("attempt", ""), chosen, hints)
    except Invalid as refusal:
        if refusal.code != "empty" or wants_json():
            raise
        right = False
    if wants_json():
        return jsonify(ok=True, correct=right)
    shown: dict[str, Any] = {checkpoint: chosen or "", "alone": f"{slug}/{step}"}
    return redirect(url_for("rooms.lesson", room_id=room_id, **shown) + f"#{checkpoint}")


@blueprint.post("/rooms/<int:room_id>/stuck")
def stuck(room_id: int) -> Response:
    limits.hit("act", me().id)
    sentence = request.form.get("sentence", "")
    attempt(commands.point, room_id, request.form.get("lesson", ""), form_number("step"), sentence)
    return done(room_id, "lesson")


@blueprint.post("/rooms/<int:room_id>/unstuck")
def unstuck(room_id: int) -> Response:
    limits.hit("act", me().id)
    attempt(commands.unpoint, room_id, form_number("user"))
    return done(room_id, "lesson")
