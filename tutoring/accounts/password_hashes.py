"""Hashes passwords and issued passphrases with Argon2id, and verifies what is typed."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tutoring.kernel.text import fold

# OWASP's second Argon2id setting: 19 MiB, two passes. The semaphore limits the memory of a rush of sign-ins.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = threading.Semaphore(2)
_NO_ACCOUNT = _hasher.hash("no account has this passphrase")
_PHRASE = "phrase:"

LONGEST = 128


def plain(phrase: str) -> str:
    """Returns a phrase without accents, case and extra blanks."""
    return " ".join(fold(phrase).split())


def hash_password(password: str) -> str:
    """Hashes a password as entered (NFC, because keyboards send different Unicode forms)."""
    with _gate:
        return _hasher.hash(unicodedata.normalize("NFC", password))


def hash_passphrase(phrase: str) -> str:
    """Hashes an issued passphrase; accents, case and the number of blanks are ignored."""
    with _gate:
        return _PHRASE + _hasher.hash(plain(phrase))


def verify(stored: str, typed: str) -> bool:
    """Whether the input is the stored secret.

    It takes as long for an unknown account (empty `stored`) as for a known one.
    """
    if len(typed) > LONGEST:
        return False
    value = plain(typed) if stored.startswith(_PHRASE) else unicodedata.normalize("NFC", typed)
    try:
        with _gate:
            return _hasher.verify(stored.removeprefix(_PHRASE) or _NO_ACCOUNT, value) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False
