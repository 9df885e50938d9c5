"""The page of a neighbourhood or ward, the list of one's own, and the way to it from the page of its staff."""

from flask import render_template, request
from flask_babel import get_locale

from tutoring.accounts.models import User
from tutoring.community.desk import units_below
from tutoring.community.models import Unit
from tutoring.community.panels import group_panels, on_unit_page
from tutoring.groups.page import page_of
from tutoring.groups.places import mine, place_for
from tutoring.groups.routes import blueprint
from tutoring.kernel import clock
from tutoring.pairing.routes import skill_names
from tutoring.policy.access import STAFF
from tutoring.policy.groups import is_group
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/groups")
def index() -> str:
    return render_template("groups/index.html", places=mine(me()))


@blueprint.get("/groups/<int:unit_id>")
def show(unit_id: int) -> str:
    person = me()
    place = place_for(person, unit_id)
    page = page_of(person, place, str(get_locale()))
    staff = place.unit.kind == "ward" and not STAFF.isdisjoint(place.held)
    after = request.args.get("after", 0, type=whole)
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
        panels=group_panels(person, place.unit, place.held),
    )


def _of_unit(_person: User, unit: Unit, _held: frozenset[str]) -> dict[str, object]:
    """The way to the page that people of the unit read, for its staff."""
    return {"unit": unit if is_group(unit.kind) else None}


on_unit_page("groups/_of_unit.html", _of_unit)
