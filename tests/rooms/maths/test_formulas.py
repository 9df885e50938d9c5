"""Formulas: an allowed part of LaTeX in, MathML and words out; nothing slips past the checks inside them."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import open_pair
from tutoring.kernel.errors import InvalidInput
from tutoring.rooms.maths import texts
from tutoring.rooms.messages.commands import edit_message, post_message
from tutoring.rooms.models import Message

As = Callable[[str], FlaskClient]
SPOKEN = {
    r"\frac{2}{3}": "hai phần ba",
    r"2\frac13": "hai và một phần ba",
    "x^2+3x-4=0": "x bình phương cộng ba x trừ bốn bằng không",
    r"-\sqrt{x+1}": "âm căn bậc hai của, x cộng một, hết căn",
    r"\sqrt[3]{8}": "căn bậc ba của tám",
    r"\widehat{ABC}=60^\circ": "góc A B C bằng 60 độ",
    r"\frac{a+1}{b}": "phân số, tử là a cộng một, mẫu là b, hết phân số",
    r"x_1\le2,5": "x một nhỏ hơn hoặc bằng 2,5",
}
REFUSED = {
    r"\text{gọi anh nhé}": "\\text",
    r"\href{http://a.vn}{b}": "\\href",
    r"z\,{a}{l}\,o": "ẩn số",
    "số": "ẩn số",
    r"\frac{z}{alo}": "ẩn số",
    r"\frac{1}": "chưa xong",
    r"\frac{}{2}": "chưa xong",
    "x^": "chưa xong",
    "x^2^3": "chưa xong",
    "{{{": "chưa xong",
    "\\": "không dùng được",
    "{" * 90 + "x" + "}" * 90: "lồng nhau",
    r"\sqrt" * 40: "lồng nhau",
    "1+" * 5_000 + "1": "dài quá",
}


def shown(formula: str) -> str:
    return f"\\({formula}\\)"


def test_a_formula_is_said_as_a_teacher_reads_it() -> None:
    for formula, words in SPOKEN.items():
        assert texts.in_words(f"Là {shown(formula)} ạ", "vi") == f"Là {words} ạ"


def test_what_is_not_on_the_list_is_refused_with_the_reason() -> None:
    for formula, why in REFUSED.items():
        with pytest.raises(InvalidInput, match=re.escape(why)):
            texts.check(shown(formula))
        assert "<math" not in texts.with_mathml(shown(formula), "vi")  # in an old text it stays as it was typed


def test_mathml_holds_only_what_was_read() -> None:
    made = texts.with_mathml(r"a < b: \(\frac{2}{3}<x\) <b> \(", "vi")
    assert made == (
        'a &lt; b: <math aria-label="hai phần ba nhỏ hơn x"><mrow><mfrac><mn>2</mn><mn>3</mn></mfrac>'
        "<mo>&lt;</mo><mi>x</mi></mrow></math> &lt;b&gt; \\("
    )
    assert texts.in_words(r"\(\frac{2}{3}\)", "en") == "two over three"
    # Without a font for maths no browser draws msqrt: the sign stands as a letter.
    assert "<mo>√</mo><mo>(</mo><mrow>" in texts.with_mathml(r"\(\sqrt{x+1}\)", "vi")


def test_a_phone_number_in_a_fraction_is_masked_and_a_sum_is_not(app: Flask, world: World) -> None:
    with app.app_context():
        room = open_pair(world)
        minh = person(world["minh"])

        def post(n: int, formula: str) -> Message:
            return post_message(minh, room, f"00000000-0000-4000-8000-00000000000{n}", shown(formula))

        assert post(1, r"\frac{0912}{345678}").status == "masked"
        assert post(2, "09{1}2^{345}_{678}").status == "masked"
        made = post(3, r"123456\times2+\frac{1}{2}")
        assert (made.status, made.text) == ("sent", shown(r"123456\times2+\frac{1}{2}"))
        with pytest.raises(InvalidInput):
            edit_message(minh, room, made.seq, shown(r"\text{alo}"))


def test_the_room_shows_the_formula_and_quotes_it_in_words(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        made = post_message(person(world["minh"]), room, "00000000-0000-4000-8000-000000000001", shown(r"\frac{2}{3}"))
        post_message(person(world["khoa"]), room, "00000000-0000-4000-8000-000000000002", "Đúng rồi", reply_to=made.seq)
    page = as_("khoa").get(f"/rooms/{room}").text
    assert '<math aria-label="hai phần ba">' in page and 'data-typed="\\(\\frac{2}{3}\\)"' in page
    assert "hai phần ba</a>" in page and "add-maths" not in page  # the keypad is for rooms with a school subject
