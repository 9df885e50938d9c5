"""The page of one's free hours: a grid of half hours, one day on another, days away."""

import re
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import children
from tutoring.community.words import WEEKDAYS
from tutoring.kernel import clock
from tutoring.kernel.errors import Invalid, Refusal
from tutoring.kernel.text import N_
from tutoring.pairing import commands
from tutoring.pairing.matching.times import DAYS, Week
from tutoring.pairing.routes import blueprint
from tutoring.pairing.week import MEETING, cells_of, copied, hours, of_cells, starts
from tutoring.pairing.weekly_models import MOST_PAIRS
from tutoring.pairing.weekly_queries import hours as hours_of
from tutoring.pairing.weekly_queries import whose_hours
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

_CELL = re.compile(r"([0-6])-(\d{1,2})")
# Hours of the day by their first half hour from 07:00, under the words that people use for them.
PARTS = (
    (N_("Sáng"), range(0, 8, 2)),
    (N_("Trưa"), range(8, 14, 2)),
    (N_("Chiều"), range(14, 22, 2)),
    (N_("Tối"), range(22, 32, 2)),
)
COPY_TO = (("weekdays", N_("Thứ Hai đến thứ Sáu")), ("all", N_("Cả tuần")))


def _whose() -> int:
    return request.values.get("of", type=whole) or me().id


def _back(user_id: int) -> Response:
    return redirect(url_for("pairing.hours", of=None if user_id == me().id else user_id))


def _told_week() -> Week:
    """The week that the form shows; raises Invalid."""
    cells = []
    for text in request.form.getlist("cell"):
        if not (found := _CELL.fullmatch(text)):
            raise Invalid(N_("Ô này không có trong tuần. Hãy tải lại trang rồi chọn lại."), field="cells")
        cells.append((int(found[1]), int(found[2])))
    try:
        return of_cells(cells)
    except ValueError:
        raise Invalid(N_("Ô này không có trong tuần. Hãy tải lại trang rồi chọn lại."), field="cells") from None


def _told_pairs() -> int:
    return request.form.get("pairs", default=-1, type=whole)


def _day(name: str) -> int:
    day = request.form.get(name, default=-1, type=whole)
    if day not in range(len(DAYS)):
        raise Invalid(N_("Hãy chọn một ngày trong tuần."))
    return day


def _copied(week: Week) -> Week:
    to = request.form.get("to", "")
    days = {"weekdays": range(5), "all": range(7)}.get(to) or [_day("to")]
    return copied(week, _day("from"), days)


@blueprint.route("/hours", methods=["GET", "POST"], endpoint="hours")
def hours_page() -> Response:
    person = whose_hours(me(), _whose())
    told = hours_of(person.id)
    if request.method == "GET":
        return _page(person.id, told.week, told.pairs)
    week, pairs = told.week, _told_pairs()
    act = request.form.get("act", "save")
    try:
        week = _told_week()
        if act == "copy":
            week = _copied(week)
        elif act == "clear":
            week = of_cells(())
        commands.set_hours(me(), person.id, week, pairs)
    except Refusal as refusal:
        return _page(person.id, week, pairs, refusal)
    words = {"copy": gettext("Đã chép giờ sang ngày khác và lưu."), "clear": gettext("Đã xoá hết giờ rảnh.")}
    flash(words.get(act, gettext("Đã lưu giờ rảnh.")), "ok")
    return _back(person.id)


def _page(user_id: int, week: Week, pairs: int, refusal: Refusal | None = None) -> Response:
    person = whose_hours(me(), user_id)
    page = render_template(
        "pairing/hours.html",
        person=person,
        told=hours_of(person.id),
        cells=cells_of(week),
        sum=hours(week),
        starts=starts(week),
        meeting=MEETING,
        pairs=pairs,
        most_pairs=MOST_PAIRS,
        days=WEEKDAYS,
        parts=PARTS,
        copy_to=COPY_TO,
        today=clock.today(),
        wrong=said(refusal) if refusal else "",
        wrong_field=refusal.field if refusal else "",
        children=[link.child for link in children(me().id) if link.confirmed_at and link.child.kind == "child"],
    )
    return make_response(page, refusal.status if refusal else 200)


def _date(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid(N_("Hãy chọn cả ngày đi lẫn ngày về."), field="first") from None


@blueprint.post("/hours/away")
def add_away() -> Response:
    user_id = _whose()
    try:
        commands.add_away(me(), user_id, _date("first"), _date("last"))
        flash(gettext("Đã ghi những ngày vắng."), "ok")
    except Refusal as refusal:
        told = hours_of(whose_hours(me(), user_id).id)
        return _page(user_id, told.week, told.pairs, refusal)
    return _back(user_id)


@blueprint.post("/hours/away/<int:away_id>/remove")
def remove_away(away_id: int) -> Response:
    user_id = commands.remove_away(me(), away_id)
    flash(gettext("Đã xoá những ngày vắng này."), "ok")
    return _back(user_id)
