"""The receiving half of a gateway: checks a message of the site, and hands each on once (docs/gateways.md).

A gateway for a provider is a subclass with its own `hand_on`. Only Python's standard library is used.
"""

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LATE = 300  # seconds: a signature that is older is rejected
MAX_BODY = 10_000  # bytes
ACCEPTED = 202

Message = dict[str, Any]


class Receiver:
    """Takes the site's messages. Accepted ones are remembered by their key in the file `taken`."""

    def __init__(self, token: str, taken: Path, *, check_time: bool = True) -> None:
        self.token, self.check_time = token, check_time
        self._one = threading.Lock()
        self._taken = sqlite3.connect(taken, check_same_thread=False, isolation_level=None)
        self._taken.execute("CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, body BLOB)")

    def take(self, headers: Any, body: bytes) -> int:
        """Returns the HTTP status with which to answer the site."""
        if not self._is_signed(headers, body):
            return 401
        try:
            told = json.loads(body)
            message = {name: told[name] for name in ("to", "text", "key", "kind")} | told
        except (ValueError, KeyError, TypeError):
            return 400
        with self._one:
            before = self._taken.execute("SELECT body FROM taken WHERE key = ?", (message["key"],)).fetchone()
            if before is not None:
                return 200 if before[0] == body else 409  # the same message again goes out once
            status = self.hand_on(message)
            if 200 <= status < 300:
                self._taken.execute("INSERT INTO taken VALUES (?, ?)", (message["key"], body))
        return status

    def _is_signed(self, headers: Any, body: bytes) -> bool:
        if not hmac.compare_digest(headers.get("Authorization", "").encode(), f"Bearer {self.token}".encode()):
            return False
        at = headers.get("X-Timestamp", "")
        right = "sha256=" + hmac.new(self.token.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get("X-Signature", "").encode(), right.encode()):
            return False
        return not self.check_time or (at.isascii() and at.isdigit() and abs(time.time() - int(at)) <= LATE)

    def hand_on(self, message: Message) -> int:
        """Hands a message to the provider; returns the status for the site. Raising makes it 500: the site retries."""
        raise NotImplementedError


def serve(receiver: Receiver, port: int = 0) -> ThreadingHTTPServer:
    """Returns a server on this machine for the receiver, not yet running."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))
            try:
                status = receiver.take(self.headers, body)
            except Exception:
                status = 500
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Numbers and texts stay out of logs."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
