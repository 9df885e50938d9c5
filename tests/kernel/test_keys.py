"""Keys of Telex and VNI, typed while the input method was off, and words that are none."""

import pytest

from tutoring.kernel.text import fold, read_keys


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("ddawng", "đăng"), ("ddangw", "đăng"), ("kys", "ky\u0301"), ("khoong", "không"), ("dduwowcj", "đươc\u0323"),
        ("ddwowcj", "đươc\u0323"), ("truwowngf", "trương\u0300"), ("hocj", "hoc\u0323"), ("nguwowif", "ngươi\u0300"),
        ("w", ""), ("tuw", "tư"), ("vieetj", "viêt\u0323"), ("queen", "quên"), ("maatj", "mât\u0323"),
        ("d9a8ng", "đăng"), ("ky1", "ky\u0301"), ("d9uoc75", "đươc\u0323"), ("ho5c", "hoc\u0323"),
        ("vie65t", "viêt\u0323"),
    ],
)  # fmt: skip
def test_keys_are_read_as_the_word_they_mean(keys: str, word: str) -> None:
    assert read_keys(keys) == word


@pytest.mark.parametrize("word", ["lop", "otp", "mang", "4g", "12", "", "đăng", "x" * 40, "d9" * 20, "a1b2c3d4e5f6"])
def test_other_words_are_left_alone(word: str) -> None:
    assert read_keys(word) == ""


def test_what_is_read_folds_to_letters_alone() -> None:
    assert all(fold(read_keys(keys)).isascii() for keys in ("dduwowcj", "nguwowif", "d9uoc75", "truwowngf"))
