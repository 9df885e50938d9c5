"""Secrets: the real cost of a hash, the rules, passphrases that can be typed on any keyboard."""

import importlib.util
import unicodedata

import pytest

from tutoring.accounts import passphrases, password_hashes, password_rules
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import fold


def test_the_cost_is_that_of_owasps_second_setting() -> None:
    # Other tests make hashing cheap in the module that they share; this is a copy of it as it stands.
    spec = importlib.util.find_spec("tutoring.accounts.password_hashes")
    assert spec is not None and spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    assert copy.hash_password("bốn từ dễ nhớ").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert copy.hash_passphrase("chó").startswith("phrase:$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_words_of_passphrases_differ_without_accents() -> None:
    plain = [fold(word) for word in passphrases.WORDS]
    assert len(set(plain)) == len(plain) >= 150
    assert all(word.isascii() and word.isalpha() for word in plain)
    assert len(passphrases.new_passphrase().split()) == 4


def test_both_forms_in_which_keyboards_send_vietnamese_are_one_password() -> None:
    typed = "Đường về nhà"
    stored = password_hashes.hash_password(unicodedata.normalize("NFD", typed))
    assert password_hashes.verify(stored, unicodedata.normalize("NFC", typed))
    assert not password_hashes.verify(stored, typed.lower())
    assert not password_hashes.verify("", typed)
    assert not password_hashes.verify("not a hash", typed)


OWN = ("Nguyễn Thị Hoà", "hoa.nt", "Hoà", "hoa@example.vn", "0912345678", "1987")


@pytest.mark.parametrize(
    "password",
    [
        "ngắn", "12345678", "48291736", "matkhau123", "Mật khẩu 123", "hoahong", "hoahong99", "Hoa Hồng 2009",
        "anhyeuem", "Anh yêu em!!!", "vietnam2026", "matkhau anhyeuem", "aaaaaaaaaaaa", "abababababab", "a" * 129,
        "Nguyễn Thị Hoà", "hoa.nt@1987", "hoa12345", "Hoà Nguyễn 1987", "0912345678", "hoa@example.vn", "nguyenthihoa1",
    ],
)  # fmt: skip
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        password_rules.check_rules(password, *OWN)
    assert refused.value.field == "password"


@pytest.mark.parametrize("password", ["bàn ghế sách vở", "xe đạp màu xanh 7", "Zq8#vLm2", "hoa sen trong đầm"])
def test_other_passwords_are_accepted(password: str) -> None:
    password_rules.check_rules(password, *OWN)


@pytest.mark.parametrize(
    ("password", "long_enough"),
    [
        ("Zq8#vLm2kT", False), ("bàn ghế sách", False), ("a b c d ef gh", False), ("cá cá cá cá", False),
        ("cá gà vở xe", True), ("Zq8#vLm2kTp4!xW", True),
    ],
)  # fmt: skip
def test_power_over_others_asks_for_four_words_or_fifteen_characters(password: str, long_enough: bool) -> None:
    if long_enough:
        password_rules.check_rules(password, staff=True)
        return
    with pytest.raises(InvalidInput) as refused:
        password_rules.check_rules(password, staff=True)
    assert "bốn từ dễ nhớ, hoặc ít nhất 15 ký tự" in refused.value.say


def test_issued_passphrases_meet_the_rules_of_the_strictest_role() -> None:
    for _ in range(2000):
        phrase = passphrases.new_passphrase("Quản trị Minh Hoạ", "admin1")
        password_rules.check_rules(phrase, "Quản trị Minh Hoạ", "admin1", staff=True)


def test_an_issued_passphrase_that_could_be_guessed_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([["rau", "mì", "mì", "mì"], ["quần", "bông", "đá", "ớt"], ["xe", "đất", "hộp", "nón"]])

    class Chance:
        def sample(self, _words: object, _count: int) -> list[str]:
            return next(drawn)

    monkeypatch.setattr(passphrases, "_chance", Chance())
    assert passphrases.new_passphrase("Quản trị Minh Hoạ") == "xe đất hộp nón"
