"""Pages of neighbourhoods and wards: the user's list, one unit, lessons of a month, poster.

A panel links here from the staff page of a unit.
"""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import absolute_url, render_form, svg
from tutoring.community.duty.queries import week_of
from tutoring.community.hooks import UnitLink, group_panels, unit_links
from tutoring.community.labels import WEEKDAYS
from tutoring.community.models import Unit
from tutoring.community.units.staff_queries import units_below
from tutoring.groups import commands as groups_commands
from tutoring.groups import queries as groups_queries
from tutoring.groups.access import led_place, list_units_of_user, place_for
from tutoring.groups.blueprint import blueprint
from tutoring.groups.forms import MonthForm
from tutoring.groups.page import page_of
from tutoring.groups.queries import poster_code, times_of
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.pairing.blueprint import skill_names
from tutoring.policy.access import STAFF
from tutoring.policy.groups import is_group
from tutoring.web.auth import require_user
from tutoring.web.urls import parse_int


@blueprint.route("/groups/<int:unit_id>/month", methods=["GET", "POST"])
def month(unit_id: int) -> Response:
    place = led_place(require_user(), unit_id)
    now = groups_queries.this_month()
    wanted = groups_queries.after(now) if request.args.get("month") == "next" else now
    form, refusal = MonthForm(), None
    choices = _choices()
    for field in form.lessons:
        field.choices = choices
    if form.validate_on_submit():
        try:
            groups_commands.set_month(require_user(), unit_id, wanted, [field.data or "" for field in form.lessons])
            flash(gettext("Đã lưu bài học của tháng."), "ok")
            return redirect(url_for("groups.show", unit_id=unit_id, _anchor="lessons"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, place = caught, led_place(require_user(), unit_id)
    offered = False
    if not form.is_submitted():
        offered = _fill(form, unit_id, wanted)
    return render_form(
        "groups/month.html", form, refusal, place=place, unit=place.unit, month=wanted, this=now,
        later=groups_queries.after(now), offered=offered,
    )  # fmt: skip


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Returns all lessons, grouped by learning path."""
    paths = catalogue_queries.paths(str(get_locale()))
    found = {path.title: [(one.slug, one.title) for one in path.lessons] for path in paths if path.lessons}
    return {gettext("Không chọn"): [("", gettext("Không chọn bài"))], **found}


def _fill(form: MonthForm, unit_id: int, wanted: date) -> bool:
    """Fills the form with the chosen lessons, or with those of the previous month.

    Returns whether they come from the previous month.
    """
    slugs, before = groups_queries.get_initial_lessons(unit_id, wanted)
    still = groups_queries.known(slugs)
    kept = [slug for slug in slugs if slug in still]
    for field, slug in zip(form.lessons, [*kept, *[""] * len(form.lessons)], strict=False):
        field.data = slug
    return before and bool(kept)


@blueprint.get("/groups")
def index() -> str:
    return render_template("groups/index.html", places=list_units_of_user(require_user()))


@blueprint.get("/groups/<int:unit_id>")
def show(unit_id: int) -> str:
    person = require_user()
    place = place_for(person, unit_id)
    page = page_of(person, place, str(get_locale()))
    staff = place.unit.kind == "ward" and not STAFF.isdisjoint(place.held)
    after = request.args.get("after", 0, type=parse_int)
    return render_template(
        "groups/show.html",
        page=page,
        place=place,
        unit=place.unit,
        ward=place.ward,
        person=person,
        today=clock.today(),
        skills=skill_names() if page.sessions else {},
        below=units_below(unit_id, after, kind="neighbourhood") if staff else None,
        panels=list(group_panels.collect(person, place.unit, place.held)),
    )


@unit_links.register
def _of_unit(tab: str, _person: User, unit: Unit, _held: frozenset[str]) -> UnitLink | None:
    """Links the staff page of a unit to the page that its members read."""
    if tab != "today" or not is_group(unit.kind):
        return None
    return UnitLink(gettext("Trang cho người dân"), url_for("groups.show", unit_id=unit.id), "home")


@blueprint.route("/groups/<int:unit_id>/poster", methods=["GET", "POST"])
def poster(unit_id: int) -> Response | str:
    person = require_user()
    place = place_for(person, unit_id)
    if not place.prints:
        raise NotFound
    if request.method == "POST":
        groups_commands.make_poster(person, unit_id)
        return redirect(url_for("groups.poster", unit_id=unit_id))
    code = poster_code(unit_id)
    address = absolute_url(url_for("community.join_code", code=code.code)) if code else ""
    return render_template(
        "groups/poster.html",
        unit=place.unit,
        code=code,
        drawing=svg(address) if address else "",
        site=absolute_url(url_for("community.join")),
        times=times_of(week_of(unit_id, place.over)),
        weekdays=WEEKDAYS,
    )
