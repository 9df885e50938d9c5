"""The settings of a unit, one value per form: its name, emergency number, allowed sites, minutes of waiting.

A unit is archived and taken up again here too.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import commands, queries
from tutoring.community.blueprint import blueprint
from tutoring.community.duty.coverage import hours_of
from tutoring.community.forms import PlainForm
from tutoring.community.hooks import unit_links
from tutoring.community.join_codes.queries import code_counts_at
from tutoring.community.models import Unit
from tutoring.community.units import archive, settings, staff_queries
from tutoring.community.units.setting_forms import (
    hosts_form,
    name_form,
    patience_form,
    phone_form,
    school_subjects_form,
)
from tutoring.community.units.settings import set_fallback_delay
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.policy import community as policy
from tutoring.policy.pairing.school_subjects import SubjectSwitches, may_switch_subjects
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
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


@blueprint.get("/units/<int:unit_id>/settings")
def unit_settings(unit_id: int) -> str:
    person = require_user()
    page = staff_queries.unit_page(person, unit_id)
    place, manages = page.unit, archive.may_manage(person, page.unit)
    return render_template(
        "community/units/settings.html",
        page=page,
        tab="settings",
        links=list(unit_links.collect("settings", person, place, page.held)),
        may=policy,
        may_switch_subjects=place.kind == "school" and may_switch_subjects(page.held),
        manages=manages and place.merged_into_id is None,
        name_form=name_form(place) if manages else None,
        former=archive.former_name(place) if manages else "",
        phone_form=phone_form(place),
        hosts_form=hosts_form(place),
        hours=hours_of(unit_id),
        codes=queries.codes_of(unit_id, page.may_give),
        several=code_counts_at(unit_id, page.may_give)[""],
        now=clock.now(),
    )


@blueprint.post("/units/<int:unit_id>/name")
def rename_unit(unit_id: int) -> Response:
    place = queries.unit(unit_id)
    if not archive.may_manage(require_user(), place):
        raise NotFound
    form = name_form(place)

    def save() -> str:
        made = archive.rename_unit(require_user(), unit_id, form.name.data or "")
        return str(gettext("Đã đổi tên thành %(unit)s. Tên trước ghi ở dưới để lấy lại.", unit=made.name))

    there = url_for("community.unit_settings", unit_id=unit_id, _anchor="name-title")
    return _saved(form, save, there, place, gettext("Tên đơn vị"))


@blueprint.route("/units/<int:unit_id>/archive", methods=["GET", "POST"])
def archive_unit(unit_id: int) -> Response:
    place, form = queries.unit(unit_id), PlainForm()
    if place.merged_into_id is not None or not archive.may_manage(require_user(), place):
        raise NotFound
    there, refusal = url_for("community.unit_settings", unit_id=unit_id, _anchor="archive"), None
    if place.archived:
        return redirect(there)
    if form.validate_on_submit():
        try:
            archive.archive_unit(require_user(), unit_id)
            flash(gettext("Đã lưu trữ %(unit)s. Bấm nhầm thì bấm Mở lại.", unit=place.name), "ok")
            return redirect(there)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    things = archive.open_things(place)
    return render_form("community/units/archive.html", form, refusal, unit=place, things=things)


@blueprint.post("/units/<int:unit_id>/restore")
def restore_unit(unit_id: int) -> Response:
    return run_action(
        lambda: archive.restore_unit(require_user(), unit_id), gettext("Đã mở lại. Mọi thứ vẫn như trước khi lưu trữ."),
        url_for("community.unit_settings", unit_id=unit_id, _anchor="archive"),
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/duty-phone")
def duty_phone(unit_id: int) -> Response:
    place = queries.unit(unit_id)
    if not policy.may_set_duty_phone(queries.roles_for(require_user(), unit_id)):
        raise NotFound
    form = phone_form(place)

    def save() -> str:
        made = commands.set_duty_phone(require_user(), unit_id, form.phone.data or "")
        return str(gettext("Đã lưu số trực.") if made.duty_phone else gettext("Đã bỏ số trực."))

    there = url_for("community.unit_settings", unit_id=unit_id, _anchor="duty-phone-title")
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

    there = url_for("community.unit_settings", unit_id=unit_id, _anchor="link-hosts-title")
    return _saved(form, save, there, place, gettext("Đường dẫn được gửi"))


@blueprint.post("/units/<int:unit_id>/youth-help")
def youth_help(unit_id: int) -> Response:
    made = commands.set_youth_help(require_user(), unit_id, request.form.get("allowed") == "yes")
    says = {
        True: gettext("Từ nay bạn đồng hành 16–17 tuổi giúp được người lớn, khi có người trực."),
        False: gettext("Từ nay bạn đồng hành 16–17 tuổi chỉ giúp học sinh."),
    }
    flash(says[made.youth_help_adults], "ok")
    return redirect(url_for("community.unit_settings", unit_id=unit_id))


@blueprint.route("/units/<int:unit_id>/school-subjects", methods=["GET", "POST"])
def school_subjects(unit_id: int) -> Response | str:
    """Shows and saves for which grades of a school pupils may ask each other about school subjects."""
    person, place = require_user(), queries.unit(unit_id)
    if place.kind != "school" or not may_switch_subjects(queries.roles_for(person, unit_id)):
        raise NotFound
    form, refusal = school_subjects_form(place), None
    if form.validate_on_submit():
        try:
            switches = SubjectSwitches(form.primary.data, form.secondary.data)
            settings.set_school_subjects(person, unit_id, switches, form.read.data)
            flash(gettext("Đã lưu phần môn học."), "ok")
            return redirect(url_for("community.unit_settings", unit_id=unit_id, _anchor="school-subjects-title"))
        except InvalidInput as caught:
            refusal = caught
    return render_form("community/units/school_subjects.html", form, refusal, unit=place)


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
