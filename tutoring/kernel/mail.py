"""Outgoing e-mail over SMTP; off unless an address of a mail server is set."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

TIMEOUT = 15  # seconds; well under the lease of due work


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    start_tls: bool
    sender: str


_server: _Server | None = None


def configure(url: str | None, sender: str) -> None:
    """Choose the server: `smtps://user:secret@host:465`, `smtp://host:587` (STARTTLS is demanded as soon as there
    is a password), or None for no mail at all."""
    global _server
    if not url:
        _server = None
        return
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL must look like smtp://host:587 or smtps://user:secret@host:465")
    implicit = parts.scheme == "smtps"
    _server = _Server(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        start_tls=not implicit and bool(parts.username),
        sender=sender,
    )


def ready() -> bool:
    """Whether mail can be sent at all."""
    return _server is not None


def send(to: str, subject: str, text: str, key: str) -> None:
    """Send one plain-text letter; the same `key` gives the same Message-ID, so that a repeat is seen as one."""
    if _server is None:
        raise RuntimeError("no mail server is set")
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = _server.sender, to, subject
    letter["Date"] = formatdate()
    letter["Message-ID"] = f"<{key}@{_server.sender.rpartition('@')[2].strip('> ')}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    _deliver(_server, letter)


def _deliver(server: _Server, letter: EmailMessage) -> None:
    trust = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.implicit_tls:
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=trust)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    with connection:
        if server.start_tls:
            connection.starttls(context=trust)
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(letter)
