"""What is sealed is read by the holder of the key alone, in the place it was sealed for."""

from collections.abc import Iterator

import pytest

from tests.swapped import alone
from tutoring.kernel import encryption


@pytest.fixture(autouse=True)
def key() -> Iterator[None]:
    with alone(encryption.FieldKey("a key for tests, and long enough")):
        yield


def test_a_sealed_text_comes_back_in_its_own_place_only() -> None:
    sealed = encryption.encrypt("0912 345 678 của mẹ em", "message:7")
    assert b"0912" not in sealed and "mẹ".encode() not in sealed
    assert encryption.decrypt(sealed, "message:7") == "0912 345 678 của mẹ em"
    for changed, where in ((sealed, "message:8"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "message:7"), (b"", "x")):
        with pytest.raises(encryption.DecryptionError):
            encryption.decrypt(changed, where)


def test_the_same_text_is_never_sealed_alike_but_marked_alike() -> None:
    assert encryption.encrypt("một", "a") != encryption.encrypt("một", "a")
    assert (
        encryption.blind_index("một", "phone")
        == encryption.blind_index("một", "phone")
        != encryption.blind_index("một", "email")
    )


def test_another_key_opens_nothing() -> None:
    sealed = encryption.encrypt("một", "a")
    other = encryption.FieldKey("another key for tests, which is long enough")
    with alone(other), pytest.raises(encryption.DecryptionError):
        encryption.decrypt(sealed, "a")
