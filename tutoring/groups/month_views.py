"""The lessons of a month, chosen by who leads the unit."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.groups import commands, months
from tutoring.groups.forms import MonthForm
from tutoring.groups.places import led_place
from tutoring.groups.routes import blueprint
from tutoring.kernel.errors import Missing, Refusal
from tutoring.lessons import queries as lessons
from tutoring.web.signin import me


@blueprint.route("/groups/<int:unit_id>/month", methods=["GET", "POST"])
def month(unit_id: int) -> Response:
    place = led_place(me(), unit_id)
    now = months.this_month()
    wanted = months.after(now) if request.args.get("month") == "next" else now
    form, refusal = MonthForm(), None
    choices = _choices()
    for field in form.lessons:
        field.choices = choices
    if form.validate_on_submit():
        try:
            commands.set_month(me(), unit_id, wanted, [field.data or "" for field in form.lessons])
            flash(gettext("Đã lưu bài học của tháng."), "ok")
            return redirect(url_for("groups.show", unit_id=unit_id, _anchor="lessons"))
        except Missing:
            raise
        except Refusal as caught:
            refusal, place = caught, led_place(me(), unit_id)
    offered = False
    if not form.is_submitted():
        offered = _fill(form, unit_id, wanted)
    return form_page(
        "groups/month.html", form, refusal, place=place, unit=place.unit, month=wanted, this=now,
        later=months.after(now), offered=offered,
    )  # fmt: skip


def _choices() -> dict[str, list[tuple[str, str]]]:
    """All lessons, under their paths."""
    paths = lessons.paths(str(get_locale()))
    found = {path.title: [(one.slug, one.title) for one in path.lessons] for path in paths if path.lessons}
    return {gettext("Không chọn"): [("", gettext("Không chọn bài"))], **found}


def _fill(form: MonthForm, unit_id: int, wanted: date) -> bool:
    """Begin with what is chosen, or with the month before; returns whether it is that."""
    slugs, before = months.begin_with(unit_id, wanted)
    still = months.known(slugs)
    kept = [slug for slug in slugs if slug in still]
    for field, slug in zip(form.lessons, [*kept, *[""] * len(form.lessons)], strict=False):
        field.data = slug
    return before and bool(kept)
