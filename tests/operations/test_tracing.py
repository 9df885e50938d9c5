"""Numbers of requests and verbs: in the answer, in every line of the log, on the page of what broke."""

import io
import json
import logging
import math
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.accounts.models import SignIn
from tutoring.app import create_app
from tutoring.config import Settings
from tutoring.kernel import clock, jobs, logs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.monitoring import correlation, slow_queries
from tutoring.web import request_metrics
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import SocketOwner

OURS = re.compile(r"[bcdfghjkmnpqrstv]{4}(-[bcdfghjkmnpqrstv]{4}){2}")
REDIS = "tutoring.web.transport.redis_bus"  # the thread of an application of another test may speak of its Redis
NGINX = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    monkeypatch.setattr(logs._Process, "serving", True)
    monkeypatch.setattr(logs.event_log, "level", logging.INFO)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def breaks() -> None:
    raise RuntimeError("0912345678")


def test_a_page_that_broke_tells_the_number_that_stands_in_the_log(
    app: Flask, client: FlaskClient, log: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "home.help", breaks)
    answer = client.get("/help")
    number = answer.headers["X-Request-ID"]
    assert answer.status_code == 500 and OURS.fullmatch(number) and f">{number}<" in answer.text
    assert "đọc cho họ mã này" in answer.text
    (line,) = [one for one in log() if one["level"] == "error"]
    assert line["request"] == number and line["on"] == "home.help" and "0912345678" not in json.dumps(line)
    told = client.get("/help", headers={"Accept": "application/json"})
    assert told.get_json()["request"] == told.headers["X-Request-ID"] != number


def test_no_other_page_bothers_anybody_with_it(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.headers["X-Request-ID"] not in answer.text and "đọc cho họ" not in answer.text


def test_every_line_of_a_request_bears_its_number_and_no_other_line_does(
    client: FlaskClient, log: Callable[[], list[dict[str, Any]]]
) -> None:
    answers = [client.post("/language", json={"a": 1}), client.get("/healthz")]
    numbers = [answer.headers["X-Request-ID"] for answer in answers]
    logs.event("outside")
    client.post("/sign-in", data={"handle": "nobody", "password": "wrong wrong"})
    lines = [one for one in log() if one["from"] != REDIS]
    assert len(set(numbers)) == 2
    assert [one for one in lines if one["what"] == "outside"] == [one for one in lines if "request" not in one]
    assert {one["on"] for one in lines if "request" in one} == {"accounts.sign_in"}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flask]:
    """An application behind so many proxies, made once."""

    @cache
    def made(proxies: str) -> Flask:
        env = {"INSTANCE": str(tmp_path_factory.mktemp("behind")), "JOBS": "0", "PROXIES": proxies}
        return create_app(Settings.from_environment(env))

    return made


@pytest.mark.parametrize(
    ("proxies", "sent", "kept"),
    [
        ("1", NGINX, True),
        ("1", "6f9619ff-8b86-d011-b42d-00c04fc964ff", True),
        ("0", NGINX, False),
        ("1", "0912345678", False),
        ("1", "lan@example.vn", False),
        ("1", NGINX + "0", False),
        ("1", 'x" level="error', False),
    ],
)
def test_a_proxys_number_is_taken_where_there_is_a_proxy_and_it_is_one(
    behind: Callable[[str], Flask], proxies: str, sent: str, kept: bool
) -> None:
    number = behind(proxies).test_client().get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert (number == sent) is kept and (kept or OURS.fullmatch(number))


def test_of_a_long_number_as_much_is_shown_as_one_can_say() -> None:
    token = correlation.begin(correlation.Operation("x", NGINX))
    assert correlation.shown() == NGINX[:14]
    correlation.end(token)
    assert correlation.shown() == ""


