"""The mails about an address: a confirmation link, and a notice to the previous address."""

import logging
from typing import Any

from flask import current_app
from flask_babel import gettext

from tutoring.accounts.emails.commands import ASK_JOB, TOLD_JOB, Link, letter_gone, unsealed
from tutoring.accounts.queries import users
from tutoring.kernel import mail
from tutoring.kernel.encryption import DecryptionError
from tutoring.kernel.jobs import external_job
from tutoring.web import signed_tokens
from tutoring.web.i18n import addressed_to

log = logging.getLogger(__name__)
_SALT = "email-change"


def token_of(link: Link) -> str:
    """Signs the token of a confirmation link; the email address in it is encrypted."""
    return signed_tokens.token(_SALT, [link.user_id, link.sealed, link.before, link.until])


def read_token(token: str) -> Link | None:
    """Returns the link of a token signed by this site; None for anything else."""
    try:
        user_id, sealed, before, until = signed_tokens.value(_SALT, token)
    except (ValueError, TypeError):
        return None
    link = Link(int(user_id), str(sealed), str(before), int(until))
    try:
        _ = link.address
    except DecryptionError:  # the site's key has changed
        return None
    return link


@external_job(ASK_JOB)
def send_confirmation_mail(payload: dict[str, Any]) -> None:
    """Sends the confirmation mail, with the same link in each attempt.

    It names no person, because the address may belong to another person.
    """
    if not payload:
        return
    link = Link(payload["user_id"], payload["sealed"], payload["before"], payload["until"])
    site = current_app.config["SETTINGS"].origins[0]
    with addressed_to(users([link.user_id])[link.user_id]):
        subject = gettext("Xác nhận địa chỉ email cho Cùng Học")
        text = gettext(
            "Chào bạn,\n\nCó người muốn dùng địa chỉ này cho tài khoản Cùng Học của mình. Nếu đó là bạn, hãy mở:\n\n"
            "%(at)s\n\nĐường dẫn dùng được một lần, trong 24 giờ. Bạn cần đăng nhập vào tài khoản của mình.\n"
            "Nếu không phải bạn, hãy bỏ qua thư này. Không có gì thay đổi.\n",
            at=f"{site}/account/email/{token_of(link)}",
        )  # fmt: skip
    _send(payload, subject, text)


@external_job(TOLD_JOB)
def tell_the_address_before(payload: dict[str, Any]) -> None:
    """Notifies the previous address, whose reader may be the only one to notice.

    The new address is not named.
    """
    if not payload:
        return
    site = current_app.config["SETTINGS"].origins[0]
    with addressed_to(users([payload["user_id"]])[payload["user_id"]]):
        subject = gettext("Địa chỉ email của tài khoản Cùng Học đã đổi")
        text = gettext(
            "Chào bạn,\n\nTài khoản Cùng Học dùng địa chỉ này vừa đổi hoặc bỏ email. "
            "Từ giờ không còn thư nào gửi tới đây.\n\n"
            "Nếu bạn tự làm, bạn không cần làm gì thêm.\n"
            "Nếu không phải bạn, hãy mở %(site)s/account, đổi mật khẩu ngay, rồi báo điều phối viên.\n",
            site=site,
        )
    _send(payload, subject, text)


def _send(payload: dict[str, Any], subject: str, text: str) -> None:
    try:
        mail.send(unsealed(payload["user_id"], payload["sealed"]), subject, text, payload["letter"])
    except mail.RecipientRejected:
        log.warning("letter %s not taken", payload["letter"])  # the address does not exist: a retry is useless
    letter_gone(payload["work"])
