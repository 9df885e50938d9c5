"""What must not be read in the database or in a backup of it: sealed with AES-256-GCM under a key kept elsewhere.

Each sealed value is bound to the place it belongs to (`where`, such as "message:7"), so that it cannot be moved to
another row. A lost key loses the values, nothing else.

Columns that cannot be read in the database or in a backup of it.
"""

import hashlib
import hmac
import logging
import os
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

_KEY = b""
_NONCE = 12


class DecryptionError(Exception):
    """The value was sealed under another key, for another place, or was changed."""


def configure(key: str) -> None:
    """Set the key that values are sealed under."""
    global _KEY
    _KEY = hashlib.sha256(b"field:" + key.encode()).digest()


def _cipher() -> Any:
    # Loaded when first needed: seven megabytes that an idle server does without.
    return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM(_KEY)


def encrypt(text: str, where: str) -> bytes:
    """The text so that nobody reads it without the key."""
    nonce = os.urandom(_NONCE)
    return nonce + bytes(_cipher().encrypt(nonce, text.encode(), where.encode()))


def decrypt(sealed: bytes, where: str) -> str:
    """What was sealed for this place; raises Unreadable."""
    try:
        return bytes(_cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], where.encode())).decode()
    except Exception as error:
        raise DecryptionError from error


def blind_index(text: str, purpose: str) -> str:
    """A keyed digest: equal texts can be found without being readable."""
    return hmac.new(_KEY, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


log = logging.getLogger(__name__)


class EncryptedText(sa.TypeDecorator[str]):
    """Text that is sealed on its way into the database, for the column named.

    It cannot be searched: what has to be found gets a column with `vault.mark` beside it. Declare it deferred, so that
    only pages which show it open it. Sealed under another key it reads as None.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return encrypt(value, self.where) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return decrypt(bytes(value), self.where)
        except DecryptionError:
            log.error("a value of %s was sealed under another key", self.where)
            return None
