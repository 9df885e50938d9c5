"""What is kept of a session: a page for both sides and for a child's guardian, and the lesson that comes next."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.panels import on_child_page
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import limits
from tutoring.kernel.errors import Missing
from tutoring.rooms import commands, queries
from tutoring.rooms.pages import room_title
from tutoring.rooms.recap import follow_up, may_keep, recap, sessions_of_child
from tutoring.rooms.routes import Page, attempt, blueprint
from tutoring.rooms.visible import read_with_child
from tutoring.web.signin import me


@blueprint.get("/rooms/<int:room_id>/summary")
def summary(room_id: int) -> Page:
    room = queries.room(room_id)
    known = queries.facts(room, me())
    if not may_keep(me(), room, known):
        raise Missing
    kept = recap(me(), room, known, str(get_locale()))
    return render_template("rooms/summary.html", room=room, kept=kept, again=follow_up(me(), room))


@blueprint.post("/rooms/<int:room_id>/next")
def next_lesson(room_id: int) -> Response:
    limits.hit("act", me().id)
    if attempt(commands.propose_next, room_id, request.form.get("lesson", "")):
        flash(gettext("Đã ghi bài tiếp theo. Hai bên cùng thấy."), "ok")
    return redirect(url_for("rooms.end", room_id=room_id))


def _of_child(child: User) -> dict[str, Any]:
    """The sessions of a child under 16, for a guardian who is confirmed."""
    if child.kind != "child" or not is_guardian(me().id, child.id):
        return {"sessions": [], "rooms": []}
    language = str(get_locale())
    return {
        "sessions": [(room, room_title(room, language)) for room in sessions_of_child(child.id)],
        "rooms": [(room, room_title(room, language)) for room in read_with_child(me(), child.id)],
    }


on_child_page("rooms/_child_sessions.html", _of_child)
