"""Pages of families in units: a new child, one's own memberships, leaving."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.consent_texts import SIGN_UP
from tutoring.accounts.fields import option
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.accounts.panels import on_account_page, on_child_page
from tutoring.community import commands, queries, roster
from tutoring.community.alarm_tests.readiness import units_setting_up
from tutoring.community.forms import ChildForm, PlainForm
from tutoring.community.routes import blueprint
from tutoring.kernel.errors import Missing, Refusal
from tutoring.policy.accounts import needs_assent
from tutoring.web.signin import me


@blueprint.route("/children/new", methods=["GET", "POST"])
def add_child() -> Response:
    person = me()
    places = roster.places_for_child(person.id, commands.CHILD_PLACES)
    form = ChildForm()
    form.unit.choices = [option(str(place.id), place.name) for place in places]
    facts: dict[str, Any] = {
        "places": places,
        "purposes": SIGN_UP,
        "adult": person.kind == "adult" and not person.is_minor,
    }
    if form.validate_on_submit():
        try:
            child = commands.add_child(
                person, int(form.unit.data), form.called.data or "", int(form.grade.data or 0),
                int(form.birth_year.data or 0), form.relation.data or "", form.purposes.data or [],
            )  # fmt: skip
        except Refusal as refusal:
            return form_page("community/add_child.html", form, refusal, **facts)
        if needs_assent(child.oldest_age or 0):
            return redirect(url_for("accounts.assent", child_id=child.id))
        flash(gettext("Đã lập hồ sơ của %(name)s.", name=child.called_name), "ok")
        return redirect(url_for("accounts.child", child_id=child.id))
    if len(places) == 1 and not form.is_submitted():
        form.unit.data = str(places[0].id)
    return form_page("community/add_child.html", form, **facts)


@blueprint.route("/memberships/<int:membership_id>/leave", methods=["GET", "POST"])
def leave(membership_id: int) -> Response | str:
    member = queries.own_membership(me().id, membership_id)
    if me().kind == "child":
        raise Missing
    form = PlainForm()
    if form.validate_on_submit():
        name = member.unit.name
        commands.end_member(me(), membership_id)
        flash(gettext("Bạn đã rời %(unit)s.", unit=name), "ok")
        return redirect(url_for("accounts.account"))
    return render_template("community/leave.html", form=form, member=member)


def _own_places(user: User) -> dict[str, Any]:
    found = queries.memberships(user.id, ("active", "waiting"))
    return {"memberships": found, "setting_up": units_setting_up(found)}


def _child_places(user: User) -> dict[str, Any]:
    found = queries.memberships(user.id, ("active", "waiting"))
    waiting = [m for m in found if m.state == "waiting"]
    seconds = {m.id: roster.seconds(m.unit_id, ("teacher", "coordinator", "lead"), admins=False) for m in waiting}
    return {"memberships": found, "seconds": seconds, "setting_up": units_setting_up(waiting)}


on_account_page("community/_own_places.html", _own_places)
on_child_page("community/_child_places.html", _child_places)
