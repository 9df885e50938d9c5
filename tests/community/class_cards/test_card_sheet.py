"""The sheet of eight: every text and code stands within its card, also with a long name and address."""

from typing import Any

import pytest
from flask import Flask

from tests.parametrize import some
from tutoring.community.class_cards import card_sheet
from tutoring.community.class_cards.card_sheet import Card, CardWords

WORDS = CardWords(
    "Thẻ của lớp",
    (
        "Quét mã này, hoặc mở cung-hoc.phuong-minh-hoa.example.vn/join rồi gõ mã bên dưới.",
        "Ba mẹ ghi tên mình và đồng ý từng việc.",
        "Đưa máy cho con tự trả lời.",
        "Thầy cô gặp và xác nhận, rồi con mới vào học.",
    ),
    "Dùng một lần, trong 14 ngày. Không ai thu tiền, không hỏi mã OTP.",
)
LINK = "https://cung-hoc.phuong-minh-hoa.example.vn/card/ABCDEFGHJK"


@pytest.mark.parametrize("called", some("Wolfeschlegelsteinhausenbergerdorff", rest=("Hân", "Nghiêng")))
def test_what_is_drawn_stays_within_its_card(app: Flask, monkeypatch: pytest.MonkeyPatch, called: str) -> None:
    bottoms: list[float] = []
    text = card_sheet._text

    def noted(pdf: Any, words: str, x: float, y: float, *rest: Any) -> float:
        below = text(pdf, words, x, y, *rest)
        bottoms.append(below - len(bottoms) // 7 % 8 // 2 * card_sheet._HEIGHT)
        return below

    monkeypatch.setattr(card_sheet, "_text", noted)
    with app.app_context():
        made = card_sheet.drawn([Card(called, "ABCDEFGHJK", LINK)] * 9, WORDS)
    assert made.count(b"/Type /Page\n") == 2
    assert len(bottoms) == 9 * 7 and max(bottoms) <= card_sheet._HEIGHT - 5  # what printers leave white
