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
from tutoring.moderation.routes import blueprint
from tutoring.policy.moderation import GRADES, may_decide_case, may_regrade
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


def _form(case: Any, submitted: bool) -> DecideForm:
    form = DecideForm() if submitted else DecideForm(formdata=None)
    form.outcome.choices = [option(key, gettext(words.OUTCOMES[key])) for key in outcomes_for(case)]
    return form


def _page(case_id: int, submitted: bool, refusal: Refusal | None = None) -> Response:
    case, known = cases.case_for(me(), case_id)
    return form_page(
        "moderation/case.html",
        _form(case, submitted),
        refusal,
        case=case,
        reports=cases.reports_of(case.id),
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
    return _page(case_id, submitted=False)


@blueprint.post("/desk/cases/<int:case_id>/decide")
def decide(case_id: int) -> Response:
    limits.hit("act", me().id)
    found, _known = cases.case_for(me(), case_id)
    form = _form(found, submitted=True)
    if not form.validate():
        return _page(case_id, submitted=True)
    try:
        commands.decide(me(), case_id, form.outcome.data, form.words.data or "")
    except Missing:
        raise
    except Refusal as refusal:
        return _page(case_id, submitted=True, refusal=refusal)
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
