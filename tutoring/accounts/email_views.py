"""Pages of one's own e-mail address: ask for it, confirm it by the link in a letter, take it away."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import emails
from tutoring.accounts.email_letters import read_token
from tutoring.accounts.forms import EmailForm
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.accounts.routes import blueprint
from tutoring.kernel import mail
from tutoring.kernel.errors import Missing, NotAllowed, Refusal
from tutoring.policy.accounts import may_have_email
from tutoring.web.acting import acted
from tutoring.web.i18n import said
from tutoring.web.signin import me


@dataclass(frozen=True)
class ShownEmail:
    """What the account page says of the address."""

    offered: bool
    ready: bool
    shown: str


def shown_email(person: User) -> ShownEmail:
    """The address, masked; whether mail goes out here at all; children are not offered one."""
    shown = emails.masked(person.email) if person.email_mark and person.email else ""
    return ShownEmail(may_have_email(person.kind), mail.ready(), shown)


def _grown() -> User:
    person: User = me()
    if not may_have_email(person.kind):
        raise Missing
    return person


@blueprint.route("/account/email", methods=["GET", "POST"])
def email() -> Response:
    person, form = _grown(), EmailForm()
    shown = shown_email(person)
    if form.validate_on_submit():
        try:
            address = emails.ask(person, form.email.data or "")
        except Refusal as refusal:
            return form_page("accounts/email.html", form, refusal, email=shown)
        words = gettext(
            "Đã gửi thư tới %(address)s. Mở thư và bấm đường dẫn trong 24 giờ. Không thấy thì xem cả mục Thư rác.",
            address=emails.masked(address),
        )
        flash(words, "ok")
        return redirect(url_for("accounts.account"))
    return form_page("accounts/email.html", form, email=shown)


@blueprint.route("/account/email/remove", methods=["GET", "POST"])
def drop_email() -> Response | str:
    person = _grown()
    if request.method == "GET":
        return render_template("accounts/email_drop.html", email=shown_email(person))
    words = gettext("Tài khoản không còn e-mail. Bạn thêm lại lúc nào cũng được.")
    return acted(lambda: emails.drop(person), words, url_for("accounts.account"))


@blueprint.route("/account/email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> Response | tuple[str, int]:
    """Asks first, and changes nothing before: programs that look through letters open addresses."""
    person, link = _grown(), read_token(token)
    if link is None:
        return _link_page(404)
    try:
        if request.method == "POST":
            emails.confirm(person, link)
            flash(gettext("Đã xác nhận e-mail. Từ giờ thư gửi tới địa chỉ này."), "ok")
            return redirect(url_for("accounts.account"))
        emails.check(person, link)
    except Refusal as refusal:
        return _link_page(refusal.status, refusal=said(refusal), others=isinstance(refusal, NotAllowed))
    return _link_page(200, address=emails.masked(link.address), before=shown_email(person).shown)


def _link_page(status: int, **facts: object) -> tuple[str, int]:
    return render_template("accounts/email_confirm.html", **facts), status
