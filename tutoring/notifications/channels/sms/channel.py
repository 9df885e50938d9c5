"""Short messages, by SMS or Zalo, through an HTTP gateway (docs/gateways.md).

The site posts `{to, text, key, kind, topic, template, params}`; the last three are for gateways that send approved
templates only. The gateway answers 2xx when it accepts the message, or accepted it before under this key. The gateway
chooses the provider.

Without accents, each character is one of the 128 of GSM 03.38, and a message holds 160. One letter with a Vietnamese
accent makes the whole message UCS-2 with 70 characters, so one sentence costs two or three messages. Accents are
therefore removed, as Vietnamese banks and ministries do, unless the site chooses otherwise (Zalo).
"""

import hashlib
import hmac
import json
import unicodedata

from flask import current_app
from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.config import Settings
from tutoring.kernel import clock, encryption, outbound_http
from tutoring.kernel.jobs import external_job
from tutoring.kernel.site_identity import site_name
from tutoring.notifications.channels.registry import OutgoingMessage, Unreachable
from tutoring.notifications.channels.sms import queries as sms_queries
from tutoring.notifications.channels.sms.commands import CODE_JOB, CODE_LIFE, code_of, count_text
from tutoring.notifications.channels.sms.templates import CODE, LONGEST, parameters, template_of
from tutoring.web.i18n import addressed_to

MOST, MOST_WITH_ACCENTS = 160, 70
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "·": "-", "\n": " ", "đ": "d", "Đ": "D"}
)


def fit(sentence: str, ending: str = "", *, accents: bool = False) -> str:
    """Fits the sentence and its ending into one message.

    A long sentence is cut between two words, the ending never.
    """
    most = MOST_WITH_ACCENTS if accents else MOST
    if not accents:
        sentence, ending = plain(sentence), plain(ending)
    sentence = " ".join(sentence.split())
    room = most - len(ending) - (1 if ending else 0)
    if len(sentence) > room:
        cut = sentence[: max(room - 3, 0)]
        sentence = (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:-") + "..."
    return f"{sentence} {ending}".strip()


def plain(text: str) -> str:
    """Converts text to characters of GSM 03.38 only."""
    apart = unicodedata.normalize("NFD", text.translate(_PLAIN))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return "".join(sign if sign in BASIC else "?" for sign in bare)


UNREACHABLE = frozenset({404, 410, 422})  # this number accepts none: it does not exist, or its owner opted out


# The gateway took this key before with another text. Happens when a worker died after sending and some notices were
# read since.
TAKEN_BEFORE = 409


class NotTaken(Exception):
    """The gateway did not accept the message now; the argument is its HTTP status."""


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


class Sms:
    """The SMS channel."""

    name = "sms"

    def ready(self) -> bool:
        return bool(_settings().sms_url)

    def reaches(self, person: User) -> bool:
        return sms_queries.is_confirmed(person)

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        if not sms_queries.is_confirmed(person) or not person.phone:
            raise Unreachable
        settings = _settings()
        with addressed_to(person):
            sentence = f"{site_name()}: {letter.lines[0] if len(letter.lines) == 1 else letter.subject + '.'}"
        where = settings.origins[0].split("://")[-1] + (letter.path or "/notices")
        text = fit(sentence, where, accents=settings.sms_accents)
        _send(person, text, letter.key, "notice", _template_of(person, letter))


def _template_of(person: User, letter: OutgoingMessage) -> dict[str, object]:
    """Returns what a gateway needs that sends approved texts only: topic, the template's id, its parameters."""
    name, path = template_of(letter.topics), letter.path.lstrip("/")
    if not 0 < len(path) <= LONGEST:
        path = "notices"  # a path cut short would lead nowhere
    params = parameters(
        name, unit=sms_queries.place_name_of(person.id) or site_name(), day=f"{clock.today():%d/%m/%Y}",
        count=str(len(letter.lines)), path=path,
    )  # fmt: skip
    return _filled(name, params)


def _filled(name: str, params: dict[str, str]) -> dict[str, object]:
    return {"topic": name, "template": _settings().sms_templates.get(name, ""), "params": params}


@external_job(CODE_JOB)
def send_code(payload: dict[str, object]) -> None:
    """Sends the confirmation code of a number, if it is still the latest one requested."""
    person = user(int(str(payload["user_id"])))
    row = sms_queries.number_of(person.id)
    if row is None or row.nonce != payload["nonce"] or row.asked_at + CODE_LIFE < clock.now():
        return
    if not person.phone or row.number_mark != person.phone_mark or not _settings().sms_url:
        return
    code = code_of(person.id, row.number_mark, row.nonce)
    with addressed_to(person):
        text = gettext("Mã xác nhận số điện thoại: %(code)s. Dùng trong 10 phút, không đưa mã cho ai.", code=code)
        text = f"{site_name()}: {text}"
    try:
        text = fit(text, accents=_settings().sms_accents)
        _send(person, text, f"code:{row.nonce}", "code", _filled(CODE, parameters(CODE, code=code)))
    except Unreachable:
        pass  # the user notices that no code arrives, and checks the number


def _send(person: User, text: str, key: str, kind: str, template: dict[str, object]) -> None:
    settings = _settings()
    number = person.phone or ""
    count_text(person.id, key, settings.sms_per_person, settings.sms_per_day)
    # The key reveals no user: the gateway must detect repeats, not people.
    told = {
        "to": number,
        "text": text,
        "key": encryption.blind_index(f"{person.id}:{key}", "sms-key")[:40],
        "kind": kind,
        **template,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    at = str(int(clock.now().timestamp()))
    headers = {
        "Authorization": f"Bearer {settings.sms_token}",
        "Content-Type": "application/json; charset=utf-8",
        "X-Timestamp": at,
        "X-Signature": signature(settings.sms_token, at, body),
    }
    answer = outbound_http.post(settings.sms_url or "", body, headers, inward=True)
    if answer.status in UNREACHABLE:
        raise Unreachable
    if not 200 <= answer.status < 300 and answer.status != TAKEN_BEFORE:
        raise NotTaken(answer.status)


def signature(token: str, at: str, body: bytes) -> str:
    """Signs the time and the exact bytes of the body, which prevents changes and replays."""
    return "sha256=" + hmac.new(token.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
