"""Facts that lessons point to: those that are old first; one of them with where it shows and its history."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.administration import queries
from tutoring.administration.forms import FactForm, WhyForm
from tutoring.administration.routes import blueprint, content
from tutoring.administration.setting_views import whole
from tutoring.kernel import kept
from tutoring.kernel.errors import Missing, Refusal
from tutoring.lessons import facts as known_facts
from tutoring.lessons import visitors
from tutoring.lessons.commands.facts import change_fact, read_fact
from tutoring.lessons.site_settings import FACTS_OLD_AFTER
from tutoring.web.i18n import language
from tutoring.web.signin import me


@blueprint.get("/admin/facts")
def facts() -> str:
    rows = known_facts.listed(content(), language())
    return render_template("administration/facts.html", rows=rows, days=FACTS_OLD_AFTER())


def _shown(value: dict[str, Any] | None) -> str | None:
    return known_facts.fact_in(value).value.vi if value else None


def _page(name: str) -> dict[str, Any]:
    found = known_facts.one(content(), name, language())
    if found is None:
        raise Missing
    rows = kept.history(known_facts.AREA, name)
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
            done = change_fact(me(), content(), name, typed, form.reason.data or "", whole(form.version.data))
        except Missing:
            raise
        except Refusal as refusal:
            page = _page(name)
            form.version.data = str(page["known"].version)
            return form_page("administration/fact.html", form, refusal, **page)
        visitors.forget()
        flash(gettext("Đã lưu. Các bài học hiện giá trị mới ngay.") if done else gettext("Giá trị vẫn như cũ."), "ok")
        return redirect(url_for("administration.fact", name=name))
    return form_page("administration/fact.html", form, **page)
