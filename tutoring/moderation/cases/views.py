"""Pages of cases: show, act, decide, and list decided ones.

The page of a case also shows the lock of a picture and the button that removes it.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation.actions import queries as actions_queries
from tutoring.moderation.actions.current_measures import changes_since, measures_now
from tutoring.moderation.actions.targets import offered, people_of
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.affected_families import children_of
from tutoring.moderation.cases.commands import lift_picture_lock, outcomes_for
from tutoring.moderation.cases.history import past_of
from tutoring.moderation.cases.queries import Viewer, holder_of, holder_to_wait_for
from tutoring.moderation.forms import ActionForm, DecideForm
from tutoring.moderation.models import Case
from tutoring.moderation.reports.circle_targets import words_of
from tutoring.moderation.welfare import views as welfare_views
from tutoring.policy.moderation.actions import REASONS
from tutoring.policy.moderation.cases import GRADES, CaseFacts, may_decide_case, may_lift_lock, may_regrade
from tutoring.rooms.labels import found_short
from tutoring.rooms.pictures.queries import is_locked
from tutoring.rooms.queries import message
from tutoring.rooms.risk.queries import kinds_of
from tutoring.rooms.room_page import SEAT_ROLE_LABELS
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


@blueprint.get("/desk/cases", endpoint="cases")
def cases_list() -> str:
    """Lists decided cases; open ones are in the moderation queue."""
    found = cases_queries.visible(cases_queries.Viewer(require_user()), "decided")
    return render_template(
        "moderation/cases/cases.html",
        cases=found,
        counts=cases_queries.counts(case.id for case in found),
        words=moderation_labels,
    )


def _form(case: Case, **data: Any) -> DecideForm:
    form = DecideForm(**data)
    form.outcome.choices = [
        choice(key, gettext(moderation_labels.OUTCOMES[key])) for key in outcomes_for(case, require_user())
    ]
    if case.about_id is None:
        form.words.label.text = gettext("Lời cho người đã báo")
    if case.about_id is None or not any(one.by_id for one in cases_queries.newest_reports_of(case.id)):
        del form.reply
    if not children_of(case):  # without naming the family: the child may be the reporter
        del form.tell_family, form.family_words
    return form


def _decided(form: DecideForm) -> tuple[str, str, str, str | None]:
    """Returns the form's values as the command takes them; absent fields are empty."""
    told = "tell_family" in form and form.tell_family.data == "yes"
    return (
        form.outcome.data, form.words.data or "", form.reply.data or "" if "reply" in form else "",
        form.family_words.data or "" if told else None,
    )  # fmt: skip


def act_form(case: Case, **data: Any) -> ActionForm:
    """Returns the form beside the actions of a case, without the fields that the case determines."""
    form = ActionForm(prefix="act-", **data)
    people = people_of(case)
    if len(people) > 1:
        form.about.choices = [choice(str(one.id), one.shown_name) for one in people]
    else:
        form.about.choices = []
        form.about.data = None
    return form


def _fresh_act_form(case: Case) -> ActionForm:
    """Returns the form with the reason that fits the reports, and its standard text."""
    reason = moderation_labels.reason_for([report.kind for report in cases_queries.newest_reports_of(case.id)])
    return act_form(case, formdata=None, reason=reason, words=gettext(moderation_labels.STANDARD[reason]))


def page_of(
    case: Case,
    known: CaseFacts,
    form: DecideForm | None = None,
    acting: ActionForm | None = None,
    refusal: DomainError | None = None,
) -> Response:
    """Renders the page of a case; the submitted form keeps its input."""
    holder, is_open = holder_of(case), case.state == "open"
    takes = (
        is_open and holder not in (None, require_user().id) and holder_to_wait_for(case, require_user(), known) is None
    )
    free = is_open and holder in (None, require_user().id)
    decide, act = form or _form(case, formdata=None), acting or _fresh_act_form(case)
    kinds = offered(require_user(), case, known) if free else []
    return render_form(
        "moderation/cases/case.html",
        act if acting is not None else decide,
        refusal,
        case=case,
        decide=decide,
        act=act,
        kinds=kinds,
        act_words=moderation_labels,
        reasons=REASONS,
        done=actions_queries.acts_of_case(case.id),
        past=past_of(case, cases_queries.Viewer(require_user())),
        holder=case.claimed_by if holder is not None else None,
        mine=holder == require_user().id,
        reports=cases_queries.newest_reports_of(case.id),
        together=cases_queries.counts([case.id]).get(case.id, 0) if case.target.startswith("net-") else 0,
        lines=cases_queries.context(case),
        in_circle=words_of(case),
        roles=SEAT_ROLE_LABELS,
        free=free,
        takes=takes,
        let_through=_kinds_of(case),
        measures=measures_now(case),
        changes=changes_since(case),
        may_decide=free and may_decide_case(known),
        reported=known.reported,
        grades=[grade for grade in GRADES if grade != case.grade and may_regrade(known, grade)],
        now=clock.now(),
        words=moderation_labels,
    )


def _kinds_of(case: Case) -> str:
    """Returns what was found in the message of a case, for the button that releases it."""
    if case.room_id is None or not case.seq:
        return ""
    found = message(case.room_id, case.seq)
    return found_short(found, kinds_of([found]).get(found.id, []))


@blueprint.get("/desk/cases/<int:case_id>")
def case(case_id: int) -> Response | str:
    found = cases_commands.look(require_user(), case_id)
    if found.is_welfare:
        return welfare_views.page_of(*cases_queries.case_for(require_user(), case_id))
    return page_of(*cases_queries.case_for(require_user(), case_id))


@blueprint.post("/desk/cases/<int:case_id>/decide")
def decide(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    found, known = cases_queries.case_for(require_user(), case_id)
    form = _form(found)
    if not form.validate():
        return page_of(found, known, form)
    try:
        cases_commands.decide(require_user(), case_id, *_decided(form))
    except NotFound:
        raise
    except DomainError as refusal:
        return page_of(*cases_queries.case_for(require_user(), case_id), form, refusal=refusal)
    flash(gettext("Đã quyết định. Mỗi bên nhận được lời dành cho mình."), "ok")
    return redirect(url_for("moderation.desk"))


@blueprint.post("/desk/cases/<int:case_id>/grade")
def regrade(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        cases_commands.regrade(require_user(), case_id, request.form.get("grade", ""))
    except (Conflict, InvalidInput, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))


@dataclass(frozen=True)
class Lock:
    """The lock of the picture of a case; `may_lift` once the case is decided."""

    may_lift: bool


@blueprint.app_template_global("picture_lock")
def picture_lock(case: Case) -> Lock | None:
    """Returns the lock of the picture that this case is about, if there is one."""
    if case.kind != "message" or case.room_id is None:
        return None
    if not is_locked(case.room_id, case.seq):
        return None
    return Lock(case.state == "decided" and may_lift_lock(Viewer(require_user()).facts(case)))


@blueprint.post("/desk/cases/<int:case_id>/picture")
def lift_lock(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        lift_picture_lock(require_user(), case_id, request.form.get("reason", ""))
        flash(gettext("Đã bỏ khoá ảnh. Ảnh sẽ bị xoá như mọi ảnh đã ẩn."), "ok")
    except (Conflict, InvalidInput, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))
