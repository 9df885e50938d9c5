"""The user's own account: profile, password, sign-ins, consent."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import commands, queries
from tutoring.accounts.blueprint import blueprint
from tutoring.accounts.consents.texts import PURPOSES
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.emails.shown_email import shown_email
from tutoring.accounts.forms import ADDRESS_CHOICES, ChildProfileForm, PasswordForm, ProfileForm
from tutoring.accounts.hooks import account_panels
from tutoring.accounts.names import commands as names_commands
from tutoring.accounts.names.commands import update_profile
from tutoring.accounts.sign_ins import lifecycle
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel.errors import DomainError
from tutoring.kernel.held_roles import held_roles
from tutoring.policy.accounts import may_have_second_factor
from tutoring.web.auth import require_user


@blueprint.get("/account")
def account() -> str:
    person = require_user()
    children = queries.children(person.id)
    factor = second_factor.find_factor(person.id)
    return render_template(
        "accounts/account.html",
        person=person,
        children=children,
        agreed=queries.agreed_counts(link.child_id for link in children),
        purposes=len(PURPOSES),
        guardians=queries.guardians(person.id) if person.is_minor else [],
        sign_ins=lifecycle.sign_ins(person),
        standings=queries.consent_statuses(person.id) if person.kind != "adult" else [],
        panels=list(account_panels.collect(person)),
        factor=factor,
        email=shown_email(person),
        factor_offered=may_have_second_factor(held_roles(person.id), factor is not None),
    )


@blueprint.route("/account/profile", methods=["GET", "POST"])
def profile() -> Response:
    person = require_user()
    kind = ChildProfileForm if person.kind == "child" else ProfileForm
    form = kind(full_name=person.full_name, called=person.called_name, address_form=person.address_form)
    offered = names_commands.address_forms(person)
    form.address_form.choices = [one for one in ADDRESS_CHOICES if one.value in offered]
    if form.validate_on_submit():
        full_name = form.called.data if person.kind == "child" else form["full_name"].data
        try:
            update_profile(person, full_name or "", form.called.data or "", form.address_form.data or "")
        except DomainError as refusal:
            return render_form("accounts/profile.html", form, refusal)
        flash(gettext("Đã lưu hồ sơ."), "ok")
        return redirect(url_for("accounts.account"))
    return render_form("accounts/profile.html", form)


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> Response:
    form, long = PasswordForm(), may_have_second_factor(held_roles(require_user().id), False)
    if form.validate_on_submit():
        try:
            commands.change_password(require_user(), form.old.data or "", form.password.data or "")
        except DomainError as refusal:
            return render_form("accounts/password.html", form, refusal, long=long)
        flash(gettext("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."), "ok")
        return redirect(url_for("accounts.account"))
    return render_form("accounts/password.html", form, long=long)


@blueprint.post("/account/sign-ins/<int:sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> Response:
    lifecycle.end_sign_in(require_user(), sign_in_id)
    flash(gettext("Đã đăng xuất máy đó."), "ok")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sign-ins/end-others")
def end_others() -> Response:
    lifecycle.end_all_sign_ins(require_user().id, require_user().sign_in.id)
    flash(gettext("Đã đăng xuất mọi máy khác."), "ok")
    return redirect(url_for("accounts.account"))
