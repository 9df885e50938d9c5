"""Pages of site administration.

Settings, facts and holidays are listed and edited with a history, from which an earlier value can be restored. The
start page gives an overview and verifies the audit chain. Failed jobs are retried or dismissed. Users, units and join
codes are found here and changed by the commands of their own features.
"""

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.administration import commands, queries
from tutoring.administration import holidays as administration_holidays
from tutoring.administration import labels as administration_labels
from tutoring.administration.blueprint import blueprint, content
from tutoring.administration.forms import FactForm, HolidayForm, LookUpForm, SettingForm, WhyForm
from tutoring.administration.holidays import revert_day_change
from tutoring.administration.job_words import next_step, words_of
from tutoring.community.labels import role_word
from tutoring.community.memberships import suspensions
from tutoring.kernel import audit_anchors, failed_jobs, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.holidays import all_days
from tutoring.lessons.facts import queries as known_facts
from tutoring.lessons.facts.commands import change_fact, read_fact, revert_fact_change
from tutoring.lessons.site_settings import FACTS_OLD_AFTER
from tutoring.policy.community import may_see_member
from tutoring.web import visitor_cache
from tutoring.web.auth import require_user
from tutoring.web.i18n import language, translate_error
from tutoring.web.urls import parse_int


def whole(typed: str | None) -> int | None:
    """Parses the version in a form; None when it is no number."""
    return int(typed) if typed and typed.isdigit() and len(typed) < 10 else None


@blueprint.get("/admin/settings")
def settings() -> str:
    changed = overrides.read_all(kernel_site_settings.AREA)
    found = sorted(kernel_site_settings.declared(), key=lambda one: one.group)
    groups = [(group, list(those)) for group, those in groupby(found, key=lambda one: one.group)]
    return render_template(
        "administration/settings.html", groups=groups, changed=changed, shown=administration_labels.shown
    )


def _facts(which: kernel_site_settings.SiteSetting[Any]) -> dict[str, Any]:
    value, version = overrides.current_value(kernel_site_settings.AREA, which.name)
    rows = overrides.history(kernel_site_settings.AREA, which.name)
    return {
        "which": which, "now": which.default if value is None else value, "as_shipped": value is None,
        "version": version, "rows": rows, "names": queries.usernames({row.by_id for row in rows if row.by_id}),
        "shown": administration_labels.shown, "back": WhyForm(formdata=None),
    }  # fmt: skip


@blueprint.route("/admin/settings/<name>", methods=["GET", "POST"])
def setting(name: str) -> Response:
    which, form = kernel_site_settings.option(name), SettingForm()
    value, version = overrides.current_value(kernel_site_settings.AREA, name)
    form.begin(
        value=kernel_site_settings.format_value(which, which.default if value is None else value), version=str(version)
    )
    if form.validate_on_submit():
        try:
            value = kernel_site_settings.parse_value(which, form.value.data or "")
            done = commands.change_option(require_user(), name, value, form.reason.data or "", whole(form.version.data))
        except DomainError as refusal:
            facts = _facts(which)
            form.version.data = str(facts["version"])  # the input stays; saving again replaces the newer value
            return render_form("administration/setting.html", form, refusal, **facts)
        visitor_cache.forget()
        flash(gettext("Đã lưu. Cả trang thấy trong vài giây.") if done else gettext("Giá trị vẫn như cũ."), "ok")
        return redirect(url_for("administration.setting", name=name))
    return render_form("administration/setting.html", form, **_facts(which))


@blueprint.post("/admin/changes/<area>/<int:change_id>/put-back")
def put_back(area: str, change_id: int) -> Response:
    if area not in overrides.AREAS:
        raise NotFound
    form, found = WhyForm(), overrides.change(area, change_id)
    there = url_for(f"administration.{'setting' if area == 'option' else area}", name=found.name)
    if not form.validate_on_submit():
        flash(gettext("Hãy ghi vì sao."), "bad")
        return redirect(there)
    back = REVERT_COMMANDS[area]
    try:
        done = back(change_id, form.reason.data or "", whole(form.version.data))
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(there)
    visitor_cache.forget()
    flash(gettext("Đã trả lại giá trị trước lần sửa đó.") if done else gettext("Giá trị vẫn như cũ."), "ok")
    return redirect(there)


