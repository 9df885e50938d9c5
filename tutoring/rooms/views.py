"""Pages of a room: the list of rooms, the room itself, search, feedback, and export as text.

Everything that a socket can do works here too, without JavaScript. Search terms are not stored. The export of a room of
adults holds only what all participants saw.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response as StreamedResponse
from flask import flash, jsonify, redirect, render_template, request, stream_with_context, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.reader_names import shown_to_reader
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import best_effort
from tutoring.kernel.errors import DomainError, Forbidden, InvalidInput, NotFound
from tutoring.policy.access import STAFF
from tutoring.policy.rooms.comfort import ends_as_child
from tutoring.policy.rooms.participation import RoomFacts, may_enter_as_observer, may_export_room, may_read_room
from tutoring.policy.rooms.ready_phrases import may_use_phrases
from tutoring.rooms import queries, visibility
from tutoring.rooms import search as rooms_search
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.blueprint import Page, back, blueprint, form_number, success_response
from tutoring.rooms.comfort import commands as comfort_commands
from tutoring.rooms.forms import ChildEndForm, EndForm, MessageForm
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.queries import changed_since
from tutoring.rooms.models import Room
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.ready_phrases import queries as ready_phrases_queries
from tutoring.rooms.room_lists import list_persistent_rooms, my_rooms
from tutoring.rooms.room_page import room_page, room_title
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.end_page import summary
from tutoring.rooms.sessions.session_summary import follow_up, recap, write_up
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.web.auth import current_roles, require_user
from tutoring.web.error_handlers import wants_json
from tutoring.web.i18n import translate_error
from tutoring.web.security import may_capture, may_record, takes_json
from tutoring.web.urls import parse_int


@blueprint.get("/rooms")
def index() -> str:
    person, language = require_user(), str(get_locale())
    places = persistent_rooms_queries.in_units_of(person)
    places_found = list_persistent_rooms(person, language, watches=not STAFF.isdisjoint(current_roles()), places=places)
    return render_template(
        "rooms/index.html",
        rows=my_rooms(person, language, places),
        places=places_found,
        wards=persistent_rooms_queries.wards_of(person),
        shut_out=not places_found and persistent_rooms_queries.lacks_class_consent(person),
        lost=visibility.removed_lately(person),
    )


@blueprint.get("/rooms/<int:room_id>")
def show(room_id: int) -> Page:
    room = queries.room(room_id)
    known = queries.room_facts(room, require_user())
    if not may_read_room(known) and may_enter_as_observer(known):
        names = [] if room.lasts else [shown_to_reader(seat.user) for seat in queries.seats(room_id)]
        return render_template("rooms/join.html", room=room, names=names)
    if not may_read_room(known):
        persistent_rooms_commands.take_seat(
            require_user(), room_id
        )  # raises NotFound, unless a membership lets the user into a persistent room
        room, known = queries.readable_room(require_user(), room_id)
    _note_visit(room)
    mine = queries.seat(room_id, require_user().id)
    seen = mine.seen_seq if mine is not None else 0
    if mine is not None and seen < room.last_seq:
        best_effort(messages_commands.mark_seen, require_user(), room_id, room.last_seq)
    return _page(room, known, MessageForm(formdata=None, client_id=str(uuid.uuid4()), text=_phrase(room, known)), seen)


def _phrase(room: Room, known: RoomFacts) -> str:
    """Returns the ready phrase that a helper chose on a page without scripts, for the composer."""
    phrase_id = request.args.get("phrase", type=parse_int)
    if phrase_id is None or not may_use_phrases(known):
        return ""
    return ready_phrases_queries.filled_phrase(require_user(), room, phrase_id, str(get_locale())).text


def _note_visit(room: Room) -> None:
    if room.closed_at is None and presence_queries.needs_visit(room.id, require_user().id):
        best_effort(presence_commands.visit, require_user(), room.id)


def _page(room: Room, known: RoomFacts, form: MessageForm, seen: int = 0, **more: Any) -> str:
    before = request.args.get("before", type=parse_int)
    reply = request.values.get("reply", type=parse_int)
    alone = request.args.get("alone", "")
    page = room_page(require_user(), room, known, str(get_locale()), before, reply, seen, alone)
    if page.may_call:
        may_capture()
    elif page.may_speak:
        may_record()
    return render_template("rooms/show.html", page=page, form=form, **more)


@blueprint.get("/rooms/<int:room_id>/messages")
def messages(room_id: int) -> Response:
    if not wants_json():
        return back(room_id)
    rate_limits.hit("catch_up", require_user().id)
    after = _asked_number("after")
    room, known = queries.readable_room(require_user(), room_id)
    _note_visit(room)
    found = queries.messages_after(room_id, after)
    changes = changed_since(room_id, after, _asked_number("rev")) if "rev" in request.args else None
    return jsonify(ok=True, **rooms_serializers.messages(require_user(), known, room, found, changes))


def _asked_number(name: str) -> int:
    value = request.args.get(name, "0")
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise InvalidInput(field=name)
    return int(value)


@blueprint.post("/rooms/<int:room_id>/messages")
@takes_json
def post(room_id: int) -> Page:
    person = require_user()
    sent: Any = request.get_json(silent=True) if request.is_json else request.form
    if not isinstance(sent, dict):
        raise InvalidInput
    confirm = sent.get("confirm") in (True, "true", "1")
    try:
        rate_limits.hit("knock", person.id)
        message = messages_commands.post_message(
            person, room_id, sent.get("client_id", ""), sent.get("text", ""), confirm, reply_to=_reply(sent)
        )
    except NotFound:
        raise
    except DomainError as refusal:
        if wants_json():
            raise
        form = MessageForm()
        form.refuse(refusal)
        room, known = queries.readable_room(person, room_id)
        asked = refusal.code == "confirm"
        return _page(room, known, form, refused=translate_error(refusal), confirm=asked), refusal.status
    if wants_json():
        return jsonify(ok=True, **rooms_serializers.receipt(message))
    if message.status != "sent":
        flash(rooms_serializers.why_words(message), "warn")
    return back(room_id, "newest")


def _reply(sent: Any) -> int | None:
    """Parses the number of the message replied to, from a form or JSON."""
    value = sent.get("reply")
    if value in (None, ""):
        return None
    try:
        found = parse_int(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if type(found) is not int:
        raise InvalidInput(field="reply")
    return found


# ---- taking part -----------------------------------------------------------------------------------------


@blueprint.post("/rooms/<int:room_id>/follow")
def follow(room_id: int) -> Response:
    rate_limits.hit("follow", require_user().id)
    shared_lesson_commands.follow(require_user(), room_id, form_number("step"))
    return success_response(room_id, "lesson")


@blueprint.route("/rooms/<int:room_id>/witness", methods=["GET", "POST"])
def witness(room_id: int) -> Page:
    room, known = queries.readable_room(require_user(), room_id)
    refused, status = "", 200
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        try:
            shared_lesson_commands.witness(require_user(), room_id, request.form.get("user", 0, type=parse_int))
            flash(gettext("Đã ghi nhận. Mọi người trong phòng thấy dòng này."), "ok")
            return back(room_id)
        except InvalidInput as refusal:
            refused, status = translate_error(refusal), 422
    elif not queries.may_confirm(room, known, require_user()):
        raise Forbidden
    title = room_title(room, str(get_locale()))
    here = queries.learners(room_id)
    waiting = queries.learners_without_practice(room, here)
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
    presence_commands.leave(require_user(), room_id)
    return jsonify(ok=True) if wants_json() else redirect(url_for("rooms.index"))


@blueprint.route("/rooms/<int:room_id>/end", methods=["GET", "POST"])
def end(room_id: int) -> Page:
    room, known = queries.readable_room(require_user(), room_id)
    if room.lasts and room.side_of_id is None:
        return back(room_id)
    form, status = _end_form(known), 200
    if form.is_submitted():
        try:
            if form.validate():
                flash(_ended(form, room_id), "ok")
                return redirect(url_for("rooms.end", room_id=room_id))
            status = 422
        except InvalidInput as refusal:
            form.refuse(refusal)
            status = refusal.status
    page, kept = (
        summary(require_user(), room, known, str(get_locale())),
        recap(require_user(), room, known, str(get_locale())),
    )
    if page.note_to:
        form.words.label.text = gettext("Lời nhắn cho %(name)s", name=page.note_to)
    return render_template(
        "rooms/end.html",
        form=form,
        page=page,
        kept=kept,
        again=follow_up(require_user(), room),
        write_up=write_up(require_user(), room) if known.role == "helper" and room.closed_at else None,
    ), status


def _end_form(known: RoomFacts) -> EndForm | ChildEndForm:
    if ends_as_child(known, require_user().is_minor):
        return ChildEndForm()
    form = EndForm()
    if require_user().is_minor:
        del form.solved_by  # a pupil who helps is asked one thing
    return form


def _ended(form: EndForm | ChildEndForm, room_id: int) -> str:
    """Ends the session with a valid form; returns what the page says then."""
    person, words = require_user(), form.words.data or ""
    if isinstance(form, ChildEndForm):
        if form.felt.data:  # a command of its own: nothing that is wrong with the thanks may undo it
            comfort_commands.answer_comfort(person, room_id, form.felt.data)
        sessions_commands.end_as_child(person, room_id, form.thanks.data, words)
        return str(gettext("Cảm ơn em, hẹn gặp lại em."))
    by = form.solved_by.data or "" if "solved_by" in form else ""
    sessions_commands.end_session(
        person, room_id, form.solved.data, form.thanks.data, words, form.helped.data or "", by
    )
    return str(gettext("Đã ghi lại. Cảm ơn bạn."))


@blueprint.get("/rooms/<int:room_id>/export")
def export(room_id: int) -> StreamedResponse:
    room, known = queries.readable_room(require_user(), room_id)
    if not may_export_room(known):
        raise NotFound
    rate_limits.hit("export", require_user().id)
    title = room_title(room, str(get_locale()))
    answer = StreamedResponse(stream_with_context(_lines(require_user(), room, known, title)), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="cung-hoc-{room_id}.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lines(viewer: User, room: Room, known: RoomFacts, title: str) -> Iterator[str]:
    """Yields the export page by page, so that memory use does not grow with the room."""
    seats = [] if room.lasts else queries.seats(room.id)
    names = ", ".join(shown_to_reader(seat.user) for seat in seats)
    yield f"\ufeff{title}\r\n{names}\r\n\r\n"  # the byte order mark tells old programs that it is UTF-8
    after, more = 0, True
    while more:
        page = queries.messages_after(room.id, after)
        after = page.items[-1].seq if page.items else after
        for shape in rooms_serializers.serialize_messages_for(viewer, known, room.id, page.items):
            if shape["text"] is not None or shape["picture"]:
                yield _line(shape)
        more = page.more


def _line(shape: rooms_serializers.Shape) -> str:
    at = clock.local(datetime.fromisoformat(shape["at"])).strftime("%d/%m/%Y %H:%M")
    picture = gettext("Ảnh")
    words = " ".join(part for part in (f"[{picture}]" if shape["picture"] else "", shape["text"] or "") if part)
    who = f"{shape['name']}: " if shape["name"] else ""
    return f"{at} {who}{words}\r\n".replace("\n", "\r\n").replace("\r\r\n", "\r\n")


@blueprint.get("/rooms/<int:room_id>/search")
def search(room_id: int) -> Page:
    room, _known = queries.readable_room(require_user(), room_id)
    typed = request.args.get("q", "")[: rooms_search.LONGEST]
    looked_for, found = rooms_search.words_of(typed), None
    if looked_for:
        rate_limits.hit("search", require_user().id)
        found = rooms_search.find(room_id, looked_for, request.args.get("before", type=parse_int))
    return render_template(
        "rooms/search.html", room=room, title=room_title(room, str(get_locale())), typed=typed, found=found,
        before_for=lambda seq: rooms_search.before_for(room, seq),
    )  # fmt: skip
