"""Ending many memberships of a unit at once: the same act for each as on the page of one, after one question."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import commands
from tutoring.community.blueprint import blueprint
from tutoring.community.forms import ReasonForm
from tutoring.community.memberships.member_table import ending_of
from tutoring.community.units import staff_queries
from tutoring.kernel.errors import DomainError
from tutoring.kernel.paging import ROWS
from tutoring.web.auth import require_user
from tutoring.web.urls import parse_int


@blueprint.post("/units/<int:unit_id>/members/end")
def end_members(unit_id: int) -> Response:
    person = require_user()
    page = staff_queries.unit_page(person, unit_id)
    ids = request.form.getlist("member", type=parse_int)[:ROWS]
    chosen = ending_of(person, page.unit, page.held, ids)
    there = url_for("community.unit_members", unit_id=unit_id)
    if not chosen:
        flash(
            gettext("Chưa chọn ai cho rời cùng lúc được. Người có vai trò quản lý thì kết thúc ở trang riêng của họ."),
            "warn",
        )
        return redirect(there)
    sure = "sure" in request.form
    form, refusal = ReasonForm() if sure else ReasonForm(formdata=None), None
    if sure and form.validate():
        try:
            for one in chosen:
                commands.end_member(person, one.id, form.reason.data or "")
        except DomainError as caught:
            refusal = caught
        else:
            flash(ngettext("%(num)d người đã rời.", "%(num)d người đã rời.", len(chosen)), "ok")
            return redirect(there)
    return render_form("community/memberships/end_members.html", form, refusal, unit=page.unit, chosen=chosen)
