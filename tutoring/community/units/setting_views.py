"""Views for the room settings of a unit, one value per form.

These are the emergency number, the allowed sites and the minutes of waiting.
"""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import commands, queries
from tutoring.community.blueprint import blueprint
from tutoring.community.models import Unit
from tutoring.community.units import settings
from tutoring.community.units.setting_forms import (
    hosts_form,
    patience_form,
    phone_form,
)
from tutoring.community.units.settings import set_fallback_delay
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy import community as policy
from tutoring.web.auth import require_user
from tutoring.web.forms import Form
from tutoring.web.urls import parse_int


def _saved(form: Form, save: Callable[[], str], there: str, place: Unit, title: str) -> Response:
    """Saves one value; rejected input is shown again on its own page beside the stored value."""
    refusal = None
    if form.validate():
        try:
            flash(save(), "ok")
            return redirect(there)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("community/units/setting.html", form, refusal, unit=place, title=title)


@blueprint.post("/units/<int:unit_id>/duty-phone")
def duty_phone(unit_id: int) -> Response:
    place = queries.unit(unit_id)
    if not policy.may_set_duty_phone(queries.roles_for(require_user(), unit_id)):
        raise NotFound
    form = phone_form(place)

    def save() -> str:
        made = commands.set_duty_phone(require_user(), unit_id, form.phone.data or "")
        return str(gettext("Đã lưu số trực.") if made.duty_phone else gettext("Đã bỏ số trực."))

    there = url_for("community.unit", unit_id=unit_id, _anchor="duty-phone-title")
    return _saved(form, save, there, place, gettext("Điện thoại trực"))


@blueprint.post("/units/<int:unit_id>/link-hosts")
def link_hosts(unit_id: int) -> Response:
    place = queries.unit(unit_id)
    if not policy.may_set_link_hosts(queries.roles_for(require_user(), unit_id)):
        raise NotFound
    form = hosts_form(place)

    def save() -> str:
        settings.set_link_hosts(require_user(), unit_id, form.hosts.data or "")
        return str(gettext("Đã lưu các trang được gửi đường dẫn."))

    there = url_for("community.unit", unit_id=unit_id, _anchor="link-hosts-title")
    return _saved(form, save, there, place, gettext("Đường dẫn được gửi"))


@blueprint.post("/units/<int:unit_id>/patience")
def patience(unit_id: int) -> Response:
    place = queries.unit(unit_id)
    if not policy.may_set_hours(queries.roles_for(require_user(), unit_id)):
        raise NotFound
    there = url_for("community.hours", unit_id=unit_id, _anchor="patience")
    if request.form.get("word") == "above":
        set_fallback_delay(require_user(), unit_id, None)
        flash(gettext("Đã ghi thời gian chờ."), "ok")
        return redirect(there)
    form = patience_form(unit_id)

    def save() -> str:
        try:
            minutes = parse_int(form.minutes.data or "")
        except ValueError:
            minutes = -1
        set_fallback_delay(require_user(), unit_id, minutes)
        return str(gettext("Đã ghi thời gian chờ."))

    return _saved(form, save, there, place, gettext("Chờ bao lâu thì có cách khác"))
