"""Signatures as Standard Webhooks defines them: HMAC-SHA256 over id, time and body, `v1,…` for each secret."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook as Signer


def new_secret() -> str:
    """Returns a new secret, `whsec_…`, of 256 bits."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def headers_of(message_id: str, at: datetime, body: str, keys: Iterable[str]) -> dict[str, str]:
    """Returns the headers of one try, signed with each of these secrets."""
    signed = [Signer(key).sign(message_id, at, body) for key in keys]
    return {
        "webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": " ".join(signed),
        "Content-Type": "application/json", "User-Agent": "CungHoc-Webhooks/1",
    }  # fmt: skip
