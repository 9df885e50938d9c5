"""The coordinator's side: who waits in a unit, who was asked, and the alarm when nobody is left."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from tutoring.community import queries as community
from tutoring.kernel.errors import Missing
from tutoring.pairing import commands, stewards
from tutoring.pairing.parked import count_parked
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.pairing.words import reason_words
from tutoring.policy.waves import may_see_waiting
from tutoring.web.signin import me


@blueprint.get("/units/<int:unit_id>/waiting")
def waiting(unit_id: int) -> str:
    place = community.unit(unit_id)
    if not may_see_waiting(community.acting_roles_at(me(), unit_id)):
        raise Missing
    rows = stewards.waiting_in(unit_id)
    return render_template(
        "pairing/waiting.html",
        place=place,
        rows=rows,
        offers=stewards.offers_of(rows),
        parked=count_parked(unit_id),
        skills=skill_names(),
        reason_words=reason_words,
    )


@blueprint.post("/requests/<int:request_id>/alarm")
def see_alarm(request_id: int) -> Response:
    unit_id = commands.see_alarm(me(), request_id)
    return redirect(url_for("pairing.waiting", unit_id=unit_id))
