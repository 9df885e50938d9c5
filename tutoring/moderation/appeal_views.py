"""What the desk did to somebody, the second look they ask for, and the page on which another one takes it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.kernel import clock, limits
from tutoring.kernel.errors import Missing, Refusal
from tutoring.kernel.text import N_
from tutoring.moderation import act_words, appeals, words
from tutoring.moderation.commands.appealing import appeal_act, decide_act_appeal
from tutoring.moderation.models import DeskAct
from tutoring.moderation.routes import blueprint
from tutoring.moderation.second_forms import SecondLookForm, SecondWordForm
from tutoring.policy.acts import REASONS
from tutoring.policy.second_looks import ASK_WITHIN, NEVER, may_take
from tutoring.rooms.queries import message
from tutoring.web.signin import me

ROLES = {
    "coordinator": N_("điều phối viên"),
    "teacher": N_("thầy cô"),
    "lead": N_("trưởng khu phố"),
    "officer": N_("cán bộ phường"),
    "site_admin": N_("quản trị"),
}
OUTCOMES = {"upheld": N_("đã xem lại, giữ như trước"), "overturned": N_("đã xem lại và hoàn tác")}
WORDS: dict[str, Any] = {
    "words": act_words,
    "roles": ROLES,
    "outcomes": OUTCOMES,
    "reasons": REASONS,
    "case_outcomes": words.OUTCOMES,
}


def _may_ask(act: DeskAct) -> bool:
    young = act.at > clock.now() - ASK_WITHIN
    return young and act.kind not in NEVER and act.undone_for not in ("reversed", "overturned")


@blueprint.app_template_global("second_look_at")
def second_look_at(act: DeskAct) -> dict[str, Any]:
    """What the page of an act says of a second look at it."""
    return {"asked": appeals.appeal_of(act.id), "may_ask": _may_ask(act)}


@blueprint.get("/acts-about-me")
def acts_about_me() -> str:
    mine, children = appeals.about(me())
    return render_template("moderation/acts_about_me.html", mine=mine, children=children, may_ask=_may_ask, **WORDS)


@blueprint.route("/acts/<int:act_id>/second-look", methods=["GET", "POST"])
def ask_second_look(act_id: int) -> Response:
    act, form = appeals.concerning(me(), act_id), SecondLookForm()
    facts: dict[str, Any] = {
        "act": act,
        "role": appeals.roles_behind([act])[act.id],
        "asked": appeals.appeal_of(act_id),
        "may_ask": _may_ask(act),
        **WORDS,
    }
    if not form.validate_on_submit():
        return form_page("moderation/ask_second_look.html", form, **facts)
    try:
        appeal_act(me(), act_id, form.words.data or "")
    except Missing:
        raise
    except Refusal as refusal:
        return form_page("moderation/ask_second_look.html", form, refusal, **facts)
    flash(gettext("Đã gửi. Một người khác sẽ xem lại và trả lời bạn trong 5 ngày."), "ok")
    return redirect(url_for("moderation.acts_about_me"))


@blueprint.get("/desk/second-looks")
def second_looks() -> str:
    return render_template("moderation/second_looks.html", waiting=appeals.waiting_for(me()), now=clock.now(), **WORDS)


@blueprint.route("/desk/second-looks/<int:act_id>", methods=["GET", "POST"])
def second_look(act_id: int) -> Response:
    form = SecondWordForm()
    if not form.validate_on_submit():
        return _page(act_id, form)
    limits.hit("act", me().id)
    try:
        decide_act_appeal(me(), act_id, form.outcome.data == "overturned", form.answer.data or "")
    except Missing:
        raise
    except Refusal as refusal:
        return _page(act_id, form, refusal)
    flash(gettext("Đã trả lời. Cả hai bên nhận được tin."), "ok")
    return redirect(url_for("moderation.second_looks"))


def _page(act_id: int, form: SecondWordForm, refusal: Refusal | None = None) -> Response:
    found, known = appeals.second_look_for(me(), act_id)
    act = found.act
    return form_page(
        "moderation/second_look.html",
        form,
        refusal,
        asked=found,
        act=act,
        role=appeals.roles_behind([act])[act.id],
        message=message(act.room_id, act.seq) if act.room_id is not None and act.seq is not None else None,
        may_take=may_take(known) and found.decided_at is None,
        known=known,
        now=clock.now(),
        **WORDS,
    )
