"""A strict stand-in for Zalo: takes approved templates with exactly their parameters, and refuses everything else."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from deploy.gateways.zalo import SEND_URL, TOKEN_URL
from tutoring.notifications.channels.sms.templates import CODE, LONGEST, TEMPLATES

IDS = {name: str(300_000 + at) for at, name in enumerate(TEMPLATES)}
SECRET, APP = "the secret of the application", "4242"


@dataclass
class Zalo:
    """What was sent is in `sent`. `hour` is the local hour; `accounts` are numbers with an account."""

    accounts: set[str]
    hour: int = 9
    quota: int = 100
    sent: list[dict[str, Any]] = field(default_factory=list)
    refresh: str = "refresh-0"  # each is good for one exchange
    access: str = ""
    renewed: int = 0
    down: bool = False

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Answers as the two addresses of Zalo do: always 200, with the number of the error in the answer."""
        if self.down:
            raise OSError("no answer")
        if url == TOKEN_URL:
            return 200, json.dumps(self._token(parse_qs(body.decode()), headers)).encode()
        assert url == SEND_URL, url
        return 200, json.dumps(self._take(json.loads(body), headers)).encode()

    def _token(self, form: dict[str, list[str]], headers: dict[str, str]) -> dict[str, object]:
        wanted = {"refresh_token": [self.refresh], "app_id": [APP], "grant_type": ["refresh_token"]}
        if form != wanted or headers.get("secret_key") != SECRET:
            return {"error": -14014, "error_name": "Invalid refresh token."}
        self.renewed += 1
        self.refresh, self.access = f"refresh-{self.renewed}", f"access-{self.renewed}"
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    def _take(self, told: dict[str, Any], headers: dict[str, str]) -> dict[str, object]:
        number = self._fault(told, headers)
        if number == 0:
            self.sent.append(told)
        return {"error": number, "message": "Success" if number == 0 else "refused", "data": {"msg_id": "1"}}

    def _fault(self, told: dict[str, Any], headers: dict[str, str]) -> int:
        if not self.access or headers.get("access_token") != self.access:
            return -124
        if set(told) != {"phone", "template_id", "template_data", "tracking_id"}:
            return -106
        name = next((name for name, known in IDS.items() if known == told["template_id"]), None)
        if name is None:
            return -109
        data = told["template_data"]
        fits = all(isinstance(value, str) and 0 < len(value) <= LONGEST for value in data.values())
        if set(data) != set(TEMPLATES[name].params) or not fits:
            return -112
        phone = told["phone"]
        if not (phone.isdigit() and phone.startswith("84")):
            return -108
        if phone not in self.accounts:
            return -118
        if name != CODE and (self.hour >= 22 or self.hour < 6):
            return -133
        return -144 if len(self.sent) >= self.quota else 0
