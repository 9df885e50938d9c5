"""Confirming many waiting members of a unit at once: the same act for each as on the page of one."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.community import commands
from tutoring.community.blueprint import blueprint
from tutoring.community.memberships.member_table import waiting_of
from tutoring.community.units import staff_queries
from tutoring.kernel.errors import DomainError
from tutoring.kernel.paging import ROWS
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


@blueprint.post("/units/<int:unit_id>/members/confirm")
def confirm_members(unit_id: int) -> Response:
    person = require_user()
    page = staff_queries.unit_page(person, unit_id)
    ids = request.form.getlist("member", type=parse_int)[:ROWS]
    done, refused = 0, dict[str, int]()
    for one in waiting_of(person, page.unit, page.held, ids):
        why = gettext("cần mở trang riêng để báo ba mẹ trước") if one.must_tell else _confirmed(person, one.id)
        if why:
            refused[why] = refused.get(why, 0) + 1
        else:
            done += 1
    if done:
        flash(ngettext("Đã xác nhận %(num)d người.", "Đã xác nhận %(num)d người.", done), "ok")
    for why, many in refused.items():
        flash(gettext("%(num)s người chưa được: %(why)s", num=many, why=why), "warn")
    if not done and not refused:
        flash(gettext("Chưa chọn ai đang chờ xác nhận."), "warn")
    return redirect(url_for("community.unit_members", unit_id=unit_id, state="waiting"))


def _confirmed(person: User, membership_id: int) -> str:
    """Confirms one member in a transaction of its own; returns why not, or ""."""
    try:
        commands.confirm_member(person, membership_id)
    except DomainError as refusal:
        return str(translate_error(refusal))
    return ""
