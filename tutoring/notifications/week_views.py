"""The page of a child's week, for its guardian."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.accounts.models import User
from tutoring.accounts.panels import on_child_page
from tutoring.accounts.queries import child_of
from tutoring.kernel.errors import Missing
from tutoring.notifications.routes import blueprint
from tutoring.notifications.weeks import KEPT, children_in, this_week, week_named
from tutoring.rooms.models import Room
from tutoring.rooms.pages import room_title
from tutoring.web.signin import me


@blueprint.get("/children/<int:child_id>/week")
def week(child_id: int) -> str:
    link = child_of(me().id, child_id)
    if link.confirmed_at is None:
        raise Missing
    chosen = week_named(request.args.get("from", ""))
    found = children_in(me().id, chosen)
    weeks = [this_week()]
    while len(weeks) <= KEPT:
        weeks.append(weeks[-1].before)
    titles: dict[tuple[str | None, str, int | None], str] = {}
    rows = [(row, _title(row.room, titles)) for row in found[link.child]]
    others = [child for child in found if child.id != child_id]
    return render_template(
        "notifications/week.html", child=link.child, week=chosen, weeks=weeks, rows=rows, others=others
    )


def _title(room: Room, known: dict[tuple[str | None, str, int | None], str]) -> str:
    """What a room is called; of sessions about the same it is asked once."""
    about = (room.lesson_slug, room.topic, room.id if room.lasts else None)
    if about not in known:
        known[about] = room_title(room, str(get_locale()))
    return known[about]


def _of_child(_child: User) -> dict[str, bool]:
    return {}


on_child_page("notifications/_child_week.html", _of_child)
