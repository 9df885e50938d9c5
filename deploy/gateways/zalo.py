"""A gateway to Zalo: hands messages on as approved templates, and by SMS where Zalo cannot take them (docs/zalo.md).

    python -m deploy.gateways.zalo

Settings are environment variables: GATEWAY_PORT, GATEWAY_TOKEN (the site's SMS_TOKEN), GATEWAY_FOLDER, ZALO_APP_ID,
ZALO_APP_SECRET, ZALO_REFRESH_TOKEN (for the first start), ZALO_PER_DAY; FALLBACK_URL and FALLBACK_TOKEN name a further
gateway of the same protocol, for SMS. It needs no more than Python's standard library.
"""

import json
import os
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from deploy.gateways.receiver import ACCEPTED, Message, Receiver, serve, signature

SEND_URL = "https://business.openapi.zalo.me/message/template"
TOKEN_URL = "https://oauth.zaloapp.com/v4/oa/access_token"
LOCAL = timezone(timedelta(hours=7))
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # hours in which Zalo takes codes alone
SECONDS = 6  # of one call; the site waits eight for its answer
EARLY = 300  # seconds before its end at which an access token is renewed

# Zalo's answers, by their number; docs/zalo.md says where they are from.
NIGHT = frozenset({-133})
NO_QUOTA = frozenset({-115, -137, -144, -147})  # no credit, or the quota of the day, of the account or the template
NO_TOKEN = frozenset({-124})
NO_ACCOUNT = frozenset({-108, -118, -119, -141})  # no such number, no account that can receive, or its owner takes none

