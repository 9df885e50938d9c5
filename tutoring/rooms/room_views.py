"""Pages of a room: everything that a socket can do works here too, without JavaScript."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.commands import in_passing
from tutoring.kernel.errors import Invalid, Missing, NotAllowed, Refusal
from tutoring.policy.access import STAFF
from tutoring.policy.rooms import Facts, may_enter_as_observer, may_read_room
from tutoring.rooms import attendance, commands, lasting, payloads, queries, visible
from tutoring.rooms.around import changed_since
from tutoring.rooms.forms import EndForm, MessageForm
from tutoring.rooms.lists import lasting_rows, my_rooms
from tutoring.rooms.models import Room
from tutoring.rooms.pages import room_page, room_title
from tutoring.rooms.recap import follow_up, recap
from tutoring.rooms.routes import Page, back, blueprint, done, form_number
from tutoring.rooms.summary import summary
from tutoring.web.errors import wants_json
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.security import may_capture, takes_json
from tutoring.web.signin import held_roles, me


@blueprint.get("/rooms")
def index() -> str:
    person, language = me(), str(get_locale())
    places = lasting.in_places_of(person)
    places_found = lasting_rows(person, language, watches=not STAFF.isdisjoint(held_roles()), places=places)
    return render_template(
        "rooms/index.html",
        rows=my_rooms(person, language, places),
        places=places_found,
        wards=lasting.wards_of(person),
        shut_out=not places_found and lasting.shut_out_of_class(person),
        lost=visible.removed_lately(person),
    )


@blueprint.get("/rooms/<int:room_id>")
def show(room_id: int) -> Page:
    room = queries.room(room_id)
    known = queries.facts(room, me())
    if not may_read_room(known) and may_enter_as_observer(known):
        names = [] if room.lasts else [queries.shown_name(seat.user) for seat in queries.seats(room_id)]
        return render_template("rooms/door.html", room=room, names=names)
    if not may_read_room(known):
        commands.take_seat(me(), room_id)  # missing, but for who comes into a lasting room by a membership
        room, known = queries.readable(me(), room_id)
    _note_visit(room)
    mine = queries.seat(room_id, me().id)
    seen = mine.seen_seq if mine is not None else 0
    if mine is not None and seen < room.last_seq:
        in_passing(commands.mark_seen, me(), room_id, room.last_seq)
    return _page(room, known, MessageForm(formdata=None, client_id=str(uuid.uuid4())), seen)


def _note_visit(room: Room) -> None:
    if room.closed_at is None and attendance.needs_visit(room.id, me().id):
        in_passing(commands.visit, me(), room.id)


def _page(room: Room, known: Facts, form: MessageForm, seen: int = 0, **more: Any) -> str:
    before = request.args.get("before", type=whole)
    reply = request.values.get("reply", type=whole)
    alone = request.args.get("alone", "")
    page = room_page(me(), room, known, str(get_locale()), before, reply, seen, alone)
    if page.may_call:
        may_capture()
    return render_template("rooms/show.html", page=page, form=form, **more)


@blueprint.get("/rooms/<int:room_id>/messages")
def messages(room_id: int) -> Response:
    if not wants_json():
        return back(room_id)
    limits.hit("catch_up", me().id)
    after = _asked_number("after")
    room, known = queries.readable(me(), room_id)
    _note_visit(room)
    found = queries.messages_after(room_id, after)
    changes = changed_since(room_id, after, _asked_number("rev")) if "rev" in request.args else None
    return jsonify(ok=True, **payloads.messages(me(), known, room, found, changes))


def _asked_number(name: str) -> int:
    value = request.args.get(name, "0")
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Invalid(field=name)
    return int(value)


@blueprint.post("/rooms/<int:room_id>/messages")
@takes_json
def post(room_id: int) -> Page:
    person = me()
    sent: Any = request.get_json(silent=True) if request.is_json else request.form
    if not isinstance(sent, dict):
        raise Invalid
    confirm = sent.get("confirm") in (True, "true", "1")
    try:
        limits.hit("knock", person.id)
        message = commands.post_message(
            person, room_id, sent.get("client_id", ""), sent.get("text", ""), confirm, reply_to=_reply(sent)
        )
    except Missing:
        raise
    except Refusal as refusal:
        if wants_json():
            raise
        form = MessageForm()
        form.refuse(refusal)
        room, known = queries.readable(person, room_id)
        asked = refusal.code == "confirm"
        return _page(room, known, form, refused=said(refusal), confirm=asked), refusal.status
    if wants_json():
        return jsonify(ok=True, **payloads.receipt(message))
    if message.status != "sent":
        flash(payloads.why_words(message), "warn")
    return back(room_id, "newest")


def _reply(sent: Any) -> int | None:
    """The number of the message that is answered, as a form or JSON says it."""
    value = sent.get("reply")
    if value in (None, ""):
        return None
    try:
        found = whole(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if type(found) is not int:
        raise Invalid(field="reply")
    return found


# ---- taking part -----------------------------------------------------------------------------------------


@blueprint.post("/rooms/<int:room_id>/follow")
def follow(room_id: int) -> Response:
    limits.hit("follow", me().id)
    commands.follow(me(), room_id, form_number("step"))
    return done(room_id, "lesson")


@blueprint.route("/rooms/<int:room_id>/witness", methods=["GET", "POST"])
def witness(room_id: int) -> Page:
    room, known = queries.readable(me(), room_id)
    refused, status = "", 200
    if request.method == "POST":
        limits.hit("act", me().id)
        try:
            commands.witness(me(), room_id, request.form.get("user", 0, type=whole))
            flash(gettext("Đã ghi nhận. Mọi người trong phòng thấy dòng này."), "ok")
            return back(room_id)
        except Invalid as refusal:
            refused, status = said(refusal), 422
    elif not queries.may_confirm(room, known, me()):
        raise NotAllowed
    title = room_title(room, str(get_locale()))
    here = queries.learners(room_id)
    waiting = queries.unpractised(room, here)
    page = render_template(
        "rooms/witness.html",
        room=room,
        title=title,
        learners=[one for one in here if one not in waiting],
        waiting=waiting,
        refused=refused,
    )
    return page, status


@blueprint.post("/rooms/<int:room_id>/leave")
def leave(room_id: int) -> Response:
    commands.leave(me(), room_id)
    return jsonify(ok=True) if wants_json() else redirect(url_for("rooms.index"))


@blueprint.route("/rooms/<int:room_id>/end", methods=["GET", "POST"])
def end(room_id: int) -> Page:
    room, known = queries.readable(me(), room_id)
    if room.lasts and room.side_of_id is None:
        return back(room_id)
    form, status = EndForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                commands.end_session(
                    me(), room_id, form.solved.data, form.thanks.data, form.words.data or "", form.helped.data or "",
                    form.solved_by.data or "",
                )  # fmt: skip
                flash(gettext("Đã ghi lại. Cảm ơn bạn."), "ok")
                return redirect(url_for("rooms.end", room_id=room_id))
            status = 422
        except Invalid as refusal:
            form.refuse(refusal)
            status = refusal.status
    page, kept = summary(me(), room, known, str(get_locale())), recap(me(), room, known, str(get_locale()))
    return render_template("rooms/end.html", form=form, page=page, kept=kept, again=follow_up(me(), room)), status
