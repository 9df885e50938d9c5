"""What a device kept comes into the account whole, once, and only when it makes sense."""

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tests.lessons.test_progress import told
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.events import LessonFinished
from tutoring.lessons.offline import commands as offline_commands
from tutoring.lessons.offline.commands import OfflineAnswer, OfflineProgress
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.progress.models import Attempt

As = Callable[[str], FlaskClient]
FIRST = "6d9a4a5e-0000-4000-8000-000000000001"
WALKED = {"lesson": "vao-lop", "version": 1, "step": "mo", "done": ["lay"]}
ANSWERED = {"id": FIRST, "lesson": "vao-lop", "version": 1, "step": "mo", "checkpoint": "c1", "answer": ["b"]}


def merge(client: FlaskClient, lessons: Any = (), answers: Any = ()) -> Any:
    return client.post("/lessons/merge", json={"lessons": lessons, "answers": answers}).get_json()


def attempts(app: Flask) -> list[Attempt]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Attempt).order_by(Attempt.id)))


def progress(app: Flask, user_id: int, slug: str = "vao-lop") -> tuple[str, int, str] | None:
    with app.app_context():
        row = progress_queries.progress_in(user_id, slug)
        return row and (row.step_id, row.furthest, row.state)


def test_what_a_visitor_did_stands_in_the_account_and_is_said(app: Flask, as_: As, world: World, small: Loads) -> None:
    said = merge(as_("minh"), [WALKED], [ANSWERED])
    assert said["say"] == "Đã lưu vào tài khoản của em: 1 bài học, 1 câu trả lời."
    assert (said["lessons"], said["answers"]) == ([True], [True])
    assert progress(app, world["minh"]) == ("mo", 2, "started")
    with app.app_context():
        assert progress_queries.steps_done(world["minh"], "vao-lop") == {"lay"}
    (kept,) = attempts(app)
    assert (kept.user_id, kept.answer, kept.correct, kept.step_id) == (world["minh"], "b", False, "mo")


def test_a_lost_reply_and_a_second_sending_count_once(app: Flask, as_: As, world: World, small: Loads) -> None:
    minh = as_("minh")
    finished = {**WALKED, "finished": True}
    told.clear()
    assert merge(minh, [finished], [ANSWERED]) == merge(minh, [finished], [ANSWERED])
    assert len(attempts(app)) == 1
    assert told == [LessonFinished(world["minh"], "vao-lop")]


def test_two_tabs_at_once_count_once(app: Flask, as_: As, world: World, small: Loads) -> None:
    clients = [as_("minh") for _ in range(4)]
    lessons = [WALKED, {"lesson": "otp", "version": 1, "step": "giu", "finished": True}]
    answers = [{**ANSWERED, "id": str(uuid.uuid4())} for _ in range(5)]
    told.clear()
    with ThreadPoolExecutor(4) as pool:
        turns = [(client, lessons[:: (-1) ** n], answers[:: (-1) ** n]) for n, client in enumerate(clients)]
        said = list(pool.map(lambda turn: merge(*turn), turns))
    assert all(one["lessons"] == [True, True] and one["answers"] == [True] * 5 for one in said)
    assert len(attempts(app)) == 5
    assert told == [LessonFinished(world["minh"], "otp")]


def test_progress_takes_the_furthest_and_nothing_is_taken_back(app: Flask, as_: As, world: World, small: Loads) -> None:
    minh = as_("minh")
    with app.app_context():
        progress_commands.reach_step(world["minh"], "vao-lop", 2)
        progress_commands.finish_lesson(world["minh"], "otp")
    merge(minh, [{**WALKED, "step": "lay", "done": []}, {"lesson": "otp", "version": 1, "step": "la-gi"}])
    assert progress(app, world["minh"]) == ("mo", 2, "started")
    assert progress(app, world["minh"], "otp") == ("giu", 2, "finished")
    merge(minh, [{**WALKED, "step": "cho", "done": ["lay", "mo"]}])
    assert progress(app, world["minh"]) == ("cho", 3, "started")