def test_a_verb_has_a_number_of_its_own(
    app: Flask,
    as_: Callable[[str], FlaskClient],
    world: World,
    log: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    as_("minh")
    with app.app_context():
        sign_in = db.session.scalar(sa.select(SignIn.id).where(SignIn.user_id == world["minh"]))
        db.session.remove()
    assert sign_in is not None
    monkeypatch.setitem(realtime.sockets_of(app).open, "line", SocketOwner(sign_in, world["minh"]))
    typing = realtime.sockets_of(app)._guarded("typing", lambda _caller, _data: breaks(), "typing")
    for _ in range(2):
        assert typing("line", {})["error"] == "refused"
    lines = [one for one in log() if one["level"] == "error"]
    assert [one["on"] for one in lines] == ["typing", "typing"]
    assert OURS.fullmatch(lines[0]["request"]) and lines[0]["request"] != lines[1]["request"]
    assert correlation.current() is None


def test_work_that_fails_is_found_by_its_kind(
    app: Flask, log: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs._handlers, "tests.breaks", lambda _payload: breaks())
    with app.app_context():
        command(lambda: jobs.enqueue("tests.breaks", "breaks", clock.now()))()
        jobs.run_due()
        db.session.remove()
    (line,) = [one for one in log() if one["level"] == "error"]
    assert line["on"] == "tests.breaks" and OURS.fullmatch(line["request"])


def test_a_slow_request_is_one_line_and_a_quick_one_none(
    client: FlaskClient, log: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_metrics, "SLOW", 60.0)
    client.get("/help?q=0912345678")
    monkeypatch.setattr(request_metrics, "SLOW", 0.0)
    answer = client.get("/help?q=0912345678")
    (line,) = [one for one in log() if one["what"] == "slow request"]
    assert (line["what"], line["on"], line["answered"]) == ("slow request", "home.help", "2xx") and line["ms"] >= 0
    assert line["request"] == answer.headers["X-Request-ID"] and "0912345678" not in json.dumps(line)


# ---- slow queries -----------------------------------------------------------------------------------------------


def slowly(word: str) -> None:
    """A statement that takes a third of a second, with something that somebody asked for."""
    if db.engine.dialect.name == "sqlite":
        raw: Any = db.session.connection().connection.dbapi_connection
        raw.create_function("pg_sleep", 1, time.sleep)
    db.session.execute(sa.text("SELECT pg_sleep(0.3), 'Lan 0912' WHERE :word <> 'Bí mật'"), {"word": word})


def test_a_slow_statement_is_told_by_its_shape_with_where_it_came_from(
    app: Flask, log: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_queries._throttle, "_begun", 0.0)
    with app.app_context(), correlation.piece("rooms.show") as doing:
        db.session.execute(sa.text("SELECT 1"))
        slowly("Trần Thị Bí Danh")
        db.session.remove()
    (line,) = [one for one in log() if "<>" in one.get("statement", "")]
    assert line["what"] == "slow query" and line["ms"] >= 200
    assert line["on"] == "rooms.show" and line["request"] == doing.number
    assert "? <> ?" in line["statement"]
    assert not re.search(r"Lan|0912|Danh|mật|\d", line["statement"])


def test_a_flood_of_slow_statements_is_told_in_a_few_lines(
    log: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_queries, "WITHIN", 3600.0)
    monkeypatch.setattr(slow_queries._throttle, "_begun", -math.inf)
    for _ in range(500):
        slow_queries._tell("SELECT 1", 0.5)
    assert len(log()) == slow_queries.MOST
    monkeypatch.setattr(slow_queries._throttle, "_begun", -math.inf)
    slow_queries._tell("SELECT 1", 0.5)
    assert log()[-1]["left_out"] == 500 - slow_queries.MOST


@pytest.mark.parametrize(
    ("statement", "shape"),
    [
        ("SELECT a\n FROM t WHERE x = %(x)s::VARCHAR AND y IN (%(y_1)s, %(y_2)s)",
         "SELECT a FROM t WHERE x = ? AND y IN (?…)"),
        ("UPDATE t SET a = %(a)s::TIMESTAMP WITH TIME ZONE", "UPDATE t SET a = ?"),
        ("INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)", "INSERT INTO t (a, b) VALUES (?…)…"),
        ("SELECT 'it''s Lan', 42, x1 FROM t LIMIT 10", "SELECT ?…, x1 FROM t LIMIT ?"),
        ("SELECT a FROM t WHERE b = :b AND c::text = $1", "SELECT a FROM t WHERE b = ? AND c::text = ?"),
    ],
)  # fmt: skip
def test_a_shape_has_nothing_that_was_asked_for(statement: str, shape: str) -> None:
    assert slow_queries.shape(statement) == shape
    assert len(slow_queries.shape("SELECT " + "column_name, " * 500 + "b FROM t")) <= slow_queries.LONGEST
