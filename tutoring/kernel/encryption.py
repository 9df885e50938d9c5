"""Field encryption: columns that are unreadable in the database and its backups.

Values are encrypted with AES-256-GCM under a key stored elsewhere. Each value is bound to its place (`where`, such as
"message:7"), so that it cannot be moved to another row. Losing the key loses these values and nothing else.

The key is a ring: the first one seals, all of them open. `cunghoc keys rotate` seals anew what an older one sealed.
Blind indexes have a key of their own, because many of them cannot be made again: their texts are not stored.
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


def _digest(key: str) -> bytes:
    return hashlib.sha256(b"field:" + key.encode()).digest()


class FieldKey:
    """The keys of an application's encrypted columns: the one that seals, then older ones that still open.

    `index` is the key of blind indexes; on sites that never changed a key it is the one that seals.
    """

    def __init__(self, key: str, *older: str, index: str = "") -> None:
        self.keys = [_digest(one) for one in (key, *older)]
        self.index_key = _digest(index or key)

    @cached_property
    def ciphers(self) -> list[Any]:
        # Imported on first use: it takes seven megabytes that an idle server does without.
        cipher = import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM
        return [cipher(key) for key in self.keys]


def encrypt(text: str, where: str) -> bytes:
    """Encrypts a text for this place."""
    nonce = os.urandom(_NONCE)
    return nonce + bytes(services.current(FieldKey).ciphers[0].encrypt(nonce, text.encode(), where.encode()))


def decrypt(sealed: bytes, where: str) -> str:
    """Decrypts a value for this place; raises DecryptionError."""
    return decrypt_with_age(sealed, where)[0]


def decrypt_with_age(sealed: bytes, where: str) -> tuple[str, int]:
    """Decrypts a value for this place; returns it with the number of the key that opened it. Raises DecryptionError.

    Number 0 is the key that seals today.
    """
    for number, cipher in enumerate(services.current(FieldKey).ciphers):
        try:
            return bytes(cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], where.encode())).decode(), number
        except Exception:
            continue
    raise DecryptionError


def blind_index(text: str, purpose: str) -> str:
    """Returns a keyed digest: equal texts can be found without being readable."""
    key = services.current(FieldKey).index_key
    return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


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
