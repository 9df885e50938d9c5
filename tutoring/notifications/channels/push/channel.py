"""The web push channel (RFC 8030, 8291, 8292): encrypted pushes to browsers that enabled it.

A push holds one sentence and a path, and no names.
"""

import base64
import hashlib
import json
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from tutoring.accounts.models import User
from tutoring.kernel import clock, outbound_http, services
from tutoring.kernel.db import db
from tutoring.kernel.site_identity import SHIPPED_NAME, site_name
from tutoring.notifications.channels.push import queries as push_queries
from tutoring.notifications.channels.push.commands import forget_place, place_took_it
from tutoring.notifications.channels.registry import OutgoingMessage, Unreachable

KEPT = 24 * 3600  # seconds that a push service stores a push for a device that is off
_GONE = frozenset({404, 410})
_LIFE = 12 * 3600  # seconds that the signed proof of the sender is valid
LONGEST = 3000  # bytes before encryption; push services accept 4,096 in all


class NotTaken(Exception):
    """A push service did not accept this push now; the argument is its HTTP status."""


class PushKey:
    """The VAPID key that identifies an application to push services; None disables push.

    Raises RuntimeError where the libraries are missing, and ValueError for an invalid key.
    """

    def __init__(self, key: str | None, subject: str, loopback: bool = False) -> None:
        self.subject, self.loopback = subject, loopback
        self.signer: Any = None
        self.public = ""
        if not key:
            return
        if find_spec("pywebpush") is None or find_spec("py_vapid") is None:
            raise RuntimeError(
                "VAPID_KEY needs the libraries of web push, which are not installed: pip install 'pywebpush>=2'"
            )
        self.signer = _private(key)
        serialization = import_module("cryptography.hazmat.primitives.serialization")
        encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        self.public = _base64(self.signer.public_key().public_bytes(encoding, form))


def _private(key: str) -> Any:
    """Loads the private key from a PEM, or from its 32 bytes in base64url."""
    ec = import_module("cryptography.hazmat.primitives.asymmetric.ec")
    serialization = import_module("cryptography.hazmat.primitives.serialization")
    try:
        if "BEGIN" in key:
            found = serialization.load_pem_private_key(key.replace("\\n", "\n").encode(), None)
        else:
            raw = base64.urlsafe_b64decode(key.strip() + "=" * (-len(key.strip()) % 4))
            found = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()) if len(raw) == 32 else None
        if found is not None and found.curve.name == "secp256r1":
            return found
    except (ValueError, TypeError, AttributeError):
        pass
    raise ValueError("VAPID_KEY is a private key of the curve P-256, as `flask push keys` prints it")


def new_key() -> tuple[str, str]:
    """Generates a private key and returns it with its public half, both in base64url."""
    ec = import_module("cryptography.hazmat.primitives.asymmetric.ec")
    serialization = import_module("cryptography.hazmat.primitives.serialization")
    made = ec.generate_private_key(ec.SECP256R1())
    point = made.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return _base64(made.private_numbers().private_value.to_bytes(32, "big")), _base64(point)


def public_key() -> str:
    """Returns the key that browsers need to subscribe; empty while push is disabled."""
    return services.current(PushKey).public


def may_post_to(endpoint: str) -> bool:
    """Returns whether the URL looks like that of a public push service.

    Where its host name resolves to is checked when posting.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.username or parts.password or len(endpoint) > 1000 or not endpoint.isascii() or not endpoint.isprintable():
        return False
    if services.current(PushKey).loopback and host == "127.0.0.1":
        return parts.scheme == "http"
    named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    inside = host.endswith((".local", ".internal", ".localhost", ".lan", ".home", ".arpa"))
    return parts.scheme == "https" and port in (None, 443) and named and not inside


def topic_of(key: str) -> str:
    """Returns the Topic header shared by repeats: at most 32 characters of base64url."""
    return _base64(hashlib.sha256(key.encode()).digest()[:24])


class Push:
    """The push channel."""

    name = "push"

    def ready(self) -> bool:
        return bool(public_key())

    def reaches(self, person: User) -> bool:
        return bool(push_queries.places_of(person.id))

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        """Sends to every signed-in device of the user that has push enabled.

        After a retry, a device that already got the push shows the new one in place of the first.
        """
        places = [(one.id, one.endpoint, one.keys) for one in push_queries.places_of(person.id)]
        db.session.rollback()  # no transaction stays open while waiting for other servers
        late: Exception | None = None
        left = 0
        for place_id, endpoint, keys in places:
            try:
                left += _send(place_id, endpoint, keys, letter)
            except Exception as error:  # one failing device must not block the others
                late, left = error, left + 1
        if late is not None:
            raise late
        if not left:
            raise Unreachable


def _send(place_id: int, endpoint: str | None, keys: str | None, letter: OutgoingMessage) -> bool:
    """Sends to one device; returns False when its subscription is gone."""
    if endpoint is None or keys is None or not may_post_to(endpoint):
        forget_place(place_id)
        return False
    loopback = services.current(PushKey).loopback
    body = seal_for(json.loads(keys), payload(letter))
    try:
        answer = outbound_http.post(endpoint, body, _headers(endpoint, letter.key), inward=loopback)
    except outbound_http.DestinationNotAllowed:
        forget_place(place_id)  # its host name resolves to an internal address
        return False
    if answer.status in _GONE:
        forget_place(place_id)
        return False
    if not 200 <= answer.status < 300:
        raise NotTaken(answer.status)
    place_took_it(place_id)
    return True


def payload(letter: OutgoingMessage) -> bytes:
    """Builds the push content: one sentence, a path, and the tag that a repeat replaces."""
    say = letter.lines[0] if len(letter.lines) == 1 else f"{letter.subject}."
    say, path = say[:300], letter.path or "/notices"
    if len(_content("", path, letter.key)) > LONGEST // 2:  # a path cannot be shortened, and must not displace the text
        path = "/notices"
    while len(data := _content(say, path, letter.key)) > LONGEST:
        say = say[:-1]
    return data


def _content(say: str, path: str, key: str) -> bytes:
    told = {"say": say, "path": path, "tag": topic_of(key)}
    if (name := site_name()) != SHIPPED_NAME:
        told["name"] = name
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def seal_for(keys: dict[str, str], data: bytes) -> bytes:
    """Encrypts for the browser that owns these keys; no intermediary can read it."""
    ec = import_module("cryptography.hazmat.primitives.asymmetric.ec")
    sealed = import_module("http_ece").encrypt(
        data,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(keys["p256dh"]),
        auth_secret=_bytes(keys["auth"]),
        version="aes128gcm",
    )
    return bytes(sealed)


def _headers(endpoint: str, key: str) -> dict[str, str]:
    parts, own = urlsplit(endpoint), services.current(PushKey)
    audience = f"{parts.scheme}://{parts.netloc}"
    claims = {"aud": audience, "sub": own.subject, "exp": int(clock.now().timestamp()) + _LIFE}
    signed = import_module("py_vapid").Vapid02(own.signer).sign(claims)
    return {
        "Authorization": signed["Authorization"],
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEPT),
        "Urgency": "normal",
        "Topic": topic_of(key),
    }


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
