"""Field encryption: columns that are unreadable in the database and its backups.

Values are encrypted with AES-256-GCM under a key stored elsewhere. Each value is bound to its place (`where`, such as
"message:7"), so that it cannot be moved to another row. Losing the key loses these values and nothing else.
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
    """The value was encrypted under another key or for another place, or was changed."""


def configure(key: str) -> None:
    """Sets the encryption key."""
    global _KEY
    _KEY = hashlib.sha256(b"field:" + key.encode()).digest()


def _cipher() -> Any:
    # Imported on first use: it takes seven megabytes that an idle server does without.
    return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM(_KEY)


def encrypt(text: str, where: str) -> bytes:
    """Encrypts a text for this place."""
    nonce = os.urandom(_NONCE)
    return nonce + bytes(_cipher().encrypt(nonce, text.encode(), where.encode()))


def decrypt(sealed: bytes, where: str) -> str:
    """Decrypts a value for this place; raises DecryptionError."""
    try:
        return bytes(_cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], where.encode())).decode()
    except Exception as error:
        raise DecryptionError from error


def blind_index(text: str, purpose: str) -> str:
    """Returns a keyed digest: equal texts can be found without being readable."""
    return hmac.new(_KEY, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


log = logging.getLogger(__name__)


class EncryptedText(sa.TypeDecorator[str]):
    """A text column that is encrypted on its way into the database; `where` names the column.

    It cannot be searched: a value that must be found gets a second column with `blind_index`. Declare the column
    deferred, so that only pages which show it decrypt it. A value encrypted under another key reads as None.
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
