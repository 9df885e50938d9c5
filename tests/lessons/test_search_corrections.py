"""A search read in the words of the lessons: slips, sounds, keys, blanks too few and too many, and what is left."""

import pytest

from tests.growth import calls
from tutoring.lessons.search.corrections import MAX_LETTERS, correct
from tutoring.lessons.search.vocabulary import Vocabulary, read

TEXTS = (
    "Đăng ký tạm trú trên VNeID. Đăng ký ở phường. Mã OTP không đọc cho ai.",
    "Gõ tiếng Việt có dấu. Việc này dễ. Tìm đường dẫn vào lớp. Bật camera, tắt micro.",
    "Mật khẩu dài dễ nhớ. Quên mật khẩu thì hỏi. Gửi ảnh, gửi tệp. Giơ tay xin nói. Tai nghe. Dán tờ giấy.",
    "Gõ tiếng Việt. Học tiếng Việt. Đăng ký tạm trú. Đăng ký tạm trú ở đâu.",
    "Sửa lỗi rồi chụp hồ sơ. Hồ sơ tới đâu. Download. Không vào được lớp. Đóng tiền học.",
)
KNOWN = read(TEXTS, ["vao lop online", "zalo", "phat nguoi"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # a slip of the finger
        ("camrea", "camera"), ("camea", "camera"), ("canera", "camera"), ("downlaod", "download"),
        ("dowwnlod", "download"),
        ("guiử ảnh", "gửi ảnh"),
        # written as it is spoken somewhere
        ("đăn kí tạm chú", "đăng ký tạm trú"), ("giơ tai xin nói", "giơ tay xin nói"), ("hồ xơ", "hồ sơ"),
        ("gỏ tiếng việc", "gõ tiếng việt"),
        # the input method was off
        ("khoong vaof dduwowcj lowps", "không vào được lớp"), ("d9a8ng ky1", "đăng ký"),
        # blanks
        ("matkhau", "mật khẩu"), ("dongtienhoc", "đóng tiền học"), ("vaolop online", "vào lớp online"),
        ("ca me ra", "camera"), ("vnei d", "VNeID"),
        # capitals as lessons write them
        ("otpp", "OTP"),
    ],
)  # fmt: skip
def test_a_search_is_read_in_the_words_of_the_lessons(typed: str, meant: str) -> None:
    assert correct(typed, KNOWN) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "mật khẩu",
        "mat khau",
        "MẬT KHẨU",
        "mất khẫu",
        "zalo",
        "phat nguoi",
        "không",
        "ko",
        "4g",
        "123",
        "",
        "!!",
        "xyzzy",
    ],
)
def test_known_words_are_left_alone_whatever_their_accents(typed: str) -> None:
    assert correct(typed, KNOWN) == ""


def test_without_lessons_nothing_is_corrected() -> None:
    assert correct("camrea", Vocabulary()) == ""


def test_a_known_word_may_stand_for_another_only_where_that_is_checked() -> None:
    assert correct("giơ tai", KNOWN) == "giơ tay"
    assert correct("giơ tai", KNOWN, unknown_only=True) == ""
    assert correct("matkhau giơ tai", KNOWN, unknown_only=True) == "mật khẩu giơ tai"


def test_a_name_that_is_like_no_word_stops_a_guess() -> None:
    assert correct("camrea wqzkx", KNOWN, unknown_only=True) == ""


@pytest.mark.parametrize(
    "typed", ["q" * 200, "xq " * 66, "ngh" * 60, "a" * MAX_LETTERS + " " + "b" * MAX_LETTERS, "e\u0301\u0323" * 66]
)
def test_hostile_words_cost_a_bounded_number_of_calls(typed: str) -> None:
    assert calls(lambda: correct(typed, KNOWN)) < 120_000


def test_more_words_than_are_read_cost_nothing() -> None:
    few, many = ("camrea " * 20, "camrea " * 10_000)
    correct(few, KNOWN)
    assert calls(lambda: correct(many, KNOWN)) <= calls(lambda: correct(few, KNOWN)) * 1.1 + 20_100


def test_a_vocabulary_knows_words_pairs_and_phrases() -> None:
    assert KNOWN.count["đăng"] == 4 and KNOWN.pairs["đăng", "ký"] == 4
    assert KNOWN.beside("phat", "nguoi") == 1 and KNOWN.beside("nguoi", "phat") == 0
    assert KNOWN.of_fold["ma"] == ("mã",) and KNOWN.of_fold["zalo"] == ("zalo",)
    assert KNOWN.shown["vneid"] == "VNeID" and KNOWN.shown["otp"] == "OTP" and "đăng" not in KNOWN.shown
