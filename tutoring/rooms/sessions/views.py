"""Pages of a session's summary, for both sides and a child's guardian, and the next lesson."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import NotFound
from tutoring.rooms import queries
from tutoring.rooms.blueprint import Page, blueprint, try_command
from tutoring.rooms.room_page import room_title
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.session_summary import follow_up, may_keep, recap, sessions_of_child
from tutoring.rooms.visibility import read_with_child
from tutoring.web.auth import require_user


@blueprint.get("/rooms/<int:room_id>/summary")
def summary(room_id: int) -> Page:
    room = queries.room(room_id)
    known = queries.room_facts(room, require_user())
    if not may_keep(require_user(), room, known):
        raise NotFound
    kept = recap(require_user(), room, known, str(get_locale()))
    return render_template("rooms/sessions/summary.html", room=room, kept=kept, again=follow_up(require_user(), room))


@blueprint.post("/rooms/<int:room_id>/next")
def next_lesson(room_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    if try_command(sessions_commands.propose_next, room_id, request.form.get("lesson", "")):
        flash(gettext("Đã ghi bài tiếp theo. Hai bên cùng thấy."), "ok")
    return redirect(url_for("rooms.end", room_id=room_id))


@child_panels.register
def _of_child(child: User) -> Panel:
    """Returns the sessions of a child under 16, for a confirmed guardian."""
    if child.kind != "child" or not is_guardian(require_user().id, child.id):
        return Panel("rooms/sessions/_child_sessions.html", {"sessions": [], "rooms": []})
    language = str(get_locale())
    return Panel(
        "rooms/sessions/_child_sessions.html",
        {
            "sessions": [(room, room_title(room, language)) for room in sessions_of_child(child.id)],
            "rooms": [(room, room_title(room, language)) for room in read_with_child(require_user(), child.id)],
        },
    )
