"""The inbox page; with it all pages of this feature."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.kernel.paging import Page
from tutoring.notifications import commands, queries, week_views
from tutoring.notifications.routes import blueprint
from tutoring.web.numbers import whole
from tutoring.web.pages import own_path
from tutoring.web.signin import me

__all__ = ["blueprint", "inbox", "week_views"]


@blueprint.get("/notices")
def inbox() -> str:
    rows = queries.inbox(me().id, request.args.get("before", type=whole))
    return render_template("notifications/inbox.html", page=Page.of(rows, queries.PAGE))


@blueprint.post("/notices/<int:notice_id>")
def open_notice(notice_id: int) -> Response:
    return redirect(own_path(commands.read_notice(me(), notice_id), url_for("notifications.inbox")))


@blueprint.post("/notices/read")
def read_all() -> Response:
    commands.read_all(me())
    return redirect(url_for("notifications.inbox"))
