"""The weekly digest by e-mail: that there is one, and where to read it. Nobody's name leaves the site by mail."""

from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from tutoring.accounts.queries import user
from tutoring.kernel import mail
from tutoring.kernel.jobs import outward_job


@outward_job("notifications.week_mail")
def mail_week(payload: dict[str, Any]) -> None:
    """One letter for each guardian and week; a repeat carries the same key."""
    guardian = user(payload["guardian_id"])
    if not guardian.email or not mail.ready() or guardian.state != "active":
        return
    site = current_app.config["SETTINGS"].origins[0]
    with force_locale(guardian.language):
        subject = gettext("Tuần học của con trên Cùng Học")
        text = gettext(
            "Chào %(name)s,\n\nTuần này con bạn có buổi học. Mở %(site)s/notices để xem giờ học và học với ai.\n"
            "Thư này không ghi tên con và không có lời nào con viết.\n",
            name=guardian.called_name, site=site,
        )  # fmt: skip
    mail.send(guardian.email, subject, text, f"week-{guardian.id}-{payload['monday']}")