REVERT_COMMANDS: dict[str, Callable[[int, str, int | None], bool]] = {
    "option": lambda change_id, reason, version: commands.revert_option_change(
        require_user(), change_id, reason, version
    ),
    "holiday": lambda change_id, reason, version: revert_day_change(require_user(), change_id, reason, version),
    "fact": lambda change_id, reason, version: revert_fact_change(
        require_user(), content(), change_id, reason, version
    ),
}


@account_panels.register
def _own_panel(_user: User) -> Panel:
    return Panel("administration/_own_panel.html")


@blueprint.get("/admin")
def index() -> str:
    settings = current_app.config["SETTINGS"]
    return render_template(
        "administration/index.html",
        seen=queries.overview(settings.media, content()),
        words_of=words_of,
        verdict=None,
    )


@blueprint.post("/admin/chain")
def check_chain() -> str:
    verdict, held = audit_anchors.hold(audit_anchors.default_file())
    settings = current_app.config["SETTINGS"]
    return render_template(
        "administration/index.html",
        seen=queries.overview(settings.media, content()),
        words_of=words_of,
        verdict=verdict,
        held=held,
    )


@blueprint.get("/admin/failed")
def work() -> str:
    return render_template(
        "administration/work.html", groups=failed_jobs.groups(), words_of=words_of, next_step=next_step,
    )  # fmt: skip


@blueprint.get("/admin/failed/<kind>")
def work_of_kind(kind: str) -> str:
    error = request.args.get("error", "")
    rows = failed_jobs.of_kind(kind, error)
    if not rows:
        raise NotFound
    return render_template(
        "administration/work_of_kind.html",
        kind=kind,
        error=error,
        rows=rows,
        form=WhyForm(formdata=None),
        words=words_of(kind),
        step=next_step(error),
    )


@blueprint.post("/admin/failed/<kind>/<act>")
def work_act(kind: str, act: str) -> Response:
    error, only = request.form.get("error", ""), request.form.get("only", type=parse_int)
    try:
        if act == "again":
            num = commands.try_again(require_user(), kind, error, only)
            done = ngettext("Sẽ làm lại %(num)d tác vụ.", "Sẽ làm lại %(num)d tác vụ.", num)
        elif act == "away":
            num = commands.dismiss_jobs(require_user(), kind, error, request.form.get("reason", "")[:300], only)
            done = ngettext("Đã bỏ %(num)d tác vụ.", "Đã bỏ %(num)d tác vụ.", num)
        else:
            raise NotFound
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("administration.work_of_kind", kind=kind, error=error))
    flash(done, "ok")
    return redirect(url_for("administration.work"))


ACTS = {"end-sign-ins": commands.end_sign_ins, "suspend": suspensions.suspend, "restore": suspensions.restore}


@blueprint.route("/admin/people", methods=["GET", "POST"])
def people() -> Response:
    form, found = LookUpForm(), None
    if form.validate_on_submit():
        try:
            found = queries.seen(commands.look_up(require_user(), form.handle.data or "", form.reason.data or ""))
        except DomainError as refusal:
            return render_form("administration/people.html", form, refusal, found=None)
    return render_form(
        "administration/people.html",
        form,
        found=found,
        words=administration_labels,
        why=WhyForm(formdata=None),
        role_word=role_word,
        may_open=lambda one: may_see_member({"site_admin"}, one.unit.kind, one.role),
    )


