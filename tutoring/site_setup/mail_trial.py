"""The trial letter of the set-up: sent at once, so that the page can say what the mail server answered."""

import secrets
import smtplib
import ssl

from flask_babel import gettext

from tutoring.kernel import mail
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.site_identity import site_name
from tutoring.kernel.text import N_

_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (mail.RecipientRejected, N_("Máy gửi thư không nhận địa chỉ này. Hãy xem lại từng chữ.")),
    (
        smtplib.SMTPAuthenticationError,
        N_("Máy gửi thư không nhận tên hoặc mật khẩu. Hãy sửa SMTP_URL; cunghoc doctor chỉ cách ghi dấu lạ."),
    ),
    (ssl.SSLError, N_("Chứng chỉ của máy gửi thư chưa đúng. Hãy xem lại tên máy và cổng trong SMTP_URL.")),
    (smtplib.SMTPNotSupportedError, N_("Máy gửi thư đòi mã hoá. Hãy dùng smtps:// và cổng 465 trong SMTP_URL.")),
    (smtplib.SMTPResponseException, N_("Máy gửi thư từ chối. Hãy xem MAIL_FROM có phải địa chỉ của máy đó không.")),
    (OSError, N_("Máy gửi thư không trả lời. Hãy xem lại tên máy và cổng trong SMTP_URL.")),
    (smtplib.SMTPException, N_("Máy gửi thư không nhận thư. Hãy chạy cunghoc doctor trên máy chủ.")),
)  # fmt: skip


def send_trial(to: str) -> None:
    """Sends a letter in at most 15 seconds a step; raises InvalidInput with what to do. No transaction may be open."""
    name = site_name()
    subject = gettext("Thư thử của %(site)s", site=name)
    text = gettext("Thư này đến được nghĩa là %(site)s gửi thư được. Bạn không cần trả lời.", site=name)
    try:
        mail.send(to, subject, text, f"trial-{secrets.token_hex(8)}")
    except tuple(kind for kind, _said in _REFUSALS) as error:
        said = next(words for kind, words in _REFUSALS if isinstance(error, kind))
        raise InvalidInput(said, field="to") from error
