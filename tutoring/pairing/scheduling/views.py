"""Views of a user's free hours and weekly meetings.

Free hours are a grid of half hours, with copying of days and away days. Weekly meetings are proposed pairs and
bookings, which users answer, move and end.
"""

import re
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.community.labels import WEEKDAYS
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput
from tutoring.kernel.text import N_
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.matching.week_bits import DAYS, QUARTERS, Week, quarters
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling import free_days, proposals
from tutoring.pairing.scheduling.free_days import NO_HOURS, FreeDaysForm
from tutoring.pairing.scheduling.models import MOST_PAIRS
from tutoring.pairing.scheduling.queries import bookings_of, proposals_of, whose_hours, without_hours
from tutoring.pairing.scheduling.queries import hours as hours_of
from tutoring.pairing.scheduling.week_grid import MEETING, cells_of, copied, hours, of_cells, starts
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int

_CELL = re.compile(r"([0-6])-(\d{1,2})")
# The parts of a day, as people name them, with the first half hour of each of their hours, from 07:00.
PARTS = (
    (N_("Sáng"), range(0, 8, 2)),
    (N_("Trưa"), range(8, 14, 2)),
    (N_("Chiều"), range(14, 22, 2)),
    (N_("Tối"), range(22, 32, 2)),
)
COPY_TO = (("weekdays", N_("Thứ Hai đến thứ Sáu")), ("all", N_("Cả tuần")))


def _whose() -> int:
    return request.values.get("of", type=parse_int) or require_user().id


def _back(user_id: int) -> Response:
    return redirect(url_for("pairing.hours", of=None if user_id == require_user().id else user_id))


def _told_week() -> Week:
    """Returns the week that the form shows; raises InvalidInput."""
    cells = []
    for text in request.form.getlist("cell"):
        if not (found := _CELL.fullmatch(text)):
            raise InvalidInput(N_("Ô này không có trong tuần. Hãy tải lại trang rồi chọn lại."), field="cells")
        cells.append((int(found[1]), int(found[2])))
    try:
        return of_cells(cells)
    except ValueError:
        raise InvalidInput(N_("Ô này không có trong tuần. Hãy tải lại trang rồi chọn lại."), field="cells") from None


def _told_pairs() -> int:
    return request.form.get("pairs", default=-1, type=parse_int)


def _day(name: str) -> int:
    day = request.form.get(name, default=-1, type=parse_int)
    if day not in range(len(DAYS)):
        raise InvalidInput(N_("Hãy chọn một ngày trong tuần."))
    return day


def _copied(week: Week) -> Week:
    to = request.form.get("to", "")
    days = {"weekdays": range(5), "all": range(7)}.get(to) or [_day("to")]
    return copied(week, _day("from"), days)


@blueprint.route("/hours", methods=["GET", "POST"], endpoint="hours")
def hours_page() -> Response:
    person = whose_hours(require_user(), _whose())
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
        scheduling_commands.set_hours(require_user(), person.id, week, pairs)
    except DomainError as refusal:
        return _page(person.id, week, pairs, refusal)
    words = {"copy": gettext("Đã chép giờ sang ngày khác và lưu."), "clear": gettext("Đã xoá hết giờ rảnh.")}
    if any(week) or act == "clear":
        flash(words.get(act, gettext("Đã lưu giờ rảnh.")), "ok")
    else:
        flash(
            gettext("Đã lưu, nhưng chưa chọn giờ nào nên chưa ghép hằng tuần với ai được. Chọn giờ rảnh ở bảng này."),
            "warn",
        )
    return _back(person.id)


def _page(user_id: int, week: Week, pairs: int, refusal: DomainError | None = None) -> Response:
    person = whose_hours(require_user(), user_id)
    page = render_template(
        "pairing/scheduling/hours.html",
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
        wrong=translate_error(refusal) if refusal else "",
        wrong_field=refusal.field if refusal else "",
        children=[
            link.child for link in children(require_user().id) if link.confirmed_at and link.child.kind == "child"
        ],
    )
    return make_response(page, refusal.status if refusal else 200)


