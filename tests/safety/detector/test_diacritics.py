"""A word with marks is the word it is: what has the letters of another is not read as that one."""

import pytest

from tutoring.safety.detector import scan
from tutoring.safety.detector.diacritics import bare, meant, otherwise, with_marks
from tutoring.safety.detector.normalization import NormalizedText

_KNOWN = meant("đội tòa hẻm")


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("đội", False),
        ("doi", False),
        ("đợi", True),
        ("đôi", True),
        ("đổi", True),
        ("toà", False),
        ("tòa", False),
        ("tỏa", True),
        ("hẽm", False),  # many say and write one for the other
        ("hém", True),
        ("năm", False),  # no word that was asked for
    ],
)
def test_marks_tell_words_with_the_same_letters_apart(written: str, other: bool) -> None:
    assert otherwise(NormalizedText(written), 0, len(written), _KNOWN) is other


def test_a_text_without_marks_says_nothing_of_them() -> None:
    assert not with_marks(NormalizedText("em o to 5 ap Binh Hoa"))
    assert with_marks(NormalizedText("em ở tổ 5 ấp Bình Hòa"))
    assert bare("đường") == "duong"


@pytest.mark.parametrize(
    ("meant_so", "something_else"),
    [
        ("mình ở đội 6 xã Hương Sơn", "đợi 60 giây rồi bấm Gửi lại mã nha chị"),
        ("nhà tớ dãy 89 khu tập thể", "cái chuột không dây 89.000 freeship, rẻ ghê"),
        ("nhà em ở tổ 3 ấp Bình Hòa", "em có 3 tờ 50.000, ở nhà còn 2 tờ"),
        ("con ở căn 5 tòa B2 chung cư Sunrise", "cân 5 kg gạo, cô ở chợ về"),
        ("cho mình xin liên quân nha", "cho em xin tài liệu liên quan nhé"),
        ("kb da lô mình tên Bé Na", "má đã lo xong giấy tờ, con gọi cô nha"),
        ("stk 012345678 đông á", "tổng là 12500000 đồng ạ"),
        ("khóa máy tính nhà em là 482913", "khoa máy tính tuyển 1200 sinh viên năm 2025"),
        ("mình là học sinh lớp ba bốn cô Lan", "mình lên lớp ba bốn tuần nữa"),
    ],
)
def test_what_is_meant_is_found_and_what_only_sounds_alike_is_let_pass(meant_so: str, something_else: str) -> None:
    assert scan(meant_so)
    assert scan(something_else) == []


@pytest.mark.parametrize(
    ("asks", "does_not"),
    [
        ("qua Zalo nhé em, trong này cô đọc được", "thôi mình học trong này thôi, không qua Zalo nhé em, nội quy rồi"),
        ("sao không qua Zalo nói cho dễ", "mình không kết bạn Facebook nha, nội quy"),
        ("đừng nhắn ở đây, qua Zalo đi", "khỏi qua Zalo, hỏi tại đây nha bác"),
        ("cô có Zalo không ạ", "cô mở Zalo chưa ạ?"),
        ("gõ mật khẩu rồi đọc cho cô nghe nha", "cô nhập xong mật khẩu thì bấm con mắt để xem đúng chưa"),
        ("gõ mật khẩu vào khung chat nha em", "gõ mật khẩu vào khung đó rồi bấm mũi tên"),
        ("bấm gửi lại mã rồi đọc mã cho cô", "cháu bấm gửi lại mã rồi, bác đợi 90 giây nha"),
    ],
)
def test_a_wish_is_found_and_its_refusal_or_a_step_of_a_lesson_is_not(asks: str, does_not: str) -> None:
    assert scan(asks)
    assert scan(does_not) == []
