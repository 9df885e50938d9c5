"""One's own account: profile, password, sign-ins, consent."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import commands, naming, queries, second_factor, sessions
from tutoring.accounts.consent_texts import PURPOSES
from tutoring.accounts.email_views import shown_email
from tutoring.accounts.forms import ADDRESS_CHOICES, ChildProfileForm, PasswordForm, ProfileForm
from tutoring.accounts.pages import form_page
from tutoring.accounts.panels import account_panels
from tutoring.accounts.routes import blueprint
from tutoring.kernel.errors import Refusal
from tutoring.policy.accounts import may_have_second_factor
from tutoring.web.signin import me, roles_of


@blueprint.get("/account")
def account() -> str:
    person = me()
    children = queries.children(person.id)
    factor = second_factor.of(person.id)
    return render_template(
        "accounts/account.html",
        person=person,
        children=children,
        agreed=queries.agreed_counts(link.child_id for link in children),
        purposes=len(PURPOSES),
        guardians=queries.guardians(person.id) if person.is_minor else [],
        sign_ins=sessions.sign_ins(person),
        standings=queries.standings(person.id) if person.kind != "adult" else [],
        panels=account_panels(person),
        factor=factor,
        email=shown_email(person),
        factor_offered=may_have_second_factor(roles_of(person.id), factor is not None),
    )


@blueprint.route("/account/profile", methods=["GET", "POST"])
def profile() -> Response:
    person = me()
    kind = ChildProfileForm if person.kind == "child" else ProfileForm
    form = kind(full_name=person.full_name, called=person.called_name, address_form=person.address_form)
    offered = naming.address_forms(person)
    form.address_form.choices = [one for one in ADDRESS_CHOICES if one.value in offered]
    if form.validate_on_submit():
        full_name = form.called.data if person.kind == "child" else form["full_name"].data
        try:
            commands.update_profile(person, full_name or "", form.called.data or "", form.address_form.data or "")
        except Refusal as refusal:
            return form_page("accounts/profile.html", form, refusal)
        flash(gettext("Đã lưu hồ sơ."), "ok")
        return redirect(url_for("accounts.account"))
    return form_page("accounts/profile.html", form)


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> Response:
    form, long = PasswordForm(), may_have_second_factor(roles_of(me().id), False)
    if form.validate_on_submit():
        try:
            commands.change_password(me(), form.old.data or "", form.password.data or "")
        except Refusal as refusal:
            return form_page("accounts/password.html", form, refusal, long=long)
        flash(gettext("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."), "ok")
        return redirect(url_for("accounts.account"))
    return form_page("accounts/password.html", form, long=long)


@blueprint.post("/account/sign-ins/<int:sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> Response:
    sessions.end_sign_in(me(), sign_in_id)
    flash(gettext("Đã đăng xuất máy đó."), "ok")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sign-ins/end-others")
def end_others() -> Response:
    sessions.end_all_sign_ins(me().id, me().sign_in.id)
    flash(gettext("Đã đăng xuất mọi máy khác."), "ok")
    return redirect(url_for("accounts.account"))
