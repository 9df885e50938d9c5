"""The page of a child's week, for its guardian."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.accounts.hooks import Panel, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import child_of
from tutoring.classes.work.own_works import works_of_child
from tutoring.kernel.errors import NotFound
from tutoring.notifications.blueprint import blueprint
from tutoring.notifications.weekly_digest.jobs import KEPT, children_in, this_week, week_named
from tutoring.rooms.models import Room
from tutoring.rooms.room_page import room_title
from tutoring.web.auth import require_user


@blueprint.get("/children/<int:child_id>/week")
def week(child_id: int) -> str:
    link = child_of(require_user().id, child_id)
    if link.confirmed_at is None:
        raise NotFound
    chosen = week_named(request.args.get("from", ""))
    found = children_in(require_user().id, chosen)
    weeks = [this_week()]
    while len(weeks) <= KEPT:
        weeks.append(weeks[-1].before)
    titles: dict[tuple[str | None, str, int | None], str] = {}
    rows = [(row, _title(row.room, titles)) for row in found[link.child]]
    others = [child for child in found if child.id != child_id]
    return render_template(
        "notifications/weekly_digest/week.html",
        child=link.child,
        week=chosen,
        weeks=weeks,
        rows=rows,
        others=others,
        works=works_of_child(link.child) if chosen == weeks[0] else [],
    )


def _title(room: Room, known: dict[tuple[str | None, str, int | None], str]) -> str:
    """Returns the title of a room; sessions about the same topic share one query."""
    about = (room.lesson_slug, room.topic, room.id if room.lasts else None)
    if about not in known:
        known[about] = room_title(room, str(get_locale()))
    return known[about]


@child_panels.register
def _of_child(_child: User) -> Panel:
    return Panel("notifications/weekly_digest/_child_week.html")
