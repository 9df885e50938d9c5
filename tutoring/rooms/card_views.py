"""Choosing a lesson for the talk, and opening one from there for the whole room. Works without JavaScript."""

import uuid

from flask import flash, render_template, request
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import NotAllowed
from tutoring.lessons.search import LONGEST
from tutoring.policy.rooms import may_send_card
from tutoring.rooms import commands, queries
from tutoring.rooms.cards import choices
from tutoring.rooms.routes import Page, attempt, back, blueprint, done, form_number
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/cards")
def cards(room_id: int) -> Page:
    room, known = queries.readable(me(), room_id)
    if not may_send_card(known):
        raise NotAllowed
    typed = request.args.get("q", "").strip()[:LONGEST]
    if typed:
        limits.hit("search", me().id)
    found = choices(room, typed, str(get_locale()))
    return render_template("rooms/cards.html", room=room, typed=typed, found=found, new_id=lambda: str(uuid.uuid4()))


@blueprint.post("/rooms/<int:room_id>/cards")
def send_card(room_id: int) -> Response:
    limits.hit("knock", me().id)
    form = request.form
    number = form.get("step", type=whole)
    sent = attempt(commands.send_card, room_id, form.get("client_id", ""), form.get("lesson", ""), number)
    return done(room_id, "newest") if sent else back(room_id)


@blueprint.post("/rooms/<int:room_id>/lesson")
def open_lesson(room_id: int) -> Response:
    limits.hit("follow", me().id)
    if attempt(commands.open_lesson, room_id, form_number("seq")):
        flash(gettext("Cả phòng đang ở bài này."), "ok")
    return done(room_id, "lesson")
