"""What stands outside the site and gets what it sends, as real servers on this machine: a push service with browsers
that can open what is sealed for them, and a mail server. The gateway of short messages is tests/sms_adapter.py."""

import base64
import contextlib
import email
import email.policy
import json
import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

Moment = Callable[[], float]
Taken = Callable[[int], None]  # called when something was taken, before it is answered; with the port it came from


@contextlib.contextmanager
def running(server: socketserver.BaseServer) -> Iterator[str]:
    """Serve until the block ends; gives host:port."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        host, port = server.server_address[:2]  # type: ignore[misc]
        yield f"{host!s}:{port}"
    finally:
        server.shutdown()
        server.server_close()


# ---- browsers and their push service ------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Browser:
    """The half of a push subscription that stays in the browser."""

    name: str
    private: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(point), "auth": _text(self.secret)}

    def open(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return dict(json.loads(plain))


@dataclass(frozen=True)
class Pushed:
    browser: str
    told: dict[str, Any]
    topic: str
    headers: dict[str, str]
    at: float


class PushService:
    """Takes pushes for the browsers it knows. `answers` gives another status than 201 for one of them."""

    def __init__(self, now: Moment = time.time) -> None:
        self.browsers: dict[str, Browser] = {}
        self.answers: dict[str, int] = {}
        self.took: list[Pushed] = []
        self.taken: Taken = lambda _port: None
        self._now = now
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                name = self.path.rpartition("/")[2]
                status = outer.take(name, dict(self.headers), body)
                if status == 201:
                    outer.taken(self.client_address[1])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                with contextlib.suppress(OSError):
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def browser(self, name: str) -> tuple[str, dict[str, str]]:
        """A browser asks for a place: its address and its keys."""
        made = self.browsers[name] = Browser(name)
        return f"{self.base}/push/{name}", made.keys

    def take(self, name: str, headers: dict[str, str], body: bytes) -> int:
        if name not in self.browsers:
            return 404
        if name in self.answers:
            return self.answers[name]
        if not Vapid02.verify(headers["Authorization"]) or headers["Content-Encoding"] != "aes128gcm":
            return 403
        told = self.browsers[name].open(body)
        self.took.append(Pushed(name, told, headers["Topic"], headers, self._now()))
        return 201


# ---- a mail server ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mailed:
    to: str
    message: EmailMessage
    at: float

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """All that can be read in it: headers and every part."""
        parts = [str(part.get_content()) for part in self.message.walk() if part.get_content_maintype() == "text"]
        return "\n".join([*(f"{name}: {value}" for name, value in self.message.items()), *parts])


class MailServer:
    """Takes letters; an address in `refused` gets 550, in `busy` 451."""

    def __init__(self, now: Moment = time.time) -> None:
        self.took: list[Mailed] = []
        self.tried: list[tuple[str, float]] = []
        self.refused: set[str] = set()
        self.busy: set[str] = set()
        self.taken: Taken = lambda _port: None
        self._now = now
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    outer.talk(self.rfile.readline, self._say, self.client_address[1])

            def _say(self, line: str) -> None:
                self.wfile.write(line.encode() + b"\r\n")
                self.wfile.flush()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"

    def talk(self, read: Callable[[], bytes], say: Callable[[str], None], port: int) -> None:
        to: list[str] = []
        say("220 here")
        while line := read():
            verb = line[:4].upper()
            if verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                self.tried.append((address, self._now()))
                if address in self.refused:
                    say("550 no such box")
                elif address in self.busy:
                    say("451 later")
                else:
                    to.append(address)
                    say("250 ok")
            elif verb == b"DATA":
                say("354 go on")
                self._took(to, read)
                self.taken(port)
                say("250 taken")
                to = []
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def _took(self, to: list[str], read: Callable[[], bytes]) -> None:
        lines = []
        while (line := read()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        for one in to:
            self.took.append(Mailed(one, message, self._now()))  # type: ignore[arg-type]
