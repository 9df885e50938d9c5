"""Shapes over pictures: what is taken, where it is placed, and how it reads in words."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tutoring.kernel.errors import InvalidInput
from tutoring.rooms.pictures.annotation_layers import in_words
from tutoring.rooms.pictures.shapes import MIDS, at_place, broken, checked, drawn, place

ARROW = {"kind": "arrow", "from": [500, 500], "to": [900, 100]}
CIRCLE = {"kind": "circle", "at": [500, 500], "radius": 80}
NUMBER = {"kind": "number", "at": [100, 500], "number": 1}
TEXT = {"kind": "text", "at": [500, 900], "text": "Bấm vào đây"}


def refusal(sent: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        checked(sent)
    return caught.value.code


def test_each_kind_is_kept_as_it_was_sent() -> None:
    assert checked([ARROW, CIRCLE, NUMBER, TEXT]) == [ARROW, CIRCLE, NUMBER, TEXT]
    assert checked([{**TEXT, "text": "  Bâ\u0301m \n vào\u200b đây "}]) == [TEXT]
    for edge in (0, 1000):
        assert checked([{**CIRCLE, "at": [edge, edge]}])[0]["at"] == [edge, edge]
    assert checked([{**CIRCLE, "radius": 10}, {**CIRCLE, "radius": 1000}, {**NUMBER, "number": 20}])
    assert len(checked([ARROW] * 20)) == 20 and checked([{**TEXT, "text": "x" * 40}])


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (None, "shapes"), ({}, "shapes"), ("arrow", "shapes"), ((ARROW,), "shapes"), ([], "empty"),
        ([ARROW] * 21, "too_many_shapes"), ([None], "shape"), (["arrow"], "shape"), ([[]], "shape"), ([{}], "shape"),
        ([{**ARROW, "kind": "line"}], "shape"), ([{**ARROW, "kind": ["arrow"]}], "shape"),
        ([{**ARROW, "colour": "red"}], "shape"), ([{**CIRCLE, "to": [1, 1]}], "shape"),
        ([{"kind": "arrow", "to": [1, 1]}], "shape"), ([{"kind": "circle", "at": [1, 1]}], "shape"),
        ([{**ARROW, "to": ARROW["from"]}], "point"), ([{**ARROW, "to": [1]}], "point"),
        ([{**ARROW, "to": [1, 2, 3]}], "point"), ([{**ARROW, "to": (1, 2)}], "point"),
        ([{**ARROW, "from": "12"}], "point"),
        ([{**ARROW, "to": [True, 5]}], "point"), ([{**ARROW, "to": [5.0, 5]}], "point"),
        ([{**ARROW, "to": ["5", 5]}], "point"), ([{**CIRCLE, "at": [-1, 5]}], "point"),
        ([{**CIRCLE, "at": [5, 1001]}], "point"), ([{**CIRCLE, "at": [None, 5]}], "point"),
        ([{**CIRCLE, "tall": 9}], "radius"), ([{**CIRCLE, "tall": "80"}], "radius"),
        ([{**CIRCLE, "wide": 80}], "shape"), ([{**NUMBER, "tall": 80}], "shape"),
        ([{**CIRCLE, "radius": 9}], "radius"), ([{**CIRCLE, "radius": 1001}], "radius"),
        ([{**CIRCLE, "radius": True}], "radius"), ([{**CIRCLE, "radius": 50.0}], "radius"),
        ([{**NUMBER, "number": 0}], "number"), ([{**NUMBER, "number": 21}], "number"),
        ([{**NUMBER, "number": True}], "number"), ([{**NUMBER, "number": "1"}], "number"),
        ([{**NUMBER, "number": 10**400}], "number"),
        ([{**TEXT, "text": 5}], "text"), ([{**TEXT, "text": ""}], "text"), ([{**TEXT, "text": " \u200b "}], "text"),
        ([{**TEXT, "text": "\ud800"}], "text"), ([{**TEXT, "text": "x" * 41}], "too_long"),
        ([ARROW, CIRCLE, {**NUMBER, "number": -1}], "number"),
    ],
)  # fmt: skip
def test_whatever_else_is_sent_is_refused_by_name(sent: Any, name: str) -> None:
    assert refusal(sent) == name


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
near = st.fixed_dictionaries(
    {"kind": st.sampled_from(["arrow", "circle", "number", "text"]) | json},
    optional={key: json | st.lists(st.integers(-2, 1002)) for key in ("from", "to", "at", "radius", "number", "text")},
)


@settings(max_examples=40)
@given(json | st.lists(near | json, max_size=4))
def test_anything_at_all_is_taken_or_refused_by_name(sent: Any) -> None:
    try:
        kept = checked(sent)
    except InvalidInput as refused:
        assert refused.code
        return
    assert checked(kept) == kept


# ---- placed ----------------------------------------------------------------------------------------------


def test_nine_places_lie_row_after_row() -> None:
    assert [place([x, y]) for y in MIDS for x in MIDS] == list(range(9))
    assert (place([0, 0]), place([333, 333]), place([334, 334]), place([1000, 1000])) == (0, 0, 4, 8)


@pytest.mark.parametrize("kind", ["arrow", "circle", "number", "text"])
def test_a_shape_at_a_place_lies_there(kind: str) -> None:
    rest = {"number": {"number": 3}, "text": {"text": "Đây"}}.get(kind, {})
    for number in range(9):
        [made] = checked([{**at_place(kind, number), **rest}])
        assert place(made.get("to") or made["at"]) == number


def test_an_arrow_has_its_barbs_at_its_tip() -> None:
    made = drawn({"kind": "arrow", "from": [0, 500], "to": [500, 500]}, 1000, 1000)
    assert made.path == "M0 500 L500 500 M422 455 L500 500 L422 545"


def test_a_circle_is_round_on_every_picture() -> None:
    made = drawn(CIRCLE, 1600, 800)
    assert (made.x, made.y, made.radius, made.tall) == (800, 400, 128, 128)


def test_a_circle_from_corner_to_corner_is_as_wide_and_high_as_what_it_surrounds() -> None:
    [kept] = checked([{**CIRCLE, "radius": 300, "tall": 50}])
    made = drawn(kept, 1600, 800)
    assert (made.radius, made.tall) == (480, 80)


sizes = st.integers(40, 1600)


@given(st.tuples(sizes, sizes), st.tuples(st.integers(0, 1000), st.integers(0, 1000)), st.integers(1, 20))
def test_a_number_stays_on_the_picture(size: tuple[int, int], at: tuple[int, int], number: int) -> None:
    made = drawn({"kind": "number", "at": list(at), "number": number}, *size)
    assert made.lines[0][0] == str(number)
    if min(size) > 4 * made.radius:
        assert made.radius - 1 <= made.x <= size[0] - made.radius + 1
        assert made.radius - 1 <= made.y <= size[1] - made.radius + 1


@given(
    st.tuples(sizes, sizes),
    st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
    st.text("ab ", min_size=1, max_size=40),
)
def test_a_text_stays_on_the_picture_whole(size: tuple[int, int], at: tuple[int, int], text: str) -> None:
    made = drawn({"kind": "text", "at": list(at), "text": text}, *size)
    assert " ".join(line for line, _foot in made.lines) == text
    half, slack = max(len(line) for line, _foot in made.lines) * made.size * 0.3, 1 + len(text) / 4  # rounded dots
    assert half <= made.x + slack and made.x + half <= size[0] + slack


def test_long_texts_are_broken_in_the_middle() -> None:
    assert broken("Bấm vào đây") == ["Bấm vào đây"]
    assert broken("Bấm vào đây rồi chờ một lát") == ["Bấm vào đây rồi", "chờ một lát"]
    assert broken("x" * 40) == ["x" * 40]


# ---- in words --------------------------------------------------------------------------------------------


def test_a_drawing_is_one_sentence(app: Flask) -> None:
    with app.test_request_context():
        said = in_words([ARROW, CIRCLE, NUMBER, TEXT], "Cô Hằng")
        assert said == (
            "Cô Hằng đánh dấu: mũi tên chỉ vào góc trên bên phải; khoanh tròn ở giữa; số 1 ở bên trái; "
            "chữ “Bấm vào đây” ở phía dưới."
        )
        assert in_words([CIRCLE], "") == "Bạn đánh dấu: khoanh tròn ở giữa."
    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert in_words([ARROW, NUMBER], "Cô Hằng") == (
            "Cô Hằng marked: an arrow pointing to the top right corner; number 1 at the left."
        )
