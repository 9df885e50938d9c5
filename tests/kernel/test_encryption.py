"""What is sealed is read by the holder of the key alone, in the place it was sealed for."""

import pytest
from flask import Flask

from tutoring.kernel import encryption


def test_a_sealed_text_comes_back_in_its_own_place_only(app: Flask) -> None:
    sealed = encryption.encrypt("0912 345 678 của mẹ em", "message:7")
    assert b"0912" not in sealed and "mẹ".encode() not in sealed
    assert encryption.decrypt(sealed, "message:7") == "0912 345 678 của mẹ em"
    for changed, where in ((sealed, "message:8"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "message:7"), (b"", "x")):
        with pytest.raises(encryption.DecryptionError):
            encryption.decrypt(changed, where)


def test_the_same_text_is_never_sealed_alike_but_marked_alike(app: Flask) -> None:
    assert encryption.encrypt("một", "a") != encryption.encrypt("một", "a")
    assert (
        encryption.blind_index("một", "phone")
        == encryption.blind_index("một", "phone")
        != encryption.blind_index("một", "email")
    )


def test_another_key_opens_nothing(app: Flask) -> None:
    sealed, key = encryption.encrypt("một", "a"), encryption._KEY
    try:
        encryption.configure("another key for tests, which is long enough")
        with pytest.raises(encryption.DecryptionError):
            encryption.decrypt(sealed, "a")
    finally:
        encryption._KEY = key