def _date(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput(N_("Hãy chọn cả ngày đi lẫn ngày về."), field="first") from None


@blueprint.post("/hours/away")
def add_away() -> Response:
    user_id = _whose()
    try:
        scheduling_commands.add_away(require_user(), user_id, _date("first"), _date("last"))
        flash(gettext("Đã ghi những ngày vắng."), "ok")
    except DomainError as refusal:
        told = hours_of(whose_hours(require_user(), user_id).id)
        return _page(user_id, told.week, told.pairs, refusal)
    return _back(user_id)


@blueprint.post("/hours/away/<int:away_id>/remove")
def remove_away(away_id: int) -> Response:
    user_id = scheduling_commands.remove_away(require_user(), away_id)
    flash(gettext("Đã xoá những ngày vắng này."), "ok")
    return _back(user_id)


def _back_to_weekly() -> Response:
    return redirect(url_for("pairing.weekly"))


@blueprint.route("/weekly", methods=["GET", "POST"])
def weekly() -> Response | str | tuple[str, int]:
    person = require_user()
    if request.method == "GET":
        return _weekly_page(person, FreeDaysForm())
    free = FreeDaysForm.of(request.form)
    try:
        week = free.week()
        if week is None:
            raise InvalidInput(NO_HOURS)
        scheduling_commands.set_first_hours(person, _whose(), week)
    except InvalidInput as refusal:
        free.errors.append(translate_error(refusal))
        return _weekly_page(person, free), refusal.status
    flash(gettext("Đã lưu giờ rảnh."), "ok")
    return _back_to_weekly()


def _weekly_page(person: User, free: FreeDaysForm) -> str:
    family = [person, *(link.child for link in children(person.id) if link.confirmed_at and link.child.kind == "child")]
    ids = without_hours([one.id for one in family])
    lacking = [one for one in family if one.id in ids]
    return render_template(
        "pairing/scheduling/weekly.html",
        free=free,
        lacking=lacking,
        lack_of=free_days.named(person, lacking),
        chosen=_whose(),
        proposals=proposals_of(person),
        bookings=bookings_of(person),
        days=WEEKDAYS,
        quarters=range(QUARTERS - quarters(MEETING) + 1),
        skills=skill_names(),
    )


@blueprint.post("/proposals/<int:proposal_id>/answer")
def answer_proposal(proposal_id: int) -> Response:
    try:
        row = proposals.answer_proposal(require_user(), proposal_id, request.form.get("word", ""))
        words = {
            "agreed": gettext("Cả hai đã đồng ý. Từ giờ hai bên gặp nhau hằng tuần."),
            "open": gettext("Bạn đã đồng ý. Đang chờ bên kia."),
        }
        flash(words.get(row.state, gettext("Đã ghi lại. Người kia không được báo lý do.")), "ok")
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
    return _back_to_weekly()


@blueprint.post("/bookings/<int:booking_id>/move")
def move_booking(booking_id: int) -> Response:
    day, quarter = (request.form.get(name, -1, type=parse_int) for name in ("day", "quarter"))
    try:
        scheduling_commands.move_booking(require_user(), booking_id, day, quarter)
        flash(gettext("Đã hỏi người cùng học. Giờ cũ vẫn giữ cho đến khi họ đồng ý."), "ok")
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
    return _back_to_weekly()


@blueprint.post("/bookings/<int:booking_id>/answer-move")
def answer_move(booking_id: int) -> Response:
    try:
        scheduling_commands.answer_move(require_user(), booking_id, request.form.get("word") == "accept")
        flash(gettext("Đã ghi lại và báo cho người cùng học."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return _back_to_weekly()


@blueprint.post("/bookings/<int:booking_id>/end")
def end_booking(booking_id: int) -> Response:
    try:
        scheduling_commands.end_booking(require_user(), booking_id, request.form.get("why", ""))
        flash(gettext("Lịch hẹn đã dừng. Người kia được báo, không kèm lý do."), "ok")
    except (InvalidInput, Conflict) as refusal:
        flash(translate_error(refusal), "bad")
    return _back_to_weekly()


@blueprint.post("/bookings/<int:booking_id>/met")
def met(booking_id: int) -> Response:
    scheduling_commands.say_met(require_user(), booking_id, request.form.get("word") == "yes")
    flash(gettext("Cảm ơn bạn đã cho biết."), "ok")
    return _back_to_weekly()
