"""The pages of a user's appointments, their files, and the private feed."""

import hashlib
from datetime import date, timedelta

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale, gettext
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import NotFound
from tutoring.notifications.blueprint import blueprint
from tutoring.notifications.calendar import feeds, icalendar_file
from tutoring.notifications.calendar import queries as calendar_queries
from tutoring.notifications.calendar.hours import hours, is_whole_day
from tutoring.notifications.calendar.sources import KINDS
from tutoring.web import shown_once
from tutoring.web.auth import require_user
from tutoring.web.i18n import language

ADDRESS = "calendar-address"


def _asked_day(text: str) -> date:
    """Parses the requested day; today if it is invalid or out of range."""
    today = clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= calendar_queries.FARTHEST else today


def named(day: date) -> str:
    """Formats a day with its weekday: "Thứ Tư, 2/12"; in English with the name of the month."""
    pattern, year = ("EEEE, d/M", "/y") if str(get_locale()) == "vi" else ("EEEE, d MMMM", " y")
    return str(format_date(day, pattern if day.year == clock.today().year else pattern + year))


@blueprint.get("/calendar")
def times() -> str:
    monday = calendar_queries.monday_of(_asked_day(request.args.get("from", "")))
    days = calendar_queries.week(require_user(), monday)
    around = [monday - timedelta(days=7), monday + timedelta(days=7)]
    before, after = (day if abs(day - clock.today()) <= calendar_queries.FARTHEST else None for day in around)
    return render_template(
        "notifications/calendar/calendar.html", days=days, before=before, after=after, kinds=KINDS, now=clock.now(),
        named=named, local=clock.local, hours=hours, is_whole_day=is_whole_day,
        this_week=monday == calendar_queries.monday_of(clock.today()), feed=feeds.feed_of(require_user().id),
    )  # fmt: skip


def _site() -> str:
    return str(current_app.config["SETTINGS"].origins[0]).rstrip("/")


def _as_file(said: list[calendar_queries.Said], name: str) -> Response:
    body = icalendar_file.written(said, _site())
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Last-Modified"] = http_date(max((one.changed_at for one in said), default=clock.now()))
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return response


@blueprint.get("/calendar/<kind>/<ref>.ics")
def time_file(kind: str, ref: str) -> Response:
    if kind not in KINDS:
        raise NotFound
    return _as_file([calendar_queries.one_time(require_user(), kind, ref)], f"cung-hoc-{kind}-{ref}")


@blueprint.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    row, owner = feeds.found(token)
    rate_limits.hit("feed", row.id)
    g.language = row.language
    said = calendar_queries.for_feed(owner)
    response = _as_file(said, "cung-hoc")
    if not said:
        response.headers["Last-Modified"] = http_date(row.made_at)
    del response.headers["Content-Disposition"]
    if row.read_at is None or clock.local(row.read_at).date() != clock.today():
        feeds.note_reading(row)
    return response.make_conditional(request.environ)


@blueprint.post("/calendar/feed")
def make_feed() -> Response:
    shown_once.keep(ADDRESS, require_user().id, feeds.make_feed(require_user(), language()))
    return redirect(url_for("notifications.made_feed"))


@blueprint.get("/calendar/feed")
def made_feed() -> Response | str:
    """Shows a new address once. The second time leads to the calendar, because the address is stored nowhere."""
    token = shown_once.take(ADDRESS, require_user().id)
    if token is None:
        flash(gettext("Địa chỉ lịch chỉ hiện một lần. Nếu chưa kịp chép, hãy đổi địa chỉ mới."), "bad")
        return redirect(url_for("notifications.times", _anchor="feed"))
    address = _site() + url_for("notifications.feed", token=token)
    subscribe = "webcal://" + address.partition("://")[2]
    return render_template("notifications/calendar/calendar_feed.html", address=address, subscribe=subscribe)


@blueprint.post("/calendar/feed/end")
def end_feed() -> Response:
    feeds.end_feed(require_user().id)
    flash(gettext("Đã ngừng. Địa chỉ lịch cũ không đọc được nữa; hãy gỡ nó khỏi ứng dụng lịch của bạn."), "ok")
    return redirect(url_for("notifications.times"))
