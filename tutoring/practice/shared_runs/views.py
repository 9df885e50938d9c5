"""HTTP fallback for practising in a room: the pane on its own page, and each action.

It works without JavaScript.
"""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.practice.blueprint import blueprint
from tutoring.practice.shared_runs import commands
from tutoring.practice.shared_runs.panels import render_pane, room_pane
from tutoring.rooms import queries
from tutoring.rooms.blueprint import form_number, try_command
from tutoring.web.auth import require_user
from tutoring.web.error_handlers import wants_json


@blueprint.get("/practice/rooms/<int:room_id>")
def in_room(room_id: int) -> str:
    room, known = queries.readable_room(require_user(), room_id)
    language = str(get_locale())
    pane = room_pane(require_user(), room, known, language, request.args.get("run", ""))
    return render_template("practice/shared_runs/room.html", room=room, pane=pane, html=render_pane(pane, language))


@blueprint.post("/practice/rooms/<int:room_id>/begin")
def begin_in_room(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try_command(commands.begin_in_room, room_id, request.form.get("scenario", ""))
    return _done(room_id)


@blueprint.post("/practice/rooms/<int:room_id>/stop")
def stop_in_room(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    if try_command(commands.stop_in_room, room_id) and not wants_json():
        flash(gettext("Phòng không còn thấy bài tập của bạn. Bạn tập tiếp một mình được."), "ok")
    return _done(room_id)


@blueprint.post("/practice/rooms/<int:room_id>/suggest")
def suggest(room_id: int) -> Response:
    rate_limits.hit("suggest", require_user().id)
    if try_command(commands.suggest, room_id, request.form.get("scenario", "")) and not wants_json():
        flash(gettext("Đã đề nghị. Mọi người trong phòng thấy dòng này."), "ok")
    return _done(room_id)


@blueprint.post("/practice/rooms/<int:room_id>/point")
def point(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    form = request.form
    queries.readable_room(require_user(), room_id)  # only members of the room may see errors of the form
    try_command(commands.point, room_id, form.get("run", ""), form_number("at"), form.get("control", ""))
    return _done(room_id)


@blueprint.post("/practice/rooms/<int:room_id>/unpoint")
def unpoint(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try_command(commands.unpoint, room_id, request.form.get("run", ""))
    return _done(room_id)


def _done(room_id: int) -> Response:
    """Redirects to the practice pane of the room, at the run that was shown."""
    if wants_json():
        return jsonify(ok=True)
    run = request.form.get("run") or None
    return redirect(url_for("rooms.show", room_id=room_id, show="practice", run=run, _anchor="practice"))