@blueprint.post("/admin/people/<int:user_id>/<deed>")
def person_act(user_id: int, deed: str) -> Response:
    if deed not in ACTS:
        raise NotFound
    done = {
        "end-sign-ins": gettext("Đã đăng xuất người này khỏi mọi máy."),
        "suspend": gettext("Đã tạm khoá tài khoản 7 ngày. Mọi máy đã bị đăng xuất."),
        "restore": gettext("Đã mở khoá tài khoản."),
    }
    try:
        ACTS[deed](require_user(), user_id, request.form.get("reason", "")[:300])
        flash(done[deed], "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("administration.people"))


@blueprint.get("/admin/facts")
def facts() -> str:
    rows = known_facts.listed(content(), language())
    return render_template("administration/facts.html", rows=rows, days=FACTS_OLD_AFTER())


def _shown(value: dict[str, Any] | None) -> str | None:
    return known_facts.fact_in(value).value.vi if value else None


def _page(name: str) -> dict[str, Any]:
    found = known_facts.one(content(), name, language())
    if found is None:
        raise NotFound
    rows = overrides.history(known_facts.AREA, name)
    names = queries.usernames({row.by_id for row in rows if row.by_id})
    return {"known": found, "rows": rows, "names": names, "shown": _shown, "back": WhyForm(formdata=None)}


@blueprint.route("/admin/facts/<name>", methods=["GET", "POST"])
def fact(name: str) -> Response:
    page, form = _page(name), FactForm()
    now = page["known"].fact
    form.begin(
        vi=now.value.vi, en=now.value.en, source=now.source, source_url=now.source_url, as_of=now.as_of,
        verified_on=now.verified_on, version=str(page["known"].version),
    )  # fmt: skip
    if form.validate_on_submit():
        said = (form.vi.data or "", form.en.data or "", form.source.data or "", form.source_url.data or "")
        try:
            typed = read_fact(*said, form.as_of.data, form.verified_on.data)
            done = change_fact(require_user(), content(), name, typed, form.reason.data or "", whole(form.version.data))
        except NotFound:
            raise
        except DomainError as refusal:
            page = _page(name)
            form.version.data = str(page["known"].version)
            return render_form("administration/fact.html", form, refusal, **page)
        visitor_cache.forget()
        flash(gettext("Đã lưu. Các bài học hiện giá trị mới ngay.") if done else gettext("Giá trị vẫn như cũ."), "ok")
        return redirect(url_for("administration.fact", name=name))
    return render_form("administration/fact.html", form, **page)


@blueprint.route("/admin/holidays", methods=["GET", "POST"])
def holidays() -> Response | str:
    """Lists the holidays; a posted day redirects to its own page."""
    if request.method == "POST":
        return redirect(
            url_for(
                "administration.holiday",
                name=administration_holidays.parse_day(request.form.get("day", "")).isoformat(),
            )
        )
    return render_template("administration/holidays.html", rows=administration_holidays.listed())


def _holiday_page(day: date) -> dict[str, Any]:
    rows = overrides.history(administration_holidays.AREA, day.isoformat())
    return {
        "day": day,
        "known": next((one for one in all_days() if one.day == day), None),
        "base": administration_holidays.shipped(day),
        "rows": rows,
        "names": queries.usernames({row.by_id for row in rows if row.by_id}),
        "version": overrides.current_value(administration_holidays.AREA, day.isoformat())[1],
        "back": WhyForm(formdata=None),
    }


@blueprint.route("/admin/holidays/<name>", methods=["GET", "POST"])
def holiday(name: str) -> Response:
    day = administration_holidays.parse_day(name)
    page, form = _holiday_page(day), HolidayForm()
    known = page["known"]
    form.begin(
        day=day,
        version=str(page["version"]),
        vi=known.name_vi if known else "",
        en=known.name_en if known else "",
        source=known.source if known else "",
    )
    if form.validate_on_submit():
        reason, version = form.reason.data or "", whole(form.version.data)
        try:
            if request.form.get("word") == "none":
                done = administration_holidays.take_day(require_user(), day, reason, version)
            else:
                said = (form.vi.data or "", form.en.data or "", form.source.data or "")
                done = administration_holidays.set_day(require_user(), day, *said, reason, version)
        except DomainError as refusal:
            page = _holiday_page(day)
            form.version.data = str(page["version"])
            return render_form("administration/holiday.html", form, refusal, **page)
        flash(gettext("Đã lưu. Lịch của mọi người theo trong vài giây.") if done else gettext("Vẫn như cũ."), "ok")
        return redirect(url_for("administration.holidays"))
    return render_form("administration/holiday.html", form, **page)
