"""What must not be read in the database or in a backup of it: sealed with AES-256-GCM under a key kept elsewhere.

Each sealed value is bound to the place it belongs to (`where`, such as "message:7"), so that it cannot be moved to
another row. A lost key loses the values, nothing else.
"""

import hashlib
import hmac
import os
from importlib import import_module
from typing import Any

_KEY = b""
_NONCE = 12


class Unreadable(Exception):
    """The value was sealed under another key, for another place, or was changed."""


def configure(key: str) -> None:
    """Set the key that values are sealed under."""
    global _KEY
    _KEY = hashlib.sha256(b"field:" + key.encode()).digest()


def _cipher() -> Any:
    # Loaded when first needed: seven megabytes that an idle server does without.
    return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM(_KEY)


def seal(text: str, where: str) -> bytes:
    """The text so that nobody reads it without the key."""
    nonce = os.urandom(_NONCE)
    return nonce + bytes(_cipher().encrypt(nonce, text.encode(), where.encode()))


def unseal(sealed: bytes, where: str) -> str:
    """What was sealed for this place; raises Unreadable."""
    try:
        return bytes(_cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], where.encode())).decode()
    except Exception as error:
        raise Unreadable from error


def mark(text: str, purpose: str) -> str:
    """A keyed digest: equal texts can be found without being readable."""
    return hmac.new(_KEY, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()
