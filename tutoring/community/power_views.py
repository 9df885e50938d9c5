"""Pages of power over accounts: reset codes, suspension. Each act is logged with the one who did it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page, full_url
from tutoring.community import desk, trust
from tutoring.community.forms import PlainForm, ReasonForm
from tutoring.community.models import Membership
from tutoring.community.routes import blueprint
from tutoring.kernel.errors import Missing, Refusal
from tutoring.policy import community as policy
from tutoring.web.signin import me


def _member(membership_id: int) -> Membership:
    found, held = desk.member(me(), membership_id)
    if not policy.may_issue_reset_code(held, found.user_id == me().id):
        raise Missing
    return found


@blueprint.route("/members/<int:membership_id>/reset-code", methods=["GET", "POST"])
def reset_code(membership_id: int) -> Response | str:
    member = _member(membership_id)
    form = PlainForm()
    if form.validate_on_submit():
        try:
            code = trust.issue_reset_code(me(), member.user_id)
        except Refusal as refusal:
            return form_page("community/reset_code.html", form, refusal, member=member)
        place = full_url(url_for("accounts.reset"))
        return render_template("community/reset_code_shown.html", member=member, code=code, place=place)
    return form_page("community/reset_code.html", form, member=member)


def _with_reason(membership_id: int, act: Callable[[User, int, str], None], template: str, done: str) -> Response:
    """Ask for a reason, then do something to the member's account."""
    member = _member(membership_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            act(me(), member.user_id, form.reason.data or "")
        except Refusal as refusal:
            return form_page(template, form, refusal, member=member)
        flash(done, "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return form_page(template, form, member=member)


@blueprint.route("/members/<int:membership_id>/suspend", methods=["GET", "POST"])
def suspend(membership_id: int) -> Response:
    done = gettext("Đã tạm khoá tài khoản. Mọi máy đã bị đăng xuất.")
    return _with_reason(membership_id, trust.suspend, "community/suspend.html", done)


@blueprint.route("/members/<int:membership_id>/restore", methods=["GET", "POST"])
def restore(membership_id: int) -> Response:
    return _with_reason(membership_id, trust.restore, "community/restore.html", gettext("Đã mở khoá tài khoản."))
