"""Pages of those who go: the address for a while, the badge, how it went."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.groups import visit_planning as commands
from tutoring.groups import visit_queries as queries
from tutoring.groups.routes import blueprint
from tutoring.groups.visit_forms import EndVisitForm
from tutoring.groups.visit_people import role_at
from tutoring.groups.visit_views import visit_facts
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, Missing, Refusal
from tutoring.policy import visits as policy
from tutoring.web import i18n
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.post("/visits/<int:visit_id>/address")
def visit_address(visit_id: int) -> Response | str:
    try:
        address = commands.read_address(me(), visit_id)
    except Conflict as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("groups.visit", visit_id=visit_id))
    row = queries.visit(visit_id)
    last = i18n.day(clock.local(policy.until(row.at)).date() - timedelta(days=1)) if row.at else ""
    return render_template("groups/visit_address.html", address=address, row=row, last=last)


@blueprint.get("/visits/<int:visit_id>/badge")
def visit_badge(visit_id: int) -> str:
    row, known = queries.seen(me(), visit_id)
    if not known.goes:
        raise Missing
    if not policy.may_carry_badge(known):
        raise Conflict
    day = i18n.day(clock.local(row.at).date(), "weekday_year") if row.at else ""
    role, place = role_at(me().id, row.ward_id)
    return render_template(
        "groups/visit_badge.html", row=row, person=me(), role=role, place=place, day=day,
        number=queries.number_for(row, known), **visit_facts(),
    )  # fmt: skip


@blueprint.route("/visits/<int:visit_id>/end", methods=["GET", "POST"])
def end_visit(visit_id: int) -> Response:
    row, known = queries.seen(me(), visit_id)
    if not (known.goes or known.is_planner):
        raise Missing
    form, refusal = EndVisitForm(), None
    if form.validate_on_submit():
        try:
            commands.say_how_it_went(me(), visit_id, form.outcome.data, form.words.data or "")
            flash(gettext("Đã ghi. Cảm ơn bạn đã đi giúp."), "ok")
            return redirect(url_for("groups.visit", visit_id=visit_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
    row, known = queries.seen(me(), visit_id)
    if refusal is None and not policy.may_say_how_it_went(known, clock.now()):
        raise Conflict
    return form_page("groups/visit_end.html", form, refusal, row=row, **visit_facts())


@blueprint.post("/visits/<int:visit_id>/missed")
def miss_visit(visit_id: int) -> Response:
    try:
        commands.say_missed(me(), visit_id, request.form.get("why", ""))
        flash(gettext("Đã ghi. Người hẹn và người phụ trách thấy lý do này."), "ok")
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("groups.visit", visit_id=visit_id))
