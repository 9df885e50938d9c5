"""Pages of moderation actions: apply in a case, undo, show; and the claims of cases."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.actions import queries as actions_queries
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.case_page import act_form, render_case
from tutoring.policy.moderation.actions import ACTION_RULES, REASONS
from tutoring.web.auth import require_user, step_up
from tutoring.web.i18n import translate_error


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


@blueprint.post("/desk/cases/<int:case_id>/act")
def act(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    found, known = cases_queries.case_for(require_user(), case_id)
    kind, form = request.form.get("kind", ""), act_form(found)
    if kind in ACTION_RULES and ACTION_RULES[kind].by == "coordinates":
        step_up()
    if not form.validate():
        return render_case(found, known, acting=form)
    try:
        actions_commands.act(
            require_user(), kind, case_id=case_id, reason=form.reason.data, words=form.words.data or "",
            seq=_number(form.seq.data), about_id=_number(form.about.data), minutes=_number(form.minutes.data),
            part=form.part.data or "",
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as refusal:
        return render_case(*cases_queries.case_for(require_user(), case_id), acting=form, refusal=refusal)
    flash(gettext("Đã làm: %(what)s. Hoàn tác được ở mục Việc đã làm.", what=gettext(moderation_labels.DO[kind])), "ok")
    return redirect(url_for("moderation.case", case_id=case_id))


@blueprint.post("/desk/acts/<int:act_id>/reverse")
def reverse(act_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    back = url_for("moderation.desk")
    try:
        undone = actions_commands.reverse(require_user(), act_id, request.form.get("words", ""))
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        undone = actions_queries.get_action(act_id)
    else:
        flash(gettext("Đã hoàn tác. Người ấy nhận được tin."), "ok")
    if undone.case_id is not None:
        back = url_for("moderation.case", case_id=undone.case_id)
    return redirect(back)


@blueprint.get("/acts/<int:act_id>")
def done(act_id: int) -> str:
    """Shows an action to a user whom it concerns."""
    found = actions_commands.see_act(require_user(), act_id)
    return render_template("moderation/actions/action.html", act=found, words=moderation_labels, reasons=REASONS)


# ---- claims --------------------------------------------------------------------------------------------------


@blueprint.post("/desk/cases/<int:case_id>/claim")
def claim(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        claims.claim(require_user(), case_id, request.form.get("reason", ""))
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        taking = "reason" in request.form  # sent from the case's page, where the user can enter the reason again
        return redirect(url_for("moderation.case", case_id=case_id) if taking else url_for("moderation.desk"))
    return redirect(url_for("moderation.case", case_id=case_id))


@blueprint.post("/desk/cases/<int:case_id>/let-go")
def let_go(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        claims.let_go(require_user(), case_id)
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.desk", item=f"c{case_id}"))  # where it can be claimed again
