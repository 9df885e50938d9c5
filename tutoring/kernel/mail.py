"""Outgoing email over SMTP; off unless a mail server is configured."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from tutoring.kernel import services

TIMEOUT = 15  # seconds; well under the lease of a job


@dataclass(frozen=True)
class _Server:
    """How the mail server is reached."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    start_tls: bool
    sender: str


class OutgoingMail:
    """The mail server of an application.

    The URL is `smtps://user:secret@host:465` or `smtp://host:587`; the latter requires STARTTLS when it has a password.
    None turns mail off.
    """

    def __init__(self, url: str | None, sender: str) -> None:
        self.server = _server(url, sender) if url else None

    def knock(self, timeout: float) -> None:
        """Signs in at the mail server without sending; raises what is wrong."""
        with _signed_in(self.needed(), timeout) as connection:
            connection.noop()

    def needed(self) -> _Server:
        """Returns the server; raises RuntimeError when mail is off."""
        if self.server is None:
            raise RuntimeError("no mail server is set")
        return self.server


def _server(url: str, sender: str) -> _Server:
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL must look like smtp://host:587 or smtps://user:secret@host:465")
    implicit = parts.scheme == "smtps"
    return _Server(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        start_tls=not implicit and bool(parts.username),
        sender=sender,
    )


def ready() -> bool:
    """Whether a mail server is configured."""
    return services.current(OutgoingMail).server is not None


class RecipientRejected(Exception):
    """The server permanently rejected the recipient (a 5xx answer)."""


def send(
    to: str, subject: str, text: str, key: str, *, html: str = "", headers: Mapping[str, str] | None = None
) -> None:
    """Sends one message, with `html` as an alternative part if given.

    The same `key` gives the same Message-ID, so that a repeat is recognized as one. Raises RecipientRejected where a
    retry is useless, and any other error where a retry may help.
    """
    server = services.current(OutgoingMail).needed()
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = server.sender, to, subject
    letter["Date"] = formatdate()
    letter["Message-ID"] = f"<{key}@{server.sender.rpartition('@')[2].strip('> ')}>"
    letter["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        letter[name] = value
    letter.set_content(text)
    if html:
        letter.add_alternative(html, subtype="html")
    try:
        _deliver(server, letter)
    except smtplib.SMTPRecipientsRefused as refusal:
        if all(500 <= code < 600 for code, _said in refusal.recipients.values()):
            raise RecipientRejected from refusal
        raise


def _deliver(server: _Server, letter: EmailMessage) -> None:
    with _signed_in(server, TIMEOUT) as connection:
        connection.send_message(letter)


@contextmanager
def _signed_in(server: _Server, timeout: float) -> Iterator[smtplib.SMTP]:
    trust = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.implicit_tls:
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=trust)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
    with connection:
        if server.start_tls:
            connection.starttls(context=trust)
        if server.user:
            connection.login(server.user, server.password)
        yield connection