Post = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Posts and returns status and answer; raises OSError when there is none."""
    wanted = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(wanted, timeout=SECONDS) as answer:
            return answer.status, answer.read(100_000)
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read(100_000)


@dataclass(frozen=True)
class Account:
    """The application at Zalo, and how many messages it sends a day at most."""

    app_id: str
    app_secret: str
    refresh_token: str = ""
    per_day: int = 500


class NoTokenError(OSError):
    """Zalo gives no access token now."""


class Tokens:
    """The access token. Zalo gives a new refresh token with each, which is stored before the old one is forgotten."""

    def __init__(self, account: Account, file: Path, send: Post) -> None:
        self._account, self._file, self._send = account, file, send
        self._one = threading.Lock()  # two exchanges at once would use the same refresh token
        stored = json.loads(file.read_text("utf-8")) if file.exists() else {}
        self._access, self._until = str(stored.get("access", "")), float(stored.get("until", 0))
        self._refresh = stored.get("refresh") or account.refresh_token

    def current(self, refused: str = "") -> str:
        """Returns a valid access token, another one than `refused`. Raises NoTokenError when Zalo gives none."""
        with self._one:
            if self._access in ("", refused) or time.time() > self._until - EARLY:
                self._renew()
            return self._access

    def _renew(self) -> None:
        """Exchanges the refresh token for new tokens."""
        form = {"refresh_token": self._refresh, "app_id": self._account.app_id, "grant_type": "refresh_token"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "secret_key": self._account.app_secret}
        try:
            _status, answer = self._send(TOKEN_URL, urllib.parse.urlencode(form).encode(), headers)
            told = json.loads(answer)
            access, refresh = str(told["access_token"]), str(told["refresh_token"])
            until = time.time() + float(told.get("expires_in", 3600))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as bad:
            raise NoTokenError("Zalo gives no access token; docs/zalo.md says how to begin anew") from bad
        self._access, self._refresh, self._until = access, refresh, until
        fresh = self._file.with_suffix(".new")
        fresh.touch(mode=0o600)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"access": access, "refresh": refresh, "until": until}, file)
            file.flush()
            os.fsync(file.fileno())  # after a power cut an empty file would have lost both refresh tokens
        fresh.replace(self._file)


class ZaloGateway(Receiver):
    """Hands a message on by Zalo, else by the fallback, else tells the site whether to try again."""

    def __init__(
        self, token: str, folder: Path, account: Account, *, fallback: tuple[str, str] | None = None,
        send: Post = post, now: Callable[[], datetime] = lambda: datetime.now(LOCAL), check_time: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(token, folder / "taken.db", check_time=check_time)
        self._account, self._fallback, self._send, self._now = account, fallback, send, now
        self._tokens = Tokens(account, folder / "tokens.json", send)
        self._taken.execute("CREATE TABLE IF NOT EXISTS sent (day TEXT, key TEXT PRIMARY KEY)")
        self._out_until = ""  # the day for which Zalo has said that a quota is used up

    def hand_on(self, message: Message) -> int:
        if not message.get("template"):
            return self._otherwise(message, 400)  # no approved text for this topic
        if message["kind"] != "code" and self._is_night():
            return self._otherwise(message, 429)
        if not self._counts_in(message["key"]):
            return self._otherwise(message, 429)
        try:
            number = self._by_zalo(message)
        except NoTokenError:
            self._counts_out(message["key"])
            return self._otherwise(message, 503)
        if number == 0:
            return ACCEPTED
        self._counts_out(message["key"])
        if number in NO_QUOTA:
            self._out_until = self._today()
        return self._otherwise(message, self._status_of(number))

    def _status_of(self, number: int) -> int:
        """Returns the status for the site when there is no fallback."""
        if number in NO_ACCOUNT:
            return 422
        if number in NO_QUOTA | NIGHT:
            return 429
        return 503 if number in NO_TOKEN or number == -100 else 400  # the rest: a template or setting is wrong

    def _by_zalo(self, message: Message) -> int:
        """Sends by Zalo; returns the number of its answer. An invalid token is renewed once."""
        told = {
            "phone": message["to"].removeprefix("+"),
            "template_id": message["template"],
            "template_data": message.get("params", {}),
            "tracking_id": message["key"],
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        access = self._tokens.current()
        number = self._call(body, access)
        if number in NO_TOKEN:
            number = self._call(body, self._tokens.current(refused=access))
        return number

    def _call(self, body: bytes, token: str) -> int:
        headers = {"Content-Type": "application/json; charset=utf-8", "access_token": token}
        _status, answer = self._send(SEND_URL, body, headers)
        return int(json.loads(answer)["error"])

    def _otherwise(self, message: Message, status: int) -> int:
        """Sends by the fallback gateway, with the same key; without one, returns the status."""
        if self._fallback is None:
            return status
        url, token = self._fallback
        told = {name: message[name] for name in ("to", "text", "key", "kind")}
        body, at = json.dumps(told, ensure_ascii=False).encode(), str(int(time.time()))
        headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8", "X-Timestamp": at,
            "X-Signature": signature(token, at, body),
        }  # fmt: skip
        answered, _body = self._send(url, body, headers)
        return 503 if answered == 404 else answered  # its address is wrong: no reason to give the number up

    def _is_night(self) -> bool:
        hour = self._now().astimezone(LOCAL).hour
        return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS

    def _today(self) -> str:
        return self._now().astimezone(LOCAL).date().isoformat()

    def _counts_in(self, key: str) -> bool:
        """Counts a message before its call, so that calls at once keep to the limit; False when it is used up."""
        today = self._today()
        with self._one:
            self._taken.execute("DELETE FROM sent WHERE day < ?", (today,))
            [count] = self._taken.execute("SELECT count(*) FROM sent WHERE key <> ?", (key,)).fetchone()
            if self._out_until == today or count >= self._account.per_day:
                return False
            self._taken.execute("INSERT OR IGNORE INTO sent VALUES (?, ?)", (today, key))
        return True

    def _counts_out(self, key: str) -> None:
        with self._one:
            self._taken.execute("DELETE FROM sent WHERE key = ?", (key,))


def from_environment(env: Any) -> ZaloGateway:
    """Returns the gateway of these settings; raises KeyError for one that is missing."""
    folder = Path(env["GATEWAY_FOLDER"])
    fallback = (env["FALLBACK_URL"], env["FALLBACK_TOKEN"]) if env.get("FALLBACK_URL") else None
    account = Account(
        env["ZALO_APP_ID"], env["ZALO_APP_SECRET"], env.get("ZALO_REFRESH_TOKEN", ""), int(env.get("ZALO_PER_DAY", 500))
    )
    return ZaloGateway(env["GATEWAY_TOKEN"], folder, account, fallback=fallback)


if __name__ == "__main__":
    gateway = serve(from_environment(os.environ), int(os.environ.get("GATEWAY_PORT", "8099")))
    threading.Thread(target=gateway.serve_forever).start()
