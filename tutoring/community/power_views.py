"""Pages of power over accounts: reset codes, lost second factors, suspension. Each act is logged with who did it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import second_factor
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page, full_url
from tutoring.community import desk, factor_resets, suspending, trust
from tutoring.community.forms import FactorResetForm, PlainForm, ReasonForm
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
    done = gettext("Đã tạm khoá tài khoản 7 ngày. Mọi máy đã bị đăng xuất.")
    return _with_reason(membership_id, suspending.suspend, "community/suspend.html", done)


@blueprint.route("/members/<int:membership_id>/keep-suspended", methods=["GET", "POST"])
def keep_suspended(membership_id: int) -> Response:
    done = gettext("Tài khoản sẽ khoá cho đến khi có người mở lại.")
    return _with_reason(membership_id, suspending.keep_suspended, "community/keep_suspended.html", done)


@blueprint.route("/members/<int:membership_id>/restore", methods=["GET", "POST"])
def restore(membership_id: int) -> Response:
    return _with_reason(membership_id, suspending.restore, "community/restore.html", gettext("Đã mở khoá tài khoản."))


@blueprint.route("/members/<int:membership_id>/factor-reset", methods=["GET", "POST"])
def factor_reset(membership_id: int) -> Response:
    member = _member(membership_id)
    asked = factor_resets.waiting(member.user_id)
    facts: dict[str, Any] = {
        "member": member,
        "asked": asked,
        "factor": second_factor.of(member.user_id),
        "person": me(),
    }
    form = FactorResetForm()
    if form.validate_on_submit():
        try:
            done = _factor_act(form, member.user_id)
        except Refusal as refusal:
            return form_page("community/factor_reset.html", form, refusal, **facts)
        flash(done, "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return form_page("community/factor_reset.html", form, **facts)


def _factor_act(form: FactorResetForm, user_id: int) -> str:
    """Ask, do or decline, as the pressed button says; returns what to tell."""
    if form.word.data == "do":
        factor_resets.do(me(), user_id)
        return str(gettext("Đã gỡ mã. Người này đăng nhập bằng mật khẩu, rồi bật mã mới."))
    if form.word.data == "decline":
        factor_resets.decline(me(), user_id)
        return str(gettext("Đã bỏ đề nghị. Mã của người này vẫn giữ nguyên."))
    factor_resets.ask(me(), user_id, form.reason.data or "")
    return str(gettext("Đã gửi đề nghị. Một người thứ hai sẽ xác nhận."))
