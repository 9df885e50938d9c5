"""The page that pauses and resumes rooms and pairing with minors, for a unit or the site."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community.blueprint import blueprint
from tutoring.community.duty.coverage import hours_of
from tutoring.community.forms import PauseForm
from tutoring.community.models import Unit
from tutoring.community.pauses import commands as pauses_commands
from tutoring.community.units import staff_queries
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy import community as policy
from tutoring.web.auth import require_user


@blueprint.route("/units/<int:unit_id>/pause", methods=["GET", "POST"])
def pause_minors(unit_id: int) -> Response:
    page = staff_queries.unit_page(require_user(), unit_id)
    if not policy.may_pause_minors(page.held):
        raise NotFound
    return _switch(page.unit)


@blueprint.route("/units/pause", methods=["GET", "POST"])
def pause_site() -> Response:
    return _switch(None)


def _switch(unit: Unit | None) -> Response:
    form = PauseForm()
    back = url_for("community.unit", unit_id=unit.id) if unit is not None else url_for("community.units")
    paused = unit.paused_at is not None if unit is not None else pauses_commands.is_site_paused()
    above = hours_of(unit.id).paused if unit is not None and not paused else ""
    facts: dict[str, Any] = {"unit": unit, "paused": paused, "back": back, "above": above}
    if not form.validate_on_submit():
        return render_form("community/pauses/pause.html", form, **facts)
    try:
        if request.form.get("word") == "resume":
            pauses_commands.resume_site(require_user()) if unit is None else pauses_commands.resume_minors(
                require_user(), unit.id
            )
            flash(gettext("Đã mở lại. Các em nhờ giúp và vào phòng được."), "ok")
        else:
            why = form.reason.data or ""
            pauses_commands.pause_site(require_user(), why) if unit is None else pauses_commands.pause_minors(
                require_user(), unit.id, why
            )
            flash(gettext("Đã tạm dừng. Buổi học đang mở đã đóng, phòng lớp chỉ còn đọc."), "ok")
    except DomainError as refusal:
        return render_form("community/pauses/pause.html", form, refusal, **facts)
    return redirect(back)
