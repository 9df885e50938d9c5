"""Short messages, by SMS or Zalo, through a gateway that speaks one small language: docs/gateways.md.

We post `{to, text, key, kind}`; the gateway answers 2xx when it has taken the message, whether now or under this key
before. Which provider stands behind it is the gateway's own business.
"""

import hashlib
import hmac
import json

from flask import current_app
from flask_babel import force_locale, gettext

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.config import Settings
from tutoring.kernel import clock, posting, vault
from tutoring.kernel.jobs import outward_job
from tutoring.notifications import sms_queries
from tutoring.notifications.channels import Letter, Unreachable
from tutoring.notifications.sms_commands import CODE_JOB, CODE_LIFE, code_of, count_text
from tutoring.notifications.sms_text import fit

UNREACHABLE = frozenset({404, 410, 422})  # this number takes none: it does not exist, or its owner does not want them
NAME = "Cùng Học"  # whose message it is; the same in every language


TAKEN_BEFORE = 409  # under this key, when it said more: a worker died after sending, and since then something was read


class NotTaken(Exception):
    """The gateway did not take it now; the number is its answer."""


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


class Sms:
    """The channel."""

    name = "sms"

    def ready(self) -> bool:
        return bool(_settings().sms_url)

    def reaches(self, person: User) -> bool:
        return sms_queries.is_confirmed(person)

    def deliver(self, person: User, letter: Letter) -> None:
        if not sms_queries.is_confirmed(person) or not person.phone:
            raise Unreachable
        settings = _settings()
        with force_locale(person.language):
            sentence = f"{NAME}: {letter.lines[0] if len(letter.lines) == 1 else letter.subject + '.'}"
        where = settings.origins[0].split("://")[-1] + (letter.path or "/notices")
        _send(person, fit(sentence, where, accents=settings.sms_accents), letter.key, "notice")


@outward_job(CODE_JOB)
def send_code(payload: dict[str, object]) -> None:
    """The code for a number, as long as it is the last one asked for."""
    person = user(int(str(payload["user_id"])))
    row = sms_queries.number_of(person.id)
    if row is None or row.nonce != payload["nonce"] or row.asked_at + CODE_LIFE < clock.now():
        return
    if not person.phone or row.number_mark != person.phone_mark or not _settings().sms_url:
        return
    code = code_of(person.id, row.number_mark, row.nonce)
    with force_locale(person.language):
        text = gettext("Mã xác nhận số điện thoại: %(code)s. Dùng trong 10 phút, không đưa mã cho ai.", code=code)
        text = f"{NAME}: {text}"
    try:
        _send(person, fit(text, accents=_settings().sms_accents), f"code:{row.nonce}", "code")
    except Unreachable:
        pass  # whoever waits for it sees that none comes, and looks at the number again


def _send(person: User, text: str, key: str, kind: str) -> None:
    settings = _settings()
    number = person.phone or ""
    count_text(person.id, key, settings.sms_per_person, settings.sms_per_day)
    # The key names nobody: the gateway needs to know repeats, not people.
    told = {"to": number, "text": text, "key": vault.mark(f"{person.id}:{key}", "sms-key")[:40], "kind": kind}
    body = json.dumps(told, ensure_ascii=False).encode()
    at = str(int(clock.now().timestamp()))
    headers = {
        "Authorization": f"Bearer {settings.sms_token}",
        "Content-Type": "application/json; charset=utf-8",
        "X-Timestamp": at,
        "X-Signature": signature(settings.sms_token, at, body),
    }
    answer = posting.post(settings.sms_url or "", body, headers, inward=True)
    if answer.status in UNREACHABLE:
        raise Unreachable
    if not 200 <= answer.status < 300 and answer.status != TAKEN_BEFORE:
        raise NotTaken(answer.status)


def signature(token: str, at: str, body: bytes) -> str:
    """Over the moment and the very bytes of the body, so that neither is changed or used again later."""
    return "sha256=" + hmac.new(token.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
