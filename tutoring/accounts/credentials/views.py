"""Pages of the second factor: code at sign-in, set-up, recovery codes and step-up."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.blueprint import blueprint
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.forms import CodeForm, PassphraseAgainForm, RecoveryCodeForm
from tutoring.accounts.models import SecondFactor
from tutoring.accounts.sign_ins.flow import enter_whole, half, render_form, svg
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.held_roles import held_roles
from tutoring.policy.accounts import may_have_second_factor
from tutoring.web import auth
from tutoring.web.auth import require_user
from tutoring.web.forms import Form
from tutoring.web.urls import safe_redirect_target

# ---- at sign-in -----------------------------------------------------------------------------------------------


def _not_half() -> Response:
    return redirect("/" if current_user.is_authenticated else url_for("accounts.sign_in"))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def sign_in_code() -> Response:
    waiting, form = half(), CodeForm()
    if waiting is None:
        return _not_half()
    if form.validate_on_submit():
        try:
            second_factor.take_code(waiting.user_id, form.code.data or "")
            return redirect(enter_whole(waiting.id))
        except DomainError as refusal:
            return render_form("accounts/credentials/sign_in_code.html", form, refusal)
    return render_form("accounts/credentials/sign_in_code.html", form)


@blueprint.route("/sign-in/recovery-code", methods=["GET", "POST"])
def recovery_code() -> Response:
    waiting, form = half(), RecoveryCodeForm()
    if waiting is None:
        return _not_half()
    if form.validate_on_submit():
        try:
            left = second_factor.take_recovery_code(waiting.user_id, form.code.data or "")
            enter_whole(waiting.id)
        except DomainError as refusal:
            return render_form("accounts/credentials/recovery_code.html", form, refusal)
        flash(gettext("Bạn vừa dùng một mã dự phòng, còn %(left)s mã.", left=left), "warn")
        return redirect(url_for("accounts.second_factor"))
    return render_form("accounts/credentials/recovery_code.html", form)


# ---- the user's own factor -------------------------------------------------------------------------------------------


def _factor() -> SecondFactor | None:
    """Returns the current user's factor; raises NotFound for users who are not offered one."""
    person = require_user()
    found = second_factor.find_factor(person.id)
    if not may_have_second_factor(held_roles(person.id), found is not None):
        raise NotFound
    return found


@blueprint.get("/account/second-factor", endpoint="second_factor")
def own_second_factor() -> Response | str:
    found = _factor()
    if found is None:
        return redirect(url_for("accounts.set_up_second_factor"))
    left = second_factor.recovery_left(require_user().id)
    return render_template(
        "accounts/credentials/second_factor.html", factor=found, left=left, most=second_factor.RECOVERY_CODES
    )


@blueprint.route("/account/second-factor/set-up", methods=["GET", "POST"])
def set_up_second_factor() -> Response | str:
    person, before, form = require_user(), _factor(), CodeForm()
    if form.validate_on_submit():
        try:
            codes = second_factor.confirm(person, form.code.data or "")
        except DomainError as refusal:
            return _set_up_page(form, before, refusal)
        auth.enter(person)
        return _codes_page(codes, safe_redirect_target(form.next.data), first=before is None)
    if request.method == "GET":
        form.next.data = safe_redirect_target(request.args.get("next"), "")
    return _set_up_page(form, before)


def _set_up_page(form: CodeForm, before: SecondFactor | None, refusal: DomainError | None = None) -> Response:
    secret = second_factor.begin(require_user())
    uri = second_factor.provisioning(require_user(), secret)
    groups = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return render_form(
        "accounts/credentials/set_up_second_factor.html", form, refusal,
        code=svg(uri), uri=uri, groups=groups, before=before, must=auth.lacks_factor(),
    )  # fmt: skip


def _codes_page(codes: list[str], target: str, first: bool) -> str:
    return render_template("accounts/credentials/recovery_codes.html", codes=codes, target=target, first=first)


@blueprint.post("/account/second-factor/recovery-codes")
def recovery_codes() -> Response | str:
    if _factor() is None:
        raise NotFound
    codes = second_factor.renew_recovery_codes(require_user())
    return _codes_page(codes, url_for("accounts.second_factor"), first=False)


# ---- step-up ---------------------------------------------------------------------------------------------------------


@blueprint.route("/confirm-it-is-you", methods=["GET", "POST"])
def confirm_it_is_you() -> Response:
    person = require_user()
    with_code = second_factor.find_factor(person.id) is not None
    form: Form = CodeForm() if with_code else PassphraseAgainForm()
    facts: dict[str, Any] = {"with_code": with_code, "undone": "undone" in request.args}
    if form.validate_on_submit():
        try:
            second_factor.confirm_it_is_you(person, form["code"].data or "")
        except DomainError as refusal:
            return render_form("accounts/credentials/confirm_it_is_you.html", form, refusal, **facts)
        auth.enter(person)
        return redirect(safe_redirect_target(form["next"].data))
    if request.method == "GET":
        form["next"].data = safe_redirect_target(request.args.get("next"))
    return render_form("accounts/credentials/confirm_it_is_you.html", form, **facts)
