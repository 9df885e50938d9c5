"""People by the least, units, join codes: found here, acted upon by the commands and pages that there are."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.administration import commands, queries, words
from tutoring.administration.forms import LookUpForm, WhyForm
from tutoring.administration.routes import blueprint
from tutoring.community import suspending
from tutoring.community.desk import units_below
from tutoring.community.words import role_word
from tutoring.kernel.errors import Missing, Refusal
from tutoring.policy.community import may_see_member
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

ACTS = {"end-sign-ins": commands.end_sign_ins, "suspend": suspending.suspend, "restore": suspending.restore}


@blueprint.route("/admin/people", methods=["GET", "POST"])
def people() -> Response:
    form, found = LookUpForm(), None
    if form.validate_on_submit():
        try:
            found = queries.seen(commands.look_up(me(), form.handle.data or "", form.reason.data or ""))
        except Refusal as refusal:
            return form_page("administration/people.html", form, refusal, found=None)
    return form_page(
        "administration/people.html", form, found=found, words=words, why=WhyForm(formdata=None), role_word=role_word,
        may_open=lambda one: may_see_member({"site_admin"}, one.unit.kind, one.role),
    )  # fmt: skip


@blueprint.post("/admin/people/<int:user_id>/<deed>")
def person_act(user_id: int, deed: str) -> Response:
    if deed not in ACTS:
        raise Missing
    done = {
        "end-sign-ins": gettext("Đã đăng xuất người này khỏi mọi máy."),
        "suspend": gettext("Đã tạm khoá tài khoản 7 ngày. Mọi máy đã bị đăng xuất."),
        "restore": gettext("Đã mở khoá tài khoản."),
    }
    try:
        ACTS[deed](me(), user_id, request.form.get("reason", "")[:300])
        flash(done[deed], "ok")
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("administration.people"))


@blueprint.get("/admin/units")
def units() -> str:
    typed = request.args.get("q", "").strip()[:80]
    return render_template(
        "administration/units.html", typed=typed, found=queries.units(typed) if typed else None,
        tops=units_below(None, request.args.get("after", 0, type=whole)),
    )  # fmt: skip


@blueprint.get("/admin/codes")
def codes() -> str:
    state = request.args.get("state", "open")
    if state not in queries.CODE_STATES:
        raise Missing
    page = queries.codes(state, request.args.get("before", type=whole))
    names = queries.usernames({one.created_by_id for one in page.items if one.created_by_id})
    return render_template(
        "administration/codes.html", state=state, page=page, names=names, words=words, role_word=role_word
    )
