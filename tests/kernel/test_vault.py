"""What is sealed is read by the holder of the key alone, in the place it was sealed for."""

import pytest
from flask import Flask

from tutoring.kernel import vault


def test_a_sealed_text_comes_back_in_its_own_place_only(app: Flask) -> None:
    sealed = vault.seal("0912 345 678 của mẹ em", "message:7")
    assert b"0912" not in sealed and "mẹ".encode() not in sealed
    assert vault.unseal(sealed, "message:7") == "0912 345 678 của mẹ em"
    for changed, where in ((sealed, "message:8"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "message:7"), (b"", "x")):
        with pytest.raises(vault.Unreadable):
            vault.unseal(changed, where)


def test_the_same_text_is_never_sealed_alike_but_marked_alike(app: Flask) -> None:
    assert vault.seal("một", "a") != vault.seal("một", "a")
    assert vault.mark("một", "phone") == vault.mark("một", "phone") != vault.mark("một", "email")


def test_another_key_opens_nothing(app: Flask) -> None:
    sealed, key = vault.seal("một", "a"), vault._KEY
    try:
        vault.configure("another key for tests, which is long enough")
        with pytest.raises(vault.Unreadable):
            vault.unseal(sealed, "a")
    finally:
        vault._KEY = key
