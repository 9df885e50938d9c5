"""The page on which one case is looked at, acted on and decided; and the list of those that were."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page
from tutoring.kernel import clock, limits
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed, Refusal
from tutoring.moderation import act_words, acts, cases, commands, welfare_views, words
from tutoring.moderation.act_targets import offered, people_of
from tutoring.moderation.circle_targets import words_of
from tutoring.moderation.claims import holder_of, waits_for
from tutoring.moderation.commands.deciding import outcomes_for
from tutoring.moderation.families import children_of
from tutoring.moderation.forms import ActForm, DecideForm
from tutoring.moderation.models import Case
from tutoring.moderation.past import past_of
from tutoring.moderation.routes import blueprint
from tutoring.moderation.standing_now import changes_since, measures_now
from tutoring.policy.acts import REASONS
from tutoring.policy.moderation import GRADES, Facts, may_decide_case, may_regrade
from tutoring.rooms.pages import ROLES
from tutoring.rooms.queries import message
from tutoring.rooms.risk_queries import kinds_of
from tutoring.rooms.words import found_short
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.get("/desk/cases", endpoint="cases")
def cases_list() -> str:
    """Cases that are over; those that wait stand in the queue."""
    found = cases.visible(cases.Viewer(me()), "decided")
    return render_template(
        "moderation/cases.html", cases=found, counts=cases.counts(case.id for case in found), words=words
    )


def _form(case: Case, **data: Any) -> DecideForm:
    form = DecideForm(**data)
    form.outcome.choices = [option(key, gettext(words.OUTCOMES[key])) for key in outcomes_for(case, me())]
    if case.about_id is None:
        form.words.label.text = gettext("Lời cho người đã báo")
    if case.about_id is None or not any(one.by_id for one in cases.newest_reports_of(case.id)):
        del form.reply
    if not children_of(case):  # whose family it would be is not said: the child may be the one who reported
        del form.tell_family, form.family_words
    return form


def _decided(form: DecideForm) -> tuple[str, str, str, str | None]:
    """What the form says, as the command takes it; of fields that are not there nothing."""
    told = "tell_family" in form and form.tell_family.data == "yes"
    return (
        form.outcome.data, form.words.data or "", form.reply.data or "" if "reply" in form else "",
        form.family_words.data or "" if told else None,
    )  # fmt: skip


def act_form(case: Case, **data: Any) -> ActForm:
    """What stands beside the acts of a case; each field that the case answers by itself is left out."""
    form = ActForm(prefix="act-", **data)
    people = people_of(case)
    if len(people) > 1:
        form.about.choices = [option(str(one.id), one.shown_name) for one in people]
    else:
        form.about.choices = []
        form.about.data = None
    return form


def _fresh_act_form(case: Case) -> ActForm:
    """With the reason that fits the reports, and the words that the desk says for it."""
    reason = act_words.reason_for([report.kind for report in cases.newest_reports_of(case.id)])
    return act_form(case, formdata=None, reason=reason, words=gettext(act_words.STANDARD[reason]))


def page_of(
    case: Case,
    known: Facts,
    form: DecideForm | None = None,
    acting: ActForm | None = None,
    refusal: Refusal | None = None,
) -> Response:
    """The page of a case; of the two forms the one that was sent is shown as it was typed."""
    holder, is_open = holder_of(case), case.state == "open"
    takes = is_open and holder not in (None, me().id) and waits_for(case, me(), known) is None
    free = is_open and holder in (None, me().id)
    decide, act = form or _form(case, formdata=None), acting or _fresh_act_form(case)
    kinds = offered(me(), case, known) if free else []
    return form_page(
        "moderation/case.html",
        act if acting is not None else decide,
        refusal,
        case=case,
        decide=decide,
        act=act,
        kinds=kinds,
        act_words=act_words,
        reasons=REASONS,
        done=acts.acts_of_case(case.id),
        past=past_of(case, cases.Viewer(me())),
        holder=case.claimed_by if holder is not None else None,
        mine=holder == me().id,
        reports=cases.newest_reports_of(case.id),
        together=cases.counts([case.id]).get(case.id, 0) if case.target.startswith("net-") else 0,
        lines=cases.context(case),
        in_circle=words_of(case),
        roles=ROLES,
        free=free,
        takes=takes,
        let_through=_kinds_of(case),
        measures=measures_now(case),
        changes=changes_since(case),
        may_decide=free and may_decide_case(known),
        reported=known.reported,
        grades=[grade for grade in GRADES if grade != case.grade and may_regrade(known, grade)],
        now=clock.now(),
        words=words,
    )


def _kinds_of(case: Case) -> str:
    """What was found in the message of a case, on the button that lets it through."""
    if case.room_id is None or not case.seq:
        return ""
    found = message(case.room_id, case.seq)
    return found_short(found, kinds_of([found]).get(found.id, []))


@blueprint.get("/desk/cases/<int:case_id>")
def case(case_id: int) -> Response | str:
    found = commands.look(me(), case_id)
    if found.is_welfare:
        return welfare_views.page_of(*cases.case_for(me(), case_id))
    return page_of(*cases.case_for(me(), case_id))


@blueprint.post("/desk/cases/<int:case_id>/decide")
def decide(case_id: int) -> Response:
    limits.hit("act", me().id)
    found, known = cases.case_for(me(), case_id)
    form = _form(found)
    if not form.validate():
        return page_of(found, known, form)
    try:
        commands.decide(me(), case_id, *_decided(form))
    except Missing:
        raise
    except Refusal as refusal:
        return page_of(*cases.case_for(me(), case_id), form, refusal=refusal)
    flash(gettext("Đã quyết định. Mỗi bên nhận được lời dành cho mình."), "ok")
    return redirect(url_for("moderation.desk"))


@blueprint.post("/desk/cases/<int:case_id>/grade")
def regrade(case_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.regrade(me(), case_id, request.form.get("grade", ""))
    except (Conflict, Invalid, NotAllowed) as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))
