"""A real mail server for tests: it speaks SMTP on a port of its own, keeps what it was sent, and refuses when told to.

with office() as here, swapped(app, outgoing_mail=OutgoingMail(here.url, "hoc@example.vn")):
    ...
    here.letters[0]["Subject"]
"""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask

from tests.swapped import swapped
from tutoring.kernel.mail import OutgoingMail


class _Talk(socketserver.StreamRequestHandler):
    server: "Office"

    def handle(self) -> None:
        self._say("220 post.test ready")
        to: list[str] = []
        while line := self.rfile.readline():
            word, rest = line[:4].upper().decode("ascii", "replace"), line[4:].decode("utf-8", "replace").strip()
            if word == "DATA":
                self._take(to)
                to = []
            elif word == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                answer = self.server.answers.get(address, "250 ok")
                if answer.startswith("250"):
                    to.append(address)
                self._say(answer)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, to: list[str]) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.server.letters.append(letter)
        self.server.received.append(tuple(to))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Office(socketserver.ThreadingTCPServer):
    """`answers`: what it says to an address instead of yes, such as "550 no such user"."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[EmailMessage] = []
        self.received: list[tuple[str, ...]] = []
        self.answers: dict[str, str] = {}

    @property
    def url(self) -> str:
        """As SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def office() -> Iterator[Office]:
    """A mail server for a while."""
    with Office() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@pytest.fixture(name="office")
def site_office(app: Flask) -> Iterator[Office]:
    """Where the mail of the application under test goes."""
    with office() as server, swapped(app, outgoing_mail=OutgoingMail(server.url, "Cùng Học <hoc@example.vn>")):
        yield server
