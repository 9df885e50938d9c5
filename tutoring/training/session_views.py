"""Pages of those who run training: a session announced, changed, cancelled; and who came to it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.errors import Missing, Refusal
from tutoring.training import commands
from tutoring.training.bank import tracks
from tutoring.training.forms import CancelForm, SessionForm
from tutoring.training.marking import sheet_of
from tutoring.training.people import leaders
from tutoring.training.queries import place_of, seen_by, session_of
from tutoring.training.routes import blueprint
from tutoring.web.i18n import said
from tutoring.web.signin import me


def _form(unit: Unit, **values: Any) -> SessionForm:
    form, language = SessionForm(), str(get_locale())
    form.track.choices = [option(one.id, one.title_in(language)) for one in tracks().values()]
    form.leader.choices = [option(str(one.id), one.full_name) for one in leaders(unit)]
    if values:
        form.begin(**values)
    elif not form.is_submitted():
        form.leader.data, form.track.data = str(me().id), request.args.get("track", "")
    return form


@blueprint.route("/units/<int:unit_id>/training/new", methods=["GET", "POST"])
def new_session(unit_id: int) -> Response:
    place, _held = place_of(me(), unit_id)
    form, refusal = _form(place), None
    if form.validate_on_submit():
        try:
            made = commands.announce_session(me(), unit_id, form.plan())
            flash(gettext("Đã mở buổi tập huấn. Người trong lộ trình được báo và tự đăng ký."), "ok")
            return redirect(url_for("training.session", training_id=made.id))
        except Refusal as caught:
            refusal = caught
    return form_page("training/new_session.html", form, refusal, place=place, row=None)


@blueprint.route("/training/sessions/<int:training_id>/edit", methods=["GET", "POST"])
def edit_session(training_id: int) -> Response:
    row = session_of(training_id)
    place, _held = place_of(me(), row.unit_id)
    at = clock.local(row.at)
    form = _form(
        place, title=row.title, track=row.track, day=at.date().isoformat(), time=f"{at:%H:%M}", place=row.place,
        minutes=str(row.minutes), seats=str(row.seats), leader=str(row.leader_id), words=row.words,
    )  # fmt: skip
    refusal = None
    form.track.data = row.track
    if form.validate_on_submit():
        try:
            commands.change_session(me(), training_id, form.plan())
            flash(gettext("Đã lưu. Đổi giờ hoặc đổi nơi thì người đã đăng ký được báo."), "ok")
            return redirect(url_for("training.session", training_id=training_id))
        except Refusal as caught:
            refusal = caught
    return form_page("training/edit_session.html", form, refusal, place=place, row=session_of(training_id))


@blueprint.route("/training/sessions/<int:training_id>/cancel", methods=["GET", "POST"])
def cancel_session(training_id: int) -> Response:
    row = session_of(training_id)
    place_of(me(), row.unit_id)
    form, refusal = CancelForm(), None
    if form.validate_on_submit():
        try:
            commands.cancel_session(me(), training_id, form.why.data or "")
            flash(gettext("Đã huỷ buổi tập huấn. Mọi người được báo và đọc được lý do."), "ok")
            return redirect(url_for("training.session", training_id=training_id))
        except Refusal as caught:
            refusal = caught
    return form_page("training/cancel_session.html", form, refusal, card=seen_by(me(), training_id))


def _ticked(name: str) -> list[int]:
    return [int(text) for text in request.form.getlist(name) if text.isascii() and text.isdigit() and len(text) < 10]


def _seen() -> set[tuple[int, str]]:
    """What was ticked as seen: “7:huong-dan-khong-lam-thay”."""
    parts = (text.partition(":") for text in request.form.getlist("seen"))
    return {(int(one), slug) for one, _, slug in parts if one.isascii() and one.isdigit() and len(one) < 10}


@blueprint.route("/training/sessions/<int:training_id>/attendance", methods=["GET", "POST"])
def attendance(training_id: int) -> Response | tuple[str, int]:
    refusal, came, seen = None, set[int](), set[tuple[int, str]]()
    if request.method == "POST":
        came, seen = set(_ticked("came")), _seen()
        try:
            commands.mark(me(), training_id, came, seen)
            flash(gettext("Đã điểm danh. Người có mặt được báo."), "ok")
            return redirect(url_for("training.attendance", training_id=training_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
    row = session_of(training_id)
    sheet = sheet_of(me(), row, str(get_locale()))
    page = render_template(
        "training/attendance.html", sheet=sheet, row=row, wrong=said(refusal) if refusal else "", seen=seen,
        came=came if refusal else sheet.came, closed=commands.why_not_now(row),
    )  # fmt: skip
    return page, refusal.status if refusal else 200
