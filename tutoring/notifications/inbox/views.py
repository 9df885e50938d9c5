"""The inbox page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask_babel import format_date, gettext
from werkzeug.wrappers import Response

from tutoring.kernel import clock
from tutoring.kernel.paging import Page
from tutoring.notifications.blueprint import blueprint
from tutoring.notifications.inbox import commands, queries
from tutoring.notifications.models import Notice
from tutoring.web.auth import require_user
from tutoring.web.urls import parse_int, safe_redirect_target

UNDO = timedelta(minutes=10)
EPOCH, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@blueprint.get("/notices")
def inbox() -> str:
    unread = request.args.get("show") == "unread"
    page = Page.of(
        queries.inbox(require_user().id, request.args.get("before", type=parse_int), unread=unread), queries.PAGE
    )
    undo = _moment(request.args.get("undo", ""))
    return render_template(
        "notifications/inbox/inbox.html", page=page, days=_by_day(page.items), unread=unread, undo=undo,
        undone=queries.were_read(require_user().id, undo) if undo else 0,
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the inbox: the newest notice of those that say the same and lead to the same place on one day."""

    newest: Notice
    others: list[Notice] = field(default_factory=list)


def _by_day(notices: Iterable[Notice]) -> list[tuple[str, list[Line]]]:
    """Groups notices by the day on which they came or returned, and many of one kind into one line."""
    days: dict[date, dict[tuple[str, str, bool], Line]] = {}
    for notice in notices:
        kind = notice.say, notice.path or notice.key, notice.read_at is None
        lines = days.setdefault(clock.local(notice.created_at).date(), {})
        if kind in lines:
            lines[kind].others.append(notice)
        else:
            lines[kind] = Line(notice)
    return [(_named(day), list(days[day].values())) for day in sorted(days, reverse=True)]


def _named(day: date) -> str:
    named = {0: gettext("Hôm nay"), 1: gettext("Hôm qua")}.get((clock.today() - day).days)
    return named or str(format_date(day, "EEEE d/M" if day.year == clock.today().year else "EEEE d/M/y"))


def _moment(text: str) -> datetime | None:
    """Parses the time of a "mark all as read" that can still be undone."""
    try:
        found = EPOCH + int(text) * TICK
    except (ValueError, OverflowError):
        return None
    return found if clock.now() - UNDO < found <= clock.now() else None


@blueprint.post("/notices/<int:notice_id>")
def open_notice(notice_id: int) -> Response:
    return redirect(
        safe_redirect_target(commands.read_notice(require_user(), notice_id), url_for("notifications.inbox"))
    )


@blueprint.post("/notices/read")
def read_all() -> Response:
    moment = commands.read_all(require_user())
    return redirect(url_for("notifications.inbox", undo=(moment - EPOCH) // TICK))


@blueprint.post("/notices/unread")
def unread_all() -> Response:
    moment = _moment(request.form.get("at", ""))
    if moment is not None:
        commands.unread_all(require_user(), moment)
    return redirect(url_for("notifications.inbox"))
