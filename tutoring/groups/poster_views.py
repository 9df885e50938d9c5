"""The poster that invites people into a group, to print."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tutoring.accounts.pages import full_url, qr
from tutoring.community.turns import week_of
from tutoring.community.words import WEEKDAYS
from tutoring.groups import commands
from tutoring.groups.places import place_for
from tutoring.groups.posters import poster_code, times_of
from tutoring.groups.routes import blueprint
from tutoring.kernel.errors import Missing
from tutoring.web.signin import me


@blueprint.route("/groups/<int:unit_id>/poster", methods=["GET", "POST"])
def poster(unit_id: int) -> Response | str:
    person = me()
    place = place_for(person, unit_id)
    if not place.prints:
        raise Missing
    if request.method == "POST":
        commands.make_poster(person, unit_id)
        return redirect(url_for("groups.poster", unit_id=unit_id))
    code = poster_code(unit_id)
    address = full_url(url_for("community.join_code", code=code.code)) if code else ""
    return render_template(
        "groups/poster.html",
        unit=place.unit,
        code=code,
        drawing=qr(address) if address else "",
        site=full_url(url_for("community.join")),
        times=times_of(week_of(unit_id, place.over)),
        weekdays=WEEKDAYS,
    )
