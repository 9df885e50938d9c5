"""Drawing and grading, without a database."""

import random
from typing import Any

import pytest

from tests.lessons.bank import pool
from tutoring.lessons.quizzes import grading

SOURCE = random.Random(7)


def ids(questions: list[dict[str, Any]]) -> set[str]:
    return {question["id"] for question in questions}


def test_five_of_ten_are_drawn_in_any_order_with_their_options_mixed() -> None:
    draws = [grading.draw(pool(10), [], SOURCE) for _ in range(60)]
    assert {len(ids(one)) for one in draws} == {5}
    assert set().union(*map(ids, draws)) == ids(pool(10))
    assert len({tuple(question["id"] for question in one) for one in draws}) > 20
    assert len({tuple(option["id"] for option in one[0]["options"]) for one in draws}) == 6


def test_a_drawn_question_keeps_all_its_parts() -> None:
    whole = {question["id"]: question for question in pool(10)}
    for question in grading.draw(pool(10), [], SOURCE):
        ordered = sorted(question["options"], key=lambda option: option["id"])
        assert {**question, "options": ordered} == whole[question["id"]]


def test_another_try_never_has_the_questions_of_the_last_one() -> None:
    last: list[set[str]] = []
    for _ in range(30):
        drawn = ids(grading.draw(pool(10), last, SOURCE))
        assert not last or not drawn & last[0]
        last.insert(0, drawn)


def test_what_is_lacking_is_filled_up_with_what_was_seen_longest_ago() -> None:
    earlier = [{"q1", "q2", "q3"}, {"q4", "q5"}]
    for _ in range(30):
        drawn = ids(grading.draw(pool(7), earlier, SOURCE))
        assert {"q4", "q5", "q6", "q7"} < drawn and len(drawn & {"q1", "q2", "q3"}) == 1


@pytest.mark.parametrize(("size", "drawn"), [(0, 0), (2, 0), (3, 3), (4, 4), (5, 5), (12, 5)])
def test_a_small_pool_is_drawn_whole_and_a_tiny_one_not_at_all(size: int, drawn: int) -> None:
    assert len(grading.draw(pool(size), [{"q1", "q2"}], SOURCE)) == drawn


@pytest.mark.parametrize(
    ("total", "path", "right"),
    [(5, "thu", 4), (4, "thu", 4), (3, "thu", 3), (5, "an-toan-so", 5), (5, "nguoi-dong-hanh", 5)],
)
def test_so_many_must_be_right(total: int, path: str, right: int) -> None:
    assert grading.needed(total, path) == right


def test_an_answer_is_right_only_when_the_set_is() -> None:
    single, multiple = pool(2)
    for question, chosen, right in [
        (single, ["a"], True), (single, ["b"], False), (single, ["a", "b"], False), (single, [], False),
        (multiple, ["a", "b"], True), (multiple, ["b", "a", "a"], True), (multiple, ["a"], False),
        (multiple, ["a", "b", "c"], False),
    ]:  # fmt: skip
        assert grading.is_right(question, chosen) is right, (question["kind"], chosen)


def test_what_does_not_belong_to_the_questions_is_left_out() -> None:
    sent = {"q1": ["a", "z", "a"], "q2": ["z"], "q9": ["a"], "__proto__": ["a"]}
    assert grading.of_these(pool(2), sent) == {"q1": ["a"]}
    assert grading.unanswered(pool(2), {"q1": ["a"]}) == ["q2"]
