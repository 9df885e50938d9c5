"""Reactions of accounts: closes sockets of ended sign-ins, mails reset codes, removes full names without consent."""

import hashlib
from typing import Any

from flask import current_app
from flask_babel import gettext

from tutoring.accounts.children_in_bulk import FULL_NAME_PURPOSES, remove_full_name
from tutoring.accounts.credentials.password_resets import MAIL_JOB, create_reset_code
from tutoring.accounts.events import ConsentWithdrawn, SignInEnded
from tutoring.accounts.queries import users
from tutoring.accounts.sign_ins.lifecycle import sids_of_sign_in
from tutoring.kernel import mail
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.kernel.jobs import external_job
from tutoring.web.i18n import addressed_to
from tutoring.web.socket_io import realtime


@on(ConsentWithdrawn)
def forget_full_name(event: ConsentWithdrawn) -> None:
    """Leaves only the display name of a child whose full name may no longer be stored."""
    if event.purpose in FULL_NAME_PURPOSES:
        remove_full_name(event.subject_id)


@on(SignInEnded)
def cut_sockets(event: SignInEnded) -> None:
    after_commit(_cut, event.sign_in_id)


def _cut(sign_in_id: int) -> None:
    realtime.close_sockets(sids_of_sign_in(sign_in_id))


@external_job(MAIL_JOB)
def mail_reset_codes(payload: dict[str, Any]) -> None:
    """Creates the code and mails it; a retry makes a new code, which replaces the one before."""
    site = current_app.config["SETTINGS"].origins[0]
    for user in users(payload["user_ids"]).values():
        if not user.email or not mail.ready():
            continue
        code = create_reset_code(user, None)
        with addressed_to(user):
            subject = gettext("Mã đặt lại mật khẩu Cùng Học")
            text = gettext(
                "Chào %(name)s,\n\nMã đặt lại mật khẩu của bạn: %(code)s\nTên đăng nhập: %(username)s\n\n"
                "Mở %(site)s/reset rồi gõ mã này. Mã dùng một lần, trong 24 giờ.\n"
                "Không đọc mã này cho ai. Nếu bạn không xin mã, hãy bỏ qua thư này.\n",
                name=user.called_name, code=code, username=user.username, site=site,
            )  # fmt: skip
        mail.send(user.email, subject, text, f"reset-{_digest(code, user.id)}")


def _digest(code: str, user_id: int) -> str:
    return hashlib.sha256(f"{user_id}:{code}".encode()).hexdigest()[:32]