def test_finished_on_the_device_is_finished_in_the_account(app: Flask, as_: As, world: World, small: Loads) -> None:
    minh = as_("minh")
    merge(minh, [{**WALKED, "step": "cho", "finished": True}])
    assert progress(app, world["minh"]) == ("cho", 3, "finished")
    merge(minh, [WALKED])
    assert progress(app, world["minh"]) == ("cho", 3, "finished")
    assert "Học lại" in minh.get("/lessons/vao-lop").text


def test_an_older_version_than_the_present_one_is_noted_as_such(
    app: Flask, as_: As, world: World, small: Loads
) -> None:
    bank = banks.small()
    small(replace(bank, lessons=(replace(bank.lessons[0], version=3, content_hash="new"), bank.lessons[1])))
    minh = as_("minh")
    merge(minh, [{**WALKED, "step": "cho", "finished": True, "version": 2}])
    assert "Có nội dung mới" in minh.get("/lessons/paths/thu").text
    merge(minh, [{**WALKED, "step": "cho", "finished": True, "version": 999}], [{**ANSWERED, "version": 999}])
    with app.app_context():
        row = progress_queries.progress_in(world["minh"], "vao-lop")
        assert row is not None and (row.version, row.finished_version) == (3, 3)
    assert attempts(app)[0].version == 3


def test_what_is_gone_is_passed_over_and_the_rest_is_kept(app: Flask, as_: As, world: World, small: Loads) -> None:
    said = merge(
        as_("minh"),
        [{**WALKED, "lesson": "da-xoa"}, WALKED, {**WALKED, "lesson": "otp", "step": "mat", "done": ["mat-not"]}],
        [{**ANSWERED, "step": "mat"}, {**ANSWERED, "checkpoint": "c9"}, {**ANSWERED, "lesson": "da-xoa"},
         {**ANSWERED, "answer": ["zzz"]}, ANSWERED],
    )  # fmt: skip
    assert (said["lessons"], said["answers"]) == ([False, True, False], [False, False, False, False, True])
    assert len(attempts(app)) == 1
    assert progress(app, world["minh"], "otp") is None


def test_a_step_that_is_gone_leaves_the_steps_that_are_there(app: Flask, as_: As, world: World, small: Loads) -> None:
    merge(as_("minh"), [{**WALKED, "step": "mat", "done": ["lay", "mo", "mat-not"]}])
    assert progress(app, world["minh"]) == ("mo", 2, "started")


def test_an_id_of_somebody_else_changes_nothing_and_reveals_nothing(
    app: Flask, as_: As, world: World, small: Loads
) -> None:
    merge(as_("an"), [], [{**ANSWERED, "answer": ["a"]}])
    said = merge(as_("minh"), [], [ANSWERED])
    assert said == merge(as_("minh"), [], [{**ANSWERED, "id": str(uuid.uuid4())}])
    assert [(row.user_id, row.answer) for row in attempts(app) if row.id == FIRST] == [(world["an"], "a")]


def test_typed_words_are_never_sent_and_the_device_says_whether_they_were_right(
    app: Flask, as_: As, small: Loads
) -> None:
    typed = {**banks.CHECKPOINT, "kind": "type", "id": "go"}
    small(
        banks.bank(banks.lesson("vao-lop", banks.step("mo", 1, "Mở", "Mở."), banks.step("go", 2, "Gõ", "Gõ.", typed)))
    )
    sent = {**ANSWERED, "step": "go", "checkpoint": "go", "answer": ["bi-mat"], "correct": True}
    assert merge(as_("minh"), [], [sent])["answers"] == [True]
    (kept,) = attempts(app)
    assert (kept.answer, kept.correct) == ("", True)


def test_the_server_judges_what_can_be_judged(app: Flask, as_: As, small: Loads) -> None:
    merge(as_("minh"), [], [{**ANSWERED, "correct": True, "hints": 99}])
    (kept,) = attempts(app)
    assert (kept.correct, kept.hints_used) == (False, 2)


