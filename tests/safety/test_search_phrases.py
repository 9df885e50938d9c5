"""What is typed into a search box about danger, and searches that only look like it."""

import pytest
from flask import Flask

from tutoring.safety.free_text import says_danger, searches_danger

DANGER = [
    "muon chet", "em muốn chết", "tự tử", "tu tu", "tự sát", "tu sat", "cách tự tử", "không muốn sống nữa", "chan song",
    "rạch tay", "rach tay", "cắt tay", "nhảy lầu", "nhay cau", "thuoc ngu", "chết", "cứu em", "bị đánh", "bi danh",
    "ba danh em", "bị ba đánh", "bạo hành", "bao luc gia dinh", "bị xâm hại", "xam hai", "bị sờ mó", "bi hiep",
    "dâm ô", "bi doa dang hinh", "hình nóng", "bị dụ gửi hình", "bi ep chup hinh", "người lạ xin hình nóng", "bị nhốt",
    "bỏ nhà đi",    "chong danh", "suicide", "kill myself", "i want to die", "self harm", "abuse", "help me",
    "muoons cheets", "tuwj tuwr", "bij ddanhs", "tự-tử", "TỰ TỬ",
]  # fmt: skip
# Of lessons, and of things that break: these only look like it.
HARMLESS = [
    "từ từ", "từ từ thôi", "tu tu bam", "máy chết", "chết máy", "pin chết", "cắt ảnh", "bị lỗi", "bị khoá", "bat mic",
    "đánh dấu", "đánh chữ", "bị ép giá", "bi ep gia", "gõ đúng", "nhảy trang", "không vào được lớp", "bị văng khỏi lớp",
    "đập mã qr", "cứu dữ liệu", "help", "thuốc", "ngủ", "", "   ", "%",
]  # fmt: skip


@pytest.mark.parametrize("typed", DANGER)
def test_a_search_that_names_danger_is_seen(app: Flask, typed: str) -> None:
    with app.app_context():
        assert searches_danger(typed)


@pytest.mark.parametrize("typed", HARMLESS)
def test_a_search_that_looks_like_it_is_let_pass(app: Flask, typed: str) -> None:
    with app.app_context():
        assert not searches_danger(typed)


def test_whatever_a_message_says_of_danger_a_search_says_too(app: Flask) -> None:
    with app.app_context():
        for text in ("cô ơi em bị ba đánh hoài", "hok mún sống nữa", "em thấy mình vô dụng"):
            assert says_danger(text) and searches_danger(text)
