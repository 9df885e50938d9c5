"""An example of what SMS_URL may lead to: it takes our messages as docs/gateways.md says and hands each on once.

    python -m tests.sms_adapter PORT TOKEN FILE

Here "handing on" adds a line to FILE; an adapter for a provider calls that provider's API in its place (`hand_on`).
Only Python's own library is used. Behind a web server that speaks HTTPS it can be put to work as it is.
"""

import hashlib
import hmac
import json
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LATE = 300  # seconds that a signature is old at most


class Adapter:
    """What was taken, by its key; `refused` are numbers that take no messages."""

    def __init__(self, token: str, file: Path, *, check_time: bool = True) -> None:
        self.token, self.file, self.check_time = token, file, check_time
        self.refused: set[str] = set()
        self._one = threading.Lock()
        self._taken = sqlite3.connect(f"{file}.taken", check_same_thread=False)
        self._taken.execute("CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, body BLOB)")

    def take(self, headers: Any, body: bytes) -> int:
        """The status to answer with."""
        if not hmac.compare_digest(headers.get("Authorization", ""), f"Bearer {self.token}"):
            return 401
        at = headers.get("X-Timestamp", "")
        right = "sha256=" + hmac.new(self.token.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get("X-Signature", ""), right):
            return 401
        if self.check_time and abs(time.time() - int(at)) > LATE:
            return 401
        try:
            told = json.loads(body)
            to, text, key, kind = (told[name] for name in ("to", "text", "key", "kind"))
        except (ValueError, KeyError, TypeError):
            return 400
        if to in self.refused:
            return 422  # do not try again
        with self._one:
            before = self._taken.execute("SELECT body FROM taken WHERE key = ?", (key,)).fetchone()
            if before is not None:
                return 200 if before[0] == body else 409  # the same message again goes out once
            self.hand_on(to, text, kind, key)
            self._taken.execute("INSERT INTO taken VALUES (?, ?)", (key, body))
            self._taken.commit()
        return 202

    def hand_on(self, to: str, text: str, kind: str, key: str) -> None:
        """To the provider; raising makes the answer 500, and we come again."""
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"to": to, "text": text, "kind": kind, "key": key}, ensure_ascii=False) + "\n")


def serve(adapter: Adapter, port: int = 0) -> ThreadingHTTPServer:
    """A server for it, not yet running."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 10_000))
            try:
                status = adapter.take(self.headers, body)
            except Exception:
                status = 500
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Numbers and texts stay out of logs."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    serve(Adapter(sys.argv[2], Path(sys.argv[3])), int(sys.argv[1])).serve_forever()
