"""Settings of the site: the list, one of them with its history, an earlier value put back."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.administration import commands, queries, words
from tutoring.administration.days import put_back_day
from tutoring.administration.forms import SettingForm, WhyForm
from tutoring.administration.routes import blueprint, content
from tutoring.kernel import kept, options
from tutoring.kernel.errors import Missing, Refusal
from tutoring.lessons import visitors
from tutoring.lessons.commands.facts import put_back_fact
from tutoring.web.i18n import said
from tutoring.web.signin import me


def whole(typed: str | None) -> int | None:
    """The version in a form, if it is one."""
    return int(typed) if typed and typed.isdigit() and len(typed) < 10 else None


@blueprint.get("/admin/settings")
def settings() -> str:
    changed = kept.read_all(options.AREA)
    found = sorted(options.declared(), key=lambda one: one.group)
    groups = [(group, list(those)) for group, those in groupby(found, key=lambda one: one.group)]
    return render_template("administration/settings.html", groups=groups, changed=changed, shown=words.shown)


def _facts(which: options.Option[Any]) -> dict[str, Any]:
    value, version = kept.now_of(options.AREA, which.name)
    rows = kept.history(options.AREA, which.name)
    return {
        "which": which, "now": which.default if value is None else value, "as_shipped": value is None,
        "version": version, "rows": rows, "names": queries.usernames({row.by_id for row in rows if row.by_id}),
        "shown": words.shown, "back": WhyForm(formdata=None),
    }  # fmt: skip


@blueprint.route("/admin/settings/<name>", methods=["GET", "POST"])
def setting(name: str) -> Response:
    which, form = options.option(name), SettingForm()
    value, version = kept.now_of(options.AREA, name)
    form.begin(value=options.typed(which, which.default if value is None else value), version=str(version))
    if form.validate_on_submit():
        try:
            value = options.read_typed(which, form.value.data or "")
            done = commands.change_option(me(), name, value, form.reason.data or "", whole(form.version.data))
        except Refusal as refusal:
            facts = _facts(which)
            form.version.data = str(facts["version"])  # what was typed stays; saving again is meant after the new value
            return form_page("administration/setting.html", form, refusal, **facts)
        visitors.forget()
        flash(gettext("Đã lưu. Cả trang thấy trong vài giây.") if done else gettext("Giá trị vẫn như cũ."), "ok")
        return redirect(url_for("administration.setting", name=name))
    return form_page("administration/setting.html", form, **_facts(which))


@blueprint.post("/admin/changes/<area>/<int:change_id>/put-back")
def put_back(area: str, change_id: int) -> Response:
    if area not in kept.AREAS:
        raise Missing
    form, found = WhyForm(), kept.change(area, change_id)
    there = url_for(f"administration.{'setting' if area == 'option' else area}", name=found.name)
    if not form.validate_on_submit():
        flash(gettext("Hãy ghi vì sao."), "bad")
        return redirect(there)
    back = PUT_BACK[area]
    try:
        done = back(change_id, form.reason.data or "", whole(form.version.data))
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        return redirect(there)
    visitors.forget()
    flash(gettext("Đã trả lại giá trị trước lần sửa đó.") if done else gettext("Giá trị vẫn như cũ."), "ok")
    return redirect(there)


PUT_BACK: dict[str, Callable[[int, str, int | None], bool]] = {
    "option": lambda change_id, reason, version: commands.put_back_option(me(), change_id, reason, version),
    "holiday": lambda change_id, reason, version: put_back_day(me(), change_id, reason, version),
    "fact": lambda change_id, reason, version: put_back_fact(me(), content(), change_id, reason, version),
}
