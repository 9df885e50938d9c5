"""The page of one's weekly meetings: pairs that are proposed, bookings, other times, the end."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.community.words import WEEKDAYS
from tutoring.kernel.errors import Conflict, Invalid
from tutoring.pairing import commands
from tutoring.pairing.booking_queries import bookings_of, proposals_of
from tutoring.pairing.matching.times import QUARTERS, quarters
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.pairing.week import MEETING
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me


def _back() -> Response:
    return redirect(url_for("pairing.weekly"))


@blueprint.get("/weekly")
def weekly() -> str:
    person = me()
    return render_template(
        "pairing/weekly.html",
        proposals=proposals_of(person),
        bookings=bookings_of(person),
        days=WEEKDAYS,
        quarters=range(QUARTERS - quarters(MEETING) + 1),
        skills=skill_names(),
    )


@blueprint.post("/proposals/<int:proposal_id>/answer")
def answer_proposal(proposal_id: int) -> Response:
    try:
        row = commands.answer_proposal(me(), proposal_id, request.form.get("word", ""))
        words = {
            "agreed": gettext("Cả hai đã đồng ý. Lịch hẹn hằng tuần đã có."),
            "open": gettext("Bạn đã đồng ý. Đang chờ bên kia."),
        }
        flash(words.get(row.state, gettext("Đã ghi lại. Người kia không được báo lý do.")), "ok")
    except (Invalid, Conflict) as refusal:
        flash(said(refusal), "bad")
    return _back()


@blueprint.post("/bookings/<int:booking_id>/move")
def move_booking(booking_id: int) -> Response:
    day, quarter = (request.form.get(name, -1, type=whole) for name in ("day", "quarter"))
    try:
        commands.move_booking(me(), booking_id, day, quarter)
        flash(gettext("Đã hỏi người kia. Giờ cũ vẫn giữ cho đến khi họ đồng ý."), "ok")
    except (Invalid, Conflict) as refusal:
        flash(said(refusal), "bad")
    return _back()


@blueprint.post("/bookings/<int:booking_id>/answer-move")
def answer_move(booking_id: int) -> Response:
    try:
        commands.answer_move(me(), booking_id, request.form.get("word") == "accept")
        flash(gettext("Đã ghi lại và báo cho người kia."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return _back()


@blueprint.post("/bookings/<int:booking_id>/end")
def end_booking(booking_id: int) -> Response:
    try:
        commands.end_booking(me(), booking_id, request.form.get("why", ""))
        flash(gettext("Lịch hẹn đã dừng. Người kia được báo, không kèm lý do."), "ok")
    except (Invalid, Conflict) as refusal:
        flash(said(refusal), "bad")
    return _back()


@blueprint.post("/bookings/<int:booking_id>/met")
def met(booking_id: int) -> Response:
    commands.say_met(me(), booking_id, request.form.get("word") == "yes")
    flash(gettext("Cảm ơn bạn đã cho biết."), "ok")
    return _back()
