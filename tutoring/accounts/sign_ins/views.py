"""Pages of sign-in, sign-out and forgotten passwords."""

from flask import redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from tutoring.accounts import commands
from tutoring.accounts.blueprint import blueprint
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.credentials.password_resets import ask_reset_mail, use_reset_code
from tutoring.accounts.forms import ForgotForm, ResetForm, SignInForm
from tutoring.accounts.hooks import sign_in_panels
from tutoring.accounts.registration import outgrown
from tutoring.accounts.sign_ins.flow import client_address, enter, enter_half, marks, onward, render_form, say_short
from tutoring.accounts.sign_ins.lifecycle import end_sign_in
from tutoring.kernel import mail
from tutoring.kernel.errors import DomainError
from tutoring.web.auth import require_user
from tutoring.web.urls import safe_redirect_target


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            person = commands.authenticate(form.handle.data or "", form.password.data or "", client_address(), marks())
        except DomainError as refusal:
            return render_form("accounts/sign_ins/sign_in.html", form, refusal, panels=list(sign_in_panels.collect()))
        short = outgrown(person, form.password.data or "")
        if second_factor.find_factor(person.id) is not None:
            enter_half(person, form.shared.data, safe_redirect_target(form.next.data), short)
            return redirect(url_for("accounts.sign_in_code"))
        enter(person, shared=form.shared.data)
        say_short(short)
        return redirect(onward(safe_redirect_target(form.next.data)))
    if request.method == "GET":
        form.handle.data = wanted = request.args.get("u", "")[:120]
        form.next.data = safe_redirect_target(request.args.get("next"), "")
        if current_user.is_authenticated and wanted in ("", current_user.username):
            return redirect(safe_redirect_target(form.next.data))
    panels = list(sign_in_panels.collect())
    return render_form("accounts/sign_ins/sign_in.html", form, just_reset="reset" in request.args, panels=panels)


@blueprint.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> Response | str:
    if request.method == "GET":
        return render_template("accounts/sign_ins/sign_out.html")
    end_sign_in(require_user(), require_user().sign_in.id)
    logout_user()
    session.clear()
    response = redirect("/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("/forgot")
def forgot() -> Response:
    return render_form("accounts/sign_ins/forgot.html", ForgotForm(), by_mail=mail.ready(), sent="sent" in request.args)


@blueprint.post("/forgot")
def forgot_mail() -> Response:
    form = ForgotForm()
    if mail.ready() and form.validate():
        try:
            ask_reset_mail(form.handle.data or "", client_address())
        except DomainError as refusal:
            return render_form("accounts/sign_ins/forgot.html", form, refusal, by_mail=True, sent=False)
        return redirect(url_for("accounts.forgot", sent=1))
    return render_form("accounts/sign_ins/forgot.html", form, by_mail=mail.ready(), sent=False)


@blueprint.route("/reset", methods=["GET", "POST"])
def reset() -> Response:
    form = ResetForm()
    if form.validate_on_submit():
        try:
            person = use_reset_code(
                form.handle.data or "", form.code.data or "", form.password.data or "", client_address()
            )
        except DomainError as refusal:
            return render_form("accounts/sign_ins/reset.html", form, refusal)
        return redirect(url_for("accounts.sign_in", u=person.username, reset=1))
    if request.method == "GET":
        form.handle.data = request.args.get("u", "")[:120]
    return render_form("accounts/sign_ins/reset.html", form)
