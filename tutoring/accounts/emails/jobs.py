"""The letters about an address: one that asks whether it is right, with a link in it, and one to the address before."""

import logging
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from tutoring.accounts.emails.commands import ASK_JOB, TOLD_JOB, Link, letter_gone, unsealed
from tutoring.accounts.queries import users
from tutoring.kernel import mail
from tutoring.kernel.encryption import DecryptionError
from tutoring.kernel.jobs import external_job
from tutoring.web import signed_tokens

log = logging.getLogger(__name__)
_SALT = "email-change"


def token_of(link: Link) -> str:
    """What stands in the address of the letter; the e-mail address in it is sealed."""
    return signed_tokens.token(_SALT, [link.user_id, link.sealed, link.before, link.until])


def read_token(token: str) -> Link | None:
    """What this site has signed; None for anything else."""
    try:
        user_id, sealed, before, until = signed_tokens.value(_SALT, token)
    except (ValueError, TypeError):
        return None
    link = Link(int(user_id), str(sealed), str(before), int(until))
    try:
        _ = link.address
    except DecryptionError:  # the key of the site is another one by now
        return None
    return link


@external_job(ASK_JOB)
def ask_whether_it_is_right(payload: dict[str, Any]) -> None:
    """The same letter, with the same link, in each try. It names nobody: the address may be a stranger's."""
    if not payload:
        return
    link = Link(payload["user_id"], payload["sealed"], payload["before"], payload["until"])
    site = current_app.config["SETTINGS"].origins[0]
    with force_locale(users([link.user_id])[link.user_id].language):
        subject = gettext("Xác nhận địa chỉ e-mail cho Cùng Học")
        text = gettext(
            "Chào bạn,\n\nCó người muốn dùng địa chỉ này cho tài khoản Cùng Học của mình. Nếu đó là bạn, hãy mở:\n\n"
            "%(at)s\n\nĐường dẫn dùng được một lần, trong 24 giờ. Bạn cần đăng nhập vào tài khoản của mình.\n"
            "Nếu không phải bạn, hãy bỏ qua thư này. Không có gì thay đổi.\n",
            at=f"{site}/account/email/{token_of(link)}",
        )  # fmt: skip
    _send(payload, subject, text)


@external_job(TOLD_JOB)
def tell_the_address_before(payload: dict[str, Any]) -> None:
    """Whoever reads there may be the only one to notice; the new address is not said."""
    if not payload:
        return
    site = current_app.config["SETTINGS"].origins[0]
    with force_locale(users([payload["user_id"]])[payload["user_id"]].language):
        subject = gettext("Địa chỉ e-mail của tài khoản Cùng Học đã đổi")
        text = gettext(
            "Chào bạn,\n\nTài khoản Cùng Học dùng địa chỉ này vừa đổi hoặc bỏ e-mail. "
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
        log.warning("letter %s not taken", payload["letter"])  # there is no such address: trying again is of no use
    letter_gone(payload["work"])
