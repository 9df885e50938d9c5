"""Field encryption: columns that are unreadable in the database and its backups.

Values are encrypted with AES-256-GCM under a key stored elsewhere. Each value is bound to its place (`where`, such as
"message:7"), so that it cannot be moved to another row. Losing the key loses these values and nothing else.
"""

import hashlib
import hmac
import logging
import os
from functools import cached_property
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from tutoring.kernel import services

_NONCE = 12


class DecryptionError(Exception):
    """The value was encrypted under another key or for another place, or was changed."""


class FieldKey:
    """The key of an application's encrypted columns."""

    def __init__(self, key: str) -> None:
        self.key = hashlib.sha256(b"field:" + key.encode()).digest()

    @cached_property
    def cipher(self) -> Any:
        # Imported on first use: it takes seven megabytes that an idle server does without.
        return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM(self.key)


def encrypt(text: str, where: str) -> bytes:
    """Encrypts a text for this place."""
    nonce = os.urandom(_NONCE)
    return nonce + bytes(services.current(FieldKey).cipher.encrypt(nonce, text.encode(), where.encode()))


def decrypt(sealed: bytes, where: str) -> str:
    """Decrypts a value for this place; raises DecryptionError."""
    cipher = services.current(FieldKey).cipher
    try:
        return bytes(cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], where.encode())).decode()
    except Exception as error:
        raise DecryptionError from error


def blind_index(text: str, purpose: str) -> str:
    """Returns a keyed digest: equal texts can be found without being readable."""
    return hmac.new(services.current(FieldKey).key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


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
