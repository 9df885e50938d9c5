"""Pages of appeals: actions about the user, making an appeal, and deciding it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.text import N_
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation.appeals import queries as appeals_queries
from tutoring.moderation.appeals.commands import appeal_act, decide_act_appeal
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.forms import SecondLookForm, SecondWordForm
from tutoring.moderation.models import ModerationAction
from tutoring.policy.moderation.actions import REASONS
from tutoring.policy.moderation.appeals import ASK_WITHIN, NEVER, may_take
from tutoring.rooms.queries import message
from tutoring.web.auth import require_user

ROLES = {
    "coordinator": N_("điều phối viên"),
    "teacher": N_("thầy cô"),
    "lead": N_("Trưởng khu phố"),
    "officer": N_("cán bộ phường"),
    "site_admin": N_("quản trị"),
}
OUTCOMES = {"upheld": N_("đã xem lại, giữ nguyên"), "overturned": N_("đã xem lại và rút quyết định")}
WORDS: dict[str, Any] = {
    "words": moderation_labels,
    "roles": ROLES,
    "outcomes": OUTCOMES,
    "reasons": REASONS,
    "case_outcomes": moderation_labels.OUTCOMES,
}


def _may_ask(act: ModerationAction) -> bool:
    young = act.at > clock.now() - ASK_WITHIN
    return young and act.kind not in NEVER and act.undone_for not in ("reversed", "overturned")


@blueprint.app_template_global("second_look_at")
def second_look_at(act: ModerationAction) -> dict[str, Any]:
    """Returns what the page of an action shows about its appeal."""
    return {"asked": appeals_queries.appeal_of(act.id), "may_ask": _may_ask(act)}


@blueprint.get("/acts-about-me")
def acts_about_me() -> str:
    mine, children = appeals_queries.about(require_user())
    return render_template(
        "moderation/appeals/acts_about_me.html", mine=mine, children=children, may_ask=_may_ask, **WORDS
    )


@blueprint.route("/acts/<int:act_id>/second-look", methods=["GET", "POST"])
def ask_second_look(act_id: int) -> Response:
    act, form = appeals_queries.concerning(require_user(), act_id), SecondLookForm()
    facts: dict[str, Any] = {
        "act": act,
        "role": appeals_queries.roles_behind([act])[act.id],
        "asked": appeals_queries.appeal_of(act_id),
        "may_ask": _may_ask(act),
        **WORDS,
    }
    if not form.validate_on_submit():
        return render_form("moderation/appeals/new_appeal.html", form, **facts)
    try:
        appeal_act(require_user(), act_id, form.words.data or "")
    except NotFound:
        raise
    except DomainError as refusal:
        return render_form("moderation/appeals/new_appeal.html", form, refusal, **facts)
    flash(gettext("Đã gửi. Một người khác sẽ xem lại và trả lời bạn trong 5 ngày."), "ok")
    return redirect(url_for("moderation.acts_about_me"))


@blueprint.get("/desk/second-looks")
def second_looks() -> str:
    return render_template(
        "moderation/appeals/appeals.html", waiting=appeals_queries.waiting_for(require_user()), now=clock.now(), **WORDS
    )


@blueprint.route("/desk/second-looks/<int:act_id>", methods=["GET", "POST"])
def second_look(act_id: int) -> Response:
    form = SecondWordForm()
    if not form.validate_on_submit():
        return _page(act_id, form)
    rate_limits.hit("act", require_user().id)
    try:
        decide_act_appeal(require_user(), act_id, form.outcome.data == "overturned", form.answer.data or "")
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(act_id, form, refusal)
    flash(gettext("Đã trả lời. Cả hai bên nhận được tin."), "ok")
    return redirect(url_for("moderation.second_looks"))


def _page(act_id: int, form: SecondWordForm, refusal: DomainError | None = None) -> Response:
    found, known = appeals_queries.second_look_for(require_user(), act_id)
    act = found.act
    return render_form(
        "moderation/appeals/appeal.html",
        form,
        refusal,
        asked=found,
        act=act,
        role=appeals_queries.roles_behind([act])[act.id],
        message=message(act.room_id, act.seq) if act.room_id is not None and act.seq is not None else None,
        may_take=may_take(known) and found.decided_at is None,
        known=known,
        now=clock.now(),
        **WORDS,
    )
