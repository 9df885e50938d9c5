"""Pages of the user's own email address: request it, confirm it by mail, remove it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.blueprint import blueprint
from tutoring.accounts.emails import commands as emails_commands
from tutoring.accounts.emails.jobs import read_token
from tutoring.accounts.emails.shown_email import shown_email
from tutoring.accounts.forms import EmailForm
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.policy.accounts import may_have_email
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import translate_error


def _grown() -> User:
    person: User = require_user()
    if not may_have_email(person.kind):
        raise NotFound
    return person


@blueprint.route("/account/email", methods=["GET", "POST"])
def email() -> Response:
    person, form = _grown(), EmailForm()
    shown = shown_email(person)
    if form.validate_on_submit():
        try:
            address = emails_commands.ask(person, form.email.data or "")
        except DomainError as refusal:
            return render_form("accounts/emails/email.html", form, refusal, email=shown)
        words = gettext(
            "Đã gửi thư tới %(address)s. Mở thư và bấm đường dẫn trong 24 giờ. Không thấy thì xem cả mục Thư rác.",
            address=emails_commands.masked(address),
        )
        flash(words, "ok")
        return redirect(url_for("accounts.account"))
    return render_form("accounts/emails/email.html", form, email=shown)


@blueprint.route("/account/email/remove", methods=["GET", "POST"])
def drop_email() -> Response | str:
    person = _grown()
    if request.method == "GET":
        return render_template("accounts/emails/email_drop.html", email=shown_email(person))
    words = gettext("Tài khoản không còn email. Bạn thêm lại lúc nào cũng được.")
    return run_action(lambda: emails_commands.drop(person), words, url_for("accounts.account"))


@blueprint.route("/account/email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> Response | tuple[str, int]:
    """Asks for confirmation before it changes anything, because mail scanners open links."""
    person, link = _grown(), read_token(token)
    if link is None:
        return _link_page(404)
    try:
        if request.method == "POST":
            emails_commands.confirm(person, link)
            flash(gettext("Đã xác nhận email. Từ giờ thư gửi tới địa chỉ này."), "ok")
            return redirect(url_for("accounts.account"))
        emails_commands.check(person, link)
    except DomainError as refusal:
        return _link_page(refusal.status, refusal=translate_error(refusal), others=isinstance(refusal, Forbidden))
    return _link_page(200, address=emails_commands.masked(link.address), before=shown_email(person).shown)


def _link_page(status: int, **facts: object) -> tuple[str, int]:
    return render_template("accounts/emails/email_confirm.html", **facts), status
