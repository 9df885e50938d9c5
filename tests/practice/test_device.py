"""Runs that a device kept come into the account once, replayed by the server's own engine and by nobody else's word."""

import json
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.lessons.progress import queries as progress_queries
from tutoring.practice import scenarios
from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.scenario import MAX_EVENTS, Scenario
from tutoring.practice.events import RunFinished
from tutoring.practice.runs import commands
from tutoring.practice.runs.models import PracticeRun

As = Callable[[str], FlaskClient]
NAME = "ban-sao-khai-sinh"
FIRST = "6d9a4a5e-0000-4000-8000-000000000001"
told: list[RunFinished] = []


@on(RunFinished)
def _hear(event: RunFinished) -> None:
    told.append(event)


@pytest.fixture
def scenario(app: Flask) -> Iterator[Scenario]:
    told.clear()
    yield scenarios.scenario(NAME)


@pytest.fixture
def run(scenario: Scenario) -> dict[str, Any]:
    """The shown walk, as a device sends it."""
    now = clock.now().timestamp()
    return {"id": FIRST, "scenario": NAME, "digest": scenarios.digest(NAME), "mode": "alone", "begun": 1.0, "at": now,
            "events": scenario.events(solver.example(scenario))}  # fmt: skip


def merge(client: FlaskClient, *runs: Any) -> Any:
    return client.post("/practice/merge", json={"runs": runs}).get_json()


def kept(app: Flask) -> list[PracticeRun]:
    with app.app_context():
        return list(db.session.scalars(sa.select(PracticeRun).order_by(PracticeRun.id)))


def level(app: Flask, user_id: int, scenario: Scenario) -> str | None:
    with app.app_context():
        row = progress_queries.progress_in(user_id, scenario.lesson)
        return row.confirmed if row else None


