"""Days off: the list, a day added or corrected with its source, its history."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.administration import days, queries
from tutoring.administration.forms import HolidayForm, WhyForm
from tutoring.administration.routes import blueprint
from tutoring.administration.setting_views import whole
from tutoring.kernel import kept
from tutoring.kernel.errors import Refusal
from tutoring.kernel.holidays import all_days
from tutoring.web.signin import me


@blueprint.route("/admin/holidays", methods=["GET", "POST"])
def holidays() -> Response | str:
    """The list; a day that was typed opens its page."""
    if request.method == "POST":
        return redirect(url_for("administration.holiday", name=days.the_day(request.form.get("day", "")).isoformat()))
    return render_template("administration/holidays.html", rows=days.listed())


def _page(day: date) -> dict[str, Any]:
    rows = kept.history(days.AREA, day.isoformat())
    return {
        "day": day, "known": next((one for one in all_days() if one.day == day), None), "base": days.shipped(day),
        "rows": rows, "names": queries.usernames({row.by_id for row in rows if row.by_id}),
        "version": kept.now_of(days.AREA, day.isoformat())[1], "back": WhyForm(formdata=None),
    }  # fmt: skip


@blueprint.route("/admin/holidays/<name>", methods=["GET", "POST"])
def holiday(name: str) -> Response:
    day = days.the_day(name)
    page, form = _page(day), HolidayForm()
    known = page["known"]
    form.begin(
        day=day, version=str(page["version"]), vi=known.name_vi if known else "", en=known.name_en if known else "",
        source=known.source if known else "",
    )  # fmt: skip
    if form.validate_on_submit():
        reason, version = form.reason.data or "", whole(form.version.data)
        try:
            if request.form.get("word") == "none":
                done = days.take_day(me(), day, reason, version)
            else:
                said = (form.vi.data or "", form.en.data or "", form.source.data or "")
                done = days.set_day(me(), day, *said, reason, version)
        except Refusal as refusal:
            page = _page(day)
            form.version.data = str(page["version"])
            return form_page("administration/holiday.html", form, refusal, **page)
        flash(gettext("Đã lưu. Lịch của mọi người theo trong vài giây.") if done else gettext("Vẫn như cũ."), "ok")
        return redirect(url_for("administration.holidays"))
    return form_page("administration/holiday.html", form, **page)
