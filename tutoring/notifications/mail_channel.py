"""The channel of e-mail: a plain part and a pretty one, and a way to switch it off with one click."""

from flask import current_app
from flask_babel import force_locale, gettext

from tutoring.accounts.models import User
from tutoring.kernel import mail
from tutoring.notifications.channels import Letter, Unreachable
from tutoring.notifications.mail_parts import Parts, as_html, as_text
from tutoring.notifications.topics import TOPICS
from tutoring.web import signed

_SALT = "notices-off"


class MailChannel:
    """E-mail to whoever gave an address."""

    name = "mail"

    def ready(self) -> bool:
        """Whether a mail server is set."""
        return mail.ready()

    def reaches(self, person: User) -> bool:
        """Whether there is an address; its mark tells without opening it."""
        return bool(person.email_mark)

    def deliver(self, person: User, letter: Letter) -> None:
        """Send it; an address that the server refuses for good is Unreachable."""
        if not person.email:
            raise Unreachable
        site: str = current_app.config["SETTINGS"].origins[0]
        off = off_token(person.id, letter.topics)
        headers = {}
        with force_locale(person.language):
            parts = Parts(
                greeting="" if person.is_minor else str(gettext("Chào %(name)s,", name=person.called_name)),
                lines=letter.lines,
                open_label=str(gettext("Mở Cùng Học")),
                open_at=site + letter.path,
                why=str(gettext("Thư này không ghi tên người khác và không có lời nào ai viết trên Cùng Học.")),
                choices_label=str(gettext("Chọn lại cách nhận thông báo")),
                choices_at=f"{site}/notices/choices",
                off_label=str(gettext("Thôi nhận thư như thế này")) if off else "",
                off_at=f"{site}/notices/off/{off}" if off else "",
                site=site, language=person.language,
            )  # fmt: skip
        if off:
            headers = {"List-Unsubscribe": f"<{parts.off_at}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        try:
            mail.send(person.email, letter.subject, as_text(parts), letter.key, html=as_html(parts), headers=headers)
        except mail.Refused as refused:
            raise Unreachable from refused


def off_token(user_id: int, topics: tuple[str, ...]) -> str:
    """What stands in the address that switches off what a letter is about; empty where nothing of it can be."""
    some = [topic for topic in topics if "mail" not in TOPICS[topic].fixed]
    return signed.token(_SALT, [user_id, some]) if some else ""


def read_off_token(token: str) -> tuple[int, list[str]] | None:
    """Whose letters, and which topics; None for what this site has not signed."""
    try:
        user_id, topics = signed.value(_SALT, token)
    except (ValueError, TypeError):
        return None
    return int(user_id), [topic for topic in topics if topic in TOPICS]
