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
REMEMBERED = 3 * 86_400  # seconds: the site repeats a message for less than a day
ACCEPTED = 202

Message = dict[str, Any]


def signature(token: str, at: str, body: bytes) -> str:
    """Returns the signature of a message of this protocol, by which the receiver knows its time and bytes."""
    return "sha256=" + hmac.new(token.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


class Receiver:
    """Takes the site's messages. The file `taken` holds the keys of accepted ones for three days, without texts."""

    def __init__(self, token: str, taken: Path, *, check_time: bool = True) -> None:
        self.token, self.check_time = token, check_time
        self._one = threading.Lock()  # around each use of the file and of the keys in flight, never around a call
        self._in_flight: set[str] = set()
        taken.touch(mode=0o600)
        taken.chmod(0o600)
        self._taken = sqlite3.connect(taken, check_same_thread=False, isolation_level=None)
        self._taken.execute("CREATE TABLE IF NOT EXISTS accepted (key TEXT PRIMARY KEY, digest BLOB, at REAL)")

    def take(self, headers: Any, body: bytes) -> int:
        """Returns the HTTP status with which to answer the site."""
        if not self._is_signed(headers, body):
            return 401
        try:
            told = json.loads(body)
            message = {name: told[name] for name in ("to", "text", "key", "kind")} | told
        except (ValueError, KeyError, TypeError):
            return 400
        key, digest = str(message["key"]), hashlib.sha256(body).digest()
        with self._one:
            self._taken.execute("DELETE FROM accepted WHERE at < ?", (time.time() - REMEMBERED,))
            before = self._taken.execute("SELECT digest FROM accepted WHERE key = ?", (key,)).fetchone()
            if before is not None:
                return 200 if before[0] == digest else 409  # the same message again goes out once
            if key in self._in_flight:  # the site waited in vain and repeats it meanwhile
                return 503
            self._in_flight.add(key)
        try:
            status = self.hand_on(message)
            if 200 <= status < 300:
                with self._one:
                    self._taken.execute("INSERT INTO accepted VALUES (?, ?, ?)", (key, digest, time.time()))
        finally:
            with self._one:
                self._in_flight.discard(key)
        return status

    def _is_signed(self, headers: Any, body: bytes) -> bool:
        if not hmac.compare_digest(headers.get("Authorization", "").encode(), f"Bearer {self.token}".encode()):
            return False
        at = headers.get("X-Timestamp", "")
        right = signature(self.token, at, body)
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
