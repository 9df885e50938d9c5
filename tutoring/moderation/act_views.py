"""Acts of the desk: done within a case, undone, and read by those they concern; and who has a case in hand."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Missing, Refusal
from tutoring.moderation import act_words, acts, cases, commands
from tutoring.moderation.case_views import act_form, page_of
from tutoring.moderation.routes import blueprint
from tutoring.policy.acts import ACTS, REASONS
from tutoring.web.i18n import said
from tutoring.web.signin import me, step_up


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


@blueprint.post("/desk/cases/<int:case_id>/act")
def act(case_id: int) -> Response:
    limits.hit("act", me().id)
    found, known = cases.case_for(me(), case_id)
    kind, form = request.form.get("kind", ""), act_form(found)
    if kind in ACTS and ACTS[kind].by == "coordinates":
        step_up()
    if not form.validate():
        return page_of(found, known, acting=form)
    try:
        commands.act(
            me(), kind, case_id=case_id, reason=form.reason.data, words=form.words.data or "",
            seq=_number(form.seq.data), about_id=_number(form.about.data), minutes=_number(form.minutes.data),
            part=form.part.data or "",
        )  # fmt: skip
    except Missing:
        raise
    except Refusal as refusal:
        return page_of(*cases.case_for(me(), case_id), acting=form, refusal=refusal)
    flash(gettext("Đã làm: %(what)s. Hoàn tác được ở mục Việc đã làm.", what=gettext(act_words.DO[kind])), "ok")
    return redirect(url_for("moderation.case", case_id=case_id))


@blueprint.post("/desk/acts/<int:act_id>/reverse")
def reverse(act_id: int) -> Response:
    limits.hit("act", me().id)
    back = url_for("moderation.desk")
    try:
        undone = commands.reverse(me(), act_id, request.form.get("words", ""))
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        undone = acts.done_act(act_id)
    else:
        flash(gettext("Đã hoàn tác. Người ấy nhận được tin."), "ok")
    if undone.case_id is not None:
        back = url_for("moderation.case", case_id=undone.case_id)
    return redirect(back)


@blueprint.get("/acts/<int:act_id>")
def done(act_id: int) -> str:
    """What was done, for whoever it concerns."""
    found = commands.see_act(me(), act_id)
    return render_template("moderation/act.html", act=found, words=act_words, reasons=REASONS)


# ---- claims --------------------------------------------------------------------------------------------------


@blueprint.post("/desk/cases/<int:case_id>/claim")
def claim(case_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.claim(me(), case_id, request.form.get("reason", ""))
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        taking = "reason" in request.form  # the form of a case's page; it is written there once more
        return redirect(url_for("moderation.case", case_id=case_id) if taking else url_for("moderation.desk"))
    return redirect(url_for("moderation.case", case_id=case_id))


@blueprint.post("/desk/cases/<int:case_id>/let-go")
def let_go(case_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.let_go(me(), case_id)
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("moderation.desk"))
