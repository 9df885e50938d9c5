"""The email channel: plain text, simple HTML, and one-click unsubscribe.

The HTML loads nothing and tracks nothing. Styles are inline, because mail programs ignore all others.
"""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup

from tutoring.accounts.models import User
from tutoring.kernel import mail
from tutoring.kernel.site_identity import site_name
from tutoring.notifications.channels.registry import OutgoingMessage, Unreachable
from tutoring.notifications.preferences.topics import TOPICS
from tutoring.web import signed_tokens
from tutoring.web.i18n import addressed_to


@dataclass(frozen=True)
class Parts:
    """The content of an email, in the recipient's language."""

    greeting: str
    lines: tuple[str, ...]
    open_label: str
    open_at: str
    why: str
    choices_label: str
    choices_at: str
    off_label: str
    off_at: str
    site: str
    language: str


def as_text(parts: Parts) -> str:
    """Renders the plain-text part."""
    lines = list(parts.lines) if len(parts.lines) == 1 else [f"- {line}" for line in parts.lines]
    blocks = [parts.greeting, "\n".join(lines), f"{parts.open_label}: {parts.open_at}", "-- "]
    foot = [parts.why, f"{parts.choices_label}: {parts.choices_at}"]
    if parts.off_at:
        foot.append(f"{parts.off_label}: {parts.off_at}")
    return "\n\n".join(block for block in blocks if block) + "\n" + "\n".join(foot) + "\n"


# The colours of static/css/tokens.css. Mail programs with a dark mode invert both of each pair.
_FONT = "17px/1.55 'Be Vietnam Pro',system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_BUTTON = "display:inline-block;padding:12px 20px;border-radius:10px;background:#173f8f;color:#ffffff;font-weight:700"
_PAGE = Markup("""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{title}</title></head>
<body style="margin:0;padding:16px;background:#fffaf0;color:#14213d;font:{font}">
<div style="max-width:34em;margin:0 auto">
<p style="margin:0 0 16px;font-weight:700;color:#173f8f">{title}</p>
<div style="padding:20px;background:#ffffff;color:#14213d;border:1px solid #eadfca;border-radius:12px">
{greeting}{lines}
<p style="margin:20px 0 0"><a href="{open_at}" style="{button};text-decoration:none">{open_label}</a></p>
</div>
<p style="margin:16px 0 0;font-size:14px;color:#3d4963">{why}<br>
<a href="{choices_at}" style="color:#173f8f">{choices_label}</a>{off}</p>
</div></body></html>
""")
_LINE = Markup('<p style="margin:0 0 8px;font-size:19px;font-weight:600">{}</p>')
_ONE_OF = Markup('<li style="margin:0 0 6px">{}</li>')
_LIST = Markup('<ul style="margin:0;padding:0 0 0 20px">{}</ul>')
_GREETING = Markup('<p style="margin:0 0 12px">{}</p>')
_OFF = Markup(' · <a href="{}" style="color:#173f8f">{}</a>')


def as_html(parts: Parts) -> str:
    """Renders the HTML part."""
    if len(parts.lines) == 1:
        lines = _LINE.format(parts.lines[0])
    else:
        lines = _LIST.format(Markup("").join(_ONE_OF.format(line) for line in parts.lines))
    return str(
        _PAGE.format(
            language=parts.language, title=site_name(), font=Markup(_FONT), button=_BUTTON, lines=lines, why=parts.why,
            greeting=_GREETING.format(parts.greeting) if parts.greeting else "",
            open_at=parts.open_at, open_label=parts.open_label,
            choices_at=parts.choices_at, choices_label=parts.choices_label,
            off=_OFF.format(parts.off_at, parts.off_label) if parts.off_at else "",
        )
    )  # fmt: skip


_SALT = "notices-off"


class MailChannel:
    """Sends email to users who gave an address."""

    name = "mail"

    def ready(self) -> bool:
        """Returns whether a mail server is configured."""
        return mail.ready()

    def reaches(self, person: User) -> bool:
        """Returns whether there is an address; its blind index tells without decrypting it."""
        return bool(person.email_mark)

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        """Sends the letter; raises Unreachable for an address that the server rejects permanently."""
        if not person.email:
            raise Unreachable
        site: str = current_app.config["SETTINGS"].origins[0]
        off = off_token(person.id, letter.topics)
        headers = {}
        with addressed_to(person):
            parts = Parts(
                greeting="" if person.is_minor else str(gettext("Chào %(name)s,", name=person.called_name)),
                lines=letter.lines,
                open_label=str(gettext("Mở Cùng Học")),
                open_at=site + letter.path,
                why=str(gettext("Thư này không ghi tên người khác và không có lời nào ai viết trên Cùng Học.")),
                choices_label=str(gettext("Chọn lại cách nhận thông báo")),
                choices_at=f"{site}/notices/choices",
                off_label=str(gettext("Ngừng nhận thư như thế này")) if off else "",
                off_at=f"{site}/notices/off/{off}" if off else "",
                site=site, language=person.language,
            )  # fmt: skip
        if off:
            headers = {"List-Unsubscribe": f"<{parts.off_at}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        try:
            mail.send(person.email, letter.subject, as_text(parts), letter.key, html=as_html(parts), headers=headers)
        except mail.RecipientRejected as refused:
            raise Unreachable from refused


def off_token(user_id: int, topics: tuple[str, ...]) -> str:
    """Returns the signed token of the unsubscribe URL; empty if no topic can be switched off."""
    some = [topic for topic in topics if "mail" not in TOPICS[topic].fixed]
    return signed_tokens.token(_SALT, [user_id, some]) if some else ""


def read_off_token(token: str) -> tuple[int, list[str]] | None:
    """Returns the user and topics of a token; None unless this site signed it."""
    try:
        user_id, topics = signed_tokens.value(_SALT, token)
    except (ValueError, TypeError):
        return None
    return int(user_id), [topic for topic in topics if topic in TOPICS]
