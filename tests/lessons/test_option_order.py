"""Options are shown in an order that says nothing, and that stays."""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.lessons.progress.checkpoints import grade_answer
from tutoring.lessons.progress.option_order import catch_alls_last, in_order
from tutoring.lessons.quizzes import grading

As = Callable[[str], FlaskClient]
STEP = "/lessons/vao-lop/2"


def block(kind: str = "single", *texts: str) -> dict[str, Any]:
    options = [
        {"id": f"o{n}", "text": text, "correct": not n, "say": None, "back_to": None} for n, text in enumerate(texts)
    ]
    return {"id": "c", "kind": kind, "options": options, "say": None}


FOUR = ("Một", "Hai", "Ba", "Bốn")


def order(question: dict[str, Any], seed: str) -> list[str]:
    return [option["text"] for option in in_order(question, seed)]


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_each_place_gets_the_right_answer_about_as_often(kind: str) -> None:
    places = [order(block(kind, *FOUR), str(seed)).index("Một") for seed in range(2_000)]
    assert {place for place in range(4) if 400 < places.count(place) < 600} == {0, 1, 2, 3}


@pytest.mark.parametrize("kind", ["order", "confirm", "type"])
def test_what_has_an_order_of_its_own_is_left_alone(kind: str) -> None:
    assert {tuple(order(block(kind, *FOUR), str(seed))) for seed in range(50)} == {FOUR}


@pytest.mark.parametrize(
    "last",
    ["Tất cả", "Tất cả các câu trên", "Cả hai đều đúng.", "Cả ba cách", "Không câu nào", "Không có cách nào đúng cả.",
     "All of these", "None of the above", "Both are right"],
)  # fmt: skip
def test_an_option_about_all_others_stays_behind_them(last: str) -> None:
    question = block("single", "Một", last, "Hai")
    assert {order(question, str(seed))[-1] for seed in range(50)} == {last}
    drawn = grading.draw([{**question, "id": f"q{n}"} for n in range(5)], [], random.Random(1))
    assert {one["options"][-1]["text"] for one in drawn} == {last}


@pytest.mark.parametrize("other", ["Cả hai cùng cười và cùng vui", "Không ai biết máy này", "Tất cả bạn trong lớp"])
def test_an_option_that_only_begins_so_is_shuffled(other: str) -> None:
    question = block("single", "Một", other, "Hai")
    assert len({order(question, str(seed))[-1] for seed in range(50)}) == 3


def test_the_order_of_the_question_itself_stays_as_written() -> None:
    question = block("single", *FOUR)
    in_order(question, "x")
    catch_alls_last(question["options"])
    assert [option["text"] for option in question["options"]] == list(FOUR)
    assert grade_answer(question, ["o0"]).correct


def shown(page: str) -> list[str]:
    return re.findall(r'type="radio" name="c1" value="(\w)"', page)


def test_a_visitor_sees_one_order_on_every_page_in_both_languages(client: FlaskClient, small: Loads) -> None:
    first = shown(client.get(STEP).text)
    assert sorted(first) == ["a", "b", "c"]
    for address in (STEP, f"{STEP}?c1=b", f"{STEP}?c1=a", f"{STEP}?part=step", f"{STEP}?lang=en"):
        assert shown(client.get(address).text) == first, address


def test_a_learner_sees_the_same_order_before_and_after_an_answer(as_: As, small: Loads) -> None:
    for who in ("minh", "lan", "hang"):
        learner = as_(who)
        first = shown(learner.get(STEP).text)
        attempt = re.search(r'name="attempt" value="([^"]+)"', learner.get(STEP).text)
        assert attempt is not None
        answer = {"checkpoint": "c1", "c1": "b", "attempt": attempt[1]}
        after = learner.post(f"{STEP}/answer", data=answer, follow_redirects=True).text
        assert shown(after) == shown(learner.get(STEP).text) == first, who
        assert "Chưa đúng." in after


def test_learners_see_different_orders() -> None:
    question = {**banks.CHECKPOINT}
    seen = {tuple(option["id"] for option in in_order(question, f"{user}:vao-lop:mo")) for user in range(40)}
    assert len(seen) == 6