def test_a_run_played_without_a_network_gives_what_one_with_a_network_gives(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    said = merge(as_("minh"), run)
    assert (said["runs"], said["say"]) == (["kept"], ["Đã lưu vào tài khoản của em: 1 lượt luyện."])
    (row,) = kept(app)
    assert (row.id, row.user_id, row.mode, row.passed, row.screen) == (FIRST, world["minh"], "alone", True, "ket-thuc")
    assert row.result is not None and row.result["reached"] == len(scenario.goals)
    assert level(app, world["minh"], scenario) == "practised"
    assert told == [RunFinished(FIRST, world["minh"], NAME, "alone", True)]


def test_a_lost_reply_and_a_second_sending_count_once(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    minh = as_("minh")
    assert merge(minh, run) == merge(minh, run)
    assert merge(minh, run, run)["runs"] == ["kept", "kept"]
    assert len(kept(app)) == 1 and len(told) == 1


def test_two_tabs_at_once_count_once(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    runs = [run, *({**run, "id": str(uuid.uuid4())} for _ in range(3))]
    clients = [as_("minh") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        turns = [(client, *runs[:: (-1) ** n]) for n, client in enumerate(clients)]
        said = list(pool.map(lambda turn: merge(*turn), turns))
    assert all(one["runs"] == ["kept"] * 4 for one in said)
    assert len(kept(app)) == 4 and len(told) == 4


def test_an_id_of_somebody_else_changes_nothing_and_reveals_nothing(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    merge(as_("an"), {**run, "mode": "together"})
    assert merge(as_("minh"), run) == merge(as_("minh"), {**run, "id": str(uuid.uuid4())})
    first = next(one for one in kept(app) if one.id == FIRST)
    assert (first.user_id, first.mode) == (world["an"], "together")


def test_what_the_device_says_of_its_result_is_never_asked_for(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    fell = scenario.events("mac-bay")
    state = simulator.replay(scenario, fell)
    way = [*fell, *solver.plan(scenario, state)]
    merge(as_("minh"), {**run, "events": way, "passed": True, "result": {"fallen": 0}})
    (row,) = kept(app)
    assert not row.passed and row.result is not None and row.result["fallen"] == 1
    assert level(app, world["minh"], scenario) is None


def test_a_run_with_help_is_kept_and_proves_nothing(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    assert merge(as_("minh"), {**run, "mode": "together"})["runs"] == ["kept"]
    assert [one.passed for one in kept(app)] == [False]
    assert level(app, world["minh"], scenario) is None


def test_nothing_that_was_typed_is_kept_even_when_it_is_sent(
    app: Flask, as_: As, scenario: Scenario, run: dict[str, Any]
) -> None:
    sent = [{**one, "value": " lê  TẬP luyện "} if one.get("set") == "ten_con" else one for one in run["events"]]
    assert sent != run["events"] and merge(as_("minh"), {**run, "events": sent})["runs"] == ["kept"]
    assert kept(app)[0].events == run["events"]


def test_a_run_of_a_text_that_has_changed_is_not_counted_and_it_is_said(
    app: Flask, as_: As, scenario: Scenario, run: dict[str, Any]
) -> None:
    said = merge(as_("minh"), {**run, "digest": "0123456789abcdef"}, {**run, "scenario": "da-xoa"}, run)
    assert said["runs"] == ["changed", "changed", "kept"]
    assert "đã được sửa sau khi em luyện" in said["say"][1]
    assert len(kept(app)) == 1


def test_what_this_engine_does_not_play_to_its_end_is_passed_over(
    app: Flask, as_: As, scenario: Scenario, run: dict[str, Any]
) -> None:
    way = run["events"]
    broken: list[Any] = [
        [], way[:-1], way[1:], [*way, {"back": True}], [{"back": 1}, *way], [{"set": "tim", "value": "x"}, *way],
        [*way[:-1], {"do": "nhan", "more": ""}], [{"missed": "tim"}] * MAX_EVENTS, [None, *way], [[], *way], "x", None,
        [{"missed": "tim"}] * (MAX_EVENTS + 1), [{"set": "tim", "value": "a" * 201}, *way], [{"id": "x"}, *way], [7],
    ]  # fmt: skip
    said = merge(as_("minh"), *({**run, "events": events} for events in broken), run)
    assert said["runs"] == ["broken"] * len(broken) + ["kept"]
    assert len(kept(app)) == 1


def test_garbage_is_passed_over_without_losing_the_rest(
    app: Flask, as_: As, scenario: Scenario, run: dict[str, Any]
) -> None:
    garbage: list[Any] = [
        None, 7, "x", [], {}, {**run, "id": "1; drop"}, {**run, "id": 5}, {**run, "mode": "watch"},
        {**run, "mode": None}, {**run, "scenario": "../../etc"}, {**run, "scenario": "a\x00b"}, {**run, "digest": "zz"},
        {**run, "at": -1}, {**run, "at": "now"}, {**run, "begun": 1e300},
        {key: one for key, one in run.items() if key != "events"},
    ]  # fmt: skip
    assert merge(as_("minh"), *garbage, run)["runs"] == ["broken"] * len(garbage) + ["kept"]
    assert len(kept(app)) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"null", b"[]", b"7", b"{}", b'{"runs": {}}', b'{"runs": "x"}', b"[" * 60_000, b"\xff\xfe",
     json.dumps({"runs": [1] * 21}).encode(), b'{"runs": NaN}'],
)  # fmt: skip
def test_anything_else_is_refused_in_plain_words(as_: As, body: bytes) -> None:
    how = {"Accept": "application/json", "Content-Type": "application/json"}
    answer = as_("minh").post("/practice/merge", data=body, headers=how)
    assert answer.status_code == 422 and answer.get_json()["say"]


def test_a_body_of_more_than_64_kib_is_refused_and_the_longest_run_fits(
    app: Flask, as_: As, scenario: Scenario, run: dict[str, Any]
) -> None:
    minh, how = as_("minh"), {"Accept": "application/json"}
    missed = [{"missed": "tim"}] * (MAX_EVENTS - len(run["events"]))
    assert merge(minh, {**run, "events": [*missed, *run["events"]]})["runs"] == ["kept"]
    answer = minh.post("/practice/merge", json={"runs": [{**run, "id": "x" * 70_000}]}, headers=how)
    assert answer.status_code == 413 and answer.get_json()["say"]


def test_it_is_not_sent_again_and_again(as_: As, scenario: Scenario, run: dict[str, Any]) -> None:
    minh = as_("minh")
    codes = [minh.post("/practice/merge", json={"runs": []}).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]


@pytest.mark.parametrize("days", [-4000, 100])
def test_a_clock_that_is_wrong_does_no_harm(
    app: Flask, as_: As, scenario: Scenario, run: dict[str, Any], days: int
) -> None:
    at = (clock.now() + timedelta(days=days)).timestamp()
    merge(as_("minh"), {**run, "begun": max(at, 0), "at": max(at, 0)})
    (row,) = kept(app)
    assert row.ended_at is not None
    assert clock.now() - timedelta(days=401) < row.started_at <= row.ended_at <= clock.now()


def test_a_run_that_is_open_in_the_account_stays_open(
    app: Flask, as_: As, world: World, scenario: Scenario, run: dict[str, Any]
) -> None:
    with app.app_context():
        begun = commands.start_run(world["minh"], NAME, "alone").id
    merge(as_("minh"), run)
    assert {one.id: one.ended_at is None for one in kept(app)} == {FIRST: False, begun: True}


def test_nobody_signed_in_and_no_page_from_elsewhere_keeps_anything(
    app: Flask, client: FlaskClient, world: World, run: dict[str, Any]
) -> None:
    sent = {"json": {"runs": [run]}, "headers": {"Accept": "application/json"}}
    assert client.post("/practice/merge", **sent).status_code == 401
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client_of(app, world["minh"]).post("/practice/merge", **sent)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert kept(app) == []


def test_what_is_to_be_saved_changes_with_the_text_the_language_and_the_scripts(client: FlaskClient) -> None:
    found = client.get(f"/practice/{NAME}/keep.json").get_json()
    assert found["pages"] == [f"/practice/{NAME}/offline"] and 10_000 < found["bytes"] < 60_000
    assert all("?v=" in one for one in found["assets"] if ".js" in one)
    assert client.get(f"/practice/{NAME}/keep.json?lang=en").get_json()["mark"] != found["mark"]
    assert f'data-mark="{found["mark"]}"' in client.get(f"/practice/{NAME}").text
    for path in ("keep.json", "offline"):
        assert client.get(f"/practice/khong-co/{path}").status_code == 404
    assert "Set-Cookie" not in client.get(f"/practice/{NAME}/offline").headers