@pytest.mark.parametrize("days", [-400, 10])
def test_a_clock_that_is_wrong_does_no_harm(app: Flask, as_: As, small: Loads, days: int) -> None:
    at = (clock.now() + timedelta(days=days * 10)).timestamp()
    merge(as_("minh"), [{**WALKED, "at": max(at, 0)}], [{**ANSWERED, "at": max(at, 0)}])
    (kept,) = attempts(app)
    assert clock.now() - timedelta(days=401) < kept.at <= clock.now()


GARBAGE: list[Any] = [
    None, 7, "x", [], {}, {**WALKED, "version": "1"}, {**WALKED, "version": 10**30}, {**WALKED, "version": 0},
    {**WALKED, "step": "a\x00b"}, {**WALKED, "step": None}, {**WALKED, "done": ["x"] * 61}, {**WALKED, "done": [[]]},
    {**WALKED, "done": "mo"}, {**WALKED, "finished": "yes"}, {**WALKED, "at": -1}, {**WALKED, "at": "now"},
    {**WALKED, "lesson": "../../etc"}, {**WALKED, "lesson": "x" * 81}, {**WALKED, "lesson": "vao-lop\n"},
]  # fmt: skip
BAD_ANSWERS: list[Any] = [
    None, [[]], {**ANSWERED, "id": "1; drop"}, {**ANSWERED, "id": 5}, {**ANSWERED, "id": ""},
    {**ANSWERED, "hints": -1}, {**ANSWERED, "answer": [1]}, {**ANSWERED, "answer": {"b": 1}},
    {**ANSWERED, "checkpoint": "' OR 1=1"}, {**ANSWERED, "at": 1e300},
]  # fmt: skip


def test_garbage_is_passed_over_without_losing_the_rest(app: Flask, as_: As, world: World, small: Loads) -> None:
    said = merge(as_("minh"), [*GARBAGE, WALKED], [*BAD_ANSWERS, ANSWERED])
    assert said["lessons"] == [False] * len(GARBAGE) + [True]
    assert said["answers"] == [False] * len(BAD_ANSWERS) + [True]
    assert len(attempts(app)) == 1


def test_anything_else_is_refused_in_plain_words(as_: As, small: Loads) -> None:
    minh, headers = as_("minh"), {"Accept": "application/json", "Content-Type": "application/json"}
    for body in (
        b"", b"nonsense", b"null", b"[]", b"7", b'{"lessons": {}}', b'{"answers": "x"}', b"[" * 60_000,
        json.dumps({"lessons": [1] * 201}).encode(), b'{"lessons": [NaN]}'.replace(b"[NaN]", b"NaN"), b"\xff\xfe",
    ):  # fmt: skip
        answer = minh.post("/lessons/merge", data=body, headers=headers)
        assert answer.status_code == 422, body[:40]
        assert answer.get_json()["say"], body[:40]


def test_a_megabyte_is_refused_in_plain_words(as_: As, small: Loads) -> None:
    body = json.dumps({"lessons": [{**WALKED, "done": ["x" * 1_000_000]}]})
    answer = as_("minh").post("/lessons/merge", data=body, headers={"Accept": "application/json",
                                                                    "Content-Type": "application/json"})  # fmt: skip
    assert answer.status_code == 413
    assert "ngắn hơn" in answer.get_json()["say"]


def test_nobody_signed_in_keeps_nothing(app: Flask, client: FlaskClient, small: Loads) -> None:
    answer = client.post("/lessons/merge", json={"answers": [ANSWERED]}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert attempts(app) == []


def test_a_page_from_elsewhere_cannot_send_for_somebody(app: Flask, world: World, small: Loads) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client_of(app, world["minh"]).post("/lessons/merge", json={"answers": [ANSWERED]})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert attempts(app) == []


def test_the_cost_does_not_grow_with_the_bank(app: Flask, world: World, small: Loads, queries: list[str]) -> None:
    with app.app_context():
        queries.clear()
        offline_commands.merge_device(
            world["minh"],
            [OfflineProgress("vao-lop", 1, "mo", ("lay",))],
            [OfflineAnswer(FIRST, "vao-lop", 1, "mo", "c1", ("b",))],
        )
    assert len([one for one in queries if not one.startswith(("BEGIN", "COMMIT"))]) <= 8, queries
