"""The desk for cases: a list by urgency, and a page on which one of them is looked at and decided."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page
from tutoring.kernel import clock, limits
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed, Refusal
from tutoring.moderation import cases, commands, words
from tutoring.moderation.commands.deciding import outcomes_for
from tutoring.moderation.forms import DecideForm
from tutoring.moderation.models import Case
from tutoring.moderation.routes import blueprint
from tutoring.policy.moderation import GRADES, Facts, may_decide_case, may_regrade
from tutoring.rooms.pages import ROLES
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.get("/desk/cases", endpoint="cases")
def cases_list() -> str:
    state = "decided" if request.args.get("state") == "decided" else "open"
    found = cases.visible(cases.Viewer(me()), state)
    return render_template(
        "moderation/cases.html",
        cases=found,
        counts=cases.counts(case.id for case in found),
        state=state,
        now=clock.now(),
        words=words,
    )


def _form(case: Case, **data: Any) -> DecideForm:
    form = DecideForm(**data)
    form.outcome.choices = [option(key, gettext(words.OUTCOMES[key])) for key in outcomes_for(case, me())]
    return form


def _page(case: Case, known: Facts, form: DecideForm, refusal: Refusal | None = None) -> Response:
    return form_page(
        "moderation/case.html",
        form,
        refusal,
        case=case,
        reports=cases.newest_reports_of(case.id),
        lines=cases.context(case),
        roles=ROLES,
        may_decide=case.state == "open" and may_decide_case(known),
        reported=known.reported,
        grades=[grade for grade in GRADES if grade != case.grade and may_regrade(known, grade)],
        now=clock.now(),
        words=words,
    )


@blueprint.get("/desk/cases/<int:case_id>")
def case(case_id: int) -> Response:
    commands.look(me(), case_id)
    found, known = cases.case_for(me(), case_id)
    return _page(found, known, _form(found, formdata=None))


@blueprint.post("/desk/cases/<int:case_id>/decide")
def decide(case_id: int) -> Response:
    limits.hit("act", me().id)
    found, known = cases.case_for(me(), case_id)
    form = _form(found)
    if not form.validate():
        return _page(found, known, form)
    try:
        commands.decide(me(), case_id, form.outcome.data, form.words.data or "")
    except Missing:
        raise
    except Refusal as refusal:
        return _page(*cases.case_for(me(), case_id), form, refusal)
    flash(gettext("Đã quyết định. Cả hai bên nhận được lời của bạn."), "ok")
    return redirect(url_for("moderation.cases"))


@blueprint.post("/desk/cases/<int:case_id>/grade")
def regrade(case_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.regrade(me(), case_id, request.form.get("grade", ""))
    except (Conflict, Invalid, NotAllowed) as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))
