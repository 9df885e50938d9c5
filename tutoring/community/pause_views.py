"""The page of the switch that pauses rooms and pairing with minors, of a unit and of the site."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.community import desk, pausing
from tutoring.community.forms import PauseForm
from tutoring.community.hours import hours_of
from tutoring.community.models import Unit
from tutoring.community.routes import blueprint
from tutoring.kernel.errors import Missing, Refusal
from tutoring.policy import community as policy
from tutoring.web.signin import me


@blueprint.route("/units/<int:unit_id>/pause", methods=["GET", "POST"])
def pause_minors(unit_id: int) -> Response:
    page = desk.unit_page(me(), unit_id)
    if not policy.may_pause_minors(page.held):
        raise Missing
    return _switch(page.unit)


@blueprint.route("/units/pause", methods=["GET", "POST"])
def pause_site() -> Response:
    return _switch(None)


def _switch(unit: Unit | None) -> Response:
    form = PauseForm()
    back = url_for("community.unit", unit_id=unit.id) if unit is not None else url_for("community.units")
    paused = unit.paused_at is not None if unit is not None else pausing.is_site_paused()
    above = hours_of(unit.id).paused if unit is not None and not paused else ""
    facts: dict[str, Any] = {"unit": unit, "paused": paused, "back": back, "above": above}
    if not form.validate_on_submit():
        return form_page("community/pause.html", form, **facts)
    try:
        if request.form.get("word") == "resume":
            pausing.resume_site(me()) if unit is None else pausing.resume_minors(me(), unit.id)
            flash(gettext("Đã mở lại. Các em nhờ giúp và vào phòng được."), "ok")
        else:
            why = form.reason.data or ""
            pausing.pause_site(me(), why) if unit is None else pausing.pause_minors(me(), unit.id, why)
            flash(gettext("Đã tạm dừng. Buổi học đang mở đã đóng, phòng lớp chỉ còn đọc."), "ok")
    except Refusal as refusal:
        return form_page("community/pause.html", form, refusal, **facts)
    return redirect(back)
