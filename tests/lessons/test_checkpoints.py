"""Which answers are right, and what is said to wrong ones."""

from typing import Any

import pytest

from tests.lessons.bank import CHECKPOINT
from tutoring.lessons.progress.checkpoints import given, grade_answer, shuffled, summary


def options(*marks: bool) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "text": f"Việc {n}", "correct": mark, "say": None if mark else f"Sai {n}.", "back_to": None}
        for n, mark in enumerate(marks, 1)
    ]


def block(kind: str, *marks: bool) -> dict[str, Any]:
    return {"type": "checkpoint", "id": "c1", "kind": kind, "prompt": "?", "say": "Chưa khớp.", "hints": ["Gợi ý."],
            "options": options(*marks)}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "marks", "answer", "correct", "says"),
    [
        ("single", (True, False), ["1"], True, []),
        ("single", (True, False), ["2"], False, ["Sai 2."]),
        ("multiple", (True, True, False), ["1", "2"], True, []),
        ("multiple", (True, True, False), ["1"], False, []),
        ("multiple", (True, True, False), ["1", "2", "3"], False, ["Sai 3."]),
        ("confirm", (True, True, False), ["2"], True, []),
        ("confirm", (True, True, False), ["3"], False, ["Sai 3."]),
        ("order", (False, False, False), ["1", "2", "3"], True, []),
        ("order", (False, False, False), ["2", "1", "3"], False, ["Chưa khớp."]),
        ("order", (False, False, False), ["1", "2"], False, ["Chưa khớp."]),
        ("type", (True,), ["  viec  1 "], True, []),
        ("type", (True,), ["việc 2"], False, ["Chưa khớp."]),
    ],
)
def test_answers_are_judged(
    kind: str, marks: tuple[bool, ...], answer: list[str], correct: bool, says: list[str]
) -> None:
    verdict = grade_answer(block(kind, *marks), given(block(kind, *marks), answer))
    assert (verdict.correct, verdict.says) == (correct, says)


def test_unknown_and_repeated_options_do_not_count() -> None:
    assert given(CHECKPOINT, ["zzz", "b", "b"]) == ["b"]


def test_an_order_is_never_shown_in_the_right_order_and_always_in_the_same_one() -> None:
    for size in range(2, 7):
        question = block("order", *[False] * size)
        assert shuffled(question) == shuffled(question) != question["options"]


def test_typed_text_is_not_kept() -> None:
    assert summary(block("type", True), ["0912345678"]) == ""
    assert summary(CHECKPOINT, ["b"]) == "b"
