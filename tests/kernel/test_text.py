"""Vietnamese text."""

import random
import re
import unicodedata
from itertools import pairwise

import pytest

from tutoring.config import ROOT
from tutoring.kernel.text import fold, name_key, nfc, phone, show_phone, sort_text, username_of, vi_key, words


def shuffled(words_in_order: list[str]) -> list[str]:
    return random.Random(7).sample(words_in_order, len(words_in_order))


def test_folding_knows_d_with_stroke_and_both_forms() -> None:
    assert fold("Đặng Thị Hoà") == fold(unicodedata.normalize("NFD", "ĐẶNG THỊ HÒA")) == "dang thi hoa"
    assert words("Nộp hồ-sơ: “trích lục”") == ["nop", "ho", "so", "trich", "luc"]


def test_typed_text_loses_what_cannot_be_seen() -> None:
    assert nfc(" Lan\u200b\u202e\x00 ") == "Lan"
    # A number between signs of direction is shown in another order than it is read.
    assert nfc("\u2067 678 345 0912 \u2069\u061c\u200e\u2066\u202a") == "678 345 0912"


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


FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Đỗ", "Dương", "Ân", "Ông", "Ưng", "Âu"]
MIDDLES = ["", "Thị", "Văn", "Thị Thu", "Đức", "Duy", "Ánh", "Ân"]
GIVEN = [
    *("An", "Ân", "Ăn", "Ánh", "Anh", "Dũng", "Đông", "Đức", "Oanh", "Ông", "Ơn", "Út"),
    *("Ưng", "Uyên", "Ý", "Yên", "Bé", "Bê", "hoà", "hòa", "Hoá"),
]
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"


def bare(word: str) -> list[int]:
    """Places of the letters in the alphabet, tones put aside: written down once more, in another way."""
    tones = "".join(map(chr, (0x300, 0x301, 0x303, 0x309, 0x323)))
    plain = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", word) if c not in tones))
    return [LETTERS.index(letter) for letter in plain.lower() if letter != " "]


def test_any_two_names_stand_by_given_name_then_family_then_middle_names() -> None:
    chance = random.Random(11)
    names = [(chance.choice(FAMILIES), chance.choice(MIDDLES), chance.choice(GIVEN)) for _ in range(400)]
    whole = [" ".join(part for part in name if part) for name in names]
    for (one, other), (a, b) in zip(pairwise(names), pairwise(whole), strict=True):
        assert name_key(a) == name_key(unicodedata.normalize("NFD", a))
        assert (name_key(a) == name_key(b)) == (a == b)
        for place in (2, 0):  # given name, then family name; tones and size count where the letters are the same
            if bare(one[place]) != bare(other[place]):
                assert (name_key(a) < name_key(b)) == (bare(one[place]) < bare(other[place])), (a, b)
                break
            if one[place] != other[place]:
                break
    assert sorted(whole, key=name_key) == sorted(shuffled(whole), key=name_key)


def test_the_stored_order_is_the_same_as_the_counted_one() -> None:
    chance = random.Random(12)
    texts = [" ".join(chance.sample(GIVEN + FAMILIES, 2)) for _ in range(300)]
    assert sorted(texts, key=sort_text) == sorted(texts, key=vi_key)


def test_no_list_of_people_is_sorted_by_the_database() -> None:
    """It sorts đ after z, and by first words: people are sorted by `name_key`, places by `Unit.sort`."""
    asked = re.compile(r"order_by\([^()]*\b(?:full_name|called_name|shown_name)\b")
    assert not [str(path) for path in (ROOT / "tutoring").rglob("*.py") if asked.search(path.read_text("utf-8"))]


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
